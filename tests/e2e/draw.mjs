// A draw as its people meet it: anybody reads a settled one and draws it again; two officers promise, the list is fixed by
// itself at the close, both reveal, and a resident finds their own line.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openPage } from "./browser.mjs";
import { as } from "./door.mjs";
import { fillPast, startServer } from "./server.mjs";
import { holds, sound } from "./sound.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const DRAWN = "/offers/print-workshop/first/draw";
const OPEN = "/offers/print-workshop/second/draw";
const AT = "@2022-01-14T18:30/20:00";
const DESK = `/desk/draws/print-workshop/second/${AT}`;

const text = (page) => page.locator("main").innerText();

/** Checks a draw's file with the command, without the server. */
function verify(folder, file) {
  const path = join(folder, "draw.json");
  writeFileSync(path, file);
  const done = spawnSync(process.env.TONGXIN_BIN ?? "target/release/tongxin", ["verify", path, "--lang", "zh"], { cwd: ROOT, encoding: "utf8" });
  return { code: done.status, said: done.stdout + done.stderr };
}

/** Loads a page anew until it says this; what the clock does takes it a second or two. */
async function until(page, url, said) {
  for (let tries = 0; tries < 40; tries += 1) {
    await page.goto(url);
    if ((await text(page)).includes(said)) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`“${said}” did not come: ${await text(page)}`);
}

export async function draw(browser, check, screens) {
  if (process.env.ONLY && !"the draw".includes(process.env.ONLY)) return;
  const data = mkdtempSync(join(tmpdir(), "tongxin-draw-"));
  const city = join(data, "city");
  fillPast(city, "2022-01-06T08:00");
  let server = await startServer(["--data", city, "--clock", "2022-01-07T17:50"]);
  const on = async (setting, person, body) => {
    const page = await openPage(browser, server.url, setting);
    try {
      if (person) await as(page, server.url, person);
      await body(page);
    } finally {
      await page.context().close();
    }
  };
  const secrets = {};
  let number = "";
  try {
    for (const [width, locale, first] of [[390, "zh-CN", "抽得第1名"], [1280, "en", "It drew rank 1"]]) {
      await check(`the draw: anybody finds a line of a settled one, ${width} ${locale}`, () =>
        on({ width, locale, js: false }, null, async (page) => {
          await page.goto(server.url + DRAWN);
          holds((await page.locator(".draw-steps li").count()) === 4, "it is not explained in four sentences");
          const won = await page.locator(".ranks code").first().innerText();
          await page.locator('input[name="number"]').fill(won.replace(/^0+/, ""));
          await page.locator('form[action$="/draw#find"] button').click();
          await page.locator("#find + form + .notice-line", { hasText: first }).waitFor({ timeout: 10_000 });
          holds((await page.locator(".ranks mark").innerText()) === won, "the line is not marked");
          await sound(page, locale);
          await page.screenshot({ path: `${screens}/draw-settled-${width}.png`, fullPage: true });
        }));
    }
    await check("the draw: its file is drawn again by the command, and what was changed is named", async () => {
      const file = await (await fetch(`${server.url}${DRAWN}.json`)).text();
      const right = verify(data, file);
      holds(right.code === 0, right.said);
      const ranks = JSON.parse(file).outcome.ranks;
      const at = file.indexOf('"ranks"');
      const swapped = file.slice(0, at) + file.slice(at).replace(ranks[0], "X").replace(ranks[1], ranks[0]).replace("X", ranks[1]);
      const wrong = verify(data, swapped);
      holds(wrong.code === 1 && wrong.said.includes(`第 1 名在文件里是 ${ranks[1]}，重抽的结果是 ${ranks[0]}`), wrong.said);
    });
    await check("the draw: a resident enters it (390 px, by forms alone)", () =>
      on({ width: 390, js: false }, "resident-li", async (page) => {
        await page.goto(`${server.url}/offers/print-workshop/second/book?${new URLSearchParams({ at: AT })}`);
        await sound(page);
        await page.locator('button[name="book"]').click();
        await page.waitForURL(/\/me\/bookings\/\d+/, { timeout: 10_000 });
        number = page.url().match(/bookings\/(\d+)/)[1];
        holds((await text(page)).includes(`您的报名号是 ${number}`), await text(page));
        await sound(page);
      }));
    for (const [person, side, width] of [["library-head", "holder", 390], ["library-archivist", "witness", 1280]]) {
      await check(`the draw: the ${side} promises a secret, ${width}`, () =>
        on({ width, js: false }, person, async (page) => {
          await page.goto(server.url + DESK);
          await sound(page);
          await page.screenshot({ path: `${screens}/draw-desk-${width}.png`, fullPage: true });
          await page.locator('form:has(input[name="step"][value="make"]) button').click();
          secrets[side] = await page.locator("#secret").innerText();
          await page.locator('input[name="kept"]').check();
          await sound(page);
          await page.locator('form:has(input[name="step"][value="promise"]) button').click();
          await page.waitForURL((url) => decodeURIComponent(url.pathname).startsWith(DESK), { timeout: 10_000 });
        }));
    }
    for (const person of ["library-clerk", "school-head", "resident-li"]) {
      await check(`the draw: it is not for ${person} to hold`, () =>
        on({ width: 390, js: false }, person, async (page) => {
          const shown = await page.goto(server.url + DESK);
          holds(shown.status() === 403, `${shown.status()}`);
          holds(!(await text(page)).includes("做一个秘密"), "a button is offered");
        }));
    }
    await check("the draw: an open one says what is promised and no secret, 390", () =>
      on({ width: 390, js: false }, null, async (page) => {
        await page.goto(server.url + OPEN);
        const said = await text(page);
        holds(said.includes("还在报名") && !said.includes(secrets.holder) && !said.includes(secrets.witness), said);
        holds(!said.includes("还没有\n"), said);
        await sound(page);
        await page.screenshot({ path: `${screens}/draw-open-390.png`, fullPage: true });
      }));
    await server.stop();
    server = await startServer(["--data", city, "--clock", "2022-01-07T18:00"]);
    await check("the draw: the list is fixed by itself at the close, without a name", () =>
      on({ width: 1280, locale: "en" }, null, async (page) => {
        await until(page, server.url + OPEN, "Root of the list");
        const said = await page.content();
        holds(said.includes(number) && !said.includes("李晓晨") && !said.includes("resident-li"), "the list has a name, or not everybody");
        await sound(page, "en");
        await page.screenshot({ path: `${screens}/draw-closed-1280.png`, fullPage: true });
      }));
    for (const [person, side, width] of [["library-head", "holder", 390], ["library-archivist", "witness", 1280]]) {
      await check(`the draw: the ${side} reveals it, ${width}`, () =>
        on({ width, js: false }, person, async (page) => {
          await page.goto(server.url + DESK);
          await page.locator(`#secret-${side}`).fill(secrets[side]);
          await sound(page);
          await page.screenshot({ path: `${screens}/draw-reveal-${width}.png`, fullPage: true });
          await page.locator('form:has(input[name="step"][value="reveal"]) button').first().click();
          await page.waitForLoadState();
          holds((await page.locator(`#secret-${side}`).count()) === 0, await text(page));
        }));
    }
    await check("the draw: places are given by themselves, and a resident finds their own line, 390", () =>
      on({ width: 390, js: false }, "resident-li", async (page) => {
        await until(page, server.url + OPEN, "已经全部执行");
        await page.goto(`${server.url}/me/bookings/${number}`);
        const stands = await text(page);
        await page.locator('main a[href*="/draw?"]').click();
        await page.waitForURL(/number=/);
        const line = await page.locator("#find + form + .notice-line").innerText();
        const rank = Number(line.match(/抽得第(\d+)名/)[1]);
        // resident-li may have a place elsewhere at that time, and is passed over then.
        const won = stands.includes("已约好") || stands.includes("抽中了");
        holds(won || stands.includes("没有抽中"), stands);
        holds(rank > 12 || won, `${line}\n${stands}`);
        await sound(page);
        await page.screenshot({ path: `${screens}/draw-own-390.png`, fullPage: true });
        const file = await (await fetch(`${server.url}${OPEN}.json?${new URLSearchParams({ at: AT })}`)).text();
        const right = verify(data, file);
        holds(right.code === 0, right.said);
      }));
  } finally {
    await server.stop();
    rmSync(data, { recursive: true, force: true });
  }
}
