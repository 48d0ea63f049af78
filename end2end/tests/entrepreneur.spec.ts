// An entrepreneur: registers, waits in line, is promoted, checks in.

import type { Page } from "@playwright/test";
import {
  expect,
  fillSignIn,
  idIn,
  mistyped,
  newCreditCode,
  newPhone,
  openClass,
  signIn,
  success,
  test,
  unfold,
} from "../support.ts";

const FULL_CLASS = "短视频与直播带货实战班";
const PASSWORD = "清晨的洛河边-2026";

/** Fills in the passwords, which no page gives back. */
async function choosePassword(page: Page): Promise<void> {
  await page.getByLabel("设置密码").fill(PASSWORD);
  await page.getByLabel("再输一遍密码").fill(PASSWORD);
  await page.getByRole("button", { name: "注册" }).click();
}

async function register(page: Page, name: string): Promise<void> {
  const phone = newPhone();
  const code = newCreditCode();
  await page.goto("/sign-in");
  await page.getByRole("link", { name: "企业家注册" }).click();
  await page.getByLabel("姓名").fill(name);
  await page.getByLabel("手机号").fill(phone);
  await page.getByLabel("所属县区").selectOption({ label: "新安县" });
  await page.getByLabel("企业", { exact: true }).fill(mistyped(code));
  await page.getByLabel("职务").fill("总经理");
  await choosePassword(page);

  // The check character does not fit: it is said, and nothing typed is lost.
  await expect(page.getByRole("alert").filter({ hasText: "有内容需要修改" })).toContainText("校验位对不上");
  await expect(page.getByLabel("姓名")).toHaveValue(name);
  await expect(page.getByLabel("手机号")).toHaveValue(phone);
  await expect(page.getByLabel("所属县区").locator("option:checked")).toHaveText("新安县");
  await expect(page.getByLabel("企业", { exact: true })).toHaveValue(mistyped(code));
  await expect(page.getByLabel("职务")).toHaveValue("总经理");

  const firm = `洛阳函谷新材料${phone.slice(-6)}有限公司`;
  await page.getByLabel("企业", { exact: true }).fill(firm);
  await choosePassword(page);

  // A firm that nobody knows is entered anew, with its own code.
  await expect(page.getByRole("heading", { level: 1, name: "您的企业" })).toBeVisible();
  await page.getByLabel("都不是，登记新企业").check();
  await expect(page.getByLabel("企业名称", { exact: true })).toHaveValue(firm);
  await page.getByLabel("统一社会信用代码", { exact: false }).last().fill(mistyped(code));
  await page.getByRole("button", { name: "确定" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "有内容需要修改" })).toContainText("校验位对不上");
  await expect(page.getByLabel("企业名称", { exact: true })).toHaveValue(firm);
  await page.getByLabel("统一社会信用代码", { exact: false }).last().fill(code);
  await page.getByRole("button", { name: "确定" }).click();
  await expect(success(page, "企业已保存")).toBeVisible();
}

/** The coordinator puts somebody first in line and takes somebody else off the list. */
async function makeRoomFor(desk: Page, id: string, name: string): Promise<void> {
  await desk.goto(`/desk/classes/${id}/roster?q=${encodeURIComponent(name)}`);
  await desk.goto((await desk.getByRole("link", { name, exact: true }).getAttribute("href"))!);
  await desk.getByLabel("优先级").selectOption("9");
  await desk.getByRole("button", { name: "设定优先级" }).click();
  await expect(success(desk, "已设定 1 人的优先级")).toBeVisible();

  await desk.goto(`/desk/classes/${id}/roster?state=approved`);
  const leaving = desk.getByRole("row").nth(1).getByRole("link");
  await desk.goto((await leaving.getAttribute("href"))!);
  const question = await unfold(desk, "移出名单");
  await question.getByLabel("移出的理由").fill("本人来电：当周出国参展");
  await question.getByRole("button", { name: "确定移出" }).click();
  await expect(success(desk, "已移出 1 人，递补 1 人")).toBeVisible();
}

test("registers with a firm of her own, waits in line and is promoted when somebody leaves", async ({ page, somebodyElse }) => {
  const name = "裴函谷";
  await register(page, name);

  const id = await openClass(page, FULL_CLASS);
  await page.getByRole("link", { name: "我要报名" }).click();
  await expect(page.getByText("目前名额已满，提交后进入候补")).toBeVisible();
  await page.getByRole("button", { name: "确认报名，进入候补" }).click();
  await expect(success(page, /已报名，候补第 \d+ 位/)).toBeVisible();
  await page.goto(`/classes/${id}`);
  await expect(page.getByText(/您已报名，候补第 \d+ 位/)).toBeVisible();

  await makeRoomFor(await somebodyElse("xinan"), id, name);

  await page.goto("/me/inbox");
  await expect(page.getByText(`您已从候补递补进“${FULL_CLASS}”，名额已确认`)).toBeVisible();
  await page.goto("/me");
  const own = page.getByRole("main").locator("li, section, article").filter({ hasText: FULL_CLASS }).last();
  await expect(own).toContainText("已报名");
  await page.goto(`/classes/${id}/enrol`);
  await expect(page.getByText("已报名，名额已确认")).toBeVisible();
});

/** The code that the wall shows, as those type it who can't scan. */
async function codeOnTheWall(wall: Page): Promise<string> {
  const code = wall.getByText(/^[0-9A-Z]{4}[- ][0-9A-Z]{4}$/).first();
  return (await code.innerText()).replace(/[^0-9A-Z]/g, "");
}

async function openWall(page: Page): Promise<string> {
  await page.goto("/desk");
  await page.getByRole("link", { name: /^签到大屏：/ }).first().click();
  await expect(page.getByRole("img", { name: "签到二维码" })).toBeVisible();
  return idIn(page.url(), "lessons");
}

async function arrivals(wall: Page): Promise<number> {
  return Number(await wall.locator("#live-count strong").innerText());
}

test("checks in by the wall's code, signing in after the scan", async ({ page, somebodyElse }) => {
  const wall = await somebodyElse("teacher");
  await openWall(wall);
  const before = await arrivals(wall);

  // The phone of a stranger: the code is traded before anybody is asked who they are.
  await page.goto(`/q/${await codeOnTheWall(wall)}`);
  await expect(page.getByText("签到时间按刚才扫码的时间算")).toBeVisible();
  await page.getByRole("link", { name: "登录后签到" }).click();
  await fillSignIn(page, "student001");

  const button = page.getByRole("button", { name: /，点这里签到$/ });
  const name = (await button.innerText()).replace("，点这里签到", "").trim();
  await button.click();
  await expect(page.getByRole("heading", { level: 1, name: /^(签到成功|已签到（迟到）)$/ })).toBeVisible();
  const answer = page.getByRole("main");
  for (const fact of ["学员", "课程", "班次", "上课时间", "签到时间"]) await expect(answer).toContainText(fact);
  await expect(answer).toContainText(name);
  const at = await answer.locator("dd").last().innerText();

  // Once more: the same answer, and nothing is counted twice.
  await page.goto(`/q/${await codeOnTheWall(wall)}`);
  await expect(page.getByRole("heading", { level: 1, name: /^(签到成功|已签到（迟到）)$/ })).toBeVisible();
  await expect(answer.locator("dd").last()).toHaveText(at);

  // With scripts the wall hears of it; without, it loads itself again.
  await expect.poll(() => arrivals(wall), { timeout: 20_000 }).toBe(before + 1);
  await expect(wall.locator("#live-names")).toContainText(`${name.slice(0, 1)}学员`);
});

test("is not on the roster, asks at the door and is let in", async ({ page, somebodyElse }) => {
  const wall = await somebodyElse("teacher");
  const lesson = await openWall(wall);
  await signIn(page, "songxian");
  await page.goto(`/q/${await codeOnTheWall(wall)}`);
  await expect(page.getByRole("heading", { level: 1, name: "您不在本班花名册上" })).toBeVisible();
  await page.getByRole("button", { name: "申请加入本班" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "已经申请，请稍等" })).toBeVisible();

  const desk = await somebodyElse("xinan");
  await desk.goto(`/desk/lessons/${lesson}`);
  const wish = desk.getByRole("listitem").filter({ hasText: "姬建业" });
  await wish.getByRole("button", { name: "加入并签到" }).click();
  await expect(success(desk, "姬建业 已加入花名册并签到")).toBeVisible();

  await page.goto(`/checkin/${lesson}`);
  await expect(page.getByRole("heading", { level: 1, name: /^(签到成功|已签到（迟到）)$/ })).toBeVisible();
});
