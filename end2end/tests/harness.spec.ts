// The least that every other story relies on.

import { expect, expectNoAxeViolations, signIn, test } from "../support.ts";

test("the front page greets in Chinese and has nothing that axe minds", async ({ page }) => {
  const answer = await page.goto("/");
  expect(answer?.status()).toBe(200);
  await expect(page.locator("html")).toHaveAttribute("lang", /^zh/);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expectNoAxeViolations(page);
});

test("a coordinator signs in and another visitor stays a stranger", async ({ page, somebodyElse }) => {
  await signIn(page, "xinan");
  await page.goto("/desk");
  expect(new URL(page.url()).pathname).toMatch(/^\/desk/);

  const stranger = await somebodyElse();
  await stranger.goto("/desk");
  expect(new URL(stranger.url()).pathname).not.toMatch(/^\/desk/);
});
