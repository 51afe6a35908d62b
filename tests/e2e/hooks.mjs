// Webhooks: a program outside is told how full a slot is, and believes what is signed; its office sets, tries and ends it.
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import { openPage } from "./browser.mjs";
import { as, book } from "./door.mjs";
import { startServer } from "./server.mjs";
import { holds, sound } from "./sound.mjs";

/** A receiver as docs/webhooks.md describes it: it keeps what is signed with one of its secrets, is of now, and is new. */
async function startReceiver() {
  const state = { secret: "", status: 204, taken: [], refused: [], seen: new Set() };
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const piece of request) body += piece;
    const id = request.headers["webhook-id"];
    const at = request.headers["webhook-timestamp"];
    const key = Buffer.from(state.secret.replace("whsec_", ""), "base64");
    const wanted = createHmac("sha256", key).update(`${id}.${at}.${body}`).digest();
    const signatures = (request.headers["webhook-signature"] ?? "").split(" ").map((one) => Buffer.from(one.replace(/^v1,/, ""), "base64"));
    const signed = signatures.some((one) => one.length === wanted.length && timingSafeEqual(one, wanted));
    const fresh = Math.abs(Date.now() / 1000 - Number(at)) < 300;
    if (!signed || !fresh) state.refused.push(body);
    else if (!state.seen.has(id)) state.taken.push({ ...JSON.parse(body), body, signatures: signatures.length });
    state.seen.add(id);
    response.writeHead(signed && fresh ? state.status : 401).end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const next = async (type) => {
    for (let waited_ms = 0; waited_ms < 15_000; waited_ms += 50) {
      const at = state.taken.findIndex((one) => one.type === type);
      if (at >= 0) return state.taken.splice(at, 1)[0];
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`no ${type} within 15 s; refused: ${state.refused.join(" ")}`);
  };
  return { state, next, url: `http://127.0.0.1:${server.address().port}/in`, stop: () => server.close() };
}

export async function hooks(browser, check, screens) {
  if (process.env.ONLY && !"webhooks".includes(process.env.ONLY.split(":")[0])) return;
  const server = await startServer(["--may-call", "127.0.0.1"]);
  try {
    for (const [width, locale, js, at] of [
      [390, "zh-CN", false, "/eyes@2022-02-05T09:00/12:00"],
      [1280, "en", true, "/eyes@2022-02-06T09:00/12:00"],
    ]) {
      await check(`webhooks: a program hears the numbers of a slot, signed, ${width} ${locale}`, async () => {
        const receiver = await startReceiver();
        const page = await openPage(browser, server.url, { width, locale, js });
        const snap = (name) => page.screenshot({ path: `${screens}/hooks-${name}-${width}.png`, fullPage: true });
        const press = (what) => page.locator(`.hooks > li:first-child form:has(input[name="do"][value="${what}"]) button`).first().click();
        const told = (text) => page.locator(".hooks > li:first-child", { hasText: text }).waitFor({ timeout: 5000 });
        const again = async (text) => {
          for (let waited_ms = 0; waited_ms < 15_000; waited_ms += 250) {
            await page.goto(`${server.url}/desk/hooks`);
            if ((await page.locator("main").innerText()).includes(text)) return;
            await new Promise((resolve) => setTimeout(resolve, 250));
          }
          throw new Error(`the page does not say ${text}: ${await page.locator("main").innerText()}`);
        };
        const zh = locale === "zh-CN";
        try {
          await as(page, server.url, "library-head");
          await page.locator('main a[href="/desk/hooks"]').click();
          await page.waitForURL(/\/desk\/hooks$/);
          await sound(page, locale);
          await snap("none");
          // A mistake is said, and what was typed stays.
          await page.locator("#address").fill("https://hooks.example.cn/in");
          await page.locator('.desk-form input[value="slot.changed"]').last().check();
          await page.locator(".desk-form .button").last().click();
          await page.locator('[role="alert"]').waitFor();
          page.record.errors.length = 0; // The browser's own line on the 422.
          holds((await page.locator("#address").inputValue()) === "https://hooks.example.cn/in", "what was typed is gone");
          holds(await page.locator('.desk-form input[value="slot.changed"]').last().isChecked(), "what was ticked is gone");
          await sound(page, locale);
          await snap("wrong");
          await page.locator("#address").fill(receiver.url);
          await page.locator(".desk-form .button").last().click();
          receiver.state.secret = (await page.locator(".secret").innerText()).trim();
          holds(/^whsec_[A-Za-z0-9+/]{43}=$/.test(receiver.state.secret), "the secret is not one");
          await sound(page, locale);
          await snap("secret");

          const booked = await book(browser, server.url, "resident-li", "library-volunteers/volunteers", at);
          const slot = await receiver.next("slot.changed");
          const { data } = slot;
          holds(data.slot === `library-volunteers#volunteers${at}`, slot.body);
          holds(data.taken >= 1 && data.free === data.places - data.taken, slot.body);
          holds(!slot.body.includes(booked.number) && !slot.body.includes("resident"), `somebody is named: ${slot.body}`);
          const offer = await openPage(browser, server.url, { width, locale: "zh-CN", js: false });
          await offer.goto(`${server.url}/offers?day=${data.from.slice(0, 10)}`);
          const shown = await offer.locator(`[data-slot="${data.slot}"]`).innerText();
          holds(shown === `还有${data.free}个名额`, `the page says ${shown}: ${slot.body}`);
          await offer.context().close();
          await again(zh ? "已送达" : "delivered");
          holds(!(await page.content()).includes("whsec_"), "the secret is shown twice");
          await sound(page, locale);

          await press("try");
          await receiver.next("test");
          // A new secret: for a day the old one signs too, so a receiver that has not changed over still believes.
          await press("renew");
          const renewed = (await page.locator(".secret").innerText()).trim();
          holds(renewed !== receiver.state.secret, "the secret is the same");
          await page.goto(`${server.url}/desk/hooks`);
          await press("try");
          holds((await receiver.next("test")).signatures === 2, "one signature only");
          receiver.state.secret = renewed;
          await press("try");
          await receiver.next("test");
          holds(receiver.state.refused.length === 0, `refused: ${receiver.state.refused.join(" ")}`);

          await press("pause");
          await told(zh ? "已暂停" : "paused");
          await sound(page, locale);
          await press("resume");
          await told(zh ? "推送中" : "active");
          receiver.state.status = 500;
          await press("try");
          await again(zh ? "会再送" : "tried again");
          await page.locator(".hooks details summary").first().click();
          await sound(page, locale);
          await snap("failing");
          await press("end");
          await page.locator("#ended").waitFor();
          await sound(page, locale);
          await snap("ended");
        } finally {
          receiver.stop();
          await page.context().close();
        }
      });
    }
  } finally {
    await server.stop();
  }
}
