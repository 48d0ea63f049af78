// Every page that exists, as each kind of user finds it: no dead link, nothing for axe to mind in either language and
// either colours, nothing that scrolls sideways, one heading on top, no key of a text in place of the text.

import type { Page } from "@playwright/test";
import { crawl, type Found } from "../harness/crawl.ts";
import { axeViolations, expect, openClass, signIn, test } from "../support.ts";

interface Visitor {
  name: string;
  login?: string;
  starts: string[];
  /** Pages that nothing may be missing of. */
  must: string[];
  /** The pages to look at; the others are found all the same, and another visitor looks at them. */
  looksAt: RegExp;
  /** The pages where another person's mobile number may stand in full (docs/privacy.md); `null` for none. */
  numbers: RegExp | null;
}

/** Whom a coordinator has at the desk: people, rosters, teachers, firms' contacts, and the refused rows of an import, as they were typed. */
const DESK_NUMBERS =
  /^\/desk\/(school|schools\/{id}|teachers\/{id}|people(\/{id}(\/edit)?)?|firms\/{id}(\/contacts\/{id})?|lessons\/{id}|imports\/{id}|classes\/{id}\/roster(\/{id}|\/add)?)$/;

/** A mobile number of the mainland, and none that is a part of an id. */
const NUMBERS = /(?<![\w-])1[3-9]\d{9}(?![\w-])/g;

/** The kinds of pages that show a number which is not the visitor's own. */
function withNumbers(pages: Found[]): string[] {
  const own = pages.find(({ kind }) => kind === "/me/profile")?.html.match(NUMBERS)?.[0];
  const shows = ({ html }: Found) => (html.match(NUMBERS) ?? []).some((number) => number !== own);
  return [...new Set(pages.filter(shows).map(({ kind }) => kind))];
}

const VISITORS: Visitor[] = [
  {
    name: "a stranger",
    numbers: null,
    looksAt: /./,
    starts: ["/", "/sign-in", "/register", "/q", "/q?old=1", "/classes?state=all", "/developers"],
    must: ["/classes", "/classes/{id}", "/schools", "/schools/{id}", "/plan", "/register"],
  },
  {
    name: "an entrepreneur",
    numbers: null,
    login: "student001",
    looksAt: /^\/(me|checkin)|\/enrol$/,
    starts: ["/me", "/me/inbox", "/me/messages", "/me/profile", "/me/password", "/me/devices", "/me/enrolments", "/me/calendar", "/me/data", "/me/qr", "/me/firm", "/"],
    must: ["/me/classes/{id}", "/me/enrolments", "/me/calendar", "/me/data", "/me/qr", "/classes/{id}/enrol", "/me/classes/{id}/leave"],
  },
  {
    name: "a firm's contact",
    numbers: /^\/firm\/(profile|seats)$|^\/desk\/firms\/{id}\/contacts\/{id}$/,
    login: "firm01",
    looksAt: /^\/firm/,
    starts: ["/me", "/firm", "/firm/seats", "/firm/profile", "/desk"],
    must: ["/firm/seats", "/firm/{id}", "/firm/{id}/gate", "/firm/{id}/results", "/firm/{id}/benchmark", "/firm/{id}/actions", "/firm/{id}/assessment"],
  },
  {
    name: "a teacher",
    numbers: /^\/desk\/(lessons\/{id}|classes\/{id}\/roster(\/{id})?)$/,
    login: "teacher",
    looksAt: /^\/desk(\/timetable)?$|\/scan$|\/wall$|\/lessons\/{id}$/,
    starts: ["/desk", "/desk/timetable"],
    must: ["/desk/lessons/{id}/wall", "/desk/lessons/{id}", "/desk/lessons/{id}/scan", "/desk/classes/{id}/attendance"],
  },
  {
    name: "a county coordinator",
    numbers: DESK_NUMBERS,
    login: "xinan",
    looksAt: /^\/desk/,
    starts: ["/desk", "/desk/classes", "/desk/school", "/desk/plan", "/desk/people", "/desk/firms", "/desk/devices", "/desk/integrations", "/desk/timetable"],
    must: [
      "/desk/classes/new",
      "/desk/classes/{id}",
      "/desk/classes/{id}/edit",
      "/desk/classes/{id}/duplicate",
      "/desk/classes/{id}/lessons",
      "/desk/classes/{id}/lessons/new",
      "/desk/classes/{id}/lessons/series",
      "/desk/classes/{id}/lessons/{id}",
      "/desk/classes/{id}/roster",
      "/desk/classes/{id}/roster/{id}",
      "/desk/classes/{id}/roster/add",
      "/desk/classes/{id}/roster/import",
      "/desk/classes/{id}/roster/holds",
      "/desk/classes/{id}/attendance",
      "/desk/classes/{id}/attendance/{id}/{id}",
      "/desk/classes/{id}/leaves",
      "/desk/classes/{id}/badges",
      "/desk/lessons/{id}",
      "/desk/lessons/{id}/paper",
      "/desk/lessons/{id}/sheet",
      "/desk/people/{id}",
      "/desk/people/new",
      "/desk/firms/{id}",
      "/desk/devices",
      "/desk/integrations",
      "/desk/venues/{id}",
      "/desk/teachers/{id}",
    ],
  },
  {
    name: "a verifier",
    numbers: null,
    login: "expert",
    looksAt: /^\/desk\/(verifications|programme)|^\/firm\/{id}\/verification/,
    starts: ["/desk", "/desk/verifications", "/desk/programme"],
    must: ["/desk/verifications", "/firm/{id}/verification"],
  },
  {
    name: "the city",
    numbers: new RegExp(`${DESK_NUMBERS.source}|^/city/people/{id}/data$`),
    login: "city",
    looksAt: /^\/city|^\/desk\/(trained|lessons)$/,
    starts: ["/city", "/city/schools", "/city/plan", "/city/outbox?state=sent", "/city/audit", "/desk"],
    must: ["/city", "/city/audit", "/city/people/{id}/data", "/city/outbox", "/city/schools", "/city/plan", "/city/schools/{id}/open", "/city/plans/{id}", "/desk/trained", "/desk/lessons"],
  },
];

/** The start of a Fluent key of ours, where a text should stand. */
const KEY =
  /\b(accounts|api|assessment|attendance|bench|board|calendar|classes|completion|dashboard|demo|enrolment|error|files|firms|frameworks|gates|import|improvement|integrations|nav|notices|oauth|people|privacy|results|schools|selection|sheets|trail|ui|verification)-[a-z][a-z_-]*[a-z]\b/;

/** What is wrong with the page as it stands. */
async function faultsOf(page: Page, withAxe: boolean): Promise<string[]> {
  const faults: string[] = [];
  const text = await page.locator("body").innerText();
  const key = KEY.exec(text);
  if (key) faults.push(`shows the key ${key[0]}`);
  const headings = await page.locator("h1").count();
  if (headings !== 1) faults.push(`has ${headings} h1`);
  const wide = await page.evaluate(() => {
    const root = document.scrollingElement!;
    if (root.scrollWidth <= window.innerWidth) return "";
    const last = [...document.querySelectorAll("main *")].find((each) => {
      const box = each.getBoundingClientRect();
      return box.right > window.innerWidth + 1 && !each.closest(".table-wrap");
    });
    return `scrolls sideways: ${root.scrollWidth} px of ${window.innerWidth}, ${last?.outerHTML.slice(0, 120) ?? ""}`;
  });
  if (wide) faults.push(wide);
  // A table that has no room is a line; one that is hidden on purpose has no box at all.
  const squashed = await page.evaluate(() => {
    const boxes = [...document.querySelectorAll("main table, main .table-wrap, main form, main figure")];
    const narrow = boxes.filter((box) => box.getClientRects().length > 0 && box.closest(".visually-hidden") === null && box.getBoundingClientRect().width < 24);
    return narrow.map((box) => `squashes ${box.outerHTML.slice(0, 120)}`);
  });
  faults.push(...squashed);
  if (withAxe) faults.push(...(await axeViolations(page)));
  return faults;
}

/** One page of each kind; of classes and their enrolling some more, for they differ by state. */
function chosen(pages: Found[]): Found[] {
  const counts = new Map<string, number>();
  return pages.filter(({ kind }) => {
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    return count === 1;
  });
}

async function visit(page: Page, pages: Found[], withAxe: boolean): Promise<string[]> {
  const faults: string[] = [];
  for (const { url } of pages) {
    const answer = await page.goto(url);
    if (!answer?.ok()) faults.push(`${url} answers ${answer?.status()}`);
    faults.push(...(await faultsOf(page, withAxe)).map((fault) => `${url} ${fault}`));
    if (process.env.TELL) console.log(faults.splice(0).join("\n"));
  }
  return faults;
}

for (const { name, login, starts, must, looksAt, numbers } of VISITORS) {
  test(`every page of ${name}`, async ({ page, runsScripts, viewport }) => {
    test.setTimeout(300_000);
    if (login) await signIn(page, login);
    const { pages, dead } = await crawl(page.request, starts);
    const chosenPages = chosen(pages);
    const kinds = chosenPages.map((each) => each.kind);
    const faults = [...dead];
    if (process.env.TELL) console.log(pages.length, "pages,", chosenPages.length, "kinds", dead.join("\n"));
    faults.push(...must.filter((kind) => !kinds.includes(kind)).map((kind) => `no link leads to ${kind}`));

    const shown = withNumbers(pages);
    if (process.env.TELL) console.log("numbers on", shown.join(" "));
    faults.push(...shown.filter((kind) => !numbers?.test(kind)).map((kind) => `${kind} shows a mobile number`));

    const looked = chosenPages.filter((each) => looksAt.test(each.kind));
    // axe takes its time: on a phone it looks at the Chinese page in light colours, on a desk at the English one in dark
    // colours. The markup is the same without scripts.
    const isPhone = viewport!.width < 500;
    faults.push(...(await visit(page, looked, runsScripts && isPhone)));
    if (runsScripts) {
      await page.goto("/");
      await page.getByRole("button", { name: "English" }).click();
      await expect(page.locator("html")).toHaveAttribute("lang", "en");
      await page.emulateMedia({ colorScheme: "dark" });
      faults.push(...(await visit(page, looked, !isPhone)).map((fault) => `in English, dark: ${fault}`));
      await page.goto("/");
      await page.getByRole("button", { name: "中文" }).click();
    }
    expect(faults).toEqual([]);
  });
}

test("a class page in each state of a class", async ({ page, runsScripts }) => {
  const faults: string[] = [];
  for (const state of ["enrolling", "published", "running", "ended", "cancelled"]) {
    await page.goto(`/classes?state=${state}`);
    await page.getByRole("main").locator('h3 a[href^="/classes/"]').first().click();
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    faults.push(...(await faultsOf(page, runsScripts)).map((fault) => `${state}: ${fault}`));
  }
  expect(faults).toEqual([]);
});

test("a page that is refused, and one that is none, say so and lead on", async ({ page }) => {
  const nowhere = await page.goto("/nowhere");
  expect(nowhere?.status()).toBe(404);
  expect(await faultsOf(page, true)).toEqual([]);
  await signIn(page, "student002");
  const refused = await page.goto("/city");
  expect(refused?.status()).toBe(403);
  expect(await faultsOf(page, true)).toEqual([]);
  await expect(page.getByRole("link", { name: "回到首页" })).toBeVisible();
});

test("the language is kept from page to page, through signing in, and for the person", async ({ page, somebodyElse }) => {
  await page.goto("/classes");
  await page.getByRole("button", { name: "English" }).click();
  await expect(page).toHaveURL(/\/classes/);
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await page.goto("/schools");
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await signIn(page, "student020");
  await page.goto("/me");
  await expect(page.locator("html")).toHaveAttribute("lang", "en");

  // Chosen while signed in, it is the person's on every device.
  await page.getByRole("button", { name: "中文" }).click();
  await expect(page.locator("html")).toHaveAttribute("lang", /^zh/);
  await page.getByRole("button", { name: "English" }).click();
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  const other = await somebodyElse("student020");
  await other.goto("/me");
  await expect(other.locator("html")).toHaveAttribute("lang", "en");
});

test("the colours are kept from page to page", async ({ page }) => {
  await page.goto("/");
  await page.locator("summary").filter({ hasText: "外观" }).click();
  await page.getByRole("button", { name: "深色" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.goto("/plan");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await openClass(page, "鞋业跨境电商与数字营销班");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.locator("summary").filter({ hasText: "外观" }).click();
  await page.getByRole("button", { name: "跟随系统" }).click();
  await expect(page.locator("html")).not.toHaveAttribute("data-theme", "dark");
});
