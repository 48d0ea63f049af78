// What stories import instead of "@playwright/test": the same `test`, with a Heluo behind it.

import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { type BrowserContext, type Locator, type Page, test as base, expect } from "@playwright/test";
import { Server } from "./harness/server.ts";

export { expect };

/** Every demo account has it. */
export const DEMO_PASSWORD = "heluo-demo";

interface Fixtures {
  /** Opens a page for somebody else, with cookies of their own, signed in if a login is given. */
  somebodyElse: (login?: string) => Promise<Page>;
  /** Whether pages may run scripts in this project. */
  runsScripts: boolean;
}

interface WorkerFixtures {
  /** A server with its own copy of the demo city, shared by the stories of one worker. */
  freshServer: Server;
}

/** A server with a copy of the demo city that nobody else uses, and settings of its own. */
export async function startServer(variables: Record<string, string> = {}): Promise<Server> {
  const demoCity = process.env.HELUO_DEMO_CITY;
  if (!demoCity) throw new Error("The global setup prepared no demo city.");
  const dataDir = await mkdtemp(join(tmpdir(), "heluo-story-"));
  await cp(demoCity, dataDir, { recursive: true });
  return Server.start(dataDir, variables);
}

export async function stopServer(server: Server): Promise<void> {
  await server.stop();
  await rm(server.dataDir, { recursive: true, force: true });
}

/** What the browser itself complains about: errors of scripts, breaches of the security policy, answers of 500. */
function complaintsOf(context: BrowserContext): string[] {
  const complaints: string[] = [];
  context.on("console", (message) => {
    // A page that is refused (4xx) is told on the console too, and is part of some stories.
    const isRefusal = /status of 4\d\d/.test(message.text());
    if (message.type() === "error" && !isRefusal) complaints.push(`${message.text()} (${message.location().url})`);
  });
  context.on("weberror", (error) => complaints.push(String(error.error())));
  return complaints;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  freshServer: [
    async ({}, use) => {
      const server = await startServer();
      await use(server);
      await stopServer(server);
    },
    { scope: "worker", timeout: 200_000 },
  ],

  baseURL: async ({ freshServer }, use) => {
    await use(freshServer.origin);
  },

  context: async ({ context }, use) => {
    const complaints = complaintsOf(context);
    await use(context);
    expect(complaints, "what the browser complains about").toEqual([]);
  },

  somebodyElse: async ({ browser, baseURL }, use) => {
    const opened: BrowserContext[] = [];
    const complaints: string[][] = [];
    await use(async (login) => {
      // Everything else is as the project says: Playwright sees to that.
      const context = await browser.newContext({ baseURL });
      opened.push(context);
      complaints.push(complaintsOf(context));
      const page = await context.newPage();
      if (login) await signIn(page, login);
      return page;
    });
    await Promise.all(opened.map((context) => context.close()));
    expect(complaints.flat(), "what the browser complains about").toEqual([]);
  },

  runsScripts: async ({}, use, info) => {
    await use(info.project.use.javaScriptEnabled !== false);
  },
});

/** Signs in the way people do, by the form, so that it works without scripts too. */
export async function signIn(page: Page, login: string, password = DEMO_PASSWORD): Promise<void> {
  await page.goto("/sign-in");
  await fillSignIn(page, login, password);
}

/** The same on the sign-in page that one was led to. */
export async function fillSignIn(page: Page, login: string, password = DEMO_PASSWORD): Promise<void> {
  await page.locator('input[name="login"]').fill(login);
  const field = page.locator('input[name="password"]');
  await field.fill(password);
  // The form answers with another page, or comes back with what was wrong.
  const refused = (url: URL) => url.searchParams.has("flash");
  const answered = page.waitForURL((url) => url.pathname !== "/sign-in" || refused(url));
  await Promise.all([answered, field.press("Enter")]);
  expect(refused(new URL(page.url())), `${login} may sign in`).toBe(false);
}

/** Finds a class in the catalogue as people do, and answers its id. */
export async function openClass(page: Page, title: string): Promise<string> {
  await page.goto("/classes?state=all");
  await page.getByLabel("班次名称").fill(title);
  await page.getByRole("button", { name: "查找" }).click();
  await page.getByRole("link", { name: title, exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  return idIn(page.url(), "classes");
}

/** The id that follows a word in an address. */
export function idIn(url: string, word: string): string {
  const id = new RegExp(`/${word}/([0-9a-f]{32})`).exec(url)?.[1];
  if (!id) throw new Error(`${url} names none of ${word}`);
  return id;
}

/** The sentence of success that a form leaves. */
export function success(page: Page, text: string | RegExp): Locator {
  return page.getByRole("status").filter({ hasText: text }).first();
}

/** Opens a question before a loss; what is asked stands in what is answered here. */
export async function unfold(page: Page | Locator, label: string | RegExp): Promise<Locator> {
  const opener = page.locator("summary").filter({ hasText: label });
  await opener.click();
  return opener.locator("xpath=..");
}

/** A phone number that the demo city has not: its numbers start with 1380000. */
export function newPhone(): string {
  return `139${Math.floor(10_000_000 + Math.random() * 89_999_999)}`;
}

const CREDIT_CODE_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/** A unified social credit code whose check character fits (GB 32100-2015). */
export function newCreditCode(): string {
  const body = `91410323MA${Math.floor(1_000_000 + Math.random() * 8_999_999)}`;
  let [sum, weight] = [0, 1];
  for (const letter of body) {
    sum += CREDIT_CODE_LETTERS.indexOf(letter) * weight;
    weight = (weight * 3) % 31;
  }
  return body + CREDIT_CODE_LETTERS[(31 - (sum % 31)) % 31];
}

/** The same code with a check character that does not fit. */
export function mistyped(code: string): string {
  const last = CREDIT_CODE_LETTERS.indexOf(code.at(-1)!);
  return code.slice(0, -1) + CREDIT_CODE_LETTERS[(last + 1) % CREDIT_CODE_LETTERS.length];
}

/** A time as `datetime-local` fields take it, on the clock in China. */
export function localInput(at: Date): string {
  return new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 16);
}

/** axe finds nothing to mind: WCAG and its own best practices. */
export async function expectNoAxeViolations(page: Page): Promise<void> {
  expect(await axeViolations(page), `axe on ${page.url()}`).toEqual([]);
}

/** What axe minds, one line each. */
export async function axeViolations(page: Page): Promise<string[]> {
  const runsScripts = test.info().project.use.javaScriptEnabled !== false;
  const { violations } = runsScripts ? await analyze(page) : await analyzeCopy(page);
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${help}) at ${target.join(" ")}: ${failureSummary}`),
  );
}

function analyze(page: Page) {
  // What passes need not be listed, styles need not be fetched again, and no page has frames of another origin: together
  // that saves most of the time.
  return new AxeBuilder({ page }).options({ resultTypes: ["violations"], preload: false }).setLegacyMode().analyze();
}

/** axe is a script: where none may run, it looks at a copy of the page as it stands, without the page's own scripts. */
async function analyzeCopy(page: Page) {
  const html = (await page.content()).replace(/<script\b.*?<\/script>|<\/?noscript>/gs, "");
  const context = await page.context().browser()!.newContext({ javaScriptEnabled: true });
  await context.route(page.url(), (route) => route.fulfill({ contentType: "text/html; charset=utf-8", body: html }));
  const copy = await context.newPage();
  await copy.goto(page.url());
  const results = await analyze(copy);
  await context.close();
  return results;
}
