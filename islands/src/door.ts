// A session's list at the door. What is tapped is kept on this device with its time, then sent; without a network it waits
// here and is sent later, each under an id of its own, so that it counts once however often it is sent. Without this script
// the same forms work as forms.
import { type Not, turnedAway } from "./gate.js";
import type { Tap } from "./tap.js";
import { numberOf, publicKey, readTicket } from "./ticket.js";

const box = document.querySelector<HTMLFormElement>(".code-box");
const words = box?.dataset ?? {};
/** How far the server's clock is from this device's (ms). */
const ahead_ms = Date.parse(words["now"] ?? "") - Date.now();
/** What a request may take before it counts as not sent. */
const TIMEOUT_MS = 8_000;
/** How often the list is looked at for what other devices did. */
const LOOK_MS = 20_000;
/** How long this device remembers whom it let in. */
const ADMITTED_MS = 48 * 3_600_000;

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("tongxin-door", 2);
    request.onupgradeneeded = () => {
      const names = request.result.objectStoreNames;
      if (!names.contains("taps")) request.result.createObjectStore("taps", { keyPath: "request" });
      if (!names.contains("admitted")) request.result.createObjectStore("admitted", { keyPath: "id" });
    };
    request.onsuccess = () => { resolve(request.result); };
    request.onerror = () => { reject(new Error("no database")); };
  });
}

async function store<T>(name: "taps" | "admitted", mode: IDBTransactionMode, work: (kept: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(name, mode);
      const request = work(transaction.objectStore(name));
      transaction.oncomplete = () => { resolve(request.result); };
      transaction.onabort = () => { reject(new Error("not kept")); };
    });
  } finally {
    database.close();
  }
}

const all = (): Promise<Tap[]> => store<Tap[]>("taps", "readonly", (taps) => taps.getAll() as IDBRequest<Tap[]>);
const keep = (tap: Tap): Promise<IDBValidKey> => store("taps", "readwrite", (taps) => taps.put(tap));
const drop = (request: string): Promise<undefined> => store("taps", "readwrite", (taps) => taps.delete(request));

/** Somebody whom this device let in: a ticket admits once, also after what was tapped has been sent. No name is in it. */
interface Admitted { id: string; slot: string; booking: string; at_ms: number }
const admitted = (): Promise<Admitted[]> => store<Admitted[]>("admitted", "readonly", (kept) => kept.getAll() as IDBRequest<Admitted[]>);
const admit = (one: Admitted): Promise<IDBValidKey> => store("admitted", "readwrite", (kept) => kept.put(one));
const forget = (id: string): Promise<undefined> => store("admitted", "readwrite", (kept) => kept.delete(id));

/** 32 hexadecimal digits that begin with the time, so that the newest are beside each other in the store. */
function requestId(at: number): string {
  const chance = crypto.getRandomValues(new Uint8Array(10));
  const hex = [...chance].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return at.toString(16).padStart(12, "0").slice(-12) + hex;
}

const refused: { request: string; said: string }[] = [];
let lost = false;
let signedOut = false;
let said = "";

function line(text: string): HTMLParagraphElement {
  const paragraph = document.createElement("p");
  paragraph.textContent = text;
  return paragraph;
}

/** Says plainly what waits, what was refused, and whether there is a network. */
function tell(waiting: number): void {
  const state = document.getElementById("door-state");
  if (state === null) return;
  const lines: HTMLElement[] = [];
  if (signedOut) lines.push(line(words["again"] ?? ""));
  else if (lost) lines.push(line(words["lost"] ?? ""));
  if (waiting > 0) lines.push(line(`${waiting}${words["waits"] ?? ""}`));
  if (said !== "") lines.push(line(said));
  for (const one of refused) {
    const paragraph = line(`${one.said} `);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "link-button";
    button.textContent = words["drop"] ?? "";
    button.addEventListener("click", () => {
      refused.splice(refused.indexOf(one), 1);
      tell(waiting);
    });
    paragraph.append(button);
    lines.push(paragraph);
  }
  state.replaceChildren(...lines);
  state.hidden = lines.length === 0;
  state.classList.toggle("sent", waiting === 0 && refused.length === 0 && !lost && !signedOut);
}

/** A time of day in the city, whatever zone the device is set to. */
function clock(at: string | number): string {
  const zone = words["zone"] ?? "UTC";
  return new Date(at).toLocaleTimeString("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" });
}

/** Marks the rows whose taps wait. */
function mark(taps: Tap[]): void {
  for (const tap of taps) {
    const row = tap.booking === "" ? null : document.getElementById(`b${tap.booking}`);
    const badge = row?.querySelector("[data-standing]");
    if (badge === null || badge === undefined) continue;
    badge.textContent = `${clock(tap.at)} ${words["marked"] ?? ""}`;
    badge.className = "badge must";
    row?.querySelector("form")?.setAttribute("hidden", "");
  }
}

/** Puts the list as the server has it now in place of the one shown. */
async function look(): Promise<void> {
  const response = await fetch(location.href, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  const next = new DOMParser().parseFromString(await response.text(), "text/html").getElementById("door-roll");
  if (!response.ok || next === null) return;
  const focused = document.activeElement?.closest("li")?.id;
  document.getElementById("door-roll")?.replaceWith(document.importNode(next, true));
  if (focused !== undefined) document.getElementById(focused)?.querySelector("button")?.focus({ preventScroll: true });
  mark(await all());
}

async function send(tap: Tap): Promise<"sent" | "refused" | "later"> {
  const csrf = box?.querySelector<HTMLInputElement>('[name="csrf"]')?.value ?? "";
  const fields = new URLSearchParams({ csrf, slot: tap.slot, what: tap.what, at: tap.at, request: tap.request });
  if (tap.code === "") fields.set("booking", tap.booking);
  else fields.set("code", tap.code);
  if (tap.qr) fields.set("by", "qr");
  const response = await fetch("/desk/bookings/mark", { method: "POST", body: fields, headers: { accept: "application/json" }, signal: AbortSignal.timeout(TIMEOUT_MS) });
  lost = false;
  // Led to sign in, or the page's form is of a session that is over.
  if (response.redirected || !(response.headers.get("content-type") ?? "").startsWith("application/json")) {
    signedOut = response.redirected || response.status === 403;
    return "later";
  }
  signedOut = false;
  if (response.status >= 500 || response.status === 429) return "later";
  const answer: unknown = await response.json();
  const text = typeof answer === "object" && answer !== null && "said" in answer ? String(answer.said) : "";
  if (response.ok) said = text;
  else refused.push({ request: tap.request, said: text });
  return response.ok ? "sent" : "refused";
}

let flushing = false;
/** Sends what waits, the earliest first; coming before going. */
async function flush(): Promise<void> {
  if (flushing) return;
  flushing = true;
  let done = 0;
  try {
    for (const tap of (await all()).sort((a, b) => a.at.localeCompare(b.at))) {
      if ((await send(tap)) === "later") break;
      await drop(tap.request);
      done += 1;
    }
  } catch {
    lost = true;
  } finally {
    flushing = false;
  }
  const waiting = await all();
  if (done > 1 && waiting.length === 0) said = words["sent"] ?? "";
  if (done > 0) await look().catch(() => undefined);
  tell(waiting.length);
}

async function tapped(what: string, booking: string, code: string, qr: boolean): Promise<void> {
  const tap: Tap = { request: requestId(Date.now()), slot: slot(), what, booking, code, qr, at: new Date(now_ms()).toISOString() };
  await keep(tap);
  mark([tap]);
  tell((await all()).length);
  await flush();
}

const slot = (): string => box?.querySelector<HTMLInputElement>('[name="slot"]')?.value ?? "";
const now_ms = (): number => Date.now() + (Number.isNaN(ahead_ms) ? 0 : ahead_ms);
const key = publicKey(words["key"] ?? "");

/** Who has a place; nothing where the page has no list, or not the whole of it. */
function listed(): ReadonlySet<string> | null {
  const roll = document.querySelector("[data-whole]");
  if (roll === null) return null;
  return new Set([...roll.querySelectorAll<HTMLElement>("[data-holds] [data-number]")].map((row) => row.dataset["number"] ?? ""));
}

/** When whom came, on the list or through this device. */
async function came(): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  for (const one of await admitted()) if (one.slot === slot()) times.set(one.booking, one.at_ms);
  for (const row of document.querySelectorAll<HTMLElement>("[data-came]")) {
    times.set(row.dataset["number"] ?? "", Date.parse(row.dataset["came"] ?? ""));
  }
  return times;
}

/** What is wrong with a code, and what to do next. */
function wrong(not: Not): string {
  const text = words[not.why] ?? "";
  if (not.why === "expired") return text.replace("{}", clock(not.until_ms));
  if (not.why === "already") return text.replace("{}", clock(not.at_ms));
  return text;
}

function refuse(text: string): void {
  said = "";
  refused.push({ request: "", said: text });
  void all().then((taps) => { tell(taps.length); });
}

/** Somebody shows a code or tells a number: noted, or turned away at once, with or without a network. */
async function shown(what: string, code: string, qr: boolean): Promise<"noted" | "refused"> {
  const number = numberOf(code);
  if (number !== null) {
    if (document.querySelector(".door-list [data-number]") !== null && document.getElementById(`b${number}`) === null) {
      refuse(words["unlisted"] ?? "");
      return "refused";
    }
    await tapped(what, number, code, qr);
    return "noted";
  }
  const ticket = await readTicket(code, await key);
  const gate = { slot: words["mark"] ?? "", from_ms: Date.parse(words["from"] ?? ""), listed: listed(), came: await came() };
  const not = turnedAway(ticket, what, gate, now_ms());
  if (not !== null || typeof ticket === "string") {
    refuse(not === null ? "" : wrong(not));
    return "refused";
  }
  if (what === "in") await admit({ id: `${slot()} ${ticket.booking}`, slot: slot(), booking: ticket.booking, at_ms: now_ms() });
  said = `№ ${ticket.booking.replace(/^0+(?=\d)/, "")} · ${(words["party"] ?? "").replace("{}", String(ticket.party))}`;
  if (!ticket.checked) said += ` · ${words["unchecked"] ?? ""}`;
  await tapped(what, ticket.booking, code, qr);
  return "noted";
}

function start(form: HTMLFormElement): void {
  document.addEventListener("submit", (event) => {
    const sent = event.target;
    if (!(sent instanceof HTMLFormElement) || !sent.hasAttribute("data-door")) return;
    const button = event.submitter;
    event.preventDefault();
    const what = button instanceof HTMLButtonElement && button.value !== "" ? button.value : "in";
    const field = sent.querySelector<HTMLInputElement>('[name="code"]');
    if (field === null) {
      const booking = sent.querySelector<HTMLInputElement>('[name="booking"]')?.value ?? "";
      said = "";
      // Where nothing can be kept, the form goes as a form.
      tapped(what, booking, "", false).catch(() => { sent.submit(); });
      return;
    }
    const code = field.value.trim();
    field.value = "";
    shown(what, code, false).catch(() => { field.value = code; sent.submit(); });
  });
  window.addEventListener("online", () => { void flush(); });
  window.addEventListener("offline", () => { lost = true; void all().then((taps) => { tell(taps.length); }); });
  window.setInterval(() => {
    if (document.visibilityState !== "visible") return;
    void all().then((taps) => (taps.length > 0 || lost ? flush() : look())).catch(() => undefined);
  }, LOOK_MS);
  window.addEventListener("beforeunload", (event) => {
    if (lost) event.preventDefault();
  });
  void all().then((taps) => { mark(taps); if (taps.length > 0) void flush(); });
  void admitted().then((kept) => {
    for (const one of kept) if (one.at_ms < now_ms() - ADMITTED_MS) void forget(one.id);
  });
  startCamera(form);
}

interface Detector { detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]> }
type Detectors = new (options: { formats: string[] }) => Detector;

/** Reads QR codes by the camera where the browser can; elsewhere codes are typed. */
function startCamera(form: HTMLFormElement): void {
  const button = form.querySelector<HTMLButtonElement>("[data-camera]");
  const video = form.querySelector<HTMLVideoElement>("[data-video]");
  const Detectors = (window as { BarcodeDetector?: Detectors }).BarcodeDetector;
  if (button === null || video === null || Detectors === undefined || !("mediaDevices" in navigator)) return;
  const detector = new Detectors({ formats: ["qr_code"] });
  const scan = button.textContent;
  let stream: MediaStream | null = null;
  let last = "";
  const stop = (): void => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
    video.hidden = true;
    button.textContent = scan;
  };
  const read = async (): Promise<void> => {
    if (stream === null) return;
    const found = await detector.detect(video).catch(() => []);
    const code = found[0]?.rawValue.trim() ?? "";
    // One code is read once while it is held there.
    if (code !== "" && code !== last) {
      last = code;
      const outcome = await shown("in", code, true).catch(() => "refused");
      navigator.vibrate?.(outcome === "noted" ? 80 : [200, 100, 200]);
    }
    window.setTimeout(() => { void read(); }, 200);
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    if (stream !== null) { stop(); return; }
    navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }).then(async (got) => {
      stream = got;
      video.srcObject = got;
      video.hidden = false;
      button.textContent = words["stop"] ?? "";
      await video.play();
      await read();
    }).catch(stop);
  });
}

if (box !== null && "indexedDB" in window) start(box);
