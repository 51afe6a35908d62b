// Notifications: turned on from one's page, encrypted so that a browser can read them and nobody on the way, shown by the
// service worker, gone with signing out. The catcher plays push service and browser: it has the browser's keys.
import { createDecipheriv, createECDH, createHmac, createPublicKey, verify } from "node:crypto";
import { createServer } from "node:http";
import { openPage } from "./browser.mjs";
import { as } from "./door.mjs";
import { startServer } from "./server.mjs";
import { holds, sound } from "./sound.mjs";

const text = (page) => page.locator("main").innerText();
const hmac = (key, ...parts) => parts.reduce((mac, part) => mac.update(part), createHmac("sha256", key)).digest();
/** HKDF of at most 32 bytes (RFC 5869). */
const derive = (salt, from, info, length) => hmac(hmac(salt, from), info, Buffer.from([1])).subarray(0, length);

/** A browser's side of RFC 8291: its keys, and how it reads a message. */
class Keys {
  constructor() {
    this.pair = createECDH("prime256v1");
    this.key = this.pair.generateKeys();
    this.auth = Buffer.from("0123456789abcdef");
  }

  read(body) {
    const salt = body.subarray(0, 16);
    const size = body.readUInt32BE(16);
    const length = body[20];
    const theirs = body.subarray(21, 21 + length);
    const sealed = body.subarray(21 + length);
    holds(length === 65 && sealed.length <= size, `a record of ${sealed.length} in ${size}`);
    const from = derive(this.auth, this.pair.computeSecret(theirs), Buffer.concat([Buffer.from("WebPush: info\0"), this.key, theirs]), 32);
    const key = derive(salt, from, Buffer.from("Content-Encoding: aes128gcm\0"), 16);
    const nonce = derive(salt, from, Buffer.from("Content-Encoding: nonce\0"), 12);
    const open = createDecipheriv("aes-128-gcm", key, nonce);
    open.setAuthTag(sealed.subarray(-16));
    const plain = Buffer.concat([open.update(sealed.subarray(0, -16)), open.final()]);
    holds(plain.at(-1) === 2, "it is not marked as the last record");
    return JSON.parse(plain.subarray(0, -1).toString("utf8"));
  }
}

/** What RFC 8292 has a house show: who it is for, until when, and that the key given signed it. */
function shown(header, origin) {
  const [, token, key] = header.match(/^vapid t=([\w.-]+), k=([\w-]+)$/) ?? [];
  holds(token !== undefined, header);
  const [head, claims, signature] = token.split(".");
  const point = Buffer.from(key, "base64url");
  const jwk = { kty: "EC", crv: "P-256", x: point.subarray(1, 33).toString("base64url"), y: point.subarray(33).toString("base64url") };
  const signed = { key: createPublicKey({ key: jwk, format: "jwk" }), dsaEncoding: "ieee-p1363" };
  holds(verify("sha256", Buffer.from(`${head}.${claims}`), signed, Buffer.from(signature, "base64url")), "the token is not signed by the key");
  const said = JSON.parse(Buffer.from(claims, "base64url"));
  const left = said.exp - Date.now() / 1000;
  holds(said.aud === origin && left > 0 && left <= 24 * 3600, JSON.stringify(said));
  return key;
}

/** A push service that keeps what comes. */
async function startCatcher() {
  const caught = [];
  const server = createServer((request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      caught.push({ path: request.url, headers: request.headers, body: Buffer.concat(parts) });
      response.writeHead(201).end();
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  return { origin: `http://127.0.0.1:${port}`, host: `127.0.0.1:${port}`, caught, stop: () => server.close() };
}

async function until(what, holdsNow) {
  for (let tries = 0; tries < 80; tries += 1) {
    if (await holdsNow()) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`${what} did not come within 20 s`);
}

/** Turns notifications on as the page's script does, with keys of our own: a test's browser has no push service. */
async function turnOn(page, keys, endpoint) {
  const said = { endpoint, key: keys.key.toString("base64url"), auth: keys.auth.toString("base64url") };
  await page.evaluate((fields) => {
    const form = document.querySelector("form[data-push]");
    for (const [name, value] of Object.entries(fields)) form.elements.namedItem(name).value = value;
    form.submit();
  }, said);
  await page.locator('button[name="do"][value="end"]').waitFor({ timeout: 10_000 });
}

export async function push(browser, check, screens) {
  if (process.env.ONLY && !"a notification".includes(process.env.ONLY)) return;
  const catcher = await startCatcher();
  const server = await startServer(["--may-call", catcher.host]);
  const keys = new Keys();
  const phone = await openPage(browser, server.url, { width: 390 });
  try {
    await check("a notification: turned on from one's page, 390", async () => {
      await as(phone, server.url, "resident-li");
      holds(await phone.locator("form[data-push] button").isVisible(), "there is no button");
      await sound(phone);
      await phone.screenshot({ path: `${screens}/push-off-390.png`, fullPage: true });
      const asked = await phone.locator("form[data-push]").getAttribute("data-push");
      holds(Buffer.from(asked, "base64url").length === 65, asked);
      await turnOn(phone, keys, `${catcher.origin}/li`);
      await sound(phone);
      await phone.screenshot({ path: `${screens}/push-on-390.png`, fullPage: true });
    });
    await check("a notification: without scripts the page says what it takes", async () => {
      const page = await openPage(browser, server.url, { width: 1280, js: false, locale: "en" });
      // Somebody else: a message is in the language in which its person last used the pages.
      await as(page, server.url, "resident-zhang");
      holds(!(await page.locator("form[data-push]").isVisible()) && (await page.locator("#push-scripts").isVisible()), await text(page));
      await sound(page, "en");
      await page.screenshot({ path: `${screens}/push-off-1280.png`, fullPage: true });
      await page.context().close();
    });
    await check("a notification: comes with a booking, and only the browser can read it", async () => {
      await phone.goto(`${server.url}/offers/print-workshop/second/book?${new URLSearchParams({ at: "@2022-01-14T18:30/20:00" })}`);
      const age = phone.locator('main input[type="number"]');
      if (await age.count()) {
        await age.first().fill("23");
        await phone.locator("main form button[type=submit]").first().click();
      }
      await phone.locator('button[name="book"]').click();
      await phone.waitForURL(/\/me\/bookings\/\d+/);
      const number = phone.url().match(/bookings\/(\d+)/)[1];
      await until("the message", () => catcher.caught.length > 0);
      const { path, headers, body } = catcher.caught[0];
      holds(path === "/li" && headers["content-encoding"] === "aes128gcm" && Number(headers.ttl) > 0, JSON.stringify(headers));
      const key = shown(headers.authorization, catcher.origin);
      const said = keys.read(body);
      holds(said.title.includes("已参加抽签") && said.open === "/me/bookings", JSON.stringify(said));
      const all = JSON.stringify(said);
      holds(Object.keys(said).length === 2 && !all.includes("李晓晨") && !all.includes(number), all);
      await phone.goto(`${server.url}/me`);
      await phone.locator('button[name="do"][value="end"]').click();
      holds((await phone.locator("form[data-push]").getAttribute("data-push")) === key, "another key signs than browsers are given");
    });
    await check("a notification: the service worker shows it and opens the page", async () => {
      await phone.context().grantPermissions(["notifications"], { origin: server.url });
      const debug = await phone.context().newCDPSession(phone);
      await debug.send("ServiceWorker.enable");
      const registered = new Promise((resolve) => debug.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
        if (registrations[0]) resolve(registrations[0].registrationId);
      }));
      await phone.evaluate(async () => {
        await navigator.serviceWorker.register("/push-worker.js", { scope: "/" });
        await navigator.serviceWorker.ready;
      });
      const data = JSON.stringify({ title: "同心：为您留了一个名额", open: "/me/bookings" });
      await debug.send("ServiceWorker.deliverPushMessage", { origin: `${server.url}/`, registrationId: await registered, data });
      await until("the notification", () => phone.evaluate(async () => {
        const ready = await navigator.serviceWorker.ready;
        const shown = await ready.getNotifications();
        return shown.length === 1 && shown[0].title === "同心：为您留了一个名额" && shown[0].data === "/me/bookings";
      }));
      holds(phone.record.errors.length === 0, phone.record.errors.join("\n"));
    });
    await check("a notification: an address that leads inside is refused", async () => {
      await phone.goto(`${server.url}/me`);
      const answer = await phone.evaluate(async () => {
        const csrf = document.querySelector('form[data-push] input[name="csrf"]').value;
        const fields = { csrf, endpoint: "https://192.168.1.1/x", key: "BA", auth: "AA" };
        return (await fetch("/me/push", { method: "POST", body: new URLSearchParams(fields) })).status;
      });
      holds(answer === 400, `${answer}`);
    });
    await check("a notification: signing out ends it", async () => {
      await phone.goto(`${server.url}/me`);
      await turnOn(phone, keys, `${catcher.origin}/li`);
      await phone.locator('form[action="/sign-out"] button').click();
      await phone.waitForURL(/sign-in/);
      await as(phone, server.url, "resident-li");
      holds((await phone.locator('button[name="do"][value="end"]').count()) === 0, "it is still on");
    });
  } finally {
    await phone.context().close();
    await server.stop();
    catcher.stop();
  }
}
