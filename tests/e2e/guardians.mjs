// Guardianship by page: a parent proposes, the office that was asked refuses and accepts, the parent reads it and closes the
// child's account again. On a phone without scripts in Chinese, on a desk with scripts in English.
import { openPage } from "./browser.mjs";
import { holds, sound } from "./sound.mjs";

const text = (page) => page.locator("main").innerText();

export async function guardians(browser, origin, check, screens) {
  const as = async (setting, person, path, body) => {
    const page = await openPage(browser, origin, setting);
    try {
      await page.goto(`${origin}/sign-in`);
      await page.locator(`button[name="person"][value="${person}"]`).click();
      await page.waitForURL(/\/me/);
      await page.goto(origin + path);
      await body(page);
    } finally {
      await page.context().close();
    }
  };
  /** Presses a button of a form and waits for the page that answers. */
  const press = (page, button) => Promise.all([page.waitForNavigation(), button.click()]);
  for (const [width, js, locale] of [[390, false, "zh-CN"], [1280, true, "en"]]) {
    const setting = { width, js, locale };
    const [child, why] = [`王小${width}`, `请带户口簿 ${width}`];
    const snap = (page, name) => page.screenshot({ path: `${screens}/guardians-${name}-${width}-${locale}.png`, fullPage: true });
    const answer = (body) => as(setting, "school-clerk", "/desk/guardians", async (page) => {
      const proposal = page.locator(`section.ward:has-text("${child}")`);
      holds((await proposal.count()) === 1, await text(page));
      await body(page, proposal);
      holds((await proposal.count()) === 0, "what was answered still waits");
      holds((await page.locator('[role="status"]').count()) === 1, "nothing says that it is done");
      await sound(page, locale);
    });
    await check(`guardians: a parent proposes, an office refuses, then accepts (${width} ${locale})`, async () => {
      await as(setting, "resident-wang", "/me/children", async (page) => {
        await sound(page, locale);
        await page.locator("#child-name").fill(child);
        await page.locator("#open-office").selectOption("demo-primary-school");
        await press(page, page.locator('form:has(#child-name) button[type="submit"]'));
        holds((await text(page)).includes(child), await text(page));
        await sound(page, locale);
      });
      await answer(async (page, proposal) => {
        await proposal.locator("summary").click();
        await sound(page, locale);
        await proposal.locator("textarea").fill(why);
        await snap(page, "desk");
        await press(page, proposal.locator('button[value="refuse"]'));
      });
      await as(setting, "resident-wang", "/me/children", async (page) => {
        const ward = page.locator(`section.ward:has-text("${child}")`);
        holds((await ward.innerText()).includes(why), await text(page));
        await sound(page, locale);
        await ward.locator("summary").first().click();
        await ward.locator("select").selectOption("demo-primary-school");
        await press(page, ward.locator('form:has(select) button[type="submit"]'));
      });
      await answer(async (page, proposal) => {
        await proposal.locator('input[name="seen"]').check();
        await press(page, proposal.locator('button[value="accept"]'));
      });
    });
    await check(`guardians: the parent acts for the child, and closes the account (${width} ${locale})`, () =>
      as(setting, "resident-wang", "/me/children", async (page) => {
        const ward = page.locator(`section.ward:has-text("${child}")`);
        holds((await ward.locator(".badge.yes").count()) === 1, await text(page));
        await snap(page, "mine");
        // The child may be chosen where one signs up.
        await page.goto(`${origin}/offers/library-volunteers/volunteers`);
        await page.locator('main a[href*="/book?"]').first().click();
        await page.waitForURL(/\/book\?/);
        holds((await page.locator("a.chip").allInnerTexts()).includes(child), await text(page));
        await page.goto(`${origin}/me/children`);
        await ward.locator("summary").last().click();
        await ward.locator('input[name="sure"]').check();
        await press(page, ward.locator('form:has(input[name="sure"]) button[type="submit"]'));
        holds(!(await text(page)).includes(child), await text(page));
      }));
  }
}
