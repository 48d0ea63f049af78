// A firm's contacts: two of them at one answer, pressing twice, going back, a reload in the middle of typing.

import type { Page } from "@playwright/test";
import { answer, answerAll, expectSound, inviteContact, say } from "../programme.ts";
import { expect, newPhone, signIn, success, test, unfold } from "../support.ts";

const PASSWORD = "金牛山下-同事-2027";

async function ownPilot(page: Page): Promise<string> {
  await page.goto("/firm");
  return new URL(page.url()).pathname.split("/").at(-1)!;
}

test("two people of one firm at one answer: the second sees both texts and decides", async ({ page, somebodyElse, runsScripts }) => {
  test.setTimeout(120_000);
  await signIn(page, "firm27");
  const pilot = await ownPilot(page);
  const desk = await somebodyElse("luoning");
  const colleague = await somebodyElse();
  await inviteContact(desk, colleague, { name: "史明远", phone: newPhone(), firm: "洛宁永硕矿业装备有限公司" }, PASSWORD);

  await page.goto(`/firm/${pilot}/assessment/D`);
  await colleague.goto(`/firm/${pilot}/assessment/D`);
  await say(page, "D1", { level: 3, note: "甲：去年评过一次\n有照片" });
  await page.getByRole("button", { name: "保存", exact: true }).first().click();
  await expect(success(page, "已保存。")).toBeVisible();

  await say(colleague, "D2", { level: 2, note: "乙：另一项照常保存" });
  await say(colleague, "D1", { level: 4, note: "乙：今年又评了一次" });
  if (!runsScripts) await colleague.getByRole("button", { name: "保存", exact: true }).first().click();
  const conflict = answer(colleague, "D1").getByRole("alert").filter({ hasText: "两个版本都在这里" });
  await expect(conflict).toBeVisible();
  await expect(conflict).toContainText("甲：去年评过一次");
  await expect(conflict).toContainText("乙：今年又评了一次");
  await expect(answer(colleague, "D1").getByLabel(/^说明/)).toHaveValue("乙：今年又评了一次");
  await expectSound(colleague, runsScripts);
  if (runsScripts) {
    await conflict.getByRole("button", { name: "用下面我写的" }).click();
    await expect(answer(colleague, "D1").getByRole("status")).toContainText(/已保存/);
  } else {
    await answer(colleague, "D1").getByLabel(/^说明/).fill("甲、乙：两年各评过一次");
    await colleague.getByRole("button", { name: "保存", exact: true }).first().click();
    await expect(success(colleague, "已保存。")).toBeVisible();
  }

  // What somebody else saved before stays in the record, and the other answer was not held back.
  await colleague.goto(`/firm/${pilot}/assessment/D`);
  await expect(answer(colleague, "D2").getByLabel(/^说明/)).toHaveValue("乙：另一项照常保存");
  await answer(colleague, "D1").getByRole("button", { name: "改动记录" }).click();
  await expect(colleague.getByRole("main")).toContainText("甲：去年评过一次");
  await expect(colleague.getByRole("main")).toContainText(/乙：今年又评了一次|甲、乙：两年各评过一次/);
  await expect(colleague.getByRole("main")).toContainText("史明远");
  await expectSound(colleague, runsScripts);
});

test("a double click hands in once, and going back changes nothing of it", async ({ page, somebodyElse, runsScripts }) => {
  test.setTimeout(120_000);
  await signIn(page, "firm17");
  const pilot = await ownPilot(page);
  await answerAll(page, pilot, () => ({ level: 2, note: "有制度，有记录" }));
  await page.goto(`/firm/${pilot}/assessment`);
  const overview = page.url();
  const question = await unfold(page, "提交自评");
  await question.getByRole("button", { name: "提交自评" }).dblclick();
  await expect(page.getByText("已提交，待审核").first()).toBeVisible();
  await expect(page.getByText("现在不能修改")).toHaveCount(0);
  await page.goto(overview);
  await expect(page.getByRole("group", { name: "提交记录" }).getByRole("row")).toHaveCount(2);
  const desk = await somebodyElse("luanchuan");
  await desk.goto("/me/inbox");
  await expect(desk.getByText("“栾川老君山民宿运营有限公司”提交了自评，请初审")).toHaveCount(1);

  // A page of before, kept in another window or reached by going back, is told what has happened.
  await page.goBack();
  await page.goForward();
  await page.reload();
  await expect(page.getByText("已提交，待审核").first()).toBeVisible();
  await page.goto(`/firm/${pilot}/assessment/A`);
  await expect(page.getByRole("radio")).toHaveCount(0);
  await expectSound(page, runsScripts);
});

test("an answer written on a page of before the handing in is refused in words and can be copied", async ({ page, context, runsScripts }) => {
  test.setTimeout(120_000);
  await signIn(page, "firm07");
  const pilot = await ownPilot(page);
  await answerAll(page, pilot, () => ({ level: 3, note: "" }));
  const old = await context.newPage();
  await old.goto(`/firm/${pilot}/assessment/D`);
  await page.goto(`/firm/${pilot}/assessment`);
  const question = await unfold(page, "提交自评");
  await question.getByRole("button", { name: "提交自评" }).click();
  await expect(success(page, "已提交")).toBeVisible();

  await say(old, "D3", { level: 4, note: "晚了一步的话" });
  if (runsScripts) {
    await expect(answer(old, "D3").getByRole("status")).toContainText("自评已提交，现在不能修改");
    await expect(answer(old, "D3").getByLabel(/^说明/)).toHaveValue("晚了一步的话");
  } else {
    await old.getByRole("button", { name: "保存", exact: true }).first().click();
    await expect(old.getByRole("main")).toContainText("自评已提交，现在不能修改");
  }
});

test("what is typed is there again after a reload in the middle of typing", async ({ page, runsScripts }) => {
  test.skip(!runsScripts, "Without scripts nothing is kept before it is saved.");
  await signIn(page, "firm30");
  const pilot = await ownPilot(page);
  await page.goto(`/firm/${pilot}/assessment`);
  await page.getByRole("button", { name: "开始自评" }).click();
  await page.goto(`/firm/${pilot}/assessment/B`);
  page.on("dialog", (dialog) => void dialog.accept());
  await answer(page, "B1").getByRole("radio", { name: /^2 / }).check();
  await answer(page, "B1").getByLabel(/^说明/).pressSequentially("写到一半");
  await page.reload();
  await expect(answer(page, "B1").getByLabel(/^说明/)).toHaveValue("写到一半");
  await expect(answer(page, "B1").getByRole("radio", { name: /^2 / })).toBeChecked();
  await expect(answer(page, "B1").getByRole("status")).toContainText(/^已保存 \d/);
  await page.goto(`/firm/${pilot}/assessment`);
  await expect(page.getByText("已答 1 / 5 项").first()).toBeVisible();
});
