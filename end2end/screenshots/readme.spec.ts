// The pictures of the README, from the demo city.

import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { expect, idIn, openClass, signIn, test } from "../support.ts";

const pictures = new URL("../../docs/screenshots/", import.meta.url);
const PHONE = { width: 390, height: 844 };
const DESK = { width: 1280, height: 800 };
const TALL = { width: 1280, height: 1280 };
const RUNNING_CLASS = "新安县民营企业家综合能力提升班（第三期）";

test.beforeAll(async () => {
  await mkdir(pictures, { recursive: true });
});

test.beforeEach(async ({ page }) => {
  await page.setViewportSize(DESK);
});

/** What stands in the window; the demo banner stays, for the pictures shall not lie. */
async function take(page: Page, name: string): Promise<void> {
  await page.mouse.move(0, 0);
  await page.evaluate(() => window.scrollTo({ top: 0, behavior: "instant" }));
  await page.screenshot({ path: fileURLToPath(new URL(`${name}.png`, pictures)), scale: "css" });
}

test("front page", async ({ page }) => {
  await page.goto("/");
  await take(page, "front");
  await page.emulateMedia({ colorScheme: "dark" });
  await take(page, "front-dark");
});

test("front page on a phone", async ({ page }) => {
  await page.setViewportSize(PHONE);
  await page.goto("/");
  await take(page, "front-phone");
});

test("a class", async ({ page }) => {
  await page.setViewportSize(TALL);
  await openClass(page, "短视频与直播带货实战班");
  await take(page, "class");
});

test("the wall, and checking in on a phone", async ({ page, somebodyElse }) => {
  const wall = await somebodyElse("teacher");
  await wall.setViewportSize(DESK);
  await wall.goto("/desk");
  await wall.getByRole("link", { name: /^签到大屏：/ }).first().click();
  await expect(wall.getByRole("img", { name: "签到二维码" })).toBeVisible();
  await take(wall, "wall");

  await page.setViewportSize(PHONE);
  await signIn(page, "student001");
  const code = await wall.getByText(/^[0-9A-Z]{4}[- ][0-9A-Z]{4}$/).first().innerText();
  await page.goto(`/q/${code}`);
  await take(page, "check-in");
  await page.getByRole("button", { name: /，点这里签到$/ }).click();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await take(page, "checked-in");
});

test("the roster desk", async ({ page }) => {
  await page.setViewportSize(TALL);
  await signIn(page, "xinan");
  const id = await openClass(page, "家族企业传承研修班");
  await page.goto(`/desk/classes/${id}/roster?state=submitted`);
  for (const n of [0, 1, 2]) await page.locator("#roster").getByRole("checkbox").nth(n).check();
  await take(page, "roster");
});

test("the attendance board", async ({ page }) => {
  await signIn(page, "xinan");
  const id = await openClass(page, RUNNING_CLASS);
  await page.goto(`/desk/classes/${id}/attendance`);
  await take(page, "attendance");
});

test("a lesson at the desk", async ({ page }) => {
  await signIn(page, "xinan");
  await page.goto("/desk");
  await take(page, "desk");
  const lesson = idIn((await page.getByRole("link", { name: /^签到大屏：/ }).first().getAttribute("href"))!, "lessons");
  await page.goto(`/desk/lessons/${lesson}`);
  await take(page, "lesson");
});

test("the city", async ({ page }) => {
  await page.setViewportSize(TALL);
  await signIn(page, "city");
  await page.goto("/city");
  await take(page, "city");
});

test("a pilot firm: its home and its results", async ({ page }) => {
  await page.setViewportSize(TALL);
  await signIn(page, "firm02");
  await page.goto("/firm");
  await take(page, "firm");
  await page.goto(`${page.url()}/results`);
  await take(page, "results");
});

test("a self-assessment", async ({ page }) => {
  await page.setViewportSize(TALL);
  await signIn(page, "firm07");
  await page.goto("/firm");
  await page.goto(`${page.url()}/assessment/B`);
  await take(page, "assessment");
});

test("the programme", async ({ page }) => {
  await page.setViewportSize(TALL);
  await signIn(page, "city");
  await page.goto("/city/programme");
  await take(page, "programme");
});
