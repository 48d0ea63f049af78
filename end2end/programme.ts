// What the stories of the benchmarking half share: real files, the parts of its pages, and single steps on them.

import { expect, type Locator, type Page } from "@playwright/test";
import { expectNoAxeViolations, signIn, success, unfold } from "./support.ts";

/** The indicators of the default framework by dimension. */
export const INDICATORS: Record<string, string[]> = {
  A: ["A1", "A2", "A3", "A4", "A5"],
  B: ["B1", "B2", "B3", "B4", "B5"],
  C: ["C1", "C2", "C3", "C4"],
  D: ["D1", "D2", "D3", "D4"],
};

interface UploadFile {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** A PDF of one page that a reader opens. */
export function pdf(name: string, text = "Board minutes"): UploadFile {
  const content = `BT /F1 24 Tf 72 720 Td (${text}) Tj ET`;
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ];
  let body = "%PDF-1.7\n";
  const places = objects.map((object, at) => {
    const place = body.length;
    body += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return place;
  });
  const lines = places.map((place) => `${String(place).padStart(10, "0")} 00000 n \n`).join("");
  const size = objects.length + 1;
  body += `xref\n0 ${size}\n0000000000 65535 f \n${lines}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF\n`;
  return { name, mimeType: "application/pdf", buffer: Buffer.from(body) };
}

/** A picture of one pixel. */
export function png(name: string): UploadFile {
  const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
  return { name, mimeType: "image/png", buffer: Buffer.from(pixel, "base64") };
}

/** A day so many days from today on the calendar in China, as date fields take it. */
export function dayFromNow(days: number): string {
  return new Date(Date.now() + 8 * 3_600_000 + days * 86_400_000).toISOString().slice(0, 10);
}

/** One main heading, nothing wider than the screen, and nothing that axe minds. */
export async function expectSound(page: Page, runsScripts: boolean): Promise<void> {
  await expect(page.locator("h1")).toHaveCount(1);
  const apart = await page.evaluate(() => document.scrollingElement!.scrollWidth - window.innerWidth);
  expect(apart, `${page.url()} is wider than the screen`).toBeLessThanOrEqual(0);
  // Without scripts the markup is the same; every page of the site is looked at so elsewhere.
  if (runsScripts) await expectNoAxeViolations(page);
}

/** The part of an assessment's page that is about one indicator. */
export function answer(page: Page, indicator: string): Locator {
  const heading = page.getByRole("heading", { name: new RegExp(`^${indicator} `) });
  return page.locator("section.answer").filter({ has: heading });
}

export interface Answer {
  /** 1 to 5, or the reason why the indicator does not apply. */
  level: number | string;
  note?: string;
}

/** Answers one indicator on the page that is open. */
export async function say(page: Page, indicator: string, { level, note }: Answer): Promise<void> {
  const part = answer(page, indicator);
  if (typeof level === "string") {
    await part.getByRole("radio", { name: "不适用" }).check();
    await part.getByLabel("“不适用”的理由").fill(level);
  } else {
    await part.getByRole("radio", { name: new RegExp(`^${level} `) }).check();
  }
  if (note !== undefined) await part.getByLabel(/^说明/).fill(note);
}

/** Fills in the whole self-assessment, one dimension after the other by the button at the end of each. */
export async function answerAll(page: Page, pilot: string, answers: (indicator: string) => Answer): Promise<void> {
  await page.goto(`/firm/${pilot}/assessment/A`);
  for (const [dimension, indicators] of Object.entries(INDICATORS)) {
    await expect(page.getByRole("heading", { level: 2, name: new RegExp(`^${dimension} `) })).toBeVisible();
    for (const indicator of indicators) await say(page, indicator, answers(indicator));
    const isLast = dimension === "D";
    await page.getByRole("button", { name: isLast ? "保存，回到总览" : "保存，去下一个维度" }).click();
    await expect(success(page, "已保存。")).toBeVisible();
  }
}

/** Adds a file to an answer, from the page of its dimension and back to it. */
export async function proveByFile(page: Page, indicator: string, file: UploadFile, factOn: string): Promise<void> {
  await answer(page, indicator).getByRole("button", { name: "添加佐证" }).click();
  await expect(page.getByRole("heading", { name: new RegExp(`^添加佐证：${indicator} `) })).toBeVisible();
  await page.getByLabel("文件", { exact: true }).last().setInputFiles(file);
  await page.getByLabel("事实发生的日期").fill(factOn);
  await page.getByRole("button", { name: "添加", exact: true }).click();
}

/** Hands the assessment in; `label` says whether for the first time. */
export async function handIn(page: Page, pilot: string, label: "提交自评" | "再次提交"): Promise<void> {
  await page.goto(`/firm/${pilot}/assessment`);
  const question = await unfold(page, label);
  await question.getByRole("button", { name: label }).click();
  await expect(success(page, "已提交，县区会收到消息")).toBeVisible();
}

/** The condition of a gate by its name. */
export function condition(page: Page, name: string): Locator {
  return page.getByRole("listitem").filter({ has: page.getByText(name, { exact: true }) }).first();
}

/** The firm applies at the gate of its stage. */
export async function apply(page: Page, pilot: string, stage: string, note = ""): Promise<void> {
  await page.goto(`/firm/${pilot}/gate`);
  await page.getByLabel(/^给县区的说明/).fill(note);
  await page.getByRole("button", { name: `申请通过${stage}关口` }).click();
  await expect(success(page, "已申请，等待县区初审")).toBeVisible();
}

/** The county's first check, from the list of what waits. */
export async function check(page: Page, firm: string, verdict: "同意，报市里终审" | "退回企业", opinion: string): Promise<void> {
  await page.goto("/desk/gates");
  await page.getByRole("link", { name: firm, exact: true }).click();
  await page.getByRole("radio", { name: verdict }).check();
  await page.getByLabel("初审意见").fill(opinion);
  await page.getByRole("button", { name: "提交初审" }).click();
  await expect(success(page, "初审已提交")).toBeVisible();
}

/** The city's decision, from the list of what waits. */
export async function decide(page: Page, firm: string, verdict: "通过" | "退回企业" | "附条件通过", why: string): Promise<void> {
  await page.goto("/desk/gates");
  await page.getByRole("link", { name: firm, exact: true }).click();
  await page.getByRole("radio", { name: verdict, exact: true }).check();
  await page.getByLabel("理由", { exact: true }).fill(why);
  await page.getByRole("button", { name: "提交决定" }).click();
  await expect(success(page, "决定已保存，并已通知企业和县区")).toBeVisible();
}

/** Which stage and edition of a firm a forged form has to name. */
export async function standing(page: Page, pilot: string): Promise<{ pilot: string; version: string }> {
  await page.goto(`/firm/${pilot}/gate`);
  const version = page.locator('input[name="version"]').first();
  return { pilot, version: (await version.count()) > 0 ? await version.inputValue() : "1" };
}

/** The answer's status when somebody posts to a server function without its page, as an attacker would. */
export async function forge(page: Page, endpoint: string, form: Record<string, string>): Promise<number> {
  const origin = new URL(page.url()).origin;
  const answer = await page.request.post(`/api/${endpoint}`, { headers: { Origin: origin, Accept: "application/json" }, form, maxRedirects: 0 });
  return answer.status();
}

/** Invites somebody to sign in for a firm, as the county does, and lets them choose their own password. */
export async function inviteContact(
  desk: Page,
  contact: Page,
  person: { name: string; phone: string; firm: string },
  password: string,
): Promise<void> {
  await desk.goto("/desk/people/new");
  await desk.getByLabel("姓名").fill(person.name);
  await desk.getByLabel("手机号").fill(person.phone);
  await desk.getByLabel(/^职务/).fill("总经理助理");
  await desk.getByLabel(/^企业（/).fill(person.firm);
  await desk.getByRole("button", { name: "生成账号" }).click();
  const said = await success(desk, "一次性密码").innerText();
  const once = /一次性密码：(\S+?)。/.exec(said)?.[1];
  if (!once) throw new Error(`no password in ${said}`);
  const giving = await unfold(desk, "授予身份");
  await giving.getByRole("radio", { name: "企业联络员" }).check();
  await giving.getByRole("button", { name: "授予身份" }).click();
  await expect(success(desk, "身份已授予")).toBeVisible();

  await signIn(contact, person.phone, once);
  await expect(contact.getByRole("heading", { level: 1, name: "请先设置新密码" })).toBeVisible();
  await contact.getByLabel("新密码", { exact: true }).fill(password);
  await contact.getByLabel("再输一遍新密码").fill(password);
  await contact.getByRole("button", { name: "保存新密码" }).click();
  await expect(success(contact, "密码已修改")).toBeVisible();
}
