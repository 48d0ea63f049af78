// 核定专家: the list of what waits, levels with reasons, a page that somebody else has changed meanwhile.

import { expectSound } from "../programme.ts";
import { expect, signIn, success, test } from "../support.ts";

const FIRM = "洛阳二里头文创产业有限公司";

test("the desk lists what waits; levels are prefilled, reasons are asked for, and two windows don't overwrite", async ({
  page,
  context,
  runsScripts,
}) => {
  await signIn(page, "expert");
  await page.goto("/desk");
  await page.getByRole("link", { name: /核定/ }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: "我的核定任务" })).toBeVisible();
  await expect(page.getByText(/分配给您的企业共 \d+ 家，其中 \d+ 家等您核定/)).toBeVisible();
  await expectSound(page, runsScripts);
  await page.getByRole("link", { name: /^全部企业/ }).click();
  await expect(page.getByRole("row").filter({ hasText: "新安县樱桃沟果业有限公司" })).toBeVisible();
  await page.getByRole("link", { name: /^待核定/ }).click();
  await page.getByRole("link", { name: FIRM, exact: true }).click();
  await expect(page.getByText("还不能结束，差")).toBeVisible();
  await page.getByRole("link", { name: /^B / }).first().click();
  const dimension = new URL(page.url()).pathname;
  const other = await context.newPage();
  await other.goto(dimension);

  await page.getByRole("link", { name: "空着的先填有证级别" }).click();
  await expect(page.getByText("这是预览，还没有保存")).toBeVisible();
  await expect(page.getByLabel("B1 核定级别")).not.toHaveValue("");
  await expectSound(page, runsScripts);
  const level = await page.getByLabel("B1 核定级别").inputValue();
  await page.getByLabel("B1 核定理由").fill("与佐证一致");
  await page.getByRole("button", { name: "保存本维度" }).click();
  await expect(page.getByRole("alert").first()).toContainText("请写明 B2 的核定理由");
  await expect(page.getByText("其余没有问题的内容已经保存").first()).toBeVisible();

  // The other window is of before: it hears of the verdict, and nothing typed is lost.
  await other.getByLabel("B1 核定级别").selectOption("1");
  await other.getByLabel("B1 核定理由").fill("另一个窗口的理由");
  await other.getByRole("button", { name: "保存本维度" }).click();
  await expect(other.getByText("打开本页之后有人改过").first()).toBeVisible();
  await expect(other.getByRole("region", { name: /^B1 / })).toContainText("与佐证一致");
  await expect(other.getByLabel("B1 核定理由")).toHaveValue("另一个窗口的理由");
  await expectSound(other, runsScripts);
  await other.goto(dimension);
  await expect(other.getByLabel("B1 核定级别")).toHaveValue(level);

  // Level by level until nothing is left in this dimension.
  for (const indicator of ["B1", "B2", "B3", "B4", "B5"]) {
    await other.getByLabel(`${indicator} 核定级别`).selectOption("1");
    await other.getByLabel(`${indicator} 核定理由`).fill("按低一级核定：记录不连续");
  }
  await other.getByRole("button", { name: "保存本维度" }).click();
  await expect(success(other, "已保存")).toBeVisible();
  await other.goto(dimension.replace(/\/dimensions\/.*/, ""));
  await expect(other.getByText(/结论变更记录/)).toBeVisible();
});

test("a verifier neither checks for the county nor decides for the city", async ({ page, baseURL }) => {
  await signIn(page, "expert");
  await page.goto("/desk/verifications");
  await page.getByRole("link", { name: FIRM, exact: true }).click();
  const pilot = /firm\/([0-9a-f]{32})/.exec(page.url())![1]!;
  await page.goto(`/firm/${pilot}/gate`);
  await expect(page.getByRole("button", { name: /^(申请|提交)/ })).toHaveCount(0);
  const headers = { Origin: baseURL!, Accept: "application/json" };
  const form = { pilot, stage: "uplift", version: "1", verdict: "pass", why: "专家代办" };
  for (const endpoint of ["apply_gate", "check_gate", "decide_gate", "return_assessment", "submit_assessment"]) {
    const answered = await page.request.post(`/api/${endpoint}`, { headers, form: { ...form, reason: "代退", assessment: pilot } });
    expect([403, 404], endpoint).toContain(answered.status());
  }
});
