// Signing in through another site, there and back: a certified OpenID provider runs beside Heluo.

import type { Page } from "@playwright/test";
import { freePort, OidcProvider, type Told, variablesFor } from "../harness/oidc.ts";
import { test as base, expect, expectNoAxeViolations, newPhone, signIn, startServer, stopServer, success, unfold } from "../support.ts";

const LABEL = "洛城通";
/** Somebody of whom the provider tells everything; the number is nobody's in the demo city. */
const TOLD: Told = {
  name: "白居易",
  phone_number: newPhone(),
  phone_number_verified: true,
  email: "bai@example.com",
  email_verified: true,
};

/** A login at the provider that no other story uses. */
const newcomer = (what: string) => `${what}-${Math.random().toString(36).slice(2, 10)}`;

const test = base.extend<{ provider: OidcProvider }, { running: OidcProvider; port: number }>({
  port: [async ({}, use) => use(await freePort()), { scope: "worker" }],

  freshServer: [
    async ({ port }, use) => {
      const server = await startServer(variablesFor("CITY", port, LABEL));
      await use(server);
      await stopServer(server);
    },
    { scope: "worker", timeout: 200_000 },
  ],

  running: [
    async ({ port, freshServer }, use) => {
      const people = { told: TOLD, named: { name: "元稹" } };
      const provider = OidcProvider.at(port, freshServer.origin, "CITY", people);
      await use(provider);
      await provider.stop();
    },
    { scope: "worker" },
  ],

  // A story may have stopped it.
  provider: async ({ running }, use) => {
    await running.start();
    await use(running);
  },
});

/** Presses the button and signs in at the provider, as far as the question of consent. */
async function goThere(page: Page, login: string, next = ""): Promise<void> {
  await page.goto(`/sign-in${next}`);
  await page.getByRole("button", { name: `用 ${LABEL} 登录` }).click();
  await signInThere(page, login);
}

async function signInThere(page: Page, login: string): Promise<void> {
  await page.locator('input[name="login"]').fill(login);
  await page.locator('input[name="password"]').fill("anything");
  await page.locator('button[type="submit"]').click();
  await expect(page.getByRole("heading", { name: "Authorize" })).toBeVisible();
}

async function consent(page: Page): Promise<void> {
  await page.locator('button[type="submit"]').click();
}

async function chooseCountyAndFirm(page: Page): Promise<void> {
  await page.getByLabel("所属县区").selectOption({ label: "新安县" });
  await page.locator('input[name="firm"]').fill("新安铝业示范厂");
}

/** Agrees, and answers the way back without going it. */
async function agreeAndStay(page: Page): Promise<string> {
  const action = await page.locator("form").getAttribute("action");
  const agreed = await page.request.post(action!, { form: { prompt: "consent" }, maxRedirects: 0 });
  const resumed = await page.request.get(agreed.headers()["location"]!, { maxRedirects: 0 });
  const back = resumed.headers()["location"]!;
  expect(back).toContain("/oauth/city/callback?code=");
  return back;
}

/** The account that somebody has at the provider is linked to a new one here. */
async function register(page: Page, login: string): Promise<void> {
  await goThere(page, login);
  await consent(page);
  await page.getByLabel("姓名").fill("刘禹锡");
  await page.getByLabel("手机号").fill(newPhone());
  await chooseCountyAndFirm(page);
  await page.getByRole("button", { name: "完成注册" }).click();
  await expect(success(page, "注册成功")).toBeVisible();
}

/** The page says what went wrong, has a next step, and nothing for axe to mind. */
async function expectTrouble(page: Page, title: string | RegExp, step: string | RegExp): Promise<void> {
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  await expect(page.getByRole("main").getByRole("button", { name: step }).or(page.getByRole("main").getByRole("link", { name: step }))).toBeVisible();
  await expectNoAxeViolations(page);
}

test("a first sign-in asks only for what is missing, the second for nothing", async ({ page, provider, somebodyElse }) => {
  void provider;
  const login = newcomer("new");
  await page.goto("/sign-in?next=%2Fme%2Fprofile");
  await expect(page.getByRole("heading", { name: "其他登录方式" })).toBeVisible();
  await expectNoAxeViolations(page);

  await goThere(page, login, "?next=%2Fme%2Fprofile");
  await consent(page);
  await expect(page).toHaveURL(/\/oauth\/welcome$/);
  await expect(page.getByRole("heading", { level: 1, name: `第一次用 ${LABEL} 登录` })).toBeVisible();
  await expectNoAxeViolations(page);

  // Nothing typed is lost.
  await page.getByLabel("姓名").fill("刘禹锡");
  await page.getByLabel("手机号").fill("123");
  await page.getByRole("button", { name: "完成注册" }).click();
  await expect(page.getByRole("alert")).toContainText("11 位手机号");
  await expect(page.getByLabel("姓名")).toHaveValue("刘禹锡");
  await expectNoAxeViolations(page);

  const phone = newPhone();
  await page.getByLabel("手机号").fill(phone);
  await chooseCountyAndFirm(page);
  await page.getByRole("button", { name: "完成注册" }).click();
  await expect(success(page, "注册成功")).toBeVisible();
  await page.goto("/me/profile");
  await expect(page.getByLabel("手机号")).toHaveValue(phone);

  const later = await somebodyElse();
  await goThere(later, login, "?next=%2Fme%2Fdevices");
  await consent(later);
  await expect(later).toHaveURL(/\/me\/devices$/);
});

test("what the provider tells is not asked for again", async ({ page, provider }) => {
  void provider;
  await goThere(page, "told");
  await consent(page);
  await expect(page.getByRole("main")).toContainText(TOLD.name!);
  await expect(page.getByRole("main")).toContainText(TOLD.phone_number!);
  await expect(page.getByLabel("姓名")).toHaveCount(0);
  await expect(page.getByLabel("手机号")).toHaveCount(0);
  await expectNoAxeViolations(page);
  await chooseCountyAndFirm(page);
  await page.getByRole("button", { name: "完成注册" }).click();
  await expect(success(page, "注册成功")).toBeVisible();
  await page.goto("/me/profile");
  await expect(page.getByLabel("姓名")).toHaveValue(TOLD.name!);
});

test("a number that is registered here opens nothing: the owner signs in by password and links", async ({ page, provider, somebodyElse }) => {
  void provider;
  const login = newcomer("owner");
  const owner = await somebodyElse("student030");
  await owner.goto("/me/profile");
  const phone = await owner.getByLabel("手机号").inputValue();

  await goThere(page, login, "?next=%2Fclasses");
  await consent(page);
  await page.getByLabel("姓名").fill("刘禹锡");
  await page.getByLabel("手机号").fill(phone);
  await chooseCountyAndFirm(page);
  await page.getByRole("button", { name: "完成注册" }).click();
  await expect(page.getByRole("alert")).toContainText("这个手机号在这里已有账号");
  await page.getByRole("link", { name: "用密码登录并关联", exact: true }).click();
  await page.locator('input[name="login"]').fill("student030");
  await page.locator('input[name="password"]').fill("heluo-demo");
  await page.locator('input[name="password"]').press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: `关联 ${LABEL} 账号？` })).toBeVisible();
  await expectNoAxeViolations(page);
  await page.getByRole("button", { name: "确认关联" }).click();
  await expect(success(page, `已关联 ${LABEL}`)).toBeVisible();
  await expect(page).toHaveURL(/\/classes/);
});

test("linked from the profile, used, and unlinked; the last way in stays", async ({ page, provider, somebodyElse }) => {
  void provider;
  const login = newcomer("link");
  const password = "洛阳牡丹甲天下好";

  // A new person without a password, whose only way in is the provider.
  const only = newcomer("only");
  await register(page, only);
  await page.goto("/me/profile");
  await page.getByRole("link", { name: /登录方式：关联/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: "登录方式" })).toBeVisible();
  await expect(page.getByText("唯一的登录方式，设置密码后才能解除")).toBeVisible();
  await expectNoAxeViolations(page);

  await page.getByRole("main").getByRole("link", { name: "设置密码" }).click();
  await page.locator('input[name="new_password"]').fill(password);
  await page.locator('input[name="repeat_password"]').fill(password);
  await page.getByRole("button", { name: "保存新密码" }).click();
  await expect(success(page, "密码已修改")).toBeVisible();

  await page.goto("/me/linked");
  await unfold(page, "解除关联");
  await page.getByRole("button", { name: "解除", exact: true }).click();
  await expect(success(page, `已解除关联 ${LABEL}`)).toBeVisible();
  await expectNoAxeViolations(page);

  // Another account of the same provider, in a browser that is not signed in there.
  await page.context().clearCookies({ name: /^_/ });
  await page.getByRole("button", { name: `关联 ${LABEL}` }).click();
  await signInThere(page, login);
  await consent(page);
  await expect(success(page, `已关联 ${LABEL}`)).toBeVisible();
  await expectNoAxeViolations(page);

  const later = await somebodyElse();
  await goThere(later, login);
  await consent(later);
  await expect(later).toHaveURL(/\/me$/);
});

test("refused consent", async ({ page, provider }) => {
  void provider;
  await goThere(page, newcomer("no"), "?next=%2Fclasses");
  await page.getByRole("link", { name: "Cancel" }).click();
  await expectTrouble(page, `${LABEL} 没有同意登录`, `再用 ${LABEL} 登录一次`);
  await page.getByRole("link", { name: "改用密码登录" }).click();
  await expect(page).toHaveURL(/\/sign-in\?next=%2Fclasses$/);
});

test("a wrong state, and an answer that belongs to another browser", async ({ page, provider, somebodyElse }) => {
  void provider;
  await page.goto("/oauth/city/callback?code=abc&state=0123456789abcdef");
  await expectTrouble(page, "这次登录不是从这个浏览器开始的", `再用 ${LABEL} 登录一次`);

  // Somebody lures another into their own way back.
  const attacker = await somebodyElse();
  await goThere(attacker, newcomer("lure"));
  const lure = await agreeAndStay(attacker);
  await page.goto(lure);
  await expectTrouble(page, "这次登录不是从这个浏览器开始的", `再用 ${LABEL} 登录一次`);
});

test("a replayed answer, and a replayed code", async ({ page, provider }) => {
  void provider;
  const login = newcomer("again");
  let used = "";
  page.on("request", (request) => {
    if (request.url().includes("/oauth/city/callback?")) used = request.url();
  });
  await goThere(page, login);
  await consent(page);
  await expect(page).toHaveURL(/\/oauth\/welcome$/);
  await page.goto(used);
  await expectTrouble(page, "这个登录链接已经用过", `再用 ${LABEL} 登录一次`);

  // The old code on a new way: the provider does not take it.
  const code = new URL(used).searchParams.get("code")!;
  await page.context().clearCookies({ name: /^_/ });
  await goThere(page, login);
  const back = new URL(await agreeAndStay(page));
  back.searchParams.set("code", code);
  await page.goto(back.href);
  await expectTrouble(page, `${LABEL} 不再接受这次登录`, `再用 ${LABEL} 登录一次`);
});

test("the provider is down, before and half-way", async ({ page, provider }) => {
  await goThere(page, newcomer("down"));
  const back = await agreeAndStay(page);
  await provider.stop();
  await page.goto(back);
  await expectTrouble(page, `暂时连不上 ${LABEL}`, `再用 ${LABEL} 登录一次`);

  await page.getByRole("button", { name: `再用 ${LABEL} 登录一次` }).click();
  await expectTrouble(page, `暂时连不上 ${LABEL}`, "改用密码登录");
  await page.goto("/sign-in");
  await page.getByRole("button", { name: `用 ${LABEL} 登录` }).click();
  await expectTrouble(page, `暂时连不上 ${LABEL}`, `再用 ${LABEL} 登录一次`);
});

test("the provider's clock is wrong, fast or slow", async ({ page, running }) => {
  for (const minutes of [20, -20]) {
    await running.start(minutes * 60);
    await page.context().clearCookies();
    await goThere(page, newcomer("clock"));
    await consent(page);
    await expectTrouble(page, `${LABEL} 的时间和我们的对不上`, "改用密码登录");
  }
});

test("an old way of signing in still works beside it", async ({ page, provider }) => {
  void provider;
  await signIn(page, "student032");
  await page.goto("/me");
  await expect(page).toHaveURL(/\/me$/);
});
