// Counts of the moment on a page of slots, and a plain word when a form is sent without a network. Without this script the
// pages show the counts that they were served with.

/** What the server tells of one slot. */
interface Change {
  slot: string;
  class: string;
  text: string;
}

function isChange(value: unknown): value is Change {
  return typeof value === "object" && value !== null && "slot" in value && "class" in value && "text" in value;
}

/** Puts a change where its slot stands on the page. */
function show(change: Change): void {
  for (const shown of document.querySelectorAll<HTMLElement>("[data-slot]")) {
    if (shown.dataset.slot !== change.slot || shown.textContent === change.text) continue;
    shown.textContent = change.text;
    shown.className = `standing ${change.class}`;
  }
}

/** Listens as long as the page is looked at: one that lies in the background holds no connection. */
export function startLive(): void {
  const address = document.querySelector<HTMLElement>("[data-live]")?.dataset.live;
  if (address === undefined) return;
  let source: EventSource | undefined;
  const follow = (): void => {
    if (document.hidden) {
      source?.close();
      source = undefined;
      return;
    }
    if (source !== undefined) return;
    source = new EventSource(address);
    source.addEventListener("message", (event) => {
      const change: unknown = JSON.parse(String(event.data));
      if (isChange(change)) show(change);
    });
  };
  document.addEventListener("visibilitychange", follow);
  follow();
}

/** Says at once that nothing was sent, where a browser would show an error page and lose the person's place. */
export function startOffline(): void {
  const line = document.querySelector<HTMLElement>(".offline");
  if (line === null) return;
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.dataset.online === undefined || navigator.onLine) return;
    event.preventDefault();
    line.hidden = false;
    line.scrollIntoView({ block: "nearest" });
  });
  window.addEventListener("online", () => {
    line.hidden = true;
  });
}
