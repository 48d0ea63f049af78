// Files that are not what they say, texts that are markup or endless, people who press twice: each gets an answer in
// words, and nothing that was typed is lost.

import { deflateRawSync } from "node:zlib";
import type { Locator, Page } from "@playwright/test";
import { answer, dayFromNow, expectSound, pdf, png, say } from "../../programme.ts";
import { expect, signIn, success, test, unfold } from "../../support.ts";

const MEGABYTE = 1024 * 1024;

function crc32(bytes: Buffer): number {
  const table = Uint32Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c >>> 0;
  });
  let crc = 0xffffffff;
  for (const byte of bytes) crc = table[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** A zip file of these parts. */
function zip(parts: [name: string, content: Buffer][]): Buffer {
  const bodies: Buffer[] = [];
  const entries: Buffer[] = [];
  let place = 0;
  for (const [name, content] of parts) {
    const packed = deflateRawSync(content);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const body = Buffer.concat([Buffer.from("PK\x03\x04"), common, Buffer.from(name), packed]);
    const end = Buffer.alloc(14);
    end.writeUInt32LE(place, 10);
    entries.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x00"), common, end, Buffer.from(name)]));
    bodies.push(body);
    place += body.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(parts.length, 4);
  end.writeUInt16LE(parts.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(place, 12);
  return Buffer.concat([...bodies, directory, Buffer.from("PK\x05\x06"), end]);
}

function docx(part: string, content: Buffer): Buffer {
  const type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
  const types = `<?xml version="1.0"?><Types><Override PartName="/word/document.xml" ContentType="${type}"/></Types>`;
  return zip([
    ["[Content_Types].xml", Buffer.from(types)],
    ["word/document.xml", Buffer.from("<w:document/>")],
    [part, content],
  ]);
}

const HTML = Buffer.from("<!DOCTYPE html><html><body onload=alert(1)><script>alert(1)</script></body></html>");

const REFUSED: [name: string, mimeType: string, content: () => Buffer, words: string][] = [
  ["季度报告.pdf", "application/pdf", () => Buffer.concat([Buffer.from("MZ\x90\x00\x03"), Buffer.alloc(400, 0x90)]), "不接受这种文件"],
  ["厂区照片.png", "image/png", () => HTML, "不接受这种文件"],
  ["标志.jpg", "image/jpeg", () => Buffer.from("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"), "不接受这种文件"],
  ["脚本.pdf", "application/pdf", () => Buffer.from("#!/bin/sh\nrm -rf /\n"), "不接受这种文件"],
  ["动图.png", "image/png", () => Buffer.from("GIF89a/*\x01\x00*/=1;alert(1)//"), "不接受这种文件"],
  ["压缩包.docx", "application/zip", () => zip([["readme.txt", Buffer.from("hello")]]), "不接受这种文件"],
  ["空.pdf", "application/pdf", () => Buffer.alloc(0), "0 字节"],
  ["扫描件.pdf", "application/pdf", () => Buffer.concat([pdf("").buffer, Buffer.alloc(11 * MEGABYTE, 0x20)]), "单个文件最多 10 MB"],
  ["炸弹.docx", "application/octet-stream", () => docx("word/media/a.bin", Buffer.alloc(201 * MEGABYTE)), "解压后大得不正常"],
  ["带宏.docx", "application/octet-stream", () => docx("word/vbaProject.bin", Buffer.from("x")), "带有宏"],
  ["坏的.docx", "application/octet-stream", () => Buffer.from("PK\x03\x04 and then nothing"), "已损坏"],
];

async function beginDraft(page: Page): Promise<string> {
  await page.goto("/firm");
  const pilot = new URL(page.url()).pathname.split("/").at(-1)!;
  await page.goto(`/firm/${pilot}/assessment`);
  const begin = page.getByRole("button", { name: "开始自评" });
  if ((await begin.count()) > 0) await begin.click();
  return pilot;
}

test("files that are not what they say are refused in words beside the field, and what was typed stays", async ({ page }) => {
  test.setTimeout(120_000);
  await signIn(page, "firm06");
  const pilot = await beginDraft(page);
  const form = `/firm/${pilot}/assessment/indicators/A2/evidence`;
  const fill = async (name: string, mimeType: string, buffer: Buffer) => {
    await page.goto(form);
    await page.getByLabel("文件", { exact: true }).last().setInputFiles({ name, mimeType, buffer });
    await page.getByLabel("名称", { exact: true }).fill("三年规划");
    await page.getByLabel("事实发生的日期").fill(dayFromNow(-20));
    await page.getByRole("button", { name: "添加", exact: true }).click();
  };
  for (const [name, mimeType, content, words] of REFUSED) {
    await fill(name, mimeType, content());
    await expect(page.getByRole("alert").first(), name).toContainText(words);
    await expect(page.locator(".field--error"), name).toContainText(words);
    await expect(page.getByLabel("名称", { exact: true }), name).toHaveValue("三年规划");
    await expect(page.getByLabel("事实发生的日期"), name).toHaveValue(dayFromNow(-20));
  }
  await expectSound(page, true);
  await page.goto(`/firm/${pilot}/assessment/A`);
  await expect(answer(page, "A2")).toContainText("还没有佐证");

  // More than the server takes at all: told in words, not by a broken connection.
  await fill("巨大.pdf", "application/pdf", Buffer.alloc(33 * MEGABYTE, 0x20));
  await expect(page.locator("body")).toContainText("最多 32 MB");

  // Without a file.
  await page.goto(form);
  await page.getByLabel("事实发生的日期").fill(dayFromNow(-20));
  await page.getByRole("button", { name: "添加", exact: true }).click();
  await expect(page.getByRole("alert").first()).toContainText("请选择要上传的文件");
});

test("a file that is two things at once is kept as what it is, under a harmless name, and never shown as a page", async ({ page, baseURL }) => {
  await signIn(page, "firm26");
  const pilot = await beginDraft(page);
  const add = async (name: string, buffer: Buffer) => {
    await page.goto(`/firm/${pilot}/assessment/indicators/C2/evidence`);
    await page.getByLabel("文件", { exact: true }).last().setInputFiles({ name, mimeType: "text/html", buffer });
    await page.getByLabel("事实发生的日期").fill(dayFromNow(-20));
    await page.getByRole("button", { name: "添加", exact: true }).click();
    await expect(success(page, "已添加佐证")).toBeVisible();
  };
  await add("..\\..\\发票\u202efdp.html", Buffer.concat([pdf("").buffer, HTML]));
  await add("\"><img src=x onerror=alert(1)>.png", Buffer.concat([png("").buffer, HTML]));
  await page.goto(`/firm/${pilot}/assessment/C`);
  const links = answer(page, "C2").getByRole("link");
  await expect(links).toHaveCount(2);
  for (const [at, mediaType] of ["application/pdf", "image/png"].entries()) {
    const link = links.nth(at);
    expect(await link.innerText()).not.toMatch(/[\u202e\\/<>"]/);
    const answered = await page.request.get((await link.getAttribute("href"))!);
    const headers = answered.headers();
    expect(headers["content-type"]).toBe(mediaType);
    expect(headers["content-disposition"]).toMatch(/^attachment;/);
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["content-security-policy"]).toContain("sandbox");
  }
  // Somebody who opens the address itself gets a download, not a page that runs.
  const download = page.waitForEvent("download");
  await page.evaluate((href) => location.assign(href), new URL((await links.first().getAttribute("href"))!, baseURL).href);
  expect((await download).suggestedFilename()).toMatch(/\.pdf$/);
});

const MARKUP = `<script>alert(1)</script>"><img src=x onerror=alert(1)> 👩🏽‍🏭🎉 {{7*7}} %s`;
const ENDLESS = "洛".repeat(10_000);

/** More than the field takes, as somebody sends it whose browser does not cut it off. */
async function fillBeyond(field: Locator): Promise<void> {
  await field.evaluate((element) => element.removeAttribute("maxlength"));
  await field.fill(ENDLESS);
}

/** Fails on any dialogue: a script has run. */
function watchDialogs(page: Page): string[] {
  const dialogs: string[] = [];
  page.on("dialog", (dialog) => {
    if (dialog.type() !== "beforeunload") dialogs.push(dialog.message());
    void dialog.accept();
  });
  return dialogs;
}

test("markup and emoji in every text are text on every page, and endless texts are told their limit", async ({ page, somebodyElse }) => {
  test.setTimeout(120_000);
  const dialogs = watchDialogs(page);
  await signIn(page, "firm16");
  const pilot = await beginDraft(page);
  await page.goto(`/firm/${pilot}/assessment/C`);
  await say(page, "C1", { level: 2, note: MARKUP });
  await say(page, "C2", { level: MARKUP });
  await page.getByRole("button", { name: "保存", exact: true }).first().click();
  await expect(success(page, "已保存。")).toBeVisible();
  await expect(answer(page, "C1").getByLabel(/^说明/)).toHaveValue(MARKUP);
  await expect(answer(page, "C2").getByLabel("“不适用”的理由")).toHaveValue(MARKUP);

  await page.goto(`/firm/${pilot}/assessment/indicators/C1/evidence`);
  await page.getByRole("radio", { name: "文字记录" }).check();
  await page.getByLabel("名称", { exact: true }).fill(MARKUP);
  await page.getByLabel("内容", { exact: true }).fill(MARKUP);
  await page.getByLabel("事实发生的日期").fill(dayFromNow(-20));
  await page.getByRole("button", { name: "添加", exact: true }).click();
  await expect(answer(page, "C1")).toContainText("<script>alert(1)</script>");

  await page.goto(`/firm/${pilot}/assessment/D`);
  await say(page, "D1", { level: 3 });
  await fillBeyond(answer(page, "D1").getByLabel(/^说明/));
  await page.getByRole("button", { name: "保存", exact: true }).first().click();
  await expect(page.getByRole("alert").first()).toContainText("最多 2000 个字");
  await expect(answer(page, "D1").getByLabel(/^说明/)).toHaveValue(ENDLESS);
  await expect(answer(page, "D1").getByRole("radio", { name: /^3 / })).toBeChecked();
  await expectSound(page, true);
  await say(page, "D1", { level: 3, note: "短一些" });
  await page.getByRole("button", { name: "保存", exact: true }).first().click();
  await expect(success(page, "已保存。")).toBeVisible();

  await page.goto(`/firm/${pilot}/benchmark/new`);
  await fillBeyond(page.getByLabel("标杆企业名称"));
  await fillBeyond(page.getByLabel(/^简介/));
  await page.getByRole("button", { name: "保存标杆" }).click();
  await expect(page.getByRole("alert").first()).toContainText("个字");
  await expect(page.getByLabel("标杆企业名称")).toHaveValue(ENDLESS);
  await page.getByLabel("标杆企业名称").fill(`标杆 ${MARKUP.slice(0, 40)}`);
  await page.getByLabel(/^简介/).fill(MARKUP);
  const row = page.getByRole("group", { name: /^A1 / });
  await row.getByLabel("水平").selectOption("5");
  await row.getByLabel("来源", { exact: true }).fill(MARKUP);
  await row.getByLabel("来源日期").fill(dayFromNow(-20));
  await page.getByRole("button", { name: "保存标杆" }).click();
  await expect(success(page, "标杆已保存")).toBeVisible();
  await expect(page.getByRole("main")).toContainText("<script>alert(1)</script>");
  await expectSound(page, true);

  // Those who check read the same as text, and write as much.
  const desk = await somebodyElse("luanchuan");
  const dialogsAtDesk = watchDialogs(desk);
  await desk.goto(`/firm/${pilot}/assessment/C`);
  await expect(answer(desk, "C1")).toContainText("<script>alert(1)</script>");
  await answer(desk, "C2").getByRole("radio", { name: "不同意" }).check();
  await answer(desk, "C2").getByLabel(/^理由/).fill(MARKUP);
  await desk.getByRole("button", { name: "保存本页意见" }).click();
  await expect(success(desk, "意见已保存")).toBeVisible();
  await expectSound(desk, true);
  await page.goto("/me/inbox");
  await expect(page.getByRole("main")).toContainText("县区不同意 C2");
  for (const below of ["", "/assessment", "/assessment/C", "/benchmark", "/benchmark/gaps", "/gate", "/results", "/verification"]) {
    const answered = await page.goto(`/firm/${pilot}${below}`);
    expect(answered?.status(), below).toBe(200);
    await expect(page.locator("img[src=x], main script")).toHaveCount(0);
  }
  expect([...dialogs, ...dialogsAtDesk]).toEqual([]);
});

test("an action's texts and files are treated the same", async ({ page }) => {
  const dialogs = watchDialogs(page);
  await signIn(page, "firm11");
  await page.goto("/firm");
  const pilot = new URL(page.url()).pathname.split("/").at(-1)!;
  await page.goto(`/firm/${pilot}/actions`);
  await page.getByRole("region", { name: /^进行中/ }).getByRole("link").first().click();
  const action = new URL(page.url()).pathname;
  const upload = await unfold(page, "上传文件佐证");
  await upload.getByLabel("文件", { exact: true }).setInputFiles({ name: "报告.pdf", mimeType: "application/pdf", buffer: HTML });
  await upload.getByLabel("标题").fill(MARKUP);
  await upload.getByRole("button", { name: "上传" }).click();
  await expect(page.getByRole("alert").first()).toContainText("不接受这种文件");
  await expect(upload.getByLabel("标题")).toHaveValue(MARKUP);

  await page.goto(action);
  await fillBeyond(page.getByLabel("进展说明"));
  await page.getByRole("button", { name: "保存进度" }).click();
  await expect(page.getByRole("alert").first()).toContainText("个字");
  await expect(page.getByLabel("进展说明")).toHaveValue(ENDLESS);
  await page.getByLabel("进展说明").fill(MARKUP);
  await page.getByRole("button", { name: "保存进度" }).click();
  await expect(success(page, "进度已保存")).toBeVisible();
  await expect(page.getByRole("region", { name: "经过" })).toContainText("<script>alert(1)</script>");
  const link = await unfold(page, "填写说明或链接");
  await link.getByRole("radio", { name: "链接" }).check();
  await link.getByLabel("标题").fill("公示");
  await link.getByLabel("内容").fill("javascript:alert(1)");
  await link.getByRole("button", { name: "保存佐证" }).click();
  await expect(page.getByRole("alert").first()).toContainText("链接要以 http:// 或 https:// 开头");
  await expectSound(page, true);
  await page.goto(`${action}/edit`);
  await page.getByLabel("做什么").fill(`${MARKUP.slice(0, 60)}`);
  await page.getByLabel("交付物").fill(MARKUP);
  await page.getByRole("button", { name: "保存行动" }).click();
  await expect(success(page, "行动已保存")).toBeVisible();
  for (const below of ["", "/actions", "/actions/calendar"]) {
    await page.goto(`/firm/${pilot}${below}`);
    await expect(page.locator("img[src=x], main script")).toHaveCount(0);
  }
  expect(dialogs).toEqual([]);
});
