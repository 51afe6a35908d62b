// The menu of courses: a resident wishes for one on a phone without scripts, the district's clerk draws up a timetable, and the
// wish is taken back.
import { openPage } from "./browser.mjs";
import { holds, sound } from "./sound.mjs";

const text = (page) => page.locator("main").innerText();

export async function menu(browser, origin, check, screens) {
  const as = async (setting, person, body) => {
    const page = await openPage(browser, origin, setting);
    try {
      await page.goto(`${origin}/sign-in`);
      await page.locator(`button[name="person"][value="${person}"]`).click();
      await page.waitForURL(/\/me/);
      await body(page);
    } finally {
      await page.context().close();
    }
  };
  let course = "";
  await check("the menu: a resident wishes for a course, by forms alone", () =>
    as({ width: 390, js: false }, "resident-li", async (page) => {
      await page.goto(`${origin}/menu`);
      await sound(page);
      await page.locator('main a[href="/menu/wishes"]').first().click();
      const courses = page.locator("#course option[value]:not([value=''])");
      const chosen = courses.filter({ hasText: "18岁及以上" }).first();
      course = (await chosen.textContent()).split("，")[0].trim();
      await page.locator("#course").selectOption(await chosen.getAttribute("value"));
      await page.locator("#community").selectOption({ index: 2 });
      // Nothing is kept while a field is missing.
      await page.locator('form[action="/menu/wishes"] button[type=submit]').click();
      holds((await page.locator("#age").evaluate((e) => e.validity.valid)) === false, "an age group is not asked for");
      await page.locator("#age").selectOption("adults");
      await page.locator('form[action="/menu/wishes"] button[type=submit]').click();
      await page.locator('form[action="/menu/wishes/withdraw"]').waitFor({ timeout: 10_000 });
      holds((await text(page)).includes(course), await text(page));
      await sound(page);
      await page.screenshot({ path: `${screens}/wishes-390.png`, fullPage: true });
    }));
  for (const [width, locale] of [[1280, "zh-CN"], [390, "en"]]) {
    await check(`the menu: a clerk draws up the timetable, ${width} ${locale}`, () =>
      as({ width, locale }, "culture-clerk", async (page) => {
        await page.goto(`${origin}/desk/timetable?needed=1`);
        if (locale === "zh-CN") holds((await text(page)).includes(course), await text(page));
        await sound(page, locale);
        await page.screenshot({ path: `${screens}/timetable-${width}.png`, fullPage: true });
      }));
  }
  await check("the menu: a resident draws up no timetable, and takes the wish back", () =>
    as({ width: 390, locale: "en", js: false }, "resident-li", async (page) => {
      const answer = await page.goto(`${origin}/desk/timetable`);
      holds(answer.status() === 403, `a resident got ${answer.status()}`);
      page.record.errors.length = 0; // The browser's own line on the 403.
      await sound(page, "en");
      await page.goto(`${origin}/menu/wishes`);
      await sound(page, "en");
      await page.locator('form[action="/menu/wishes/withdraw"] button').click();
      await page.locator('form[action="/menu/wishes/withdraw"]').waitFor({ state: "detached", timeout: 10_000 });
    }));
}
