// On every page: steps of an interview without a page load. Without this script the same forms work as forms.
import { startLive, startOffline } from "./live.js";
import { startTable } from "./table.js";

/** The part of the page that a step replaces. */
const ISLAND = '[data-island="ask"]';

/** Steps of this tab, in its memory only: what was answered stands in no address and no history entry. */
const steps: string[] = [];
let current = 0;

/** What a form sends, with the button that was pressed. */
function fields(form: HTMLFormElement, button: HTMLElement | null): URLSearchParams {
  const sent = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string") sent.append(name, value);
  }
  if (button instanceof HTMLButtonElement && button.name !== "") sent.append(button.name, button.value);
  return sent;
}

/** Puts a step in place of the one shown and brings the reader to its heading. */
function show(html: string): boolean {
  const next = new DOMParser().parseFromString(html, "text/html").querySelector(ISLAND);
  const island = document.querySelector(ISLAND);
  if (next === null || island === null) return false;
  island.replaceWith(document.importNode(next, true));
  const heading = document.querySelector<HTMLElement>(`${ISLAND} h1`);
  heading?.setAttribute("tabindex", "-1");
  heading?.focus({ preventScroll: true });
  window.scrollTo({ top: 0 });
  return true;
}

async function step(form: HTMLFormElement, button: HTMLElement | null): Promise<void> {
  const island = document.querySelector(ISLAND);
  if (island === null) return;
  steps[current] = island.outerHTML;
  try {
    const response = await fetch("/ask", { method: "POST", body: fields(form, button) });
    const html = await response.text();
    if (!response.ok || !show(html)) throw new Error(String(response.status));
  } catch {
    // The plain form does the same, with a page load.
    resubmit(form, button);
    return;
  }
  if (current === 0) history.replaceState({ step: 0 }, "");
  current += 1;
  steps.length = current;
  steps[current] = document.querySelector(ISLAND)?.outerHTML ?? "";
  history.pushState({ step: current }, "");
}

function resubmit(form: HTMLFormElement, button: HTMLElement | null): void {
  if (button instanceof HTMLButtonElement && button.name !== "") {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = button.name;
    field.value = button.value;
    form.append(field);
  }
  form.submit();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.closest(ISLAND) === null) return;
  if (form.method !== "post" || new URL(form.action).pathname !== "/ask") return;
  event.preventDefault();
  void step(form, event.submitter);
});

window.addEventListener("popstate", (event) => {
  const state: unknown = event.state;
  const to = typeof state === "object" && state !== null && "step" in state ? state.step : undefined;
  if (typeof to !== "number") return;
  const html = steps[to];
  // After a reload this tab remembers nothing, and the interview begins anew.
  if (html === undefined || !show(html)) {
    location.replace("/ask");
    return;
  }
  current = to;
});

startTable();
startLive();
startOffline();
