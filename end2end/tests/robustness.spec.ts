// What people do to pages: press twice, go back, open two windows.

import { expect, openClass, signIn, success, test } from "../support.ts";

test("a double click enrols once, and going back sends nothing again", async ({ page, somebodyElse }) => {
  const title = "鞋业跨境电商与数字营销班";
  await signIn(page, "luoning");
  const id = await openClass(page, title);
  await page.getByRole("link", { name: "我要报名" }).click();
  await page.getByRole("button", { name: "确认报名", exact: true }).dblclick();
  await expect(page.getByText("已报名，名额已确认")).toBeVisible();

  await page.goBack();
  await page.goForward();
  await expect(page.getByText("已报名，名额已确认")).toBeVisible();
  await page.reload();
  await expect(page.getByText("已报名，名额已确认")).toBeVisible();

  await page.goto("/me/enrolments");
  await expect(page.getByRole("link", { name: title, exact: true })).toHaveCount(1);
  const desk = await somebodyElse("yanshi");
  await desk.goto(`/desk/classes/${id}/roster?q=${encodeURIComponent("雷少峰")}`);
  await expect(desk.getByRole("link", { name: "雷少峰", exact: true })).toHaveCount(1);
});

test("two windows with one class: the second hears of the first, and loses nothing typed", async ({ page, context }) => {
  const title = "数字化车间观摩与改造班";
  await signIn(page, "xinan");
  await page.goto(`/desk/classes?q=${encodeURIComponent(title)}`);
  await page.getByRole("rowheader").getByRole("link", { name: title }).click();
  const edit = `${new URL(page.url()).pathname}/edit`;
  await page.goto(edit);
  const other = await context.newPage();
  await other.goto(edit);

  await page.getByLabel("总名额").fill("48");
  await page.getByRole("button", { name: "保存", exact: true }).click();
  await expect(success(page, "已保存")).toBeVisible();

  const words = "三天走访四家数字化车间，第三天当堂画改造图。";
  await other.getByLabel("班次介绍").fill(words);
  await other.getByRole("button", { name: "保存", exact: true }).click();
  await expect(other.getByText("您修改期间，别人已经保存过").first()).toBeVisible();
  await expect(other.getByText("现在保存的内容")).toBeVisible();
  await expect(other.getByRole("main")).toContainText("48");
  await expect(other.getByLabel("班次介绍")).toHaveValue(words);

  // Knowing that, the second may decide.
  await other.getByRole("button", { name: "保存", exact: true }).click();
  await expect(success(other, "已保存")).toBeVisible();
});

test("a page left open while signed out leads to the sign-in page and back", async ({ page, context }) => {
  await signIn(page, "student040");
  const id = await openClass(page, "鞋业跨境电商与数字营销班");
  await context.clearCookies({ name: "sign_in" });
  await page.goto(`/classes/${id}/enrol`);
  await expect(page.getByRole("heading", { level: 1, name: "登录" })).toBeVisible();
  await page.getByLabel("手机号或用户名").fill("student040");
  await page.getByLabel("密码").fill("heluo-demo");
  await page.getByRole("button", { name: "登录" }).click();
  await expect(page).toHaveURL(new RegExp(`/classes/${id}/enrol`));
});
