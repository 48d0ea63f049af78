import { existsSync } from "node:fs";
import { defineConfig, type PlaywrightTestOptions } from "@playwright/test";

// The system's own browser: nothing is downloaded.
const chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
if (!chromium) throw new Error("No Chromium found; `cargo xtask test e2e` installs it.");

const phone: Partial<PlaywrightTestOptions> = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
};
const desk: Partial<PlaywrightTestOptions> = { viewport: { width: 1280, height: 900 } };
const noscript: Partial<PlaywrightTestOptions> = { javaScriptEnabled: false };

// Stories about what the server answers are the same on every screen: told once.
const stories = { testMatch: "tests/**/*.spec.ts", testIgnore: "tests/once/**" };
// The longest story is told on each screen once, and once without scripts.
const shorter = { ...stories, testIgnore: ["tests/once/**", "tests/programme.spec.ts"] };
const storyProjects = [
  { name: "phone", ...shorter, use: phone },
  { name: "desk", testMatch: "tests/**/*.spec.ts", use: desk },
  { name: "phone-noscript", ...stories, use: { ...phone, ...noscript } },
  { name: "desk-noscript", ...shorter, use: { ...desk, ...noscript } },
];
const screenshotProjects = [
  { name: "screenshots", testMatch: "screenshots/**/*.spec.ts", use: { ...desk, deviceScaleFactor: 2 } },
];

export default defineConfig({
  testDir: ".",
  // Pictures are no tests: they are taken on request.
  projects: process.env.HELUO_SCREENSHOTS ? screenshotProjects : storyProjects,
  globalSetup: "./harness/global-setup.ts",
  reporter: [["list"], ["./harness/closing-line.ts"]],
  outputDir: "test-results",
  // Each worker runs a server and a browser.
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  // A story that passes only at the second try is a fault.
  retries: 0,
  forbidOnly: !!process.env.CI,
  use: {
    locale: "zh-CN",
    timezoneId: "Asia/Shanghai",
    // Transitions between pages would be caught half-way.
    contextOptions: { reducedMotion: "reduce" },
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: chromium,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
