// A county coordinator: a roster with faults, a batch of applications, a lesson from marking to closing.

import type { Page } from "@playwright/test";
import {
  expect,
  idIn,
  localInput,
  mistyped,
  newCreditCode,
  newPhone,
  openClass,
  signIn,
  success,
  test,
  unfold,
} from "../support.ts";

const OPEN_CLASS = "现代企业制度与股权设计实务班";
const CLASS_BY_HAND = "家族企业传承研修班";

const HEADINGS = ["姓名", "手机号", "县区", "企业名称", "统一社会信用代码", "职务"];

async function upload(page: Page, classId: string, csv: string): Promise<void> {
  await page.goto(`/desk/classes/${classId}/roster`);
  await page.getByRole("link", { name: "导入", exact: true }).click();
  await page.getByLabel("文件").setInputFiles({ name: "秋季推荐名单.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
  await page.getByRole("button", { name: "读取并检查" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "检查结果" })).toBeVisible();
}

function fact(page: Page, name: string) {
  return page.locator("dl > div").filter({ has: page.getByText(name, { exact: true }) }).locator("dd");
}

test("imports a roster with faults: told which cells, the good rows go in, twice adds nobody", async ({ page }) => {
  const code = newCreditCode();
  const [first, second] = [newPhone(), newPhone()];
  const rows = [
    HEADINGS,
    ["段志宏", first, "新安县", "", "", "总经理"],
    ["邢雅琴", second, "新安县", "洛阳青要山食品有限公司", code, "董事长"],
    ["", newPhone(), "新安县", "", "", ""],
    ["宋大力", "1390000", "新安县", "", "", ""],
    ["段志宏", first, "新安县", "", "", ""],
    ["纪有为", newPhone(), "新安县", "洛阳黛眉山建材有限公司", mistyped(newCreditCode()), ""],
    ["管清平", newPhone(), "桃花源县", "", "", ""],
  ];
  const csv = rows.map((row) => row.join(",")).join("\r\n");
  await signIn(page, "xinan");
  const id = await openClass(page, OPEN_CLASS);
  await upload(page, id, csv);

  const faults: [cell: string, reason: string][] = [
    ["A4", "不能为空"],
    ["B5", "不是有效的 11 位手机号"],
    ["B6", "与第 2 行的手机号重复"],
    ["E7", "统一社会信用代码有误"],
    ["C8", "不认识这个县区"],
  ];
  for (const [cell, reason] of faults) {
    const row = page.getByRole("row").filter({ has: page.getByRole("cell", { name: cell, exact: true }) });
    await expect(row).toContainText(reason);
  }
  await expect(fact(page, "可以导入")).toHaveText("2");
  await expect(fact(page, "有问题")).toHaveText("5");

  const question = await unfold(page, "只导入没有问题的 2 人");
  await question.getByRole("button", { name: "只导入没有问题的 2 人" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "导入完成" })).toBeVisible({ timeout: 30_000 });
  await page.getByRole("link", { name: "查看花名册" }).click();
  await page.getByRole("searchbox").fill(first);
  await page.getByRole("button", { name: "搜索" }).click();
  await expect(page.getByRole("link", { name: "段志宏", exact: true })).toHaveCount(1);

  await upload(page, id, csv);
  await expect(fact(page, "已在花名册中")).toHaveText("2");
  await expect(page.getByText("没有可以导入的新行")).toBeVisible();
  await expect(page.getByRole("button", { name: /^只导入没有问题的/ })).toHaveCount(0);
});

/** Ticks the first rows by keyboard alone: with scripts by the roster's own keys. */
async function tickByKeyboard(page: Page, count: number, runsScripts: boolean): Promise<void> {
  const boxes = page.locator("#roster").getByRole("checkbox");
  await boxes.first().focus();
  for (let n = 0; n < count; n += 1) {
    if (n > 0 && runsScripts) await page.keyboard.press("j");
    if (n > 0 && !runsScripts) await boxes.nth(n).focus();
    await page.keyboard.press(runsScripts ? "x" : "Space");
    await expect(boxes.nth(n)).toBeChecked();
  }
}

test("approves a batch by keyboard, takes it back, and refuses somebody with a reason", async ({ page, runsScripts }) => {
  await signIn(page, "xinan");
  const id = await openClass(page, CLASS_BY_HAND);
  await page.goto(`/desk/classes/${id}/roster?state=submitted`);
  // The keys answer once the page has come alive.
  if (runsScripts) await expect(page.getByText("已选 0 人")).toBeVisible();
  await tickByKeyboard(page, 2, runsScripts);
  if (runsScripts) await expect(page.getByText("已选 2 人")).toBeVisible();
  await page.getByRole("button", { name: "通过", exact: true }).focus();
  await page.keyboard.press("Enter");
  await expect(success(page, "已录取 2 人，转入候补 0 人")).toBeVisible();

  await page.getByRole("button", { name: "撤销", exact: true }).click();
  await expect(success(page, "已撤销 2 人的审核")).toBeVisible();

  const row = page.locator("#roster").getByRole("row").nth(1);
  const name = await row.getByRole("link").innerText();
  const box = row.getByRole("checkbox");
  await box.check();
  await (await unfold(page, "不通过…")).getByRole("button", { name: "确定不通过" }).click();
  // Without a reason nothing happens, and the tick stays.
  await expect(page.getByRole("alert").first()).toContainText("请写明理由，本人会看到");
  await expect(page.getByRole("checkbox", { name: `选择${name}` })).toBeChecked();
  await page.getByLabel("不通过的理由").fill("本期优先两代同报的企业，欢迎报名下一期");
  await page.getByRole("button", { name: "确定不通过" }).click();
  await expect(success(page, "已不通过 1 人")).toBeVisible();

  await page.goto(`/desk/classes/${id}/roster?state=ended&q=${encodeURIComponent(name)}`);
  await page.goto((await page.getByRole("link", { name, exact: true }).first().getAttribute("href"))!);
  await expect(page.getByRole("main")).toContainText("本期优先两代同报的企业");
});

/** Moves the lesson's start to so many minutes from now, so that a slow run meets the same lesson as a quick one. */
async function beginIn(minutes: number, page: Page, classId: string, lesson: string): Promise<void> {
  await page.goto(`/desk/classes/${classId}/lessons/${lesson}`);
  await page.getByLabel("开始").fill(localInput(new Date(Date.now() + minutes * 60_000)));
  await page.getByRole("button", { name: "保存", exact: true }).click();
  await expect(success(page, "课次已保存")).toBeVisible();
}

test("marks by hand, corrects with a reason, closes the lesson and opens it again", async ({ page }) => {
  await signIn(page, "xinan");
  await page.goto("/desk");
  await page.getByRole("row").filter({ has: page.getByRole("link", { name: /^签到大屏：/ }) }).first().getByRole("rowheader").getByRole("link").click();
  const lesson = idIn(page.url(), "lessons");
  const classId = idIn((await page.getByRole("navigation", { name: "所在位置" }).getByRole("link").last().getAttribute("href"))!, "classes");

  await page.goto(`/desk/lessons/${lesson}?show=missing`);
  const row = page.getByRole("row").nth(1);
  const name = (await row.getByRole("checkbox").getAttribute("aria-label"))!;
  await row.getByRole("button", { name: `${name} 出勤` }).click();
  await expect(success(page, "已登记 1 人")).toBeVisible();

  await page.goto(`/desk/lessons/${lesson}?show=here&q=${encodeURIComponent(name)}`);
  await expect(page.getByRole("row").nth(1)).toContainText("出勤");
  await page.getByRole("link", { name: "更正 / 记录" }).first().click();
  await page.getByRole("radio", { name: "迟到" }).check();
  await page.getByLabel("理由").first().fill("签到表上写明九点二十到场");
  await page.getByRole("button", { name: "保存更正" }).click();
  await expect(success(page, "已更正")).toBeVisible();
  await page.goto(`/desk/lessons/${lesson}?q=${encodeURIComponent(name)}`);
  await page.getByRole("link", { name: "更正 / 记录" }).first().click();
  await expect(page.getByRole("main")).toContainText("出勤 → 迟到（手工登记）");
  await expect(page.getByRole("main")).toContainText("签到表上写明九点二十到场");

  await beginIn(20, page, classId, lesson);
  await page.goto(`/desk/lessons/${lesson}`);
  await expect(page.getByText("上课以后才能结课")).toBeVisible();
  await beginIn(-5, page, classId, lesson);
  await page.goto(`/desk/lessons/${lesson}`);
  await (await unfold(page, "结束本课考勤")).getByRole("button", { name: "确定结课" }).click();
  await expect(success(page, /已结课，\d+ 人记为缺勤/)).toBeVisible();
  await expect(page.getByText(/考勤已于 .* 结课/)).toBeVisible();

  const reopening = page.locator("section").filter({ has: page.getByRole("heading", { name: "重新打开考勤" }) });
  await unfold(reopening, "重新打开");
  await reopening.getByLabel("理由").fill("还有人在路上");
  await reopening.getByRole("button", { name: "确认重新打开" }).click();
  await expect(success(page, "考勤已重新打开")).toBeVisible();
  // What a person wrote down by hand stays; what the closing wrote is gone.
  await page.goto(`/desk/lessons/${lesson}?q=${encodeURIComponent(name)}`);
  await expect(page.getByRole("row").nth(1)).toContainText("迟到");
});
