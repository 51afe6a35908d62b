// Publishing as an office does it: a mistake is found and mended, somebody else signs, it answers; corrected, withdrawn; and a resident is refused.
import { openPage } from "./browser.mjs";
import { holds, sound } from "./sound.mjs";

const notice = (hours, size = "轻型") => `+++
title    = "演示：轻型货车错时通行"
title_en = "Demo: light trucks keep off at certain hours"
issuer   = "air-office"
issued   = 2022-01-06T08:00:00+08:00
in_force = "2022-01-06T08:00/2022-02-01T00:00"
demo     = true
+++

## 一、错时

轻型货车每日早高峰停止驶入中环以内，电动车除外。

\`\`\`rule light-trucks
forbid = "驶入"
who    = "货车 且 车型 = ${size}"
where  = "中环以内"
when   = "每日 ${hours}"
except = { clean = "燃料 = 电动" }
\`\`\`
`;

const arrived = (page, path) => page.waitForURL((url) => url.pathname === path, { timeout: 10_000 });
const main = (page) => page.locator("main").innerText();

export async function publishing(browser, origin, check, screens) {
  /** Somebody signed in, in a browser of their own. */
  const as = async (person, setting) => {
    const page = await openPage(browser, origin, setting);
    await page.goto(`${origin}/sign-in`);
    await page.locator(`button[value="${person}"]`).click();
    await arrived(page, "/me");
    return page;
  };
  const verdict = async (slug, at) => {
    const question = { notice: slug, who: "货车, 车型 = 轻型, 燃料 = 柴油", do: "驶入", where: "中环以内", at };
    const response = await fetch(`${origin}/api/ask`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(question) });
    return (await response.json()).verdict;
  };

  for (const [js, width, locale] of [[true, 1280, "zh-CN"], [false, 390, "zh-CN"], [true, 390, "en"]]) {
    const setting = { js, width, locale };
    const how = `JavaScript ${js ? "on" : "off"}, ${width} px, ${locale}`;
    const slug = `light-trucks-${width}-${locale.toLowerCase()}`;
    await check(`an office writes, mends, signs, publishes, corrects and withdraws a notice (${how})`, async () => {
      const clerk = await as("air-clerk", setting);
      const head = await as("air-head", setting);
      const snap = (page, name) => page.screenshot({ path: `${screens}/publishing-${name}-${width}-${locale}.png`, fullPage: true });
      const press = (page, act) => page.locator(`form[action="/desk/notices/${act}"] button`).click();
      /** Saved by the clerk, signed by the head, published by the clerk. */
      const publish = async () => {
        await clerk.locator('button[name="do"][value="save"]').click();
        await arrived(clerk, `/desk/notices/${slug}`);
        await sound(clerk, locale);
        holds((await clerk.locator('form[action="/desk/notices/sign"]').count()) === 0, "the clerk is offered to sign");
        await head.goto(`${origin}/desk/notices/${slug}`);
        await sound(head, locale);
        await press(head, "sign");
        await head.locator('form[action="/desk/notices/publish"]').waitFor();
        await clerk.goto(`${origin}/desk/notices/${slug}`);
        await snap(clerk, "signed");
        await press(clerk, "publish");
        await arrived(clerk, "/desk/notices");
        await sound(clerk, locale);
      };
      try {
        await clerk.goto(`${origin}/desk/notices/new`);
        await sound(clerk, locale);
        await clerk.locator("#slug").fill(slug);
        await clerk.locator("#text").fill(notice("07:00-09:00", "微小型"));
        await clerk.locator('button[name="do"][value="check"]').click();
        await clerk.locator(".finding mark").waitFor();
        holds((await clerk.locator(".finding mark").innerText()) === "微小型", "the wrong word is not marked");
        holds((await clerk.locator(".finding").innerText()).includes("16"), "its line is not told");
        await sound(clerk, locale);
        await snap(clerk, "mistake");
        await clerk.locator("#text").fill(notice("07:00-09:00"));
        await publish();
        holds((await verdict(slug, "2022-01-12T08:30")) === "forbidden", "it does not answer");

        await clerk.goto(`${origin}/desk/notices/${slug}`);
        await clerk.locator("#text").fill(notice("10:00-12:00"));
        await clerk.locator("#from").fill("2022-01-11T00:00");
        await publish();
        holds((await verdict(slug, "2022-01-10T08:30")) === "forbidden", "the first text does not answer for its time");
        holds((await verdict(slug, "2022-01-12T08:30")) === "allowed", "the second text does not answer for its time");

        await clerk.goto(`${origin}/notices/${slug}/versions`);
        holds((await clerk.locator(".editions > li").count()) === 2, "there are not two versions");
        await sound(clerk, locale);
        await snap(clerk, "versions");
        await clerk.locator('a[href*="/changes?"]').first().click();
        await arrived(clerk, `/notices/${slug}/changes`);
        holds(await clerk.locator(".diff ins").count(), "the texts do not differ");
        holds((await clerk.locator(".changes li").count()) >= 2, "nobody is told to be touched");
        await sound(clerk, locale);

        await clerk.goto(`${origin}/desk/notices/${slug}`);
        await clerk.locator("#reason").fill("演示结束");
        await press(clerk, "withdraw");
        await arrived(clerk, "/desk/notices");
        await clerk.goto(`${origin}/notices/${slug}`);
        holds((await main(clerk)).includes("演示结束"), "the reason is not told");
        await sound(clerk, locale);
        await clerk.goto(`${origin}/notices/${slug}/versions/1`);
        holds((await main(clerk)).includes("错时"), "the first text is lost");
        await sound(clerk, locale);
      } finally {
        await clerk.context().close();
        await head.context().close();
      }
    });
  }
  await check("a resident is refused at the desk, by the clause", async () => {
    const page = await as("resident-li", { width: 390 });
    try {
      const response = await page.goto(`${origin}/desk/notices`);
      holds(response.status() === 403, `status ${response.status()}`);
      holds(await page.locator('main a[href^="/notices/powers#"]').count(), "no clause is cited");
      page.record.errors.length = 0;
      await sound(page, "zh-CN");
    } finally {
      await page.context().close();
    }
  });
}
