// One line at the end that `cargo xtask test` reads.

import type { FullResult, Reporter, TestCase } from "@playwright/test/reporter";

export default class ClosingLine implements Reporter {
  private readonly tests = new Set<TestCase>();

  onTestEnd(test: TestCase): void {
    this.tests.add(test);
  }

  onEnd(result: FullResult): void {
    const outcomes = [...this.tests].map((test) => test.outcome());
    const count = (outcome: string) => outcomes.filter((each) => each === outcome).length;
    const passed = count("expected");
    let failed = count("unexpected") + count("flaky");
    // Broken setup or an interruption leaves no failed test, but is none the better for it.
    if (result.status !== "passed" && failed === 0) failed = 1;
    console.log(`playwright: ${passed} passed, ${failed} failed, ${count("skipped")} skipped`);
  }

  printsToStdio(): boolean {
    return false;
  }
}
