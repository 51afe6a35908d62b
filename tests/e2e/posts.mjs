// Posts: somebody opens an account, a head appoints them, they work at the desk with the next press, and no longer once it ended.
import { openPage } from "./browser.mjs";
import { holds, sound } from "./sound.mjs";

export async function posts(browser, origin, check, screens) {
  for (const [width, locale, js] of [[390, "zh-CN", false], [1280, "en", true]]) {
    await check(`posts: appointed, at work, dismissed, ${width} ${locale}`, async () => {
      const theirs = await openPage(browser, origin, { width, locale, js });
      const heads = await openPage(browser, origin, { width, locale, js });
      try {
        const mail = `posts-${width}@example.cn`;
        await theirs.goto(`${origin}/open-account`);
        await theirs.locator("#mail").fill(mail);
        await theirs.locator("#password").fill("迎泽大街的钟楼 twenty");
        await theirs.locator("#name").fill("Sun Xiaochen");
        await theirs.locator(".entry button").click();
        await theirs.waitForURL(/\/me$/);

        await heads.goto(`${origin}/sign-in`);
        await heads.locator('button[name="person"][value="county-head"]').click();
        await heads.waitForURL(/\/me$/);
        await heads.locator('main a[href="/desk/posts"]').click();
        await heads.waitForURL(/\/desk\/posts$/);
        await sound(heads, locale);
        // What is mistyped is said, and stands there to be mended.
        await heads.locator("#mail").fill("nobody@example.cn");
        await heads.locator("#role").selectOption("clerk");
        await heads.locator('.desk-form button[type="submit"]').click();
        await heads.locator('[role="alert"]').waitFor();
        heads.record.errors.length = 0; // The browser's own line on the 422.
        holds((await heads.locator("#mail").inputValue()) === "nobody@example.cn", "what was typed is gone");
        await sound(heads, locale);
        await heads.screenshot({ path: `${screens}/posts-wrong-${width}.png`, fullPage: true });
        await heads.locator("#mail").fill(mail);
        await heads.locator('.desk-form button[type="submit"]').click();
        const line = heads.locator(".device-list li", { hasText: mail });
        await line.waitFor();
        await sound(heads, locale);
        await heads.screenshot({ path: `${screens}/posts-${width}.png`, fullPage: true });

        await theirs.reload();
        await theirs.locator('main a[href="/desk/notices"]').click();
        await theirs.waitForURL(/\/desk\/notices$/);
        await line.locator("button").click();
        await line.waitFor({ state: "detached" });
        const left = await theirs.reload();
        holds(left.status() === 403, `who was dismissed got ${left.status()}`);
      } finally {
        await theirs.context().close();
        await heads.context().close();
      }
    });
  }
}
