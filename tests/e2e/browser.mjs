// Chromium as installed on the machine, and pages that keep a record of what went wrong on them.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const CANDIDATES = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Starts Chromium with a fresh profile. */
export function startBrowser() {
  const executablePath = CANDIDATES.find((path) => path && existsSync(path));
  if (!executablePath) throw new Error("no Chromium found; install it or name one with CHROMIUM=");
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
    ],
  });
}

/**
 * Opens a page in a context of its own. `page.record` fills with console errors, requests to other hosts, bytes by address
 * and layout shifts; the latter two come from the debugging protocol, so that they work without JavaScript. With `slow`, the
 * page's processor is that many times slower.
 */
export async function openPage(browser, origin, { width = 1280, height = 900, js = true, scheme = "light", locale = "zh-CN", slow = 1 } = {}) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    locale,
    reducedMotion: "reduce",
    hasTouch: width < 600,
    acceptDownloads: true,
  });
  const page = await context.newPage();
  const record = { errors: [], foreign: [], bytes: new Map(), shift: 0, shifted: [] };
  page.record = record;
  page.on("console", (message) => message.type() === "error" && record.errors.push(message.text()));
  page.on("pageerror", (error) => record.errors.push(String(error)));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (/^https?:$/.test(url.protocol) && url.origin !== origin) record.foreign.push(request.url());
  });
  const debug = await context.newCDPSession(page);
  const addresses = new Map();
  debug.on("Network.requestWillBeSent", ({ requestId, request }) => addresses.set(requestId, request.url));
  debug.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const address = addresses.get(requestId) ?? requestId;
    record.bytes.set(address, (record.bytes.get(address) ?? 0) + encodedDataLength);
  });
  debug.on("PerformanceTimeline.timelineEventAdded", ({ event }) => {
    const shift = event.layoutShiftDetails;
    if (event.type !== "layout-shift" || !shift || shift.hadRecentInput) return;
    record.shift += shift.value;
    record.shifted.push(...shift.sources.map((source) => JSON.stringify(source.currentRect)));
  });
  await debug.send("Network.enable");
  if (slow > 1) await debug.send("Emulation.setCPUThrottlingRate", { rate: slow });
  await debug.send("PerformanceTimeline.enable", { eventTypes: ["layout-shift"] });
  // Scripts are switched off here and not through the context's option, so that checks whose timers must run can switch them
  // on for a moment: the page's own scripts have been passed over by then.
  const scripts = (on) => debug.send("Emulation.setScriptExecutionDisabled", { value: !on });
  page.letChecksRun = () => scripts(true);
  page.scriptsAsAsked = () => scripts(js);
  await page.scriptsAsAsked();
  return page;
}
