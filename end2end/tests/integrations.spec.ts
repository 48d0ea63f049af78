// A coordinator connects another system: makes a token, the system calls with it, the token is taken away.

import { axeViolations, expect, signIn, success, test, unfold } from "../support.ts";

test("a token is made, used, seen once and revoked", async ({ page, runsScripts }) => {
  await signIn(page, "xinan");
  await page.goto("/desk");
  await page.getByRole("main").getByRole("link", { name: "接口令牌" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "接口令牌" })).toBeVisible();

  // Half a form comes back with what was typed and each fault beside its field.
  const name = `数据平台 ${Date.now()}`;
  await page.getByLabel("用途").fill(name);
  await page.getByLabel("读取手机号码").check();
  await page.getByRole("button", { name: "创建令牌" }).click();
  await expect(page.getByRole("alert")).toContainText("手机号码要和花名册一起选");
  await expect(page.getByLabel("用途")).toHaveValue(name);
  await expect(page.getByLabel("读取手机号码")).toBeChecked();
  if (runsScripts) expect(await axeViolations(page)).toEqual([]);
  await page.getByLabel("读取手机号码").uncheck();
  await page.getByLabel("读取班次").check();
  await page.getByLabel("30 天").check();
  await page.getByRole("button", { name: "创建令牌" }).click();
  const shown = page.getByRole("status").filter({ hasText: "令牌已创建" });
  const token = (await shown.locator("code").innerText()).trim();
  expect(token).toMatch(/^heluo_api_[0-9a-f]{64}$/);
  if (runsScripts) expect(await axeViolations(page)).toEqual([]);

  const headers = { Authorization: `Bearer ${token}` };
  const classes = await page.request.get("/api/v1/classes?limit=1", { headers });
  expect(classes.status()).toBe(200);
  expect((await classes.json()).items).toHaveLength(1);
  const id = (await classes.json()).items[0].id;
  const roster = await page.request.get(`/api/v1/classes/${id}/roster`, { headers });
  expect(roster.status()).toBe(403);
  expect((await roster.json()).reason).toBe("missing_scope");

  await page.goto("/desk/integrations");
  const row = page.getByRole("row").filter({ hasText: name });
  await expect(row).toContainText("有效");
  await expect(page.locator("body")).not.toContainText(token);
  const question = await unfold(row, "停用");
  await expect(question).toContainText("不能恢复");
  await question.getByRole("button", { name: "停用" }).click();
  await expect(success(page, `已停用“${name}”`)).toBeVisible();
  const refused = await page.request.get("/api/v1/classes", { headers });
  expect(refused.status()).toBe(401);
  expect((await refused.json()).reason).toBe("revoked_token");
});

test("the API is told to people from its own document", async ({ page, runsScripts }) => {
  await page.goto("/developers");
  await expect(page.getByRole("heading", { level: 1, name: "开放接口" })).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: "POST /api/v1/lessons/{id}/checkins" })).toContainText("checkins:write");
  if (runsScripts) expect(await axeViolations(page)).toEqual([]);
  await page.goto("/developers#too_early");
  await expect(page.locator("tr:target")).toContainText("409");
});
