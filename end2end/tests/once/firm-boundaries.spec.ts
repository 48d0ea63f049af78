// What is one pilot firm's is nobody else's: every page, file and form of it, by the addresses and ids that its own people
// see, asked for by another firm, another county, an entrepreneur, a teacher and a stranger.

import type { APIRequestContext, Page } from "@playwright/test";
import { answer, dayFromNow, pdf, proveByFile, say } from "../../programme.ts";
import { expect, signIn, success, test, unfold } from "../../support.ts";

const FIRM = "洛阳函谷新材料科技有限公司";
const LOGIN = "firm05";
/** Written into every kind of text; nobody else may read it. */
const SECRET = "镍基合金中试线产能数据";
const ID = /[0-9a-f]{32}/g;

interface Form {
  page: string;
  action: string;
  isFile: boolean;
  fields: [name: string, value: string][];
}

interface Found {
  addresses: Set<string>;
  forms: Map<string, Form>;
}

/** Everything below the firm's address that somebody of its own gets to, and every form that stands there. */
async function explore(page: Page, base: string, found: Found): Promise<void> {
  const waiting = [base];
  const seen = new Set<string>();
  const counts = new Map<string, number>();
  for (let url = waiting.shift(); url; url = waiting.shift()) {
    if (seen.has(url)) continue;
    seen.add(url);
    // Two of each kind: a calendar has no last month, and one gap is kept like the next.
    const kind = kindOf(url);
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    if (count > 2) continue;
    const answer = await page.request.get(url, { headers: { Accept: "text/html" } });
    expect(answer.status(), url).toBe(200);
    found.addresses.add(url);
    if (!(answer.headers()["content-type"] ?? "").startsWith("text/html")) continue;
    const { links, forms } = await partsOf(page, url, await answer.text());
    waiting.push(...links.filter((link) => link === base || link.startsWith(`${base}/`) || link.startsWith(`${base}?`)));
    for (const form of forms) {
      const names = form.fields.map(([name]) => name.replace(ID, "ID"));
      const state = form.fields.filter(([name]) => ["state", "verdict", "then"].includes(name)).map(([, value]) => value);
      const key = `${form.action.replace(ID, "ID")} ${[...new Set(names)].join(" ")} ${state.join(" ")}`;
      if (!found.forms.has(key)) found.forms.set(key, form);
    }
  }
}

/** An address without its ids and without the values of its query. */
function kindOf(url: string): string {
  const { pathname, searchParams } = new URL(url, "http://x");
  const query = [...new Set(searchParams.keys())].sort().join("&");
  return `${pathname.replace(ID, "ID").replace(/\/[A-D][1-5]?(\/|$)/, "/X$1")}?${query}`;
}

/** The links and the posted forms of a page, read by the browser's own parser. */
async function partsOf(page: Page, url: string, html: string): Promise<{ links: string[]; forms: Form[] }> {
  const parts = await page.evaluate((html) => {
    const parsed = new DOMParser().parseFromString(html, "text/html");
    const links = [...parsed.querySelectorAll("main a[href]")].map((link) => link.getAttribute("href")!);
    const forms = [...parsed.querySelectorAll<HTMLFormElement>("main form")]
      .filter((form) => form.method === "post")
      .map((form) => ({
        action: form.getAttribute("action") ?? "",
        isFile: form.enctype === "multipart/form-data",
        fields: [...form.elements].flatMap((each, at, all): [string, string][] => {
          const field = each as HTMLInputElement;
          // A browser sends one button.
          if (each.tagName === "BUTTON" && all.slice(0, at).some((before) => before.tagName === "BUTTON")) return [];
          const isLeftOut = !field.name || ((field.type === "radio" || field.type === "checkbox") && !field.checked) || field.type === "file";
          return isLeftOut ? [] : [[field.name, field.value || "1"]];
        }),
      }));
    return { links, forms };
  }, html);
  const links = parts.links.map((href) => {
    const link = new URL(href, `http://here${url}`);
    link.searchParams.delete("flash");
    return link.host === "here" ? link.pathname + link.search : "";
  });
  const own = parts.forms.filter((form) => JSON.stringify(form).match(ID));
  return { links, forms: own.map((form) => ({ ...form, page: url })) };
}

/** The firm hands in something of every kind, so that there are files, answers and comments to be kept from others. */
async function leaveTraces(page: Page, base: string): Promise<void> {
  await page.goto(`${base}/assessment`);
  await page.getByRole("button", { name: "开始自评" }).click();
  await page.goto(`${base}/assessment/A`);
  await say(page, "A1", { level: 3, note: SECRET });
  await proveByFile(page, "A1", pdf(`${SECRET}.pdf`), dayFromNow(-30));
  await expect(success(page, "已添加佐证")).toBeVisible();
  await page.goto(`${base}/actions`);
  await page.getByRole("region", { name: /^已完成/ }).getByRole("link").first().click();
  const upload = await unfold(page, "上传文件佐证");
  await upload.getByLabel("文件", { exact: true }).setInputFiles(pdf(`${SECRET}-行动.pdf`));
  await upload.getByLabel("标题").fill(SECRET);
  await upload.getByRole("button", { name: "上传" }).click();
  await expect(success(page, "佐证已保存")).toBeVisible();
}

async function ask(request: APIRequestContext, address: string): Promise<{ status: number; location: string; text: string }> {
  const answer = await request.get(address, { headers: { Accept: "text/html" }, maxRedirects: 0 });
  return { status: answer.status(), location: answer.headers()["location"] ?? "", text: await answer.text() };
}

async function send(request: APIRequestContext, origin: string, form: Form): Promise<number> {
  const headers = { Origin: origin, Referer: origin + form.page, Accept: "application/json" };
  if (form.isFile) {
    const file = pdf("外人的.pdf");
    const multipart = { ...Object.fromEntries(form.fields), fact_on: dayFromNow(-2), file_fact_on: dayFromNow(-2), kind: "file", file };
    return (await request.post(form.action, { headers, multipart, maxRedirects: 0 })).status();
  }
  const data = new URLSearchParams(form.fields).toString();
  const answer = await request.post(form.action, {
    headers: { ...headers, "Content-Type": "application/x-www-form-urlencoded" },
    data,
    maxRedirects: 0,
  });
  return answer.status();
}

/** What stands on the firm's pages, without the minute at which it was looked. */
async function standsThere(page: Page, base: string): Promise<string[]> {
  const texts: string[] = [];
  for (const below of ["", "/assessment", "/assessment/A", "/verification", "/benchmark", "/benchmark/gaps", "/actions", "/gate"]) {
    await page.goto(base + below);
    const text = await page.getByRole("main").innerText();
    texts.push(text.replace(/下列数字是.*实时情况。/, ""));
  }
  return texts;
}

test("nothing of a pilot firm for another firm, another county, a student, a teacher or a stranger", async ({ page, somebodyElse, baseURL }) => {
  test.setTimeout(240_000);
  const origin = baseURL!;
  await signIn(page, LOGIN);
  await page.goto("/firm");
  const base = new URL(page.url()).pathname;
  const pilot = base.split("/").at(-1)!;
  await expect(page.getByRole("heading", { level: 1, name: FIRM })).toBeVisible();
  await leaveTraces(page, base);

  // What its own people see: the contact, the county, the verifier and the city each find addresses and forms.
  const found: Found = { addresses: new Set(), forms: new Map() };
  for (const login of ["xinan", "expert", "city"]) {
    const own = await somebodyElse(login);
    await own.goto(base);
    await explore(own, base, found);
  }
  await page.goto(base);
  await explore(page, base, found);
  // Buttons that save first lead to these.
  for (const indicator of ["A1", "B2"]) found.addresses.add(`${base}/assessment/indicators/${indicator}/history`);
  await page.goto(`${base}/assessment/A`);
  await answer(page, "A1").getByRole("button", { name: "查看或撤回" }).click();
  await expect(page.getByRole("heading", { name: /^A1 .*佐证$/ })).toBeVisible();
  await explore(page, new URL(page.url()).pathname, found);
  const addresses = [...found.addresses];
  const kinds = new Set(addresses.map((address) => address.replace(ID, "ID").replace(/\?.*/, "")));
  for (const kind of ["/firm/ID/files/ID", "/firm/ID/actions/ID", "/firm/ID/assessment/evidence/ID", "/firm/ID/verification/visits/ID", "/firm/ID/results"]) {
    expect([...kinds], "the owner's people get to").toContain(kind);
  }
  const forms = [...found.forms.values()];
  expect(forms.length, [...found.forms.keys()].join("\n")).toBeGreaterThan(15);
  const before = await standsThere(page, base);

  const wrong: string[] = [];
  for (const login of ["firm02", "firm07", "luanchuan", "student150", "teacher"]) {
    const outsider = await somebodyElse(login);
    for (const address of addresses) {
      const { status, text } = await ask(outsider.request, address);
      if (![403, 404].includes(status)) wrong.push(`${login} ${address}: ${status}`);
      if (text.includes(FIRM) || text.includes(SECRET)) wrong.push(`${login} ${address}: tells of the firm`);
    }
    for (const form of forms) {
      const status = await send(outsider.request, origin, form);
      const refused = form.isFile ? [303, 403, 404] : [403, 404];
      if (!refused.includes(status)) wrong.push(`${login} POST ${form.action} from ${form.page}: ${status}`);
    }
    // The page of the refusal says nothing either.
    await outsider.goto(base);
    await expect(outsider.getByRole("heading", { level: 1, name: "没有找到" })).toBeVisible();
    await expect(outsider.locator("body")).not.toContainText(FIRM);
  }

  // A firm's own contact who mixes another's ids into addresses and forms of their own.
  const other = await somebodyElse("firm02");
  await other.goto("/firm");
  const own = new URL(other.url()).pathname.split("/").at(-1)!;
  const deeper = addresses.filter((address) => (address.match(ID) ?? []).length > 1 && !address.includes("/benchmark/library/"));
  for (const address of deeper) {
    const { status, text } = await ask(other.request, address.replace(pilot, own));
    if (status !== 404) wrong.push(`firm02 ${address.replace(pilot, own)}: ${status}`);
    if (text.includes(SECRET)) wrong.push(`firm02 ${address.replace(pilot, own)}: tells of the firm`);
  }
  for (const form of forms.filter(({ fields }) => fields.some(([name, value]) => name !== "pilot" && value.match(ID)))) {
    const mixed = { ...form, action: form.action.replace(pilot, own), fields: form.fields.map(([name, value]): [string, string] => [name, value.replace(pilot, own)]) };
    const status = await send(other.request, origin, mixed);
    // A benchmark of the library is everybody's to choose.
    const refused = form.isFile ? [303, 403, 404, 409] : [403, 404, 409, 422];
    const isShared = /choose_benchmark|drop_benchmark/.test(form.action);
    if (!isShared && !refused.includes(status)) wrong.push(`firm02 mixed POST ${form.action} from ${form.page}: ${status}`);
  }

  const stranger = await somebodyElse();
  await stranger.goto("/");
  for (const address of addresses) {
    const { status, location, text } = await ask(stranger.request, address);
    const isLedToSignIn = status === 303 && /^\/sign-in(\?|$)/.test(location);
    if (!isLedToSignIn && status !== 401) wrong.push(`stranger ${address}: ${status} ${location}`);
    if (text.includes(FIRM) || text.includes(SECRET)) wrong.push(`stranger ${address}: tells of the firm`);
  }
  for (const form of forms) {
    const status = await send(stranger.request, origin, form);
    const refused = form.isFile ? [303, 401] : [401];
    if (!refused.includes(status)) wrong.push(`stranger POST ${form.action}: ${status}`);
  }
  expect(wrong).toEqual([]);

  // And nothing has changed.
  expect(await standsThere(page, base)).toEqual(before);
});

test("lists, searches and exports of another county hold nothing of it either", async ({ somebodyElse }) => {
  const outsider = await somebodyElse("luanchuan");
  const words = encodeURIComponent("函谷");
  for (const path of [`/desk/programme?q=${words}`, `/desk/firms?q=${words}`, `/desk/nominations?q=${words}`, `/desk/actions?q=${words}`, "/city/programme", "/desk/gates"]) {
    const { status, text } = await ask(outsider.request, path);
    expect([200, 403], path).toContain(status);
    expect(text.includes(FIRM), `${path} names the firm`).toBe(false);
  }
});

test("a verifier whose assignment is taken back sees nothing of the firm any more", async ({ page, somebodyElse }) => {
  const firm = "洛阳芯启智能装备有限公司";
  const expert = await somebodyElse("expert");
  await expert.goto("/desk/verifications?show=all");
  await expert.getByRole("link", { name: firm, exact: true }).click();
  await expect(expert.getByRole("heading", { level: 1, name: firm })).toBeVisible();
  const own = new URL(expert.url()).pathname;

  await signIn(page, "city");
  await page.goto("/city/cohorts");
  await page.getByRole("link", { name: "2026 年首批试点" }).click();
  await page.getByRole("link", { name: "核定专家" }).click();
  await page.getByRole("searchbox", { name: "企业名称、拼音首字母或信用代码" }).fill("芯启");
  await page.getByRole("button", { name: "搜索" }).click();
  await page.getByRole("row").filter({ hasText: firm }).getByRole("link", { name: "取消沈明理的指派" }).click();
  await page.getByRole("button", { name: "确认取消" }).click();
  await expect(page.getByRole("alert").first()).toContainText("请写明原因");
  await page.getByLabel("原因").fill("与企业有合作关系，回避");
  await page.getByRole("button", { name: "确认取消" }).click();
  await expect(success(page, "已取消指派，并通知了专家")).toBeVisible();

  for (const address of [own, `${own}/dimensions/A`, own.replace("/verification", ""), own.replace("/verification", "/assessment/A")]) {
    const { status, text } = await ask(expert.request, address);
    expect(status, address).toBe(404);
    expect(text.includes(firm), address).toBe(false);
  }
  await expert.goto("/desk/verifications?show=all");
  await expect(expert.getByRole("link", { name: firm })).toHaveCount(0);
  await expert.goto("/me/inbox");
  await expect(expert.getByText(`“${firm}”不再由您核定，原因：与企业有合作关系，回避`)).toBeVisible();
});
