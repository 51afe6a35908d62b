// Passkeys, with a device that Chromium plays: added, signed in with, removed; and what is said where there are none.
import { openPage } from "./browser.mjs";
import { startServer } from "./server.mjs";
import { holds, sound } from "./sound.mjs";

export async function passkeys(browser, url, check, screens) {
  const origin = url.replace("//127.0.0.1", "//localhost");
  const arrived = (page, path) => page.waitForURL((url) => url.pathname + url.search === path, { timeout: 10_000 });
  const come = async (page, from, id) => {
    await page.goto(`${from}/sign-in`);
    await page.locator(`button[name="person"][value="${id}"]`).click();
    await arrived(page, "/me");
    await page.locator('a[href="/me/passkeys"]').click();
    await arrived(page, "/me/passkeys");
  };
  const leave = async (page) => {
    await page.goto(`${origin}/me`);
    await page.locator('form[action="/sign-out"] button').click();
    await arrived(page, "/sign-in?done=out");
  };

  for (const [width, locale, id, name] of [[390, "zh-CN", "resident-zhang", "张桂兰"], [1280, "en", "resident-zhao", "赵一诺"]]) {
    await check(`passkeys: added, signed in with, removed, ${width} ${locale}`, async () => {
      const page = await openPage(browser, origin, { width, locale });
      const snap = (what) => page.screenshot({ path: `${screens}/passkeys-${what}-${width}.png`, fullPage: true });
      try {
        const debug = await page.context().newCDPSession(page);
        await debug.send("WebAuthn.enable");
        const { authenticatorId } = await debug.send("WebAuthn.addVirtualAuthenticator", {
          options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true },
        });
        await come(page, origin, id);
        const add = page.locator('form[data-passkey="create"]');
        await add.waitFor({ state: "visible" });
        holds(!(await page.locator("[data-passkey-without]").isVisible()), "the page says that the browser cannot");
        await sound(page, locale);
        await snap("none");
        await page.locator("#name").fill("Wall phone 2");
        await add.locator("button").click();
        await arrived(page, "/me/passkeys?done=added");
        await page.locator(".device-list li", { hasText: "Wall phone 2" }).waitFor();
        const { credentials } = await debug.send("WebAuthn.getCredentials", { authenticatorId });
        holds(credentials.length === 1 && credentials[0].isResidentCredential, "no passkey was made on the device");
        await sound(page, locale);
        await snap("added");

        // The same device is asked once more: it has one already.
        await add.locator("button").click();
        await add.locator("[data-said] p").waitFor({ state: "visible" });
        await sound(page, locale);
        await snap("known");

        await leave(page);
        const door = page.locator('form[data-passkey="get"] button');
        await door.waitFor({ state: "visible" });
        await sound(page, locale);
        await snap("sign-in");
        await door.click();
        await arrived(page, "/me");
        // In English a name that has no other form stays Chinese.
        holds((await page.locator("h1").innerText()).includes(name), `signed in as ${await page.locator("h1").innerText()}`);

        await page.goto(`${origin}/me/passkeys`);
        await page.locator(".device-list button").click();
        await arrived(page, "/me/passkeys?done=removed");
        holds((await page.locator(".device-list li").count()) === 0, "it is still there");
        await sound(page, locale);
        await leave(page);
        await door.click();
        await page.locator('[role="alert"]:not([hidden])').waitFor();
        page.record.errors.length = 0; // The browser's own line on the 403.
        await sound(page, locale);
        await snap("refused");
        await page.goto(`${origin}/me`);
        await arrived(page, "/sign-in");
      } finally {
        await page.context().close();
      }
    });
  }

  await check("passkeys: without JavaScript the page says what is missing", async () => {
    const page = await openPage(browser, origin, { width: 390, locale: "zh-CN", js: false });
    try {
      await come(page, origin, "resident-wang");
      holds(await page.locator("[data-passkey-without]").isVisible(), "nothing is said");
      holds(!(await page.locator('form[data-passkey="create"]').isVisible()), "a form that does nothing");
      await sound(page, "zh-CN");
      await page.goto(`${origin}/me`);
    } finally {
      await page.context().close();
    }
  });

  if (origin !== url) {
    await check("passkeys: at an address of numbers the page leads to one with a name", async () => {
      const page = await openPage(browser, url, { width: 1280, locale: "en" });
      try {
        await come(page, url, "resident-wang");
        const named = page.locator(`main a[href="${origin}/me/passkeys"]`);
        await named.waitFor();
        await sound(page, "en");
        await page.screenshot({ path: `${screens}/passkeys-numbers-1280.png`, fullPage: true });
      } finally {
        await page.context().close();
      }
    });
  }
  await check("passkeys: where the city has another address, the page leads there", async () => {
    const server = await startServer(["--public", "https://city.example"]);
    const here = server.url.replace("//127.0.0.1", "//localhost");
    const page = await openPage(browser, here, { width: 390, locale: "zh-CN" });
    try {
      await come(page, here, "resident-wang");
      await page.locator('[data-passkey-elsewhere] a[href="https://city.example/me/passkeys"]').waitFor({ state: "visible" });
      holds(!(await page.locator('form[data-passkey="create"]').isVisible()), "a passkey for elsewhere is offered");
      await sound(page, "zh-CN");
      await page.screenshot({ path: `${screens}/passkeys-elsewhere-390.png`, fullPage: true });
    } finally {
      await page.context().close();
      await server.stop();
    }
  });
}
