// A person's calendar: a link is made, copied, read by a program, renewed and revoked; the city sees who did it.

import ICAL from "ical.js";
import { axeViolations, expect, signIn, success, test, unfold } from "../support.ts";

test("a calendar's link is made, renewed and revoked, and the trail tells of it", async ({ page, context, runsScripts, somebodyElse, viewport }) => {
  const student = `student0${runsScripts ? 6 : 7}${viewport!.width < 500 ? 1 : 2}`;
  await signIn(page, student);
  await page.goto("/me");
  await page.getByRole("main").getByRole("link", { name: "我的课程日历" }).first().click();
  await page.getByRole("button", { name: "生成日历链接" }).click();
  await expect(success(page, "日历链接已生成")).toBeVisible();

  const field = page.getByLabel("订阅地址");
  const address = await field.inputValue();
  expect(address).toMatch(/\/calendar\/[\w-]{43}\.ics$/);
  await expect(page.getByRole("link", { name: "用日历程序打开" })).toHaveAttribute("href", address.replace(/^https?/, "webcal"));
  const copy = page.getByRole("button", { name: "复制链接" });
  if (runsScripts) {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await copy.click();
    await expect(page.getByRole("button", { name: "已复制" })).toBeVisible();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(address);
    expect(await axeViolations(page)).toEqual([]);
  } else {
    await expect(copy).toBeHidden();
  }

  // A calendar program comes without a cookie, and is told when nothing changed.
  const program = await somebodyElse();
  const first = await program.request.get(address);
  expect(first.status()).toBe(200);
  expect(first.headers()["content-type"]).toBe("text/calendar; charset=utf-8");
  const events = strictlyRead(await first.text());
  expect(events.length).toBeGreaterThan(0);
  for (const event of events) {
    expect(event.startDate.zone.tzid).toBe("Asia/Shanghai");
    // A morning in China is a morning, wherever the program runs.
    expect(event.startDate.toJSDate().getUTCHours()).toBe((event.startDate.hour + 16) % 24);
    expect(event.duration.toSeconds()).toBeGreaterThan(0);
  }
  const again = await program.request.get(address, { headers: { "If-None-Match": first.headers()["etag"]! } });
  expect(again.status()).toBe(304);

  const renewing = await unfold(page, "换一个新链接");
  await renewing.getByRole("button", { name: "换一个新链接" }).click();
  await expect(success(page, "日历链接已生成")).toBeVisible();
  expect((await program.request.get(address)).status()).toBe(410);
  const renewed = await field.inputValue();
  expect((await program.request.get(renewed)).status()).toBe(200);

  const revoking = await unfold(page, "停用链接");
  await revoking.getByRole("button", { name: "停用链接" }).click();
  await expect(success(page, "链接已停用")).toBeVisible();
  expect((await program.request.get(renewed)).status()).toBe(410);

  const city = await somebodyElse("city");
  await city.goto("/city/audit");
  await city.getByLabel("操作", { exact: true }).selectOption("calendar");
  await city.getByRole("button", { name: "搜索" }).click();
  for (const act of ["生成日历链接", "更换日历链接", "停用日历链接"]) {
    await expect(city.getByRole("rowheader", { name: act }).first()).toBeVisible();
  }
  await expect(city.getByRole("cell", { name: "127.0.0.1" }).first()).toBeVisible();
  if (runsScripts) expect(await axeViolations(city)).toEqual([]);
});

/** The events of a calendar, read by a program that forgives nothing. */
function strictlyRead(text: string): ICAL.Event[] {
  ICAL.design.strict = true;
  const calendar = new ICAL.Component(ICAL.parse(text));
  for (const zone of calendar.getAllSubcomponents("vtimezone")) {
    ICAL.TimezoneService.register(new ICAL.Timezone(zone));
  }
  return calendar.getAllSubcomponents("vevent").map((event) => new ICAL.Event(event, { strictExceptions: true }));
}

test("a person takes their data along", async ({ page }) => {
  await signIn(page, "student063");
  await page.goto("/me/data");
  const waiting = page.waitForEvent("download");
  await page.getByRole("button", { name: "下载全部数据（JSON）" }).click();
  const file = await waiting;
  expect(file.suggestedFilename()).toMatch(/^个人数据 .*\.json$/);
});
