// Whatever is sent to whatever form or address, the answer is a refusal in words, never a fault of ours.

import type { APIRequestContext, Page } from "@playwright/test";
import { crawl, type Found } from "../../harness/crawl.ts";
import type { Server } from "../../harness/server.ts";
import { expect, signIn, startServer, stopServer, test } from "../../support.ts";

const HOSTILE: Record<string, string> = {
  script: `"><script>alert(1)</script>`,
  emoji: "👩🏽‍🏫🎉\u{202e}",
  long: "洛".repeat(10_000),
  nul: "洛\0阳",
  percent: "%00%zz'--",
};

// What these sent is kept apart: it would stand in the other stories' way.
let server: Server;
test.beforeAll(async () => {
  test.setTimeout(200_000);
  server = await startServer();
});
test.afterAll(async () => {
  if (server) await stopServer(server);
});

interface Field {
  name: string;
  value: string;
  isHidden: boolean;
}

interface Form {
  page: string;
  action: string;
  fields: Field[];
}

/** The forms of a page that are posted, read by the browser's own parser. */
async function formsOf(page: Page, { url, html }: Found): Promise<Form[]> {
  const forms = await page.evaluate((html) => {
    const parsed = new DOMParser().parseFromString(html, "text/html");
    return [...parsed.forms]
      .filter((form) => form.method === "post" && form.enctype !== "multipart/form-data")
      .map((form) => ({
        action: form.getAttribute("action") ?? "",
        fields: [...form.elements]
          .filter((each) => each.getAttribute("name"))
          // A browser sends one button; a roster has hundreds of ticks of one name, and three are as good.
          .filter((each, n, all) => {
            const isButton = (other: Element) => other.tagName === "BUTTON";
            const before = all.slice(0, n);
            if (isButton(each)) return !before.some(isButton);
            return before.filter((other) => other.getAttribute("name") === each.getAttribute("name")).length < 3;
          })
          .map((each) => {
            const field = each as HTMLInputElement;
            return { name: field.name, value: field.value, isHidden: field.type === "hidden" || field.tagName === "BUTTON" };
          }),
      }));
  }, html);
  return forms.map((form) => ({ ...form, page: url }));
}

/** Signing out would end the story; a download is no page. */
const SPARED = /^\/api\/(sign_out|end_other_sign_ins)$|\/data\/download$/;

async function send(request: APIRequestContext, form: Form, values: [string, string][]): Promise<string | undefined> {
  const body = new URLSearchParams(values).toString();
  const answer = await request.post(server.origin + form.action, {
    headers: {
      Origin: server.origin,
      Referer: server.origin + form.page,
      Accept: "text/html",
      "Content-Type": "application/x-www-form-urlencoded",
    },
    data: body,
    maxRedirects: 0,
  });
  const status = answer.status();
  if (status >= 500) return `answers ${status}`;
  if (status === 303) {
    const back = await request.get(new URL(answer.headers()["location"] ?? "/", server.origin).href);
    const text = await back.text();
    if (back.status() >= 500) return `leads to ${back.url()}, which answers ${back.status()}`;
    if (text.includes("<script>alert(1)")) return `gives back the script as markup on ${back.url()}`;
    return undefined;
  }
  // A form may hand over a file.
  if (status === 200 && answer.headers()["content-disposition"]?.startsWith("attachment")) return undefined;
  if (status < 400) return `answers ${status}, neither a refusal nor a way on`;
  return (await answer.text()).trim() === "" ? `answers ${status} without a word` : undefined;
}

/** Each form with each text in every field that people fill in, and in each field that they don't. */
async function attack(request: APIRequestContext, form: Form): Promise<string[]> {
  const faults: string[] = [];
  const attempts: [string, [string, string][]][] = [["nothing", []]];
  for (const [kind, text] of Object.entries(HOSTILE)) {
    const visible = form.fields.filter((field) => !field.isHidden);
    if (visible.length > 0) {
      // A form of many fields stays below what the server reads at all: more ends the connection while it is sent.
      const part = text.slice(0, Math.max(200, Math.floor(50_000 / visible.length)));
      attempts.push([kind, form.fields.map(({ name, value, isHidden }) => [name, isHidden ? value : part])]);
    }
    for (const hidden of form.fields.filter((field) => field.isHidden)) {
      attempts.push([`${kind} as ${hidden.name}`, form.fields.map((each) => [each.name, each === hidden ? text : each.value])]);
    }
  }
  for (const [kind, values] of attempts) {
    const fault = await send(request, form, values);
    if (fault) faults.push(`${form.action} (from ${form.page}) with ${kind} ${fault}`);
  }
  return faults;
}

const PARAMETERS = ["q", "state", "view", "sort", "county", "theme", "school", "teacher", "show", "after", "before", "from"];
const MORE_PARAMETERS = ["undo", "staff", "code", "ticket", "next", "firm", "flash", "week", "page", "all", "only", "starts_at"];

async function addresses(request: APIRequestContext, pages: Found[]): Promise<string[]> {
  const faults: string[] = [];
  const look = async (path: string, name: string) => {
    const answer = await request.get(server.origin + path, { headers: { Accept: "text/html" }, maxRedirects: 0 });
    if (answer.status() >= 500) faults.push(`${name} answers ${answer.status()}`);
    else if (answer.status() >= 400 && (await answer.text()).trim() === "") faults.push(`${name} answers ${answer.status()} without a word`);
  };
  const kinds = [...new Map(pages.map((each) => [each.kind, each])).values()];
  for (const { url } of kinds) {
    const { pathname } = new URL(url, server.origin);
    for (const [kind, text] of Object.entries(HOSTILE)) {
      // A server may refuse an address this long before it is read.
      const short = kind === "long" ? text.slice(0, 2_000) : text;
      const query = new URLSearchParams([...PARAMETERS, ...MORE_PARAMETERS].map((name) => [name, kind === "long" ? "x" : short]));
      await look(`${pathname}?${query}`, `${pathname} with ${kind} in its query`);
      if (kind === "long") await look(`${pathname}?q=${encodeURIComponent(short)}`, `${pathname} with a long q`);
    }
    await look(`${pathname}?%00=%FF&q=%zz&=&&q`, `${pathname} with a broken query`);
    for (const broken of ["%00", "%FF", "..%2f..%2fetc%2fpasswd", "x".repeat(3_000), "0".repeat(32)]) {
      const path = pathname.replace(/[0-9a-f]{32}/, broken);
      if (path !== pathname) await look(path, `${path.slice(0, 120)}`);
    }
  }
  return faults;
}

const VISITORS: [name: string, login: string | undefined, starts: string[]][] = [
  ["a stranger", undefined, ["/", "/sign-in", "/register", "/q"]],
  ["an entrepreneur", "student030", ["/me", "/me/profile", "/me/enrolments", "/me/firm", "/classes"]],
  ["a coordinator", "xinan", ["/desk", "/desk/classes", "/desk/people", "/desk/firms", "/desk/devices", "/desk/integrations", "/desk/timetable"]],
  ["the city", "city", ["/city", "/city/schools", "/city/plan"]],
  ["a firm's contact", "firm07", ["/firm", "/firm/profile"]],
  ["another contact", "firm01", ["/firm"]],
  ["a verifier", "expert", ["/desk/verifications"]],
];

for (const [name, login, starts] of VISITORS) {
  test(`forms and addresses of ${name}`, async ({ browser }) => {
    test.setTimeout(300_000);
    const context = await browser.newContext({ baseURL: server.origin });
    const page = await context.newPage();
    if (login) await signIn(page, login);
    else await page.goto("/");
    const { pages } = await crawl(page.request, starts);
    const forms = new Map<string, Form>();
    for (const found of pages) {
      for (const form of await formsOf(page, found)) {
        const key = `${form.action} ${form.fields.map((field) => field.name).sort().join(" ")}`;
        if (!SPARED.test(form.action) && !forms.has(key)) forms.set(key, form);
      }
    }
    expect(forms.size).toBeGreaterThan(1);
    const faults = await addresses(page.request, pages);
    for (const form of forms.values()) faults.push(...(await attack(page.request, form)));
    expect(faults).toEqual([]);
    expect((await page.request.get("/readyz")).status()).toBe(200);
    if (login) expect((await page.request.get("/me", { maxRedirects: 0 })).status(), "still signed in").toBe(200);
    await context.close();
  });
}

test("files that are none, and words to the API that make no sense", async ({ browser }) => {
  const context = await browser.newContext({ baseURL: server.origin });
  const page = await context.newPage();
  await signIn(page, "xinan");
  const { pages } = await crawl(page.request, ["/desk/classes"]);
  const upload = pages.find((each) => each.kind === "/desk/classes/{id}/roster/import")!;
  const files: [string, Buffer][] = [
    ["空.csv", Buffer.alloc(0)],
    ["零.csv", Buffer.from("姓名,手机号\n洛\0阳,139\0\n")],
    ["乱.xlsx", Buffer.from(Array.from({ length: 4_000 }, (_, n) => (n * 7_919) % 256))],
    ["假.xlsx", Buffer.from("PK\u0003\u0004 nothing follows")],
    ["长.csv", Buffer.from(`姓名,手机号\n${"洛".repeat(10_000)},13912345678\n`)],
    ["公式.csv", Buffer.from("姓名,手机号\n=cmd|' /C calc'!A0,13912345670\n")],
    ["..\\..\\a\u202e.csv", Buffer.from("姓名,手机号\n👩🏽‍🏫,13912345671\n")],
  ];
  for (const [name, buffer] of files) {
    const answer = await page.request.post(upload.url, {
      headers: { Origin: server.origin, Accept: "text/html" },
      multipart: { file: { name, mimeType: "application/octet-stream", buffer } },
    });
    expect(answer.status(), name).toBeLessThan(500);
    expect((await answer.text()).length, name).toBeGreaterThan(100);
  }
  const lesson = "01930000000070008000000000000000";
  const bodies = ["", "{", "[]", '{"code":1}', `{"code":"${"x".repeat(10_000)}","nonce":"n","at":"now"}`, '{"code":"\\u0000","nonce":"\\u0000"}'];
  for (const data of bodies) {
    for (const token of ["", "Bearer ", "Bearer x\u007f", `Bearer ${"y".repeat(2_000)}`]) {
      const answer = await page.request.post(`/api/v1/lessons/${lesson}/checkins`, {
        headers: { "Content-Type": "application/json", ...(token && { Authorization: token.replace("\u007f", "~") }) },
        data,
      });
      expect(answer.status(), `${token.slice(0, 12)} ${data.slice(0, 40)}`).toBeGreaterThanOrEqual(400);
      expect(answer.status(), `${token.slice(0, 12)} ${data.slice(0, 40)}`).toBeLessThan(500);
    }
  }
  await context.close();
});
