// A coordinator of another county gets nothing of this one, an entrepreneur nothing of the desk, a stranger the sign-in page.

import type { APIRequestContext, APIResponse, Page } from "@playwright/test";
import { expect, openClass, signIn, test } from "../../support.ts";

const CLASS = "新安县民营企业家综合能力提升班（第三期）";
const UUID = "[0-9a-f]{32}";

/** What 新安's coordinator has, by the addresses of its pages. */
interface Own {
  class: string;
  lesson: string;
  enrolment: string;
  import: string;
  person: string;
  school: string;
  venue: string;
  teacher: string;
  walkIn: string;
}

async function first(page: Page, path: string, pattern: string): Promise<string> {
  const answer = await page.request.get(path);
  expect(answer.status(), path).toBe(200);
  const found = new RegExp(pattern.replaceAll("{id}", `(${UUID})`)).exec(await answer.text());
  expect(found, `${pattern} on ${path}`).not.toBeNull();
  return found!.at(-1)!;
}

async function ownThings(page: Page, origin: string): Promise<Own> {
  await signIn(page, "xinan");
  const id = await openClass(page, CLASS);
  const file = { name: "名单.csv", mimeType: "text/csv", buffer: Buffer.from("姓名,手机号\n穆清,13912345678\n") };
  const uploaded = await page.request.post(`/desk/classes/${id}/roster/import`, {
    headers: { Origin: origin, Accept: "text/html" },
    multipart: { file },
    maxRedirects: 0,
  });
  const lesson = await first(page, "/desk", "/desk/lessons/{id}/wall");
  return {
    class: id,
    lesson,
    enrolment: await first(page, `/desk/classes/${id}/roster`, `/desk/classes/${id}/roster/{id}"`),
    import: new RegExp(`/desk/imports/(${UUID})`).exec(uploaded.headers()["location"] ?? "")?.[1] ?? "none",
    person: await first(page, "/desk/people?q=周文渊", "/desk/people/{id}"),
    school: await first(page, "/desk/school", "/desk/schools/{id}/edit"),
    venue: await first(page, "/desk/school", "/desk/venues/{id}"),
    teacher: await first(page, "/desk/school", "/desk/teachers/{id}"),
    walkIn: await first(page, `/desk/lessons/${lesson}`, 'name="walk_in" value="{id}"'),
  };
}

/** Every page, file and stream that is of one county. */
function addressesOf(own: Own): string[] {
  const [klass, lesson] = [`/desk/classes/${own.class}`, `/desk/lessons/${own.lesson}`];
  return [
    klass,
    `${klass}/edit`,
    `${klass}/duplicate`,
    `${klass}/lessons`,
    `${klass}/lessons/new`,
    `${klass}/lessons/series`,
    `${klass}/lessons/${own.lesson}`,
    `${klass}/timetable/print`,
    `${klass}/roster`,
    `${klass}/roster/add`,
    `${klass}/roster/holds`,
    `${klass}/roster/import`,
    `${klass}/roster/template.xlsx`,
    `${klass}/roster/live`,
    `${klass}/roster/${own.enrolment}`,
    `${klass}/roster.xlsx`,
    `${klass}/roster.csv`,
    `${klass}/attendance`,
    `${klass}/attendance/${own.lesson}/${own.enrolment}`,
    `${klass}/attendance.xlsx`,
    `${klass}/leaves`,
    `${klass}/badges`,
    `/desk/imports/${own.import}`,
    `/desk/imports/${own.import}/faults.xlsx`,
    lesson,
    `${lesson}/paper`,
    `${lesson}/sheet`,
    `${lesson}/wall`,
    `${lesson}/live`,
    `${lesson}/scan`,
    `/desk/people/${own.person}`,
    `/desk/schools/${own.school}`,
    `/desk/schools/${own.school}/edit`,
    `/desk/schools/${own.school}/venues/new`,
    `/desk/schools/${own.school}/teachers/new`,
    `/desk/venues/${own.venue}`,
    `/desk/teachers/${own.teacher}`,
  ];
}

/** Every change that is a county's own. */
function changesOf(own: Own): [endpoint: string, form: Record<string, string>][] {
  const [klass, lesson] = [{ class: own.class }, { lesson: own.lesson }];
  const person = { "ids[]": own.enrolment };
  return [
    ["edit_class", { ...klass, title: "改名", capacity: "500" }],
    ["step_class", { ...klass, step: "close" }],
    ["cancel_class", { ...klass, reason: "不办了" }],
    ["delete_class", klass],
    ["duplicate_class", { ...klass, title: "抄来的", term: "2027 年", first_day: "2027-03-01" }],
    ["add_lesson", { ...klass, topic: "加课", starts_at: "2027-03-01T09:00", ends_at: "2027-03-01T11:00", hours: "2" }],
    ["edit_lesson", { ...klass, ...lesson, topic: "改课" }],
    ["cancel_lesson", { ...klass, ...lesson, reason: "不上了" }],
    ["delete_lesson", { ...klass, ...lesson }],
    ["add_class_staff", { ...klass, person: own.person }],
    ["remove_class_staff", { ...klass, person: own.person }],
    ["decide_enrolments", { ...klass, ...person, decision: "withdraw", withdraw_reason: "移出" }],
    ["undo_decision", { ...klass, batch: own.class }],
    ["add_to_roster", { ...klass, person: own.person }],
    ["add_new_to_roster", { ...klass, name: "生人", phone: "13912340000", region: "410323" }],
    ["hold_seats", { ...klass, firm: "某公司", seats: "2" }],
    ["start_import", { import: own.import }],
    ["choose_import_columns", { import: own.import, name: "0", phone: "1" }],
    ["board_mark", { ...lesson, ...person, status: "present" }],
    ["board_correct", { ...lesson, enrolment: own.enrolment, status: "late", why: "改" }],
    ["board_undo", { ...lesson, enrolment: own.enrolment, undo_why: "撤" }],
    ["board_paper", { ...lesson, ...person, at: "2026-11-23T09:00" }],
    ["board_walk_in", { ...lesson, walk_in: own.walkIn, verdict: "add" }],
    ["board_close", lesson],
    ["board_reopen", { ...lesson, reopen_why: "开" }],
    ["scan_person", { ...lesson, code: "nobody" }],
    ["edit_school", { school: own.school, version: "1", address: "别处" }],
    ["save_venue", { school: own.school, venue: own.venue, version: "1", name: "占了", address: "", seats: "9" }],
    ["retire_venue", { venue: own.venue }],
    ["save_teacher", { school: own.school, teacher: own.teacher, version: "1", name: "某某", title: "某职" }],
    ["retire_teacher", { teacher: own.teacher }],
  ];
}

async function send(request: APIRequestContext, origin: string, endpoint: string, form: Record<string, string>): Promise<APIResponse> {
  return request.post(`/api/${endpoint}`, { headers: { Origin: origin, Accept: "application/json" }, form, maxRedirects: 0 });
}

test("nothing of 新安 for another county's coordinator, an entrepreneur or a stranger", async ({ page, somebodyElse, baseURL }) => {
  test.setTimeout(180_000);
  const own = await ownThings(page, baseURL!);
  const addresses = addressesOf(own);
  const wrong: string[] = [];

  // First the owner: each address is a page of hers, or what follows would prove nothing.
  for (const address of addresses.filter((address) => !address.endsWith("/live"))) {
    const { status } = await statusOf(page.request, address);
    if (status !== 200) wrong.push(`xinan ${address}: ${status}`);
  }

  for (const login of ["luanchuan", "student150", "firm01"]) {
    const outsider = await somebodyElse(login);
    for (const address of addresses) {
      const { status, text } = await statusOf(outsider.request, address);
      if (![403, 404].includes(status)) wrong.push(`${login} ${address}: ${status}`);
      if (text.includes("综合能力提升班")) wrong.push(`${login} ${address}: names the class`);
    }
    for (const [endpoint, form] of changesOf(own)) {
      const answer = await send(outsider.request, baseURL!, endpoint, form);
      if (![403, 404].includes(answer.status())) wrong.push(`${login} POST ${endpoint}: ${answer.status()} ${await answer.text()}`);
    }
  }

  const stranger = await somebodyElse();
  for (const address of addresses) {
    const { status, location } = await statusOf(stranger.request, address);
    const isLedToSignIn = status === 303 && /^\/sign-in(\?|$)/.test(location);
    // Files and streams are no pages: they refuse.
    if (!isLedToSignIn && status !== 401) wrong.push(`stranger ${address}: ${status} ${location}`);
  }
  for (const [endpoint, form] of changesOf(own)) {
    const answer = await send(stranger.request, baseURL!, endpoint, form);
    if (answer.status() !== 401) wrong.push(`stranger POST ${endpoint}: ${answer.status()}`);
  }
  expect(wrong).toEqual([]);

  // And nothing has changed.
  await page.goto(`/desk/classes/${own.class}`);
  await expect(page.getByRole("heading", { level: 1, name: CLASS })).toBeVisible();
});

async function statusOf(request: APIRequestContext, address: string): Promise<{ status: number; location: string; text: string }> {
  const answer = await request.get(address, { headers: { Accept: "text/html" }, maxRedirects: 0 });
  const text = (answer.headers()["content-type"] ?? "").startsWith("text/html") ? await answer.text() : "";
  return { status: answer.status(), location: answer.headers()["location"] ?? "", text };
}

test("a form sent from another site does nothing", async ({ page, baseURL }) => {
  await signIn(page, "xinan");
  const cancel = { class: await openClass(page, CLASS), reason: "从别处" };
  for (const origin of ["https://evil.example", "null", `${baseURL}.evil.example`]) {
    const answer = await page.request.post("/api/cancel_class", { headers: { Origin: origin }, form: cancel, maxRedirects: 0 });
    expect(answer.status(), origin).toBe(403);
  }
  await page.goto(`/desk/classes/${cancel.class}`);
  await expect(page.getByText("本班次已取消，原因")).toHaveCount(0);
});

test("answers carry the headers that keep browsers careful", async ({ page }) => {
  await signIn(page, "xinan");
  for (const path of ["/", "/sign-in", "/desk", "/desk/classes", "/nowhere"]) {
    const headers = (await page.request.get(path)).headers();
    const policy = headers["content-security-policy"] ?? "";
    expect(policy, path).toContain("default-src 'none'");
    expect(policy, path).not.toContain("unsafe-inline");
    expect(headers["x-content-type-options"], path).toBe("nosniff");
    expect(headers["referrer-policy"], path).toBeTruthy();
  }
});
