// The city opens a planned school.

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

test("a county coordinator cannot open a school", async ({ page, baseURL }) => {
  await signIn(page, "xinan");
  const answer = await page.goto("/city/schools");
  expect(answer?.status()).toBe(403);
  await expect(page.getByRole("heading", { level: 1, name: "您没有这项权限" })).toBeVisible();
  const headers = { Origin: baseURL!, Accept: "application/json" };
  const form = { school: "01930000000070008000000000000000", opened_on: "2026-11-01", address: "某路", version: "1" };
  expect([403, 404]).toContain((await page.request.post("/api/open_school", { headers, form })).status());
});
