// Facts confirmed at the desk: a resident reads the own code, the community's clerk finds them by code and name, confirms where they
// live, and takes it back. On a phone without scripts in Chinese, on a desk with scripts in English.
import { openPage } from "./browser.mjs";
import { holds, sound } from "./sound.mjs";

const text = (page) => page.locator("main").innerText();

export async function facts(browser, origin, check, screens) {
  const as = async (setting, person, path, body) => {
    const page = await openPage(browser, origin, setting);
    try {
      await page.goto(`${origin}/sign-in`);
      await page.locator(`button[name="person"][value="${person}"]`).click();
      await page.waitForURL(/\/me/);
      await page.goto(origin + path);
      return await body(page);
    } finally {
      await page.context().close();
    }
  };
  const press = (page, button) => Promise.all([page.waitForNavigation(), button.click()]);
  for (const [width, js, locale] of [[390, false, "zh-CN"], [1280, true, "en"]]) {
    const setting = { width, js, locale };
    await check(`facts: the community confirms where somebody lives, and takes it back (${width} ${locale})`, async () => {
      const code = await as(setting, "resident-zhang", "/me", async (page) => {
        await sound(page, locale);
        return page.locator("#known ~ dl .code-text").innerText();
      });
      await as(setting, "nanhuan-clerk", "/desk/facts", async (page) => {
        await sound(page, locale);
        await page.locator("#code").fill(code);
        await page.locator("#name").fill("张桂兰");
        await press(page, page.locator('form[action="/desk/facts/find"] button'));
        holds(!page.url().includes(code), "a person stands in an address");
        const residence = page.locator('section.ward:has(input[value="住在本社区"])');
        holds((await residence.count()) === 1, await text(page));
        await residence.locator("select").selectOption("是");
        await residence.locator('input[name="seen"]').check();
        await sound(page, locale);
        await page.screenshot({ path: `${screens}/facts-${width}-${locale}.png`, fullPage: true });
        await press(page, residence.locator('button[value="confirm"]'));
        holds((await page.locator('[role="status"]').count()) === 1, await text(page));
        holds((await residence.locator(".badge.yes").count()) === 1, await text(page));
        await sound(page, locale);
        await residence.locator("summary").last().click();
        await press(page, residence.locator('button[value="take-back"]'));
        holds((await residence.locator(".badge").count()) === 0, await text(page));
      });
    });
  }
}
