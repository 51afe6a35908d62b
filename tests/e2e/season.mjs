// A theme season in the middle of its fair, with the past that `tongxin demo` invents: what everybody sees of licences and
// results, a head who grants a licence by forms alone, and a clerk who enters what an evening brought in.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPage } from "./browser.mjs";
import { fillPast, startServer } from "./server.mjs";
import { holds, sound } from "./sound.mjs";

const NOTICE = "/notices/theme-season";
const DESK = "/desk/season/theme-season";

const text = (page) => page.locator("main").innerText();

export async function season(browser, check, screens) {
  if (process.env.ONLY && !"the season".includes(process.env.ONLY)) return;
  const folder = mkdtempSync(join(tmpdir(), "tongxin-season-"));
  const data = join(folder, "data");
  fillPast(data, "2022-02-04T09:00");
  const server = await startServer(["--data", data, "--clock", "2022-02-05T12:00", "--public", "http://127.0.0.1:8080"]);
  const { url } = server;
  const as = async (setting, person, body) => {
    const page = await openPage(browser, url, setting);
    try {
      if (person) {
        await page.goto(`${url}/sign-in`);
        await page.locator(`button[name="person"][value="${person}"]`).click();
        await page.waitForURL(/\/me/);
      }
      await body(page);
    } finally {
      await page.context().close();
    }
  };
  try {
    for (const [width, locale, js, scheme] of [[390, "zh-CN", false, "light"], [390, "en", true, "dark"], [1280, "zh-CN", true, "dark"], [1280, "en", false, "light"]]) {
      await check(`the season: licences and results, ${width} ${locale}`, () =>
        as({ width, locale, js, scheme }, null, async (page) => {
          await page.goto(`${url}${NOTICE}`);
          await page.locator(`main a[href="${NOTICE}/results"]`).click();
          await page.locator(".chart-columns").waitFor();
          const bars = await page.locator(".chart-bars rect").evaluateAll((all) => all.map((bar) => bar.getBoundingClientRect().width));
          holds(bars.length > 8 && Math.max(...bars) > 60, `the bars are not drawn: ${bars}`);
          // What is drawn stands in a table too, for whoever sees no drawing.
          await page.locator("figure.chart details summary").click();
          holds((await page.locator(".results tbody tr").count()) > 10, "the numbers are missing");
          await sound(page, locale);
          await page.screenshot({ path: `${screens}/results-${width}-${locale}.png`, fullPage: true });
          await page.goto(`${url}${NOTICE}/licences`);
          await sound(page, locale);
          await page.locator(".desk-list a").first().click();
          await page.locator(".licence-code svg").waitFor();
          await sound(page, locale);
          await page.screenshot({ path: `${screens}/licence-${width}-${locale}.png`, fullPage: true });
        }));
    }
    await check("the season: a head grants a licence, by forms alone", () =>
      as({ width: 390, js: false }, "county-head", async (page) => {
        await page.locator(`main a[href="${DESK}"]`).click();
        await sound(page);
        await page.locator(`main a[href="${DESK}/grant"]`).click();
        const fill = async (fields) => {
          for (const [name, value] of Object.entries(fields)) await page.locator(`#${name}`).fill(value);
        };
        await fill({ partner: "演示扇庄", product: "好运虎头灯", from: "2022-02-10", last: "2022-12-31", amount: "7.5" });
        await page.locator("#by").selectOption("share");
        const send = page.locator(".desk-form button[type=submit]");
        // Nothing is granted by somebody who does not say that they have no interest in it.
        await send.click();
        holds((await page.locator("[name=no-interest]").evaluate((e) => e.validity.valid)) === false, "the interest is not asked for");
        await page.locator("[name=no-interest]").check();
        await send.click();
        await page.locator('[role="alert"]').waitFor();
        page.record.errors.length = 0; // The browser's own line on the 409.
        holds((await text(page)).includes("已独家授权给晋韵灯坊"), await text(page));
        await sound(page);
        await page.screenshot({ path: `${screens}/grant-wrong-390.png`, fullPage: true });
        await fill({ product: "好运团扇" });
        await send.click();
        await page.waitForURL(/\/licences\/\d+$/);
        holds((await text(page)).includes("销售额的 7.5 %"), await text(page));
        await sound(page);
        await page.goto(`${url}${NOTICE}/licences`);
        holds((await text(page)).includes("好运团扇"), "the public list does not have it");
      }));
    for (const [width, locale] of [[1280, "en"], [390, "zh-CN"]]) {
      await check(`the season: a clerk enters what an evening brought in, ${width} ${locale}`, () =>
        as({ width, locale }, "county-clerk", async (page) => {
          await page.goto(`${url}${DESK}/results`);
          await sound(page, locale);
          await page.locator('section[aria-labelledby="missing"] a').first().click();
          await page.locator("#visitors").fill("4,321");
          await page.locator("#sales").fill("many");
          await page.locator(".desk-form button[type=submit]").click();
          await page.locator('[role="alert"]').waitFor();
          page.record.errors.length = 0; // The browser's own line on the 422.
          holds((await page.locator("#visitors").inputValue()) === "4,321", "what was typed is gone");
          await sound(page, locale);
          await page.locator("#sales").fill("9876.50");
          await page.locator(".desk-form button[type=submit]").click();
          await page.locator(".trace").waitFor();
          holds((await text(page)).includes("9,876.50"), await text(page));
          await sound(page, locale);
          await page.screenshot({ path: `${screens}/result-${width}.png`, fullPage: true });
          const granted = await page.goto(`${url}${DESK}/grant`);
          holds(granted.status() === 403, `a clerk got ${granted.status()}`);
        }));
    }
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
