// What people do: ask, read, filter, download, search, change language and type size, print; and what they type wrong.
import { openPage } from "./browser.mjs";
import { holds, sound } from "./sound.mjs";

function equal(found, wanted, what) {
  if (found !== wanted) throw new Error(`${what}: found ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`);
}

/** Waits until the headline is another one (asked from here, so that it works without scripts on the page). */
async function changed(page, headline) {
  for (let waited_ms = 0; waited_ms < 5000; waited_ms += 50) {
    const now = await page.locator("h1").innerText().catch(() => headline);
    if (now.trim() !== headline) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the page still says "${headline}" after 5 s`);
}

/**
 * Answers an interview by the first of `answers` that is among the choices, until it is settled. Returns the questions asked.
 */
async function interview(page, answers) {
  const asked = [];
  for (let step = 0; step < 12; step += 1) {
    if (await page.locator(".result").count()) return asked;
    const question = (await page.locator("h1").innerText()).trim();
    holds(!asked.includes(question), `it asked twice: ${question}`);
    asked.push(question);
    const choices = page.locator("main .choices button[type=submit], main .aims button[type=submit]");
    const labels = (await choices.allInnerTexts()).map((text) => text.trim());
    const chosen = answers.find((answer) => labels.includes(answer));
    holds(chosen !== undefined, `"${question}" offers ${labels.join(" | ")}, none of ${answers.join(" | ")}`);
    await choices.nth(labels.indexOf(chosen)).click();
    await changed(page, question);
  }
  throw new Error(`not settled after ${asked.join(" / ")}`);
}

export async function journeys(browser, origin, check, screens) {
  /** Opens a page, does `body`, and closes it. */
  const on = async (setting, path, body) => {
    const page = await openPage(browser, origin, setting);
    try {
      if (path) await page.goto(origin + path, { waitUntil: "networkidle" });
      await body(page);
    } finally {
      await page.context().close();
    }
  };
  const status = async (path, options) => (await fetch(origin + path, options)).status;

  for (const js of [true, false]) {
    for (const width of [390, 1280]) {
      const how = `JavaScript ${js ? "on" : "off"}, ${width} px`;
      await check(`a heavy diesel truck is told no, by its clause and until when (${how})`, () =>
        on({ js, width }, "/ask", async (page) => {
          const asked = await interview(page, ["驶入", "货车", "重型", "柴油", "其他", "是", "中环以内"]);
          holds(asked.length <= 7, `it asked ${asked.length} things: ${asked.join(" / ")}`);
          holds((await page.locator(".verdict").innerText()).includes("不可以"), await page.locator(".verdict").innerText());
          holds(await page.locator('main a[href="/notices/air-order#trucks"]').count(), "the clause air-order#trucks is not cited");
          holds((await page.locator(".until").innerText()).includes("10日") || (await page.locator(".until time").count()), "no instant until which it holds");
          await sound(page);
          await page.screenshot({ path: `${screens}/journey-ask-${width}${js ? "" : "-nojs"}.png`, fullPage: true });
        }));
    }
    await check(`an electric truck is told yes, without being asked what does not matter (JavaScript ${js ? "on" : "off"})`, () =>
      on({ js }, "/ask", async (page) => {
        await interview(page, ["驶入", "货车", "电动", "重型", "城市配送", "其他", "是"]);
        holds((await page.locator(".verdict").innerText()).startsWith("✓"), await page.locator(".verdict").innerText());
        await sound(page);
      }));
    await check(`a question in one's own words, on the front page (JavaScript ${js ? "on" : "off"})`, () =>
      on({ js }, "/", async (page) => {
        await page.locator("#question").fill("我的重型柴油货车能驶入中环以内吗?用途是其他");
        await page.locator(".ask-box button[type=submit]").click();
        await page.waitForURL(/\/ask/);
        const asked = await interview(page, ["货车", "其他", "是"]);
        holds(asked.length <= 3, `it asked again what was said: ${asked.join(" / ")}`);
        holds((await page.locator(".verdict").innerText()).includes("不可以"), await page.locator(".verdict").innerText());
      }));
    await check(`not knowing shows each case (JavaScript ${js ? "on" : "off"})`, () =>
      on({ js }, "/ask?do=驶入&where=中环以内", async (page) => {
        await page.locator(".unsure button").click();
        await page.locator(".result").waitFor();
        holds((await page.locator(".case").count()) >= 2, "fewer than two cases");
        await sound(page);
      }));
  }

  for (const [js, width, locale] of [[true, 1280, "zh-CN"], [false, 390, "zh-CN"], [true, 390, "en"]]) {
    const how = `JavaScript ${js ? "on" : "off"}, ${width} px, ${locale}`;
    const snap = (page, name) => page.screenshot({ path: `${screens}/journey-${name}-${width}-${locale}.png`, fullPage: true });
    const arrived = (page, path) => page.waitForURL((url) => url.pathname + url.search === path, { timeout: 5000 });
    await check(`one click signs in as an invented person, and out again everywhere (${how})`, () =>
      on({ js, width, locale }, "/", async (page) => {
        await page.locator('.ways a[href="/me"]').click();
        await arrived(page, "/sign-in");
        await page.locator('button[value="parent-chen"]').click();
        await arrived(page, "/me");
        equal(await page.locator("h1").innerText(), "陈立新", "headline");
        holds((await page.locator("main").innerText()).includes("陈可心"), "the child is not there");
        await sound(page);
        await snap(page, "me");
        await page.locator('a[href="/me/devices"]').click();
        await arrived(page, "/me/devices");
        equal(await page.locator(".device-list li").count() >= 1, true, "a device");
        await sound(page);
        await snap(page, "devices");
        await page.locator('form[action="/sign-out-everywhere"] button').click();
        await arrived(page, "/sign-in?done=everywhere");
        await sound(page);
        await page.goto(`${origin}/me`);
        await arrived(page, "/sign-in");
      }));
    await check(`a code by mail signs in, and shows that the address is one's own (${how})`, () =>
      on({ js, width, locale }, "/sign-in", async (page) => {
        const mail = "resident-zhang@demo.invalid";
        await page.locator('button[value="resident-zhang"]').click();
        await arrived(page, "/me");
        await page.locator('form[action="/sign-out"] button').click();
        await arrived(page, "/sign-in?done=out");
        await page.locator('a[href="/sign-in/code"]').click();
        await arrived(page, "/sign-in/code");
        await sound(page);
        await page.locator("#mail").fill(mail);
        await page.locator("main .entry button").click();
        await page.locator("#code").waitFor();
        holds(!page.url().includes("zhang"), `the address stands in ${page.url()}`);
        await sound(page);
        await snap(page, "code");
        // The mail, in another tab: it is there within seconds.
        const tab = await page.context().newPage();
        let digits = null;
        for (let waited_ms = 0; waited_ms < 10_000 && digits === null; waited_ms += 200) {
          await tab.goto(`${origin}/demo/mailbox`);
          const first = await tab.locator(".mail", { hasText: mail }).first().innerText().catch(() => "");
          digits = first.match(/\b\d{6}\b/)?.[0] ?? null;
          if (digits === null) await new Promise((resolve) => setTimeout(resolve, 200));
        }
        holds(digits, "no mail with a code came within 10 s");
        await tab.screenshot({ path: `${screens}/journey-mailbox-${width}-${locale}.png`, fullPage: true });
        await tab.close();
        await page.locator("#code").fill(digits);
        await page.locator("main .entry button").click();
        await arrived(page, "/me");
        holds((await page.locator("main").innerText()).match(/已确认|confirmed/), "the address is not confirmed");
        await sound(page);
      }));
    await check(`staff see what the house has sent, residents do not (${how})`, () =>
      on({ js, width, locale }, "/sign-in", async (page) => {
        await page.locator('button[value="library-head"]').click();
        await arrived(page, "/me");
        await page.goto(`${origin}/desk/outbox`);
        equal(await page.locator("main dl.about dd").count(), 4, "figures");
        holds(!(await page.content()).includes("@demo.invalid"), "an address is on the page");
        await sound(page);
        await snap(page, "outbox");
      }));
    await check(`an account of one's own: opened, left, entered again, forgotten (${how})`, () =>
      on({ js, width, locale }, "/open-account", async (page) => {
        const mail = `journey-${width}-${locale}@example.cn`.toLowerCase();
        const password = "晋祠的三绝 twenty";
        await page.locator("#mail").fill(mail);
        await page.locator("#password").fill(password);
        await page.locator("#name").fill("Journey");
        await page.locator(".entry button").click();
        await arrived(page, "/me");
        holds((await page.locator("main").innerText()).includes(mail), "the address is not on the page");
        holds(!(await page.content()).includes(password), "the password is on a page");
        const cookies = await page.context().cookies();
        const session = cookies.find((cookie) => cookie.name.endsWith("session"));
        holds(session?.httpOnly && session.sameSite === "Lax", JSON.stringify(session));
        await page.locator('form[action="/sign-out"] button').click();
        await arrived(page, "/sign-in?done=out");
        await page.locator("#mail").fill(mail);
        await page.locator("#password").fill("not the password");
        await page.locator(".entry button").click();
        await page.locator('[role="alert"]').waitFor();
        page.record.errors.length = 0;
        await sound(page);
        await snap(page, "wrong-password");
        await page.locator("#mail").fill(mail.toUpperCase());
        await page.locator("#password").fill(password);
        await page.locator(".entry button").click();
        await arrived(page, "/me");
        await page.locator('a[href="/me/forget"]').click();
        await arrived(page, "/me/forget");
        await sound(page);
        await snap(page, "forget");
        await page.locator('input[name="sure"]').check();
        await page.locator('form[action="/me/forget"] button').click();
        await arrived(page, "/sign-in?done=forgotten");
        await page.locator("#mail").fill(mail);
        await page.locator("#password").fill(password);
        await page.locator(".entry button").click();
        await page.locator('[role="alert"]').waitFor();
      }));
  }

  await check("an interview in English", () =>
    on({ locale: "en" }, "/ask?lang=en", async (page) => {
      await interview(page, ["drive in", "drive", "truck", "heavy", "diesel", "other purposes", "yes", "Yes"]);
      holds((await page.locator(".verdict").innerText()).includes("forbidden"), await page.locator(".verdict").innerText());
    }));

  await check("the order's questions have the answers the notice promises", () =>
    on({}, "/notices/air-order", async (page) => {
      const questions = await page.locator(".qa").count();
      holds(questions >= 3, `${questions} questions`);
      equal(await page.locator(".qa .badge").count(), questions, "badges");
      const food = page.locator(".qa", { hasText: "送菜" }).first();
      holds((await food.innerText()).includes("可以"), await food.innerText());
      holds(!(await food.innerText()).includes("不可以"), await food.innerText());
    }));
  await check("every clause cited on the order's page can be reached", () =>
    on({}, "/notices/air-order", async (page) => {
      const dead = await page.evaluate(() =>
        [...document.querySelectorAll('main a[href*="#"]')]
          .map((a) => new URL(a.href))
          .filter((url) => url.pathname === location.pathname && !document.getElementById(decodeURIComponent(url.hash.slice(1))))
          .map((url) => url.hash));
      equal(dead.join(" "), "", "links into nothing");
    }));

  await check("the register filters, sorts and gives the same rows as CSV and XLSX", () =>
    on({ js: false }, "/registers/enterprises", async (page) => {
      const total = Number.parseInt(await page.locator(".register-bar p").first().innerText(), 10);
      holds(total >= 400, `${total} enterprises`);
      await page.locator("#f-district").selectOption({ label: "古交市" });
      await page.locator(".field-go button").click();
      const shown = Number.parseInt(await page.locator(".register-bar p").first().innerText(), 10);
      holds(shown > 0 && shown < total, `${shown} of ${total} in 古交市`);
      const districts = new Set(await page.locator("tbody tr td:nth-child(2)").allInnerTexts());
      equal([...districts].join(), "古交市", "districts shown");
      await sound(page);
      const address = async (name) => new URL(await page.locator(".downloads a", { hasText: name }).getAttribute("href"), origin);
      const csv = await fetch(await address("CSV"));
      holds(csv.headers.get("content-type").startsWith("text/csv"), csv.headers.get("content-type"));
      equal((await csv.text()).trim().split("\r\n").length - 1, shown, "rows of the CSV");
      const xlsx = await fetch(await address("XLSX"));
      const bytes = new Uint8Array(await xlsx.arrayBuffer());
      equal(String.fromCharCode(...bytes.slice(0, 2)), "PK", "first bytes of the XLSX");
      holds(bytes.length > 4000, `${bytes.length} bytes of XLSX`);
      await page.locator("thead th a").first().click();
      equal(await page.locator("thead th").first().getAttribute("aria-sort"), "ascending", "sort");
      equal(Number.parseInt(await page.locator(".register-bar p").first().innerText(), 10), shown, "the filter after sorting");
    }));
  await check("an enterprise in staggered shutdown is told its clause", () =>
    on({ js: false }, null, async (page) => {
      await page.goto(`${origin}/registers/enterprises?q=`, { waitUntil: "load" });
      const list = page.locator("select[name]", { has: page.locator('option[value="错峰停产"]') });
      await list.selectOption("错峰停产");
      await page.locator(".field-go button").click();
      equal(Number.parseInt(await page.locator(".register-bar p").first().innerText(), 10), 51, "enterprises in 错峰停产");
      await page.locator("tbody a[href^='/enterprises/']").first().click();
      await page.locator('main a[href="/notices/air-order#staggered"]').first().waitFor();
    }));

  await check("search finds words and parts of words", () =>
    on({ js: false }, "/", async (page) => {
      await page.locator("#finder").fill("货车");
      await page.locator(".finder button").click();
      holds(await page.locator('main a[href^="/notices/air-order"]').count(), "货车 does not find the order");
      await page.goto(`${origin}/search?q=平阳`);
      holds(await page.locator('main a[href^="/places/"]').count(), "平阳 finds no place");
      await sound(page);
    }));
  await check("search says when there is nothing, and runs nothing it is given", () =>
    on({}, null, async (page) => {
      for (const words of ["zzzzqq", "<script>alert(1)</script>", "'; DROP TABLE--", "🚛", "%00", "龘".repeat(90)]) {
        const response = await page.goto(`${origin}/search?q=${encodeURIComponent(words)}`);
        equal(response.status(), 200, `status for ${words.slice(0, 12)}`);
        holds((await page.locator("main").innerText()).length > 10, "an empty page");
      }
      await sound(page);
    }));

  await check("the language changes, stays, and keeps the page", () =>
    on({ js: false }, "/notices/air-order", async (page) => {
      await page.locator(".preferences button", { hasText: "English" }).click();
      equal(await page.locator("html").getAttribute("lang"), "en", "language");
      equal(new URL(page.url()).pathname, "/notices/air-order", "page");
      await page.goto(`${origin}/ask`);
      equal(await page.locator("html").getAttribute("lang"), "en", "language of the next page");
      await page.locator(".preferences button", { hasText: "中文" }).click();
      equal(await page.locator("html").getAttribute("lang"), "zh-CN", "language after changing back");
    }));
  for (const path of ["/", "/notices/air-order", "/registers/enterprises", "/ask"]) {
    await check(`large type on a phone: ${path}`, () =>
      on({ js: false, width: 390 }, path, async (page) => {
        const size = () => page.evaluate(() => Number.parseFloat(getComputedStyle(document.querySelector("main p")).fontSize));
        const before = await size();
        await page.locator(".preferences button", { hasText: "大字" }).click();
        const after = await size();
        holds(after >= before * 1.15, `type went from ${before} to ${after} px`);
        await sound(page);
      }));
  }
  await check("the theme changes and stays", () =>
    on({ js: false }, "/", async (page) => {
      const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const light = await paper();
      await page.locator('.preferences button[name="theme"]').click();
      holds((await paper()) !== light, "the page looks the same");
      await page.goto(`${origin}/ask`);
      holds((await paper()) !== light, "the next page is light again");
      await sound(page);
    }));
  await check("a notice prints without the house around it", () =>
    on({ js: false }, "/notices/air-order", async (page) => {
      await page.emulateMedia({ media: "print" });
      for (const part of ["nav", ".finder", ".preferences"]) {
        holds(!(await page.locator(part).first().isVisible()), `${part} is printed`);
      }
      holds(await page.locator("h1").isVisible(), "no headline");
      const pdf = await page.pdf({ path: `${screens}/print-air-order.pdf`, format: "A4" });
      holds(pdf.length > 10_000, `${pdf.length} bytes of PDF`);
    }));

  await check("the map shows places, lines and enterprises", () =>
    on({}, "/map", async (page) => {
      await page.locator("canvas.maplibregl-canvas").waitFor({ timeout: 15_000 });
      await page.waitForLoadState("networkidle");
      equal(page.record.errors.join("; "), "", "console");
      for (const part of ["places", "lines", "enterprises"]) {
        holds([...page.record.bytes.keys()].some((url) => url.includes(`/map/${part}.geojson`)), `${part} were not loaded`);
      }
      await page.screenshot({ path: `${screens}/journey-map.png` });
    }));

  const wrong = [
    ["/ask?do=飞行", 200], ["/ask?where=亚特兰蒂斯&do=驶入", 200], ["/ask?at=昨天&do=驶入", 200], ["/ask?s=broken&do=驶入", 200],
    ["/ask?point=abc&do=驶入", 200], ["/ask?point=999,999&do=驶入", 200], ["/ask?notice=nothing", 404],
    ["/registers/enterprises?page=999999", 200], ["/registers/enterprises?page=-1&sort=nothing", 200], ["/registers/nothing", 404],
    ["/places/999999", 404], ["/enterprises/000000000000000000", 404], ["/notices/..%2f..%2fCargo", 404], ["/%ff%fe", 404],
    ["/notices/air-order?lang=xx", 200],
  ];
  for (const [path, wanted] of wrong) {
    await check(`a wrong address is answered kindly: ${path}`, () =>
      on({ js: false, width: 390 }, null, async (page) => {
        const response = await page.goto(origin + path);
        equal(response.status(), wanted, "status");
        holds((await page.locator("main").innerText()).trim().length > 10, "nothing is said");
        page.record.errors.length = 0;
        await sound(page);
      }));
  }
  await check("hostile requests are refused, and the server goes on", async () => {
    const json = { "content-type": "application/json" };
    const post = (body, headers = json) => fetch(`${origin}/api/ask`, { method: "POST", headers, body });
    for (const body of ["", "{", "[]", '{"who":5}', '{"who":"货车, 颜色 = 红"}', `{"who":${"[".repeat(5000)}`, '{"who":"货车","at":"2022-13-45"}', "\u0000"]) {
      const response = await post(body);
      holds(response.status >= 400 && response.status < 500, `${response.status} for ${body.slice(0, 40)}`);
      holds(response.headers.get("content-type").startsWith("application/problem+json"), response.headers.get("content-type"));
      const problem = await response.json();
      holds(problem.title && problem.status === response.status, JSON.stringify(problem));
    }
    const large = await post(`{"who":"${"货".repeat(2_000_000)}"}`).then((r) => r.status, () => 413);
    equal(large, 413, "status of 6 MB");
    equal(await status(`/search?q=${"a".repeat(60_000)}`) >= 400, true, "a query of 60 KB is refused");
    equal(await status("/api/ask", { method: "DELETE" }), 405, "DELETE");
    equal(await status("/healthz"), 200, "health after it all");
  });
  await check("the API answers as documented", async () => {
    const response = await fetch(`${origin}/api/ask`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ who: "货车, 车型 = 重型, 燃料 = 柴油, 用途 = 民生保障", do: "驶入", where: "中环以内", at: "2022-01-06T10:00" }),
    });
    equal(response.status, 200, "status");
    const answer = await response.json();
    equal(answer.verdict, "allowed", "verdict");
    const because = answer.because.find((b) => b.rule === "trucks");
    equal(`${because?.notice}#${because?.rule}/${because?.exception} ${because?.effect}`, "air-order#trucks/food frees", "clause");
    holds(/^sha256:[0-9a-f]{64}$/.test(answer.text_version), answer.text_version);
    equal(answer.needs, null, "needs");
  });
  await check("headers keep the reader safe, and pages are compressed and cached", async () => {
    const page = await fetch(`${origin}/`, { headers: { "accept-encoding": "gzip" } });
    const header = (name) => page.headers.get(name) ?? "";
    for (const part of ["default-src 'none'", "frame-ancestors 'none'"]) holds(header("content-security-policy").includes(part), part);
    holds(!header("content-security-policy").includes("unsafe"), "unsafe in the CSP");
    equal(header("x-content-type-options"), "nosniff", "x-content-type-options");
    equal(header("content-encoding"), "gzip", "content-encoding");
    const again = await fetch(`${origin}/`, { headers: { "if-none-match": header("etag") } });
    equal(again.status, 304, "status with the same ETag");
  });
  await check("feed, OpenAPI, metrics and health answer", async () => {
    const text = async (path) => {
      const response = await fetch(origin + path);
      equal(response.status, 200, path);
      return response.text();
    };
    holds((await text("/feed.atom")).includes("<feed"), "no feed");
    holds(JSON.parse(await text("/api/openapi.json")).openapi.startsWith("3.1"), "not OpenAPI 3.1");
    holds(/^# TYPE /m.test(await text("/metrics")), "no metrics");
    await text("/healthz");
  });
}
