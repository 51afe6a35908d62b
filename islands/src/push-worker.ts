// Shows what the house sends, also when no page of it is open, and opens the page that it is about. It answers no request of
// a page and keeps nothing.
interface Shown extends Event {
  data: { json(): unknown } | null;
  waitUntil(work: Promise<unknown>): void;
}
interface Pressed extends Event {
  notification: Notification;
  waitUntil(work: Promise<unknown>): void;
}
interface Worker {
  registration: ServiceWorkerRegistration;
  clients: { openWindow(url: string): Promise<unknown> };
  addEventListener(name: "push", listener: (event: Shown) => void): void;
  addEventListener(name: "notificationclick", listener: (event: Pressed) => void): void;
}
export {};
declare const self: unknown;
const worker = self as Worker;

function text(said: unknown, name: string): string | undefined {
  if (typeof said !== "object" || said === null || !(name in said)) return undefined;
  const value: unknown = (said as Record<string, unknown>)[name];
  return typeof value === "string" ? value : undefined;
}

worker.addEventListener("push", (event) => {
  let said: unknown = null;
  try {
    said = event.data?.json();
  } catch {
    // Not ours: something has to be shown all the same.
  }
  const title = text(said, "title") ?? "同心 Tongxin";
  event.waitUntil(worker.registration.showNotification(title, { data: text(said, "open") ?? "/me" }));
});

worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  // Only pages of this house.
  const open: unknown = event.notification.data;
  const path = typeof open === "string" && /^\/(?!\/)/.test(open) ? open : "/me";
  event.waitUntil(worker.clients.openWindow(path));
});
