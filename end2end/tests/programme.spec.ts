// A firm's whole way: nominated by its county, chosen by the city, assessed, verified, through the four gates
// 寻标 · 对标 · 改善 · 提升. One chapter follows the other on one server; each is told by those who have their part in it.

import type { Locator, Page } from "@playwright/test";
import {
  answer,
  answerAll,
  apply,
  check,
  condition,
  dayFromNow,
  decide,
  expectSound,
  forge,
  handIn,
  INDICATORS,
  inviteContact,
  pdf,
  png,
  proveByFile,
  say,
  standing,
} from "../programme.ts";
import { expect, idIn, newCreditCode, newPhone, signIn, success, test, unfold } from "../support.ts";

test.describe.configure({ mode: "serial", timeout: 150_000 });

const COHORT = "2027 年示范批次";
const FIRM = "汝阳云梦山智能传感有限公司";
const OTHER_FIRM = "汝阳龙泽特种陶瓷有限公司";
const BENCHMARK = "苏州明志传感技术股份有限公司";
const PASSWORD = "云梦山下-试点-2027";
const CODE = newCreditCode();
const PHONE = newPhone();
const COUNTY = "ruyang";

/** What the chapters before have left. */
const so = { cohort: "", pilot: "" };

test("the city sets up a cohort whose seats sum to its size", async ({ page, runsScripts }) => {
  await signIn(page, "city");
  await page.goto("/city/cohorts");
  await expectSound(page, runsScripts);
  await page.getByRole("link", { name: "新建批次" }).first().click();
  await page.getByLabel("批次名称").fill(COHORT);
  await page.getByLabel("名额", { exact: true }).fill("1");
  if (runsScripts) await expect(page.getByText("五类合计 30 家，名额 1 家，还不相等")).toBeVisible();
  await page.getByRole("button", { name: "保存", exact: true }).click();
  await expect(page.getByRole("alert").first()).toContainText("五类合计是 30 家，名额是 1 家");
  await expect(page.getByLabel("批次名称")).toHaveValue(COHORT);
  await expectSound(page, runsScripts);

  for (const category of ["制造业骨干企业", "服务业重点企业", "农业产业化龙头企业", "科技型中小企业"]) {
    await page.getByLabel(category).fill("0");
  }
  await page.getByLabel("高新技术企业").fill("1");
  if (runsScripts) await expect(page.getByText("五类合计 1 家，与名额一致")).toBeVisible();
  await page.getByRole("button", { name: "保存", exact: true }).click();
  await expect(success(page, "已保存")).toBeVisible();
  so.cohort = idIn(page.url(), "cohorts");
  await expect(page.getByRole("heading", { level: 1, name: COHORT })).toBeVisible();
  await expectSound(page, runsScripts);
});

test("the county registers a firm, invites its contact and nominates it with reasons and a document", async ({
  page: desk,
  somebodyElse,
  runsScripts,
}) => {
  await signIn(desk, COUNTY);
  await desk.goto("/desk/firms/new");
  await expectSound(desk, runsScripts);
  await desk.getByLabel("企业名称").fill(FIRM);
  await desk.getByLabel(/^统一社会信用代码/).fill(CODE);
  await desk.getByLabel(/^企业类别/).selectOption({ label: "高新技术企业" });
  await desk.getByRole("button", { name: "保存", exact: true }).click();
  await expect(success(desk, "企业信息已保存")).toBeVisible();
  await expectSound(desk, runsScripts);
  await desk.getByRole("link", { name: "添加联系人" }).click();
  await desk.getByLabel("姓名").fill("苗青禾");
  await desk.getByLabel("联系电话").fill(newPhone());
  await desk.getByRole("button", { name: "保存", exact: true }).click();
  await expect(success(desk, "联系人已保存")).toBeVisible();

  const contact = await somebodyElse();
  await inviteContact(desk, contact, { name: "苗青禾", phone: PHONE, firm: CODE }, PASSWORD);
  await contact.goto("/firm");
  await expect(contact.getByText("贵企业目前不在对标提升试点中")).toBeVisible();

  await nominate(desk, FIRM, "");
  await expect(desk.getByRole("alert").first()).toContainText("请填写推荐理由");
  await expect(desk.getByLabel("批次", { exact: true }).locator("option:checked")).toHaveText(COHORT);
  await expectSound(desk, runsScripts);
  await desk.getByLabel("推荐理由").fill("省级专精特新企业，压力传感器市占率全省第一。\n管理靠人，愿意对标。");
  await desk.getByRole("button", { name: "提交推荐" }).click();
  await expect(success(desk, "推荐已提交")).toBeVisible();
  so.pilot = idIn(desk.url(), "nominations");

  await desk.getByLabel("添加材料").setInputFiles(pdf("推荐表（盖章）.pdf"));
  await desk.getByRole("button", { name: "上传" }).click();
  await expect(success(desk, "材料已上传")).toBeVisible();
  await expect(desk.getByRole("link", { name: "推荐表（盖章）.pdf" })).toBeVisible();
  await expectSound(desk, runsScripts);

  // The same firm can't be nominated twice.
  await nominate(desk, FIRM, "再推荐一次");
  await expect(desk.getByRole("main")).toContainText(`“${FIRM}”在“${COHORT}”里已经有一份有效的推荐`);
  await nominate(desk, OTHER_FIRM, "特种陶瓷单项冠军，负责人改进意愿强。");
  await expect(success(desk, "推荐已提交")).toBeVisible();

  await contact.goto("/firm");
  await expect(contact.getByText("县区已推荐，等待市里初筛")).toBeVisible();
});

async function nominate(desk: Page, firm: string, reasons: string): Promise<void> {
  await desk.goto("/desk/nominations");
  await desk.getByRole("link", { name: "推荐企业" }).first().click();
  await desk.getByRole("searchbox").fill(firm);
  await desk.getByRole("button", { name: "搜索" }).click();
  await desk.getByRole("link", { name: `推荐${firm}` }).click();
  await desk.getByLabel("批次", { exact: true }).selectOption({ label: COHORT });
  await desk.getByLabel("推荐理由").fill(reasons);
  await desk.getByRole("button", { name: "提交推荐" }).click();
}

test("the city screens and chooses while count and mix are in sight, and one more is refused", async ({ page, runsScripts }) => {
  await signIn(page, "city");
  const list = `/city/cohorts/${so.cohort}/nominations`;
  await page.goto(list);
  const places = page.getByRole("meter", { name: "入选 / 名额" });
  await expect(places).toContainText("0 / 1");
  await expect(page.getByRole("meter", { name: "高新技术企业" })).toContainText("0 / 1");
  await expectSound(page, runsScripts);
  await page.getByRole("button", { name: "初筛通过" }).click();
  await expect(page.getByRole("alert").first()).toContainText("请先勾选");

  const tick = async (...firms: string[]) => {
    for (const firm of firms) await page.getByRole("checkbox", { name: `选择${firm}` }).check();
  };
  await tick(FIRM, OTHER_FIRM);
  await page.getByRole("button", { name: "初筛通过" }).click();
  await expect(success(page, "初筛通过 2 家")).toBeVisible();
  await page.goto(list);
  await tick(FIRM, OTHER_FIRM);
  await page.getByRole("button", { name: "选定为试点" }).click();
  await expect(page.getByRole("main")).toContainText("现在只剩 1 个，不能再选 2 家。没有改动任何企业");
  await expect(places).toContainText("0 / 1");

  await page.goto(list);
  await tick(FIRM);
  await page.getByRole("button", { name: "选定为试点" }).click();
  await expect(success(page, "选定 1 家")).toBeVisible();
  await expect(places).toContainText("1 / 1");
  await expect(page.getByRole("meter", { name: "高新技术企业" })).toContainText("1 / 1");
  await expect(page.getByText("还有 0 个名额")).toBeVisible();
  await page.goto(list);
  await tick(OTHER_FIRM);
  await page.getByRole("button", { name: "选定为试点" }).click();
  await expect(page.getByRole("main")).toContainText("现在只剩 0 个，不能再选 1 家");

  // Nobody is declined without a word.
  await tick(OTHER_FIRM);
  const question = await unfold(page, "不予入选");
  await question.getByRole("button", { name: "确认不予入选" }).click();
  await expect(page.getByRole("alert").first()).toContainText("请写明原因");
  await page.getByLabel("原因").fill("名额已满，欢迎下一批");
  await page.getByRole("button", { name: "确认不予入选" }).click();
  await expect(success(page, "不予入选 1 家")).toBeVisible();
});

test("the city starts the cohort, opens its first round and assigns a verifier", async ({ page, somebodyElse, runsScripts }) => {
  await signIn(page, "city");
  await page.goto(`/city/cohorts/${so.cohort}/rounds`);
  await expect(page.getByText("批次还在遴选")).toBeVisible();
  await page.goto(`/city/cohorts/${so.cohort}`);
  const question = await unfold(page, "结束遴选，开始试点");
  await question.getByRole("button", { name: "开始试点", exact: true }).click();
  await expect(success(page, "批次状态已更新")).toBeVisible();

  await openRound(page, "2027 年春季测评（基线）", runsScripts);

  await page.goto(`/city/cohorts/${so.cohort}/verifiers`);
  await expectSound(page, runsScripts);
  await page.getByRole("checkbox", { name: `选择${FIRM}` }).check();
  await page.getByRole("checkbox", { name: "沈明理" }).check();
  await page.getByRole("button", { name: "指派专家" }).click();
  await expect(success(page, "新指派 1 项，已通知专家")).toBeVisible();

  const expert = await somebodyElse("expert");
  await expert.goto("/me/inbox");
  await expect(expert.getByText(`请您核定“${FIRM}”的测评`)).toBeVisible();
});

async function openRound(page: Page, name: string, runsScripts: boolean): Promise<void> {
  await page.goto(`/city/cohorts/${so.cohort}/rounds`);
  await expectSound(page, runsScripts);
  await page.getByLabel("轮次名称").fill(name);
  await page.getByRole("button", { name: "开启轮次" }).click();
  await expect(success(page, "轮次已开启，已通知试点企业")).toBeVisible();
}

/** The firm's own levels of the first round. */
function ownLevel(indicator: string) {
  if (indicator === "B4") return { level: "本企业只做研发和装配，没有高耗能环节" };
  const level = ["A1", "C3", "D1"].includes(indicator) ? 3 : 2;
  return { level, note: `${indicator}：有书面制度，执行记录在办公室` };
}

test("the contact completes the profile and assesses the firm; what doesn't apply waits for the county", async ({
  page,
  somebodyElse,
  runsScripts,
}) => {
  await signIn(page, PHONE, PASSWORD);
  await page.goto("/me/inbox");
  await expect(page.getByText(`“${FIRM}”入选“${COHORT}”试点，请从寻标开始`)).toBeVisible();
  await page.goto("/firm");
  await expect(page).toHaveURL(new RegExp(`/firm/${so.pilot}`));
  await expect(page.getByRole("list", { name: "四个阶段" })).toContainText("寻标");
  await expect(condition(page, "企业档案完整")).toContainText("现为 3，需达到 5，还差 2");
  await expectSound(page, runsScripts);
  await page.getByRole("link", { name: "企业档案完整" }).click();
  await expectSound(page, runsScripts);
  await page.getByLabel("企业规模").selectOption({ label: "中型" });
  await page.getByLabel("所属行业").fill("传感器制造");
  await page.getByRole("button", { name: "保存", exact: true }).click();
  await expect(success(page, "企业信息已保存")).toBeVisible();

  await page.goto(`/firm/${so.pilot}`);
  await expect(condition(page, "企业档案完整")).toHaveCount(0);
  await page.getByRole("link", { name: "自评", exact: true }).click();
  await page.getByRole("button", { name: "开始自评" }).click();
  await expect(success(page, "自评已开始")).toBeVisible();
  await expect(page.getByText("还有 18 项没有答完")).toBeVisible();
  await expectSound(page, runsScripts);

  // Without a reason the wish is refused, and what stands beside it is kept.
  await page.goto(`/firm/${so.pilot}/assessment/B`);
  await say(page, "B3", { level: 2, note: "设备台账齐全" });
  await say(page, "B4", { level: "" });
  await page.getByRole("button", { name: "保存", exact: true }).first().click();
  await expect(page.getByRole("alert").first()).toContainText("选“不适用”时请写理由");
  await expect(answer(page, "B3").getByLabel(/^说明/)).toHaveValue("设备台账齐全");
  await expectSound(page, runsScripts);

  await answerAll(page, so.pilot, ownLevel);
  await page.goto(`/firm/${so.pilot}/assessment/A`);
  await expectSound(page, runsScripts);
  await proveByFile(page, "A1", pdf("董事会会议纪要.pdf"), dayFromNow(-40));
  await expect(success(page, "已添加佐证“董事会会议纪要.pdf”")).toBeVisible();
  await expect(answer(page, "A1").getByRole("link", { name: "董事会会议纪要.pdf" })).toBeVisible();
  await page.goto(`/firm/${so.pilot}/assessment/C`);
  await answer(page, "C3").getByRole("button", { name: "添加佐证" }).click();
  await expectSound(page, runsScripts);
  await page.getByRole("radio", { name: "网页链接" }).check();
  await page.getByLabel("名称", { exact: true }).fill("省级人才激励试点名单");
  await page.getByLabel("网址").fill("https://www.example.cn/rencai/2026/12");
  await page.getByLabel("事实发生的日期").fill(dayFromNow(-60));
  await page.getByRole("button", { name: "添加", exact: true }).click();
  await expect(success(page, "已添加佐证“省级人才激励试点名单”")).toBeVisible();

  await page.goto(`/firm/${so.pilot}/assessment`);
  await expect(page.getByText("还有 1 项没有答完")).toBeVisible();
  await expect(page.getByText("等待县区审批，暂按未答计算")).toBeVisible();
  await expect(page.getByRole("button", { name: "提交自评" })).toHaveCount(0);

  const desk = await somebodyElse(COUNTY);
  await desk.goto("/me/inbox");
  await expect(desk.getByText(`“${FIRM}”的 B4 申请“不适用”，请审批`)).toBeVisible();
  await desk.goto(`/firm/${so.pilot}/assessment/B`);
  await expectSound(desk, runsScripts);
  const wish = answer(desk, "B4");
  await expect(wish).toContainText("没有高耗能环节");
  await wish.getByRole("radio", { name: "同意", exact: true }).check();
  await wish.getByLabel(/^理由/).fill("现场看过，属实");
  await desk.getByRole("button", { name: "保存本页意见" }).click();
  await expect(success(desk, "意见已保存")).toBeVisible();

  await handIn(page, so.pilot, "提交自评");
  await expect(page.getByText("已提交，待审核").first()).toBeVisible();
  await expectSound(page, runsScripts);
});

test("the county returns the assessment with comments, the contact mends it, and the changes are marked", async ({
  page,
  somebodyElse,
  runsScripts,
}) => {
  const desk = await somebodyElse(COUNTY);
  await desk.goto("/me/inbox");
  await expect(desk.getByText(`“${FIRM}”提交了自评，请初审`)).toBeVisible();
  for (const [indicator, words] of [
    ["A1", "会议纪要没有签到页，请补。"],
    ["C3", "请附考核办法。"],
  ] as const) {
    await desk.goto(`/firm/${so.pilot}/assessment/${indicator[0]}`);
    await answer(desk, indicator).getByLabel(/^写一条意见/).fill(words);
    await desk.getByRole("button", { name: "保存本页意见" }).click();
    await expect(success(desk, "意见已保存")).toBeVisible();
  }
  await desk.goto(`/firm/${so.pilot}/assessment`);
  await expect(desk.getByText("这次提交已写 2 条意见")).toBeVisible();
  await expectSound(desk, runsScripts);
  await desk.getByRole("button", { name: "退回企业" }).click();
  await expect(desk.getByRole("alert").first()).toContainText("请写退回的理由");
  await desk.getByLabel("退回的理由").fill("A1 和 C3 的佐证还不够，补齐后再交。");
  await desk.getByRole("button", { name: "退回企业" }).click();
  await expect(success(desk, "已退回，企业联络员会收到消息")).toBeVisible();

  await signIn(page, PHONE, PASSWORD);
  await page.goto(`/firm/${so.pilot}`);
  await expect(page.getByRole("region", { name: "退回待处理" })).toContainText("A1 和 C3 的佐证还不够");
  await page.getByRole("link", { name: "自评", exact: true }).last().click();
  await expect(page.getByText("已退回，待修改").first()).toBeVisible();
  await page.goto(`/firm/${so.pilot}/assessment/A`);
  await expect(answer(page, "A1")).toContainText("会议纪要没有签到页，请补。");
  await expect(answer(page, "A2")).not.toContainText("审核意见");
  await expectSound(page, runsScripts);
  await say(page, "A1", { level: 3, note: "签到页已补" });
  await proveByFile(page, "A1", png("签到页.png"), dayFromNow(-40));
  await expect(success(page, "已添加佐证“签到页.png”")).toBeVisible();
  await expect(answer(page, "A1")).toContainText("有改动");
  await page.goto(`/firm/${so.pilot}/assessment/D`);
  await say(page, "D1", { level: 2 });
  await page.getByRole("button", { name: "保存", exact: true }).first().click();
  await expect(success(page, "已保存。")).toBeVisible();
  await handIn(page, so.pilot, "再次提交");

  await desk.goto(`/firm/${so.pilot}/assessment`);
  await expect(desk.getByText("1 项在上次提交后有改动").first()).toBeVisible();
  await desk.goto(`/firm/${so.pilot}/assessment/D`);
  await expect(answer(desk, "D1")).toContainText("等级 3 → 2");
  await expect(answer(desk, "D2")).not.toContainText("有改动");
  await desk.goto(`/firm/${so.pilot}/assessment/A`);
  await expect(answer(desk, "A1")).toContainText("说明有改动");
  await expect(answer(desk, "A1")).toContainText("佐证新增 1 件、撤回 0 件");
  await answer(desk, "A1").getByRole("group", { name: "是否采信“董事会会议纪要.pdf”" }).getByRole("radio", { name: "采信", exact: true }).check();
  await desk.getByRole("button", { name: "保存本页意见" }).click();
  await expect(success(desk, "意见已保存")).toBeVisible();
  await expect(answer(desk, "A1")).toContainText("已采信");
});

test("寻标: nobody skips the gate; the contact enters a benchmark, applies, is returned once and passes", async ({
  page,
  somebodyElse,
  runsScripts,
}) => {
  await signIn(page, PHONE, PASSWORD);
  const city = await somebodyElse("city");
  await page.goto(`/firm/${so.pilot}/gate`);
  await expect(condition(page, "一家主标杆")).toContainText("未满足");
  await expect(condition(page, "标杆覆盖的权重")).toContainText("现为 0%，需达到 60%，还差 60%");
  await expect(page.getByText("项条件不满足，全部满足后才能申请")).toBeVisible();
  await expect(page.getByRole("button", { name: /^申请通过/ })).toHaveCount(0);
  await expectSound(page, runsScripts);
  const form = { ...(await standing(page, so.pilot)), stage: "seek", verdict: "pass", why: "跳过" };
  expect(await forge(page, "apply_gate", form)).toBeGreaterThanOrEqual(400);
  await city.goto(`/firm/${so.pilot}/gate`);
  expect(await forge(city, "decide_gate", form)).toBeGreaterThanOrEqual(400);

  await enterBenchmark(page, runsScripts);
  await page.goto(`/firm/${so.pilot}/gate`);
  await expect(page.getByRole("meter", { name: "关口条件" })).toContainText("满足 7 项，共 7 项");
  await apply(page, so.pilot, "寻标", "标杆材料来自公开年报");

  // The county has to look first, whatever the city sends.
  const early = { ...(await standing(city, so.pilot)), stage: "seek", verdict: "pass", why: "先过" };
  expect(await forge(city, "decide_gate", early)).toBe(409);
  const desk = await somebodyElse(COUNTY);
  await check(desk, FIRM, "同意，报市里终审", "材料真实、完整。");
  await expectSound(desk, runsScripts);
  await city.goto("/desk/gates");
  await expectSound(city, runsScripts);
  await decide(city, FIRM, "退回企业", "标杆规模差距太大，请说明为什么可比。");

  await page.goto(`/firm/${so.pilot}`);
  await expect(page.getByRole("region", { name: "退回待处理" })).toContainText("标杆规模差距太大");
  await apply(page, so.pilot, "寻标", "产品相同，工艺可学，规模差距在简介里写明了。");
  await check(desk, FIRM, "同意，报市里终审", "已补充说明。");
  await decide(city, FIRM, "通过", "条件全部满足，同意进入对标。");
  await expectSound(city, runsScripts);

  await page.goto(`/firm/${so.pilot}/gate`);
  await expect(page.getByRole("list", { name: "四个阶段" })).toContainText("通过");
  await expect(page.getByRole("region", { name: "关口记录" })).toContainText("条件全部满足，同意进入对标。");
  await expect(page.getByRole("heading", { name: "对标关口", exact: true }).first()).toBeVisible();
  await page.goto("/me/inbox");
  await expect(page.getByText(`${FIRM}通过了寻标关口`)).toBeVisible();
});

async function enterBenchmark(page: Page, runsScripts: boolean): Promise<void> {
  await page.goto(`/firm/${so.pilot}/benchmark`);
  await page.getByRole("link", { name: "填写新标杆" }).click();
  await page.getByLabel("标杆企业名称").fill(BENCHMARK);
  await page.getByLabel(/^简介/).fill("同做压力传感器，产线自动化率 90%。");
  const row = (indicator: string) => page.getByRole("group", { name: new RegExp(`^${indicator} `) });
  await row("A1").getByLabel("水平").selectOption({ index: 4 });
  await page.getByRole("button", { name: "保存标杆" }).click();
  await expect(page.getByRole("alert").first()).toContainText("A1：请填写来源");
  await expect(page.getByLabel("标杆企业名称")).toHaveValue(BENCHMARK);
  await expectSound(page, runsScripts);
  for (const indicator of [...INDICATORS.A!, ...INDICATORS.B!, "C1"]) {
    await row(indicator).getByLabel("水平").selectOption({ index: 4 });
    await row(indicator).getByLabel("来源", { exact: true }).fill("2026 年度报告");
    await row(indicator).getByLabel("来源日期").fill(dayFromNow(-200));
  }
  await page.getByRole("button", { name: "保存标杆" }).click();
  await expect(success(page, "标杆已保存")).toBeVisible();
  await page.goto(`/firm/${so.pilot}/benchmark`);
  await expect(page.getByRole("heading", { name: `主标杆：${BENCHMARK}` })).toBeVisible();
  await expectSound(page, runsScripts);
}

/** Writes verified levels with reasons into the page of each dimension and saves each. */
async function verifyAll(page: Page, level: (indicator: string) => string, reason: string): Promise<void> {
  for (const [dimension, indicators] of Object.entries(INDICATORS)) {
    await page.goto(`/firm/${so.pilot}/verification/dimensions/${dimension}`);
    for (const indicator of indicators) {
      await page.getByLabel(`${indicator} 核定级别`).selectOption(level(indicator));
      await page.getByLabel(`${indicator} 核定理由`).fill(reason);
    }
    await page.getByRole("button", { name: "保存本维度" }).click();
    await expect(success(page, "已保存")).toBeVisible();
  }
}

/** Accepts a piece of evidence, in the card of its indicator. */
async function accept(card: Locator, title: string): Promise<void> {
  const piece = card.getByRole("listitem").filter({ hasText: title });
  await piece.getByLabel(`判定“${title}”`).selectOption({ label: "采信" });
  await piece.getByLabel("判定理由").fill("原件已核对");
}

async function closeVerification(page: Page): Promise<void> {
  await page.goto(`/firm/${so.pilot}/verification`);
  const question = await unfold(page, "结束核定");
  await question.getByRole("button", { name: "结束核定" }).click();
  await expect(success(page, "核定已结束，已通知企业和县区")).toBeVisible();
}

async function recordVisit(page: Page, indicators: string[], findings: string, runsScripts: boolean): Promise<void> {
  await page.goto(`/firm/${so.pilot}/verification`);
  await page.getByRole("link", { name: "登记现场核查" }).click();
  await page.getByRole("button", { name: "登记", exact: true }).click();
  await expect(page.getByRole("alert").first()).toContainText("请填写核查日期");
  await expectSound(page, runsScripts);
  await page.getByLabel("核查日期").fill(dayFromNow(0));
  await page.getByLabel("参加人员").fill("沈明理；总经理苗青禾、车间主任");
  for (const indicator of indicators) await page.getByRole("checkbox", { name: new RegExp(`^${indicator} `) }).check();
  await page.getByLabel("所见情况").fill(findings);
  await page.getByRole("button", { name: "登记", exact: true }).click();
  await expect(success(page, "现场核查已登记")).toBeVisible();
}

test("the verifier judges evidence, gives levels with reasons, visits the firm and closes", async ({ page, somebodyElse, runsScripts }) => {
  await signIn(page, "expert");
  await page.goto("/desk/verifications");
  await expect(page.getByRole("row").filter({ hasText: FIRM })).toContainText("待核定");
  await expectSound(page, runsScripts);
  await page.getByRole("link", { name: FIRM, exact: true }).click();
  await expect(page.getByText("还不能结束，差")).toBeVisible();
  await expectSound(page, runsScripts);

  await page.goto(`/firm/${so.pilot}/verification/dimensions/A`);
  const a1 = page.getByRole("region", { name: /^A1 / });
  await expect(a1).toContainText("1 件佐证待判定");
  await accept(a1, "签到页.png");
  await page.getByRole("button", { name: "保存本维度" }).click();
  await expect(success(page, "已保存")).toBeVisible();
  await expect(a1).toContainText("已采信 2 件且有近 12 个月内的，不封顶");
  await page.goto(`/firm/${so.pilot}/verification/dimensions/C`);
  await accept(page.getByRole("region", { name: /^C3 / }), "省级人才激励试点名单");
  await page.getByRole("button", { name: "保存本维度" }).click();
  await expect(success(page, "已保存")).toBeVisible();

  // Above what the evidence carries only with a visit; what was written stays.
  await page.goto(`/firm/${so.pilot}/verification/dimensions/D`);
  await page.getByLabel("D1 核定级别").selectOption("3");
  await page.getByLabel("D1 核定理由").fill("现场听取了三名员工");
  await page.getByLabel("D2 核定级别").selectOption("2");
  await page.getByRole("button", { name: "保存本维度" }).click();
  await expect(page.getByRole("alert").first()).toContainText("D1 的佐证封顶 2 级");
  await expect(page.getByRole("alert").first()).toContainText("请写明 D2 的核定理由");
  await expect(page.getByLabel("D1 核定理由")).toHaveValue("现场听取了三名员工");
  await expectSound(page, runsScripts);
  await recordVisit(page, ["D1"], "访谈三名员工，价值观与制度一致。", runsScripts);
  await verifyAll(page, (indicator) => (indicator === "B4" ? "na" : ["A1", "C3", "D1"].includes(indicator) ? "3" : "2"), "与佐证和现场情况一致");
  await page.goto(`/firm/${so.pilot}/verification/dimensions/A`);
  await expectSound(page, runsScripts);

  // The firm sees nothing of it before it is closed.
  const contact = await somebodyElse();
  await signIn(contact, PHONE, PASSWORD);
  await contact.goto(`/firm/${so.pilot}/verification`);
  await expect(contact.getByText("核定专家正在核定")).toBeVisible();
  await expect(contact.getByRole("main")).not.toContainText("与佐证和现场情况一致");
  await closeVerification(page);
  await expectSound(page, runsScripts);
  await contact.goto(`/firm/${so.pilot}/verification`);
  await expect(contact.getByRole("main")).toContainText("与佐证和现场情况一致");
  await expectSound(contact, runsScripts);
});

const AIMS: { indicator: string; level: string; title: string; priority: string }[] = [
  { indicator: "A3", level: "4", title: "上线业财一体的成本核算", priority: "P1 关键" },
  { indicator: "B1", level: "4", title: "建立研发项目评审与专利台账", priority: "P2 重要" },
  { indicator: "A2", level: "3", title: "编制并分解三年规划", priority: "P2 重要" },
];

test("对标: causes of the largest gaps, targets, and an action for each", async ({ page, somebodyElse, runsScripts }) => {
  await signIn(page, PHONE, PASSWORD);
  await page.goto(`/firm/${so.pilot}/benchmark/gaps`);
  await expect(page.getByText("最大的 5 项要写根因（最多 5 项），已写 0 项")).toBeVisible();
  await expectSound(page, runsScripts);
  const asked = await page.getByRole("row").filter({ hasText: "要写根因" }).getByRole("rowheader").getByRole("link").allInnerTexts();
  expect(asked).toHaveLength(5);
  for (const name of asked) {
    await page.goto(`/firm/${so.pilot}/benchmark/gaps`);
    await page.getByRole("link", { name, exact: true }).click();
    await page.getByLabel("为什么会有这个差距？").fill("一直由老板一人盯着，没有写下来");
    await page.getByLabel("第 2 个为什么").fill("没有专人负责");
    await page.getByRole("textbox", { name: "根因" }).fill("制度建设没有列入任何人的职责");
    await page.getByRole("button", { name: "保存根因" }).click();
    await expect(success(page, "根因已保存")).toBeVisible();
  }
  for (const { indicator, level } of AIMS) {
    await page.goto(`/firm/${so.pilot}/benchmark/gaps/${indicator}`);
    await page.getByLabel("要达到的水平").selectOption(level);
    await page.getByRole("button", { name: "保存目标" }).click();
    await expect(success(page, "目标已保存")).toBeVisible();
  }
  await expectSound(page, runsScripts);
  await page.goto(`/firm/${so.pilot}/gate`);
  await expect(condition(page, "每个目标有完整的行动")).toContainText("现为 0，需达到 3，还差 3");

  // An action without its parts is refused, and keeps what was typed.
  await page.goto(`/firm/${so.pilot}/actions/new?indicator=A3`);
  await page.getByLabel("做什么").fill("上线业财一体的成本核算");
  await page.getByLabel("到期日").fill(dayFromNow(-1));
  await page.getByRole("button", { name: "保存行动" }).click();
  for (const words of ["请填写负责人", "到期日不能早于今天", "请选择优先级", "请填写交付物", "请填写需要的资源"]) {
    await expect(page.getByRole("alert").first()).toContainText(words);
  }
  await expect(page.getByLabel("做什么")).toHaveValue("上线业财一体的成本核算");
  await expectSound(page, runsScripts);
  for (const aim of AIMS) {
    await page.goto(`/firm/${so.pilot}/benchmark/gaps/${aim.indicator}`);
    await page.getByRole("link", { name: "新的行动" }).click();
    await page.getByLabel("做什么").fill(aim.title);
    await page.getByLabel("负责人").fill("财务总监 田守正");
    await page.getByLabel("到期日").fill(dayFromNow(60));
    await page.getByRole("radio", { name: aim.priority }).check();
    await page.getByLabel("交付物").fill("制度文本一份\n运行记录一个季度");
    await page.getByLabel("资源").fill("专人一名，预算 8 万元");
    await page.getByRole("button", { name: "保存行动" }).click();
    await expect(success(page, "行动已保存")).toBeVisible();
  }
  await page.goto(`/firm/${so.pilot}/actions`);
  await expect(page.getByRole("region", { name: /^计划中/ }).getByRole("listitem")).toHaveCount(3);
  await expectSound(page, runsScripts);

  await apply(page, so.pilot, "对标");
  await check(await somebodyElse(COUNTY), FIRM, "同意，报市里终审", "根因找得准，行动具体。");
  await decide(await somebodyElse("city"), FIRM, "通过", "同意进入改善。");
  await page.goto(`/firm/${so.pilot}`);
  await expect(page.getByRole("heading", { name: "下一道关口：改善" })).toBeVisible();
  await expectSound(page, runsScripts);
});

/** Offers evidence in words, from the page of an action that is open. */
async function offerNote(page: Page, title: string): Promise<void> {
  const form = await unfold(page, "填写说明或链接");
  await form.getByLabel("标题").fill(title);
  await form.getByLabel("内容").fill("部门联合验收通过，原件存办公室。");
  await form.getByRole("button", { name: "保存佐证" }).click();
  await expect(success(page, "佐证已保存，等待审核")).toBeVisible();
}

/** The county accepts a piece of evidence of an action, from the list of what waits. */
async function acceptProof(desk: Page, action: string, proof: string): Promise<void> {
  await openProof(desk, action, "/desk/actions?show=evidence");
  await piece(desk, proof).getByRole("button", { name: "认可", exact: true }).click();
  await expect(success(desk, "已审核")).toBeVisible();
}

async function refuseProof(desk: Page, action: string, proof: string, reason: string, list = "/desk/actions?show=evidence"): Promise<void> {
  await openProof(desk, action, list);
  const question = await unfold(piece(desk, proof), "不认可");
  await question.getByRole("button", { name: "不认可" }).click();
  await expect(desk.getByRole("alert").first()).toContainText("请写明原因");
  await desk.getByLabel("原因").first().fill(reason);
  await piece(desk, proof).getByRole("button", { name: "不认可" }).click();
  await expect(success(desk, "已审核")).toBeVisible();
}

async function openProof(desk: Page, action: string, list: string): Promise<void> {
  await desk.goto(list);
  await desk.getByRole("link", { name: action, exact: true }).click();
}

/** One piece of evidence on the page of an action. */
function piece(page: Page, title: string): Locator {
  const heading = page.getByRole("heading", { name: title, exact: true });
  return page.getByRole("listitem").filter({ has: heading });
}

test("改善: actions are done and proven, and the city passes on conditions what has come undone", async ({
  page,
  somebodyElse,
  runsScripts,
}) => {
  await signIn(page, PHONE, PASSWORD);
  for (const [at, aim] of AIMS.entries()) {
    await page.goto(`/firm/${so.pilot}/actions`);
    await page.getByRole("button", { name: `开始: ${aim.title}` }).click();
    await expect(success(page, "状态已更新")).toBeVisible();
    await page.getByRole("link", { name: aim.title, exact: true }).click();
    await page.getByRole("textbox", { name: "进度" }).fill("101");
    await page.getByLabel("进展说明").fill("制度已定稿");
    await page.getByRole("button", { name: "保存进度" }).click();
    await expect(page.getByRole("alert").first()).toContainText("进度请填 0 到 100 的整数");
    await page.getByRole("textbox", { name: "进度" }).fill("60");
    await page.getByRole("button", { name: "保存进度" }).click();
    await expect(success(page, "进度已保存")).toBeVisible();
    const question = await unfold(page, "完成");
    await question.getByRole("button", { name: "完成" }).click();
    await expect(success(page, "状态已更新")).toBeVisible();
    await expect(page.getByText("缺佐证")).toBeVisible();
    await page.getByLabel("写进了哪项制度").fill(`《管理制度汇编（2027 版）》第 ${at + 1} 章`);
    await page.getByRole("button", { name: "保存制度" }).click();
    await expect(success(page, "已保存")).toBeVisible();
    if (at === 0) {
      const upload = await unfold(page, "上传文件佐证");
      await upload.getByLabel("文件", { exact: true }).setInputFiles(pdf("成本核算验收单.pdf"));
      await upload.getByLabel("标题").fill("成本核算验收单");
      await upload.getByRole("button", { name: "上传" }).click();
      await expect(success(page, "佐证已保存，等待审核")).toBeVisible();
      await expectSound(page, runsScripts);
    } else {
      await offerNote(page, "验收记录");
    }
  }
  await page.goto(`/firm/${so.pilot}/gate`);
  await expect(condition(page, "完成的行动佐证已采纳")).toContainText("现为 0，需达到 3，还差 3");

  const desk = await somebodyElse(COUNTY);
  await desk.goto("/desk/actions?show=evidence");
  await expectSound(desk, runsScripts);
  await refuseProof(desk, AIMS[0]!.title, "成本核算验收单", "验收单没有日期和签字");
  await page.goto(`/firm/${so.pilot}`);
  await expect(page.getByRole("region", { name: "退回待处理" })).toContainText("1 项行动的佐证未被采纳");
  await page.goto(`/firm/${so.pilot}/actions`);
  await page.getByRole("link", { name: AIMS[0]!.title, exact: true }).click();
  await expect(page.getByRole("region", { name: "佐证" })).toContainText("验收单没有日期和签字");
  await offerNote(page, "补签的验收单");
  await acceptProof(desk, AIMS[0]!.title, "补签的验收单");
  for (const { title } of AIMS.slice(1)) await acceptProof(desk, title, "验收记录");
  await apply(page, so.pilot, "改善");
  await check(desk, FIRM, "同意，报市里终审", "三项行动全部验收。");

  // Meanwhile the county finds a fault in what it had accepted: then nobody may simply pass.
  await refuseProof(desk, AIMS[1]!.title, "验收记录", "专利台账缺两项，请补", `/firm/${so.pilot}/actions`);
  const city = await somebodyElse("city");
  await city.goto(`/firm/${so.pilot}/gate`);
  await expect(city.getByText("申请之后情况有变：1 项条件现在不满足，不能直接通过")).toBeVisible();
  await expect(condition(city, "完成的行动佐证已采纳")).toContainText("现为 2，需达到 3，还差 1");
  await expect(city.getByRole("radio", { name: "通过", exact: true })).toHaveCount(0);
  await expectSound(city, runsScripts);
  const form = { ...(await standing(city, so.pilot)), stage: "improve", verdict: "pass", why: "硬过" };
  expect(await forge(city, "decide_gate", form)).toBe(422);
  await decide(city, FIRM, "附条件通过", "一个月内补齐专利台账的佐证。");

  await page.goto(`/firm/${so.pilot}/gate`);
  await expect(page.getByRole("heading", { name: /^改善关口附条件通过：须在 .* 前（含当日）满足$/ })).toBeVisible();
  await expect(page.getByText("上一道关口的附加条件还没有满足，暂不能申请")).toBeVisible();
  await expectSound(page, runsScripts);
  await page.goto(`/firm/${so.pilot}/actions`);
  await page.getByRole("link", { name: AIMS[1]!.title, exact: true }).click();
  await offerNote(page, "补齐的专利台账");
  await acceptProof(desk, AIMS[1]!.title, "补齐的专利台账");
  await page.goto(`/firm/${so.pilot}/gate`);
  await page.getByRole("button", { name: "登记：附加条件已满足" }).click();
  await expect(success(page, "已登记：附加条件满足")).toBeVisible();
});

test("the next round: measured and verified again", async ({ page, somebodyElse, runsScripts }) => {
  const city = await somebodyElse("city");
  await city.goto(`/city/cohorts/${so.cohort}/rounds`);
  await city.getByRole("link", { name: /^第 1 轮/ }).click();
  const question = await unfold(city, "关闭这一轮");
  await expect(question).toContainText("所有企业都已核定");
  await question.getByRole("button", { name: "确认关闭" }).click();
  await expect(success(city, "轮次已关闭，核定成绩已固定")).toBeVisible();
  await expectSound(city, runsScripts);
  await openRound(city, "2027 年秋季测评（复评）", runsScripts);

  await signIn(page, PHONE, PASSWORD);
  await page.goto(`/firm/${so.pilot}/assessment`);
  await page.getByRole("button", { name: "开始自评" }).click();
  await expect(success(page, "自评已开始")).toBeVisible();
  await answerAll(page, so.pilot, (indicator) => ({ level: reached(indicator), note: "行动完成后的水平" }));
  await handIn(page, so.pilot, "提交自评");

  const expert = await somebodyElse("expert");
  await expert.goto("/desk/verifications");
  await expert.getByRole("link", { name: FIRM, exact: true }).click();
  await recordVisit(expert, Object.values(INDICATORS).flat(), "逐项查看了制度、台账和系统。", runsScripts);
  await verifyAll(expert, (indicator) => String(reached(indicator)), "现场核实");
  await closeVerification(expert);
});

/** The level that each indicator has in the second round. */
function reached(indicator: string): number {
  const aim = AIMS.find((aim) => aim.indicator === indicator);
  if (aim) return Number(aim.level);
  return ["A1", "C3", "D1"].includes(indicator) ? 3 : 2;
}

test("提升: the proof stands line by line, and the last gate is decided", async ({ page, somebodyElse, runsScripts }) => {
  await signIn(page, PHONE, PASSWORD);
  await page.goto(`/firm/${so.pilot}/verification`);
  await page.getByRole("link", { name: "成效对照" }).click();
  await expect(page.getByText("没有退步的指标")).toBeVisible();
  const line = page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: /^A3 / }) });
  await expect(line).toContainText(`标杆“${BENCHMARK}”4 级，本企业 2 级，差 2 级`);
  await expect(line).toContainText("制度建设没有列入任何人的职责");
  await expect(line).toContainText("上线业财一体的成本核算（已完成） · 写入制度：《管理制度汇编（2027 版）》第 1 章");
  await expect(line).toContainText("2 级 → 4 级（目标 4 级）");
  await expect(line).toContainText("100.0%");
  await expectSound(page, runsScripts);

  await page.goto(`/firm/${so.pilot}/gate`);
  await expect(condition(page, "差距弥合率")).toContainText("现为 100%，需达到 70%");
  await apply(page, so.pilot, "提升", "复评已核定。");
  await check(await somebodyElse(COUNTY), FIRM, "同意，报市里终审", "成效属实。");
  const city = await somebodyElse("city");
  await decide(city, FIRM, "通过", "四个阶段全部通过。");
  await expectSound(city, runsScripts);
  await page.goto(`/firm/${so.pilot}`);
  await expect(page.getByText("四个阶段全部通过，对标提升已完成").first()).toBeVisible();
  await expectSound(page, runsScripts);
  await page.goto(`/firm/${so.pilot}/results`);
  await expectSound(page, runsScripts);
});
