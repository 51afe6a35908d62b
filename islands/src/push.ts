// On one's page: has this browser told of messages at once. Without this script the page says that it takes one; turning it
// off is a plain form.

export {};

/** Bytes of a key as a page has it. */
function bytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function base64url(buffer: ArrayBuffer | null): string {
  const text = String.fromCharCode(...new Uint8Array(buffer ?? new ArrayBuffer(0)));
  return btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** What this browser says of itself, once its person allows it; nothing if they do not, or it cannot. */
async function subscribe(worker: string, key: string): Promise<PushSubscription | null> {
  if ((await Notification.requestPermission()) !== "granted") return null;
  await navigator.serviceWorker.register(worker, { scope: "/" });
  const ready = await navigator.serviceWorker.ready;
  // One made under another key of the house is good for nothing.
  await (await ready.pushManager.getSubscription())?.unsubscribe();
  return ready.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
}

function start(form: HTMLFormElement): void {
  const { push: key, worker } = form.dataset;
  const refused = document.getElementById("push-refused");
  if (key === undefined || worker === undefined) return;
  if (!("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) return;
  document.getElementById("push-scripts")?.setAttribute("hidden", "");
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    refused?.setAttribute("hidden", "");
    void (async () => {
      const made = await subscribe(worker, key).catch(() => null);
      if (made === null) {
        refused?.removeAttribute("hidden");
        return;
      }
      const said: Record<string, string> = {
        endpoint: made.endpoint,
        key: base64url(made.getKey("p256dh")),
        auth: base64url(made.getKey("auth")),
      };
      for (const [name, value] of Object.entries(said)) {
        const field = form.elements.namedItem(name);
        if (field instanceof HTMLInputElement) field.value = value;
      }
      form.submit();
    })();
  });
}

const form = document.querySelector<HTMLFormElement>("form[data-push]");
if (form !== null) start(form);
