// Tests the pages of the real server in Chromium. Set TONGXIN_URL to test a server that already runs, ONLY to a part of a
// check's name to run just those.
import { mkdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bookings } from "./booking.mjs";
import { startBrowser } from "./browser.mjs";
import { door } from "./door.mjs";
import { draw } from "./draw.mjs";
import { feedback } from "./feedback.mjs";
import { journeys } from "./journeys.mjs";
import { facts } from "./facts.mjs";
import { guardians } from "./guardians.mjs";
import { hooks } from "./hooks.mjs";
import { menu } from "./menu.mjs";
import { checkPages, checkSlowPages } from "./pages.mjs";
import { passkeys } from "./passkeys.mjs";
import { posts } from "./posts.mjs";
import { publishing } from "./publishing.mjs";
import { push } from "./push.mjs";
import { season } from "./season.mjs";
import { startServer } from "./server.mjs";
import { startSlowLine } from "./slow.mjs";

const screens = fileURLToPath(new URL("screens", import.meta.url));
rmSync(screens, { recursive: true, force: true });
mkdirSync(screens);

const counted = { passed: 0, failed: 0 };
async function check(name, body) {
  if (process.env.ONLY && !name.includes(process.env.ONLY)) return;
  try {
    await body();
    counted.passed += 1;
  } catch (error) {
    counted.failed += 1;
    console.error(`  ✗ ${name}\n      ${error.message}`);
  }
}

const running = process.env.TONGXIN_URL;
const server = running ? { url: running.replace(/\/$/, ""), stop: async () => true } : await startServer();
if (server.start_ms) console.log(`the server answered ${server.start_ms} ms after its start`);
const browser = await startBrowser();
try {
  const addresses = await findAddresses(server.url);
  console.log(`${addresses.length} pages: ${addresses.map((a) => a.path).join(" ")}`);
  const heaviest = await checkPages(browser, server.url, addresses, check, screens);
  console.log(`heaviest page before the map: ${heaviest.path}, ${heaviest.bytes} bytes`);
  const line = await startSlowLine(server.url);
  await checkSlowPages(browser, line.url, addresses, check);
  line.stop();
  await journeys(browser, server.url, check, screens);
  await bookings(browser, server.url, check, screens);
  if (!running) await door(browser, check, screens);
  await facts(browser, server.url, check, screens);
  if (!running) await draw(browser, check, screens);
  await guardians(browser, server.url, check, screens);
  if (!running) await hooks(browser, check, screens);
  await menu(browser, server.url, check, screens);
  if (!running) await feedback(browser, check, screens);
  await passkeys(browser, server.url, check, screens);
  await posts(browser, server.url, check, screens);
  await publishing(browser, server.url, check, screens);
  if (!running) await push(browser, check, screens);
  if (!running) await season(browser, check, screens);
} finally {
  await browser.close();
}
const stopped = await server.stop();
await check("the server stops gracefully when asked", async () => {
  if (!stopped) throw new Error("it had to be killed, or ended with an error");
});
console.log(`${counted.passed} passed, ${counted.failed} failed`);
process.exit(counted.failed === 0 && counted.passed > 0 ? 0 : 1);

/** The pages of the site: those the issue names, one enterprise as the register links it, and English ones. */
async function findAddresses(origin) {
  const register = await (await fetch(`${origin}/registers/enterprises`)).text();
  const enterprise = register.match(/\/enterprises\/[0-9A-Z]{18}/)?.[0];
  if (!enterprise) throw new Error("/registers/enterprises links no enterprise");
  const zh = [
    "/", "/notices", "/notices/air-order", "/notices/air-order/versions", "/notices/grid-governance", "/ask", "/map", "/places/140105", "/registers/enterprises",
    enterprise, "/search?q=货车", "/search", "/api", "/sign-in", "/open-account",
    "/offers", "/offers?view=calendar", "/offers/library-volunteers/volunteers", "/offers/print-workshop/second/draw", "/menu", "/menu/figures", "/notices/theme-season", "/notices/theme-season/results",
  ].map((path) => ({ path }));
  const en = ["/", "/notices", "/notices/air-order", "/notices/air-order/versions", "/ask", "/map", "/places/140105", "/registers/enterprises", enterprise, "/search?q=Xiaodian",
    "/api", "/sign-in", "/open-account", "/ask?do=*", "/ask?do=驶入&where=area-middle-ring", "/ask?q=May my heavy diesel truck used for muck haulage drive in inside the Middle Ring?",
    "/ask?notice=air-order&do=驶入&unsure=1", "/notices/grid-governance", "/offers", "/offers?view=calendar",
    "/offers/library-volunteers/volunteers", "/menu", "/menu/figures", "/certificates"]
    .map((path) => ({ path: `${path}${path.includes("?") ? "&" : "?"}lang=en`, lang: "en" }));
  return [...zh, ...en, { path: "/no-such-page", status: 404 }, { path: "/notices/no-such-notice", status: 404 }];
}
