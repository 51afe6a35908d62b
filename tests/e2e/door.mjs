// Staff at the door of a session, with a phone: checking in with the network gone and back, on a server whose clock stands
// before a session of the library's volunteers.
import { openPage } from "./browser.mjs";
import { accessibilityFaults, layoutFaults } from "./pages.mjs";
import { startServer } from "./server.mjs";
import { holds } from "./sound.mjs";

const SESSION = "/desk/bookings/library-volunteers/volunteers/wenyuan@2022-01-08T09:00/12:00";

async function sound(page) {
  const faults = [...(await layoutFaults(page)), ...(await accessibilityFaults(page)), ...page.record.foreign];
  holds(faults.length === 0, faults.join("\n      "));
}

export async function as(page, url, person) {
  await page.goto(`${url}/sign-in`);
  await page.locator(`button[name="person"][value="${person}"]`).click();
  await page.waitForURL(/\/me/);
}

/** Signs the resident up by the pages, as they would; gives the booking's number and the text of its ticket. */
export async function book(browser, url, person, offer = "library-volunteers/volunteers", at = "/wenyuan@2022-01-08T09:00/12:00") {
  const page = await openPage(browser, url, { width: 390, js: false });
  await as(page, url, person);
  await page.goto(`${url}/offers/${offer}/book?at=${encodeURIComponent(at)}`);
  for (let step = 0; step < 6 && !/\/me\/bookings\/\d+/.test(page.url()); step += 1) {
    const age = page.locator('main input[type="number"]');
    if (await age.count()) await age.first().fill("23");
    const ticks = page.locator("main form input[type=checkbox][required]");
    for (let n = 0; n < (await ticks.count()); n += 1) await ticks.nth(n).check();
    const last = page.locator(".confirm button[type=submit]");
    await ((await last.count()) ? last : page.locator("main form button[type=submit]").first()).click();
    await page.waitForLoadState();
  }
  holds(/\/me\/bookings\/\d+/.test(page.url()), `it was not booked: ${page.url()} ${(await page.locator("main").innerText()).slice(0, 400)}`);
  const number = page.url().match(/bookings\/(\d+)/)[1];
  const code = await page.locator(".ticket-text").first().textContent();
  await page.context().close();
  return { number, code: code.trim() };
}

export async function door(browser, check, screens) {
  if (process.env.ONLY && !"at the door".includes(process.env.ONLY)) return;
  const server = await startServer(["--clock", "2022-01-08T08:30"]);
  try {
    let number = "";
    let second = null;
    await check("at the door: two residents have places", async () => {
      number = (await book(browser, server.url, "resident-li")).number;
      second = await book(browser, server.url, "resident-wang");
    });
    await check("at the door: checked in without a network, sent when it is back, once", async () => {
      const page = await openPage(browser, server.url, { width: 390 });
      try {
        await as(page, server.url, "library-lead");
        await page.goto(server.url + SESSION);
        const row = page.locator(`#b${number}`);
        holds((await row.innerText()).includes("李晓晨"), await row.innerText());
        await sound(page);
        await page.screenshot({ path: `${screens}/door-390.png`, fullPage: true });
        await page.context().setOffline(true);
        await row.locator('button[value="in"]').click();
        await page.waitForFunction(() => document.getElementById("door-state")?.textContent?.includes("1"));
        const state = await page.locator("#door-state").innerText();
        holds(state.includes("没有网络") && state.includes("等待发送"), state);
        holds((await row.innerText()).includes("已记下"), await row.innerText());
        holds((await row.locator("button:visible").count()) === 0, "what waits can be tapped again");
        await page.screenshot({ path: `${screens}/door-offline-390.png`, fullPage: true });
        await page.context().setOffline(false);
        await row.locator('button[value="out"]').waitFor({ timeout: 15000 });
        holds((await row.innerText()).includes("到"), await row.innerText());
        await sound(page);
        await page.goto(`${server.url}/desk/booking/${number}`);
        const trace = await page.locator(".trace li").allInnerTexts();
        holds(trace.filter((line) => line.startsWith("签到")).length === 1, trace.join(" | "));
        await sound(page);
        await page.screenshot({ path: `${screens}/record-390.png`, fullPage: true });
      } finally {
        await page.context().close();
      }
    });
    await check("at the door: a ticket is checked without a network, and admits once", async () => {
      const page = await openPage(browser, server.url, { width: 390 });
      try {
        await as(page, server.url, "library-lead");
        await page.goto(server.url + SESSION);
        const state = page.locator("#door-state");
        const row = page.locator(`#b${second.number}`);
        const show = async (code, said) => {
          await page.locator("#code").fill(code);
          await page.locator('.code-box button[value="in"]').click();
          await state.filter({ hasText: said }).waitFor({ timeout: 10_000 });
        };
        await page.context().setOffline(true);
        // One character of the signature is another.
        const at = 100;
        const forged = second.code.slice(0, at) + (second.code[at] === "A" ? "B" : "A") + second.code.slice(at + 1);
        await show(forged, "被改过");
        holds(!(await row.innerText()).includes("已记下"), "a forged ticket was noted");
        await show(second.code, "1 人");
        await row.filter({ hasText: "已记下" }).waitFor({ timeout: 10_000 });
        await show(second.code, "一次有效");
        await page.screenshot({ path: `${screens}/door-ticket-390.png`, fullPage: true });
        await page.context().setOffline(false);
        await row.locator('button[value="out"]').waitFor({ timeout: 15_000 });
        // Also when it has been sent, and on a page opened anew.
        await page.goto(server.url + SESSION);
        await show(second.code, "一次有效");
        await sound(page);
      } finally {
        await page.context().close();
      }
    });
    await check("at the door: the same without scripts, and on paper", async () => {
      const page = await openPage(browser, server.url, { width: 1280, js: false });
      try {
        await as(page, server.url, "library-lead");
        await page.goto(`${server.url}/desk/bookings`);
        await sound(page);
        await page.screenshot({ path: `${screens}/desk-1280.png`, fullPage: true });
        await page.locator(`a[href="${SESSION}"]`).first().click();
        await page.locator("#code").fill(number);
        await page.locator('.code-box button[value="out"]').click();
        // The row is on the page before the press too: only what the press changes tells that its answer is there.
        await page.locator(`#b${number}`, { hasText: "分钟" }).waitFor({ timeout: 10_000 }).catch(async (error) => {
          throw new Error(`${error.message}\n      ${page.url()} shows: ${await page.locator("main").innerText()}`);
        });
        await page.goto(`${server.url + SESSION}?as=paper`);
        holds((await page.locator(".paper svg").count()) === 2, "no code on paper for each place");
        await sound(page);
        await page.screenshot({ path: `${screens}/paper-1280.png`, fullPage: true });
      } finally {
        await page.context().close();
      }
    });
  } finally {
    await server.stop();
  }
}
