// In a city with a past: who was at a session says how it was, staff read it without a name, and everybody sees figures.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPage } from "./browser.mjs";
import { as, book } from "./door.mjs";
import { fillPast, startServer } from "./server.mjs";
import { holds, sound } from "./sound.mjs";

const OFFER = "culture-menu/at-140108001002";
const SLOT = "oil-1@2022-01-12T14:30/16:00";
const WORDS = "讲得清楚，屋子冷了些";

const text = (page) => page.locator("main").innerText();

export async function feedback(browser, check, screens) {
  if (process.env.ONLY && !"after the session".includes(process.env.ONLY)) return;
  const data = mkdtempSync(join(tmpdir(), "tongxin-past-"));
  const city = join(data, "city");
  fillPast(city, "2022-01-12T14:00");
  let server = await startServer(["--data", city, "--clock", "2022-01-12T14:00"]);
  const on = async (setting, person, body) => {
    const page = await openPage(browser, server.url, setting);
    try {
      if (person) await as(page, server.url, person);
      await body(page);
    } finally {
      await page.context().close();
    }
  };
  try {
    let number = "";
    await check("after the session: a resident came to it", async () => {
      number = (await book(browser, server.url, "resident-li", OFFER, `/${SLOT}`)).number;
      await on({ width: 390, js: false }, "culture-teacher", async (page) => {
        await page.goto(`${server.url}/desk/bookings/${OFFER}/${SLOT}`);
        await page.locator(`#b${number} button[value="in"]`).click();
        await page.locator(`#b${number} button[value="out"]`).waitFor({ timeout: 10_000 });
      });
    });
    await server.stop();
    server = await startServer(["--data", city, "--clock", "2022-01-12T16:10"]);
    await check("after the session: the resident says how it was, by forms alone, and says it anew", () =>
      on({ width: 390, js: false }, "resident-li", async (page) => {
        await page.goto(`${server.url}/me/bookings/${number}`);
        await sound(page);
        await page.locator('input[name="rating"][value="fair"]').check();
        await page.locator('textarea[name="words"]').fill("讲得清楚");
        await page.locator('form[action$="/feedback"] button[type=submit]').click();
        await page.locator('form[action$="/feedback/withdraw"]').waitFor({ timeout: 10_000 });
        await page.locator(".feedback summary").click();
        await page.locator('textarea[name="words"]').fill(WORDS);
        await page.screenshot({ path: `${screens}/feedback-390.png`, fullPage: true });
        await page.locator('form[action$="/feedback"] button[type=submit]').click();
        await page.locator(".said", { hasText: WORDS }).waitFor({ timeout: 10_000 });
        await sound(page);
      }));
    await check("after the session: the teacher reads it without a name", () =>
      on({ width: 1280, locale: "en" }, "culture-teacher", async (page) => {
        await page.goto(`${server.url}/desk/bookings/${OFFER}/${SLOT}`);
        const heard = await page.locator(".heard").innerText();
        holds(heard.includes(WORDS) && !heard.includes("李晓晨"), heard);
        await sound(page, "en");
        await page.screenshot({ path: `${screens}/heard-1280.png`, fullPage: true });
      }));
    for (const [width, locale] of [[390, "zh-CN"], [1280, "en"]]) {
      await check(`after the session: what came of the menu, ${width} ${locale}`, () =>
        on({ width, locale, js: false }, null, async (page) => {
          await page.goto(`${server.url}/menu/figures`);
          const visits = await page.locator(".facts-line dd").nth(1).innerText();
          holds(Number(visits) > 100, `visits: ${visits}`);
          holds((await page.locator(".rated").count()) > 0, "no course has ratings");
          holds(!(await text(page)).includes(WORDS), "words are on a page for everybody");
          await sound(page, locale);
          await page.screenshot({ path: `${screens}/figures-${width}.png`, fullPage: true });
        }));
    }
  } finally {
    await server.stop();
    rmSync(data, { recursive: true, force: true });
  }
}
