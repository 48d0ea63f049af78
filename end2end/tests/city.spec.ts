// The city opens a planned school, and revises its framework.

import { expectSound } from "../programme.ts";
import { expect, idIn, localInput, signIn, success, test, unfold } from "../support.ts";

test("opens a planned school; everybody sees it", async ({ page, somebodyElse }) => {
  await signIn(page, "city");
  await page.goto("/city/schools");
  const planned = page.getByRole("row").filter({ hasText: "筹建中" }).first();
  const name = await planned.getByRole("rowheader").innerText();
  await planned.getByRole("link", { name: `开办${name}` }).click();
  const school = idIn(page.url(), "schools");

  const visitor = await somebodyElse();
  await visitor.goto(`/schools/${school}`);
  await expect(visitor.getByText("筹建中").first()).toBeVisible();

  // Without an address it is refused, and the date stays.
  const today = localInput(new Date()).slice(0, 10);
  await page.getByLabel("开办日期").fill(today);
  await page.getByLabel("地址").fill("");
  await (await unfold(page, "开办")).getByRole("button", { name: "确定开办" }).click();
  await expect(page.getByRole("alert").first()).toContainText("请填写地址");
  await expect(page.getByLabel("开办日期")).toHaveValue(today);

  await page.getByLabel("地址").fill("兴洛路 18 号县委党校院内");
  await page.getByLabel("联系电话").fill("0379-66221100");
  await (await unfold(page, "开办")).getByRole("button", { name: "确定开办" }).click();
  await expect(success(page, "已保存开办信息")).toBeVisible();

  await visitor.goto(`/schools/${school}`);
  await expect(visitor.getByText("已开办").first()).toBeVisible();
  await expect(visitor.getByText("兴洛路 18 号县委党校院内").first()).toBeVisible();
  await visitor.goto("/schools");
  const box = visitor.getByRole("listitem").filter({ has: visitor.locator(`a[href="/schools/${school}"]`) });
  await expect(box.last()).toContainText("已开办");
});

test("revises a framework: weights are summed while they are typed, and what does not add up is not published", async ({
  page,
  runsScripts,
}) => {
  await signIn(page, "city");
  await page.goto("/city/frameworks");
  await page.getByRole("rowheader").getByRole("link").last().click();
  await page.getByRole("button", { name: "以此为底稿新建草稿" }).click();
  await expect(success(page, "已新建草稿")).toBeVisible();
  const draft = `/city/frameworks/${idIn(page.url(), "frameworks")}`;
  await expectSound(page, runsScripts);

  const sum = page.locator("#live-sum");
  const weight = page.getByLabel(/权重$/).first();
  const before = await weight.inputValue();
  await expect(sum).toContainText("权重之和：100%");
  await weight.fill(String(Number(before) + 7));
  if (runsScripts) await expect(sum).toHaveText("权重之和：107%（应为 100%）");
  await weight.fill("x");
  if (runsScripts) await expect(sum).toHaveText("权重之和：107%（应为 100%）");
  await weight.fill(String(Number(before) + 7));
  await page.getByRole("button", { name: "保存", exact: true }).first().click();
  await expect(success(page, "已保存")).toBeVisible();
  await expect(sum).toContainText("权重之和：107%");
  const fault = page.getByText("各维度权重之和为 107，应为 100");
  await expect(fault).toBeVisible();
  await expectSound(page, runsScripts);
  await page.goto(draft);
  await expect(page.getByText(/还有 \d+ 处未完成，完成后才能发布/)).toBeVisible();
  await expect(page.getByRole("button", { name: "确定发布" })).toHaveCount(0);

  await page.getByRole("link", { name: "修改草稿" }).click();
  await weight.fill(before);
  if (runsScripts) {
    await expect(sum).toHaveText("权重之和：100%，正好");
    await expect(fault).toBeHidden();
  }
  await page.getByRole("button", { name: "保存", exact: true }).first().click();
  await expect(fault).toHaveCount(0);

  // Each dimension sums its own indicators.
  await page.locator("main table").first().getByRole("rowheader").getByRole("link").first().click();
  const own = page.locator("input[name='i0-weight']");
  const first = await own.inputValue();
  await own.fill(String(Number(first) + 1));
  if (runsScripts) await expect(sum).toHaveText("权重之和：101%（应为 100%）");

  await page.goto(draft);
  await (await unfold(page, "删除草稿")).getByRole("button", { name: "确定删除" }).click();
  await expect(success(page, "草稿已删除")).toBeVisible();
});

test("a county coordinator cannot open a school", async ({ page, baseURL }) => {
  await signIn(page, "xinan");
  const answer = await page.goto("/city/schools");
  expect(answer?.status()).toBe(403);
  await expect(page.getByRole("heading", { level: 1, name: "您没有这项权限" })).toBeVisible();
  const headers = { Origin: baseURL!, Accept: "application/json" };
  const form = { school: "01930000000070008000000000000000", opened_on: "2026-11-01", address: "某路", version: "1" };
  expect([403, 404]).toContain((await page.request.post("/api/open_school", { headers, form })).status());
});
