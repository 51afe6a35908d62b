// What must hold on every page: on a phone and a desk, with and without JavaScript, light and dark, every two of these together once.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { openPage } from "./browser.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WCAG_2_2_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** Bytes a page may transfer before the map. */
const BYTES_MAX = 100 * 1024;
/** What belongs to the map: the library, its shapes and its worker. */
const OF_THE_MAP = /\/map[^/]*\.(js|css)$|^\/map\/./;

/** Of width, scripts and colours every pair of values occurs; all eight would take twice as long and show hardly more. */
const SETTINGS = [
  { width: 390, js: true, scheme: "light" },
  { width: 390, js: false, scheme: "dark" },
  { width: 1280, js: true, scheme: "dark" },
  { width: 1280, js: false, scheme: "light" },
];

/** Runs axe on whatever the page shows now; returns one line per violation. */
export async function accessibilityFaults(page) {
  await page.letChecksRun();
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(
    (tags) => globalThis.axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] }),
    WCAG_2_2_AA,
  );
  await page.scriptsAsAsked();
  return violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(" ")} (${(n.any[0] ?? n.all[0] ?? n.none[0])?.message ?? v.help})`));
}

/** Everything that is wrong with how the page is laid out now. */
export async function layoutFaults(page) {
  const faults = [];
  const { content, screen, widest } = await page.evaluate(() => {
    const screen = document.documentElement.clientWidth;
    const widest = [...document.body.querySelectorAll("*")]
      .filter((e) => e.getBoundingClientRect().right > screen + 1)
      .slice(0, 3)
      .map((e) => `${e.tagName.toLowerCase()}.${e.className}`);
    return { content: document.documentElement.scrollWidth, screen, widest };
  });
  if (content > screen) faults.push(`scrolls sideways: ${content} px on ${screen} px (${widest.join(", ")})`);
  return faults;
}

/** Chinese words on a page in English that are not marked as Chinese: what the notices say and names may be, nothing else. */
export async function languageFaults(page) {
  const left = await page.evaluate(() => {
    const han = /\p{Script=Han}/u;
    const inChinese = (element) => element?.closest("[lang]")?.lang.startsWith("zh");
    const found = [];
    const texts = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const { data, parentElement } = texts.currentNode;
      if (!["SCRIPT", "STYLE"].includes(parentElement.tagName) && han.test(data) && !inChinese(parentElement)) found.push(data.trim());
    }
    const worded = ["title", "alt", "placeholder", "aria-label", "aria-description", "content"];
    for (const element of document.querySelectorAll("*")) {
      for (const name of worded) {
        const value = element.getAttribute(name) ?? "";
        if (han.test(value) && !inChinese(element)) found.push(`${name}="${value}"`);
      }
      if (element.matches("input:not([type=hidden]), textarea") && han.test(element.value) && !inChinese(element)) found.push(`value "${element.value}"`);
    }
    return found;
  });
  return left.map((text) => `in Chinese: ${text.slice(0, 60)}`);
}

function shiftFaults({ shift, shifted }) {
  return shift > 0 ? [`layout shift ${shift.toFixed(4)} ${shifted.slice(0, 2).join(" ")}`] : [];
}

/** What moves on a page while it trickles in over a slow line to a slow machine. */
async function slowVisit(browser, line, address, setting) {
  const page = await openPage(browser, line, { ...setting, slow: 20 });
  try {
    await page.goto(line + address.path, { waitUntil: "load" });
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    return shiftFaults(page.record);
  } finally {
    await page.context().close();
  }
}

/** Visits one page in one setting and returns its faults. */
async function visit(browser, origin, address, setting, screens) {
  const page = await openPage(browser, origin, setting);
  const faults = [];
  try {
    const response = await page.goto(origin + address.path, { waitUntil: "load" });
    if (setting.js) await page.waitForLoadState("networkidle");
    const status = response.status();
    if (status !== (address.status ?? 200)) faults.push(`status ${status}`);
    const { title, lang, headings, mains } = await page.evaluate(() => ({
      title: document.title.trim(),
      lang: document.documentElement.lang,
      headings: document.querySelectorAll("h1").length,
      mains: document.querySelectorAll("main").length,
    }));
    if (!title) faults.push("no title");
    if (!lang.startsWith(address.lang ?? "zh")) faults.push(`its language is "${lang}"`);
    if (headings !== 1) faults.push(`${headings} h1`);
    if (mains !== 1) faults.push(`${mains} main`);
    faults.push(...(await layoutFaults(page)));
    faults.push(...(await accessibilityFaults(page)));
    if (address.lang === "en") faults.push(...(await languageFaults(page)));
    const { record } = page;
    // A page that is meant to answer 404 logs just that; everything else in the console is a fault.
    const expected = (text) => address.status && text.includes(`status of ${address.status}`);
    faults.push(...record.errors.filter((text) => !expected(text)).map((text) => `console: ${text}`));
    faults.push(...record.foreign.map((url) => `asks another host: ${url}`));
    faults.push(...shiftFaults(record));
    const before = [...record.bytes].filter(([url]) => !OF_THE_MAP.test(new URL(url, origin).pathname));
    const bytes = before.reduce((sum, [, n]) => sum + n, 0);
    if (bytes > BYTES_MAX) faults.push(`${bytes} bytes before the map`);
    await page.screenshot({ path: `${screens}/${name(address, setting)}.png`, fullPage: true });
    return { faults, bytes };
  } finally {
    await page.context().close();
  }
}

function name(address, { width, js, scheme }) {
  const path = address.path.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") || "front";
  return `${path}-${width}-${scheme}${js ? "" : "-nojs"}`;
}

/** Checks that nothing moves while pages come in slowly: Chinese ones on a phone, English ones on a desk. */
export async function checkSlowPages(browser, line, addresses, check) {
  for (const address of addresses) {
    const english = address.lang === "en";
    const setting = { width: english ? 1280 : 390, locale: english ? "en" : "zh-CN" };
    await check(`${address.path} at ${setting.width} px, over a slow line`, async () => {
      const faults = await slowVisit(browser, line, address, setting);
      if (faults.length > 0) throw new Error(faults.join("\n      "));
    });
  }
}

/** Checks every page in every setting. */
export async function checkPages(browser, origin, addresses, check, screens) {
  const heaviest = { bytes: 0, path: "" };
  for (const address of addresses) {
    for (const chosen of SETTINGS) {
      const setting = { ...chosen, locale: address.lang === "en" ? "en" : "zh-CN" };
      const { width, js, scheme } = setting;
      await check(`${address.path} at ${width} px, JavaScript ${js ? "on" : "off"}, ${scheme}`, async () => {
        const { faults, bytes } = await visit(browser, origin, address, setting, screens);
        if (bytes > heaviest.bytes) Object.assign(heaviest, { bytes, path: address.path });
        if (faults.length > 0) throw new Error(faults.join("\n      "));
      });
    }
  }
  return heaviest;
}
