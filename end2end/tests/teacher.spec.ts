// A class teacher runs the wall.

import type { Page } from "@playwright/test";
import { expect, idIn, signIn, success, test } from "../support.ts";

const CODE = /[0-9A-Z]{4}[- ][0-9A-Z]{4}/;

async function shownCode(wall: Page): Promise<string> {
  return CODE.exec(await wall.locator("#live-steps").innerText())?.[0] ?? "";
}

test("the wall shows a code that renews itself, none ahead of time, and who arrives", async ({ page, somebodyElse, runsScripts }) => {
  await signIn(page, "teacher");
  await page.goto("/desk");
  await page.getByRole("link", { name: /^签到大屏：/ }).first().click();
  const lesson = idIn(page.url(), "lessons");
  await expect(page.getByRole("img", { name: "签到二维码" })).toBeVisible();
  await expect(page.getByText("微信扫一扫签到")).toBeVisible();

  const source = await page.content();
  const code = await shownCode(page);
  expect(code, "a code to type").toMatch(CODE);
  const qr = await page.getByRole("img", { name: "签到二维码" }).innerHTML();
  const count = page.locator("#live-count strong");
  const before = Number(await count.innerText());

  // Staff at the desk mark somebody; the wall counts them without being touched.
  const desk = await somebodyElse("xinan");
  await desk.goto(`/desk/lessons/${lesson}?show=missing`);
  await desk.getByRole("button", { name: / 出勤$/ }).first().click();
  await expect(success(desk, "已登记 1 人")).toBeVisible();
  await expect(count).toHaveText(String(before + 1), { timeout: runsScripts ? 8_000 : 15_000 });

  await expect.poll(() => shownCode(page), { timeout: 40_000 }).not.toBe(code);
  const next = await shownCode(page);
  expect(next).toMatch(CODE);
  expect(await page.getByRole("img", { name: "签到二维码" }).innerHTML()).not.toBe(qr);
  expect(source, "the code of later").not.toContain(next);
  expect(source).not.toContain(next.replace(/[- ]/, ""));
});

/** The link to the wall of a class's lesson today. */
function todaysWall(page: Page, title: string) {
  return page.getByRole("row").filter({ hasText: title }).getByRole("link", { name: /^签到大屏：/ });
}

test("a teacher has no say in who is enrolled, and none in other people's classes", async ({ page, somebodyElse, baseURL }) => {
  const city = await somebodyElse("city");
  await city.goto("/desk");
  const foreign = idIn((await todaysWall(city, "河洛企业家领航班").getAttribute("href"))!, "lessons");
  await signIn(page, "teacher");
  await page.goto("/desk");
  const own = idIn((await todaysWall(page, "综合能力提升班").getAttribute("href"))!, "lessons");
  expect(own).not.toBe(foreign);
  expect((await page.request.get(`/desk/lessons/${foreign}/wall`)).status()).toBe(404);
  expect((await page.request.get(`/desk/lessons/${own}/wall`)).status()).toBe(200);
  const headers = { Origin: baseURL!, Accept: "application/json" };
  const hold = await page.request.post("/api/create_class", { headers, form: { title: "试试" } });
  expect(hold.status()).toBe(403);
});
