// Booking as residents do it: found, booked in two presses, seen, given back; refused with what to do next; and never another's.
import { openPage } from "./browser.mjs";
import { holds, sound } from "./sound.mjs";

const OFFER = "/offers/library-volunteers/volunteers";

const book = (slot) => `${OFFER}/book?${new URLSearchParams({ at: slot })}`;
const text = (page) => page.locator("main").innerText();
const arrived = (page, path) => page.waitForURL((url) => url.pathname.startsWith(path), { timeout: 10_000 });

/** Signs in on the page that asks for it, which leads back to the slot. */
async function as(page, person) {
  await page.locator(`button[value="${person}"]`).click();
}

/** Books in somebody's name by the plain forms, without a browser; answers yes to whatever is asked. */
async function quietly(origin, person, slot) {
  const entered = await fetch(`${origin}/sign-in/demo`, { method: "POST", body: new URLSearchParams({ person }), redirect: "manual" });
  const cookie = (entered.headers.get("set-cookie") ?? "").split(";")[0];
  const headers = { cookie, "accept-language": "zh-CN" };
  const field = (html, name) => html.match(new RegExp(`name="${name}" value="([^"]*)"`))?.[1];
  let html = await (await fetch(origin + book(slot), { headers })).text();
  const csrf = field(html, "csrf");
  const send = (fields) =>
    fetch(`${origin}${OFFER}/book`, { method: "POST", headers, redirect: "manual", body: new URLSearchParams({ csrf, at: slot, ...fields }) });
  let state = "";
  const yes = /<button class="chip" type="submit" name="s" value="([^"]*)">是</;
  if (yes.test(html)) state = html.match(yes)[1];
  const booked = await send({ s: state, book: "yes" });
  holds(booked.status === 303, `${person} cannot book: ${booked.status}`);
  const path = (booked.headers.get("location") ?? "").split("?")[0];
  return { path, giveBack: () => fetch(`${origin}${path}/cancel`, { method: "POST", headers, redirect: "manual", body: new URLSearchParams({ csrf }) }) };
}

export async function bookings(browser, origin, check, screens) {
  const on = async (setting, path, body) => {
    const page = await openPage(browser, origin, setting);
    try {
      await page.goto(origin + path, { waitUntil: "load" });
      await body(page);
    } finally {
      await page.context().close();
    }
  };

  await check("a parent books the class's lesson for the child (JavaScript off, 390 px)", () =>
    on({ js: false, width: 390, locale: "zh-CN" }, "/sign-in", async (page) => {
      await as(page, "parent-chen");
      await arrived(page, "/me");
      await sound(page);
      await page.screenshot({ path: `${screens}/booking-child-me.png`, fullPage: true });
      await page.locator('main a[href="/offers/craft-class/lessons"]').click();
      await arrived(page, "/offers/craft-class/lessons");
      await sound(page);
      await page.locator('main a[href*="/craft-class/lessons/book?"]').first().click();
      await arrived(page, "/offers/craft-class/lessons/book");
      holds((await page.locator('nav[aria-label="为谁报名"]').innerText()).includes("陈可心"), await text(page));
      await page.locator('input[name="q-consent"]').check();
      await page.locator('select[name="q-apron"]').selectOption("small");
      await page.locator('select[name="q-photo"]').selectOption("no");
      await sound(page);
      await page.screenshot({ path: `${screens}/booking-child-step.png`, fullPage: true });
      await page.locator('button[name="book"]').click();
      await arrived(page, "/me/bookings/");
      holds((await text(page)).includes("陈可心"), await text(page));
      await sound(page);
      // Given back, so that the next run finds the demo as it was.
      await page.locator('form[action$="/cancel"] button').click();
    }));

  const settings = [
    [true, 1280, "zh-CN", "2022-02-05T09:00/12:00"],
    [false, 390, "zh-CN", "2022-02-05T14:00/17:00"],
    [true, 390, "en", "2022-02-06T09:00/12:00"],
  ];
  for (const [js, width, locale, session] of settings) {
    const how = `JavaScript ${js ? "on" : "off"}, ${width} px, ${locale}`;
    const slot = `/eyes@${session}`;
    const day = session.slice(0, 10);
    const snap = (page, name) => page.screenshot({ path: `${screens}/booking-${name}-${width}-${locale}.png`, fullPage: true });
    await check(`a resident finds a slot, books it in two presses, sees it and gives it back (${how})`, () =>
      on({ js, width, locale }, `/offers?day=${day}&free=1`, async (page) => {
        await sound(page, locale);
        // First press: the slot. Signing in leads back to it.
        await page.locator(`a[href="${book(slot).replaceAll("&", "&amp;")}"]`).click();
        await arrived(page, "/sign-in");
        await as(page, "resident-li");
        await arrived(page, `${OFFER}/book`);
        await sound(page, locale);
        await snap(page, "step");
        // Second press.
        await page.locator('button[name="book"]').click();
        await arrived(page, "/me/bookings/");
        holds(await page.locator(".ticket svg").count(), "there is no ticket");
        await sound(page, locale);
        await snap(page, "booked");
        const own = new URL(page.url()).pathname;
        const receipt = await page.context().request.get(`${origin}${own}/receipt.json`);
        holds((await receipt.json()).format === "tongxin/receipt/v1", "there is no receipt");
        await page.goto(`${origin}/me/bookings`);
        holds(await page.locator(`a[href="${own}"]`).count(), "it is not among My bookings");
        await sound(page, locale);
        await snap(page, "mine");
        // The other project of that session is refused before the press, with the booking that stands in the way.
        await page.goto(origin + book(slot.replace("eyes", "children")));
        holds(await page.locator(`[role="alert"] a[href="${own}"]`).count(), "the booking in the way is not named");
        holds(!(await page.locator('button[name="book"]').count()), "it offers to book all the same");
        await sound(page, locale);
        await snap(page, "clash");
        await page.goto(origin + own);
        await page.locator(".giving-back button").click();
        await page.waitForURL((url) => url.search === "?done=cancelled", { timeout: 10_000 });
        await sound(page, locale);
      }));
  }

  const full = "/periodicals@2022-02-19T09:00/12:00";
  const crowd = ["library-head", "library-clerk", "library-lead", "library-archivist", "air-head", "air-clerk", "school-head", "school-clerk", "culture-head", "culture-clerk"];
  await check("a full slot is waited for, and the place that comes free is taken (390 px)", async () => {
    let first;
    for (const person of crowd) first = (await quietly(origin, person, full)) ?? first;
    await on({ width: 390 }, book(full), async (page) => {
      await as(page, "resident-li");
      await arrived(page, `${OFFER}/book`);
      await page.locator('button[name="book"]').click();
      await arrived(page, "/me/bookings/");
      holds((await text(page)).includes("候补第1位"), await text(page));
      await sound(page);
      await first.giveBack();
      await page.goto(`${origin}/me/bookings`);
      holds((await text(page)).includes("有名额了"), await text(page));
      await sound(page);
      await page.screenshot({ path: `${screens}/booking-offered-390.png`, fullPage: true });
      await page.locator('form[action$="/accept"] button').click();
      await arrived(page, "/me/bookings/");
      holds((await text(page)).includes("已约好"), await text(page));
      await page.locator(".giving-back button").click();
      await page.waitForURL((url) => url.search === "?done=cancelled", { timeout: 10_000 });
    });
  });
  await check("counts change on an open page when somebody books", () =>
    on({}, `${OFFER}?day=2022-02-20`, async (page) => {
      const slot = "/wenyuan@2022-02-20T09:00/12:00";
      const shown = page.locator(`[data-slot="library-volunteers#volunteers${slot}"]`);
      holds((await shown.innerText()) === "还有10个名额", await shown.innerText());
      const booked = await quietly(origin, "resident-li", slot);
      for (let waited_ms = 0; waited_ms < 8000 && (await shown.innerText()) !== "还有9个名额"; waited_ms += 100) {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      holds((await shown.innerText()) === "还有9个名额", await shown.innerText());
      await booked.giveBack();
    }));
  await check("another's booking is no page, and without signing in one is led to sign in (390 px)", async () => {
    const li = await quietly(origin, "resident-li", "/book-lovers@2022-02-23T09:00/12:00");
    await on({ width: 390 }, li.path, async (page) => {
      await arrived(page, "/sign-in");
      await as(page, "resident-zhang");
      await page.locator(".error-page").waitFor();
      holds(!(await text(page)).includes("三晋爱书人"), "another's booking is shown");
    });
    await li.giveBack();
  });
  await check("a person who may not is told the condition and the clause (1280 px)", () =>
    on({}, book("/eyes@2022-02-26T09:00/12:00"), async (page) => {
      await as(page, "resident-zhao");
      await arrived(page, `${OFFER}/book`);
      // Seventeen, eighteen by March.
      holds((await text(page)).includes("不符合报名条件"), await text(page));
      holds(await page.locator('[role="alert"] a[href="/notices/library-volunteers#volunteers"]').count(), "no clause");
      await sound(page);
      await page.screenshot({ path: `${screens}/booking-not-eligible-1280.png`, fullPage: true });
    }));
  await check("without a network a press is answered on the page", () =>
    on({}, book("/eyes@2022-03-05T09:00/12:00"), async (page) => {
      await as(page, "resident-zhao");
      await arrived(page, `${OFFER}/book`);
      await page.context().setOffline(true);
      await page.locator('button[name="book"]').click();
      await page.locator(".offline").waitFor({ state: "visible" });
      holds((await page.locator(".offline").innerText()).includes("没有网络"), "no word");
      await page.context().setOffline(false);
    }));
}
