//! Adds up what the test runners report in their own closing lines.

#[derive(Debug, Default, PartialEq, Eq, Clone, Copy)]
pub struct Count {
    pub passed: u64,
    pub failed: u64,
}

impl Count {
    /// Reads a runner's closing line; any other line counts nothing.
    pub fn read(line: &str) -> Option<Self> {
        let line = line.trim();
        let counts = line
            .strip_prefix("test result: ") // cargo test
            .and_then(|rest| rest.split_once(". ").map(|(_, counts)| counts))
            .or_else(|| line.strip_prefix("playwright: "))
            .or_else(|| line.strip_prefix("contract: "))?;
        Some(Self {
            passed: number_before(counts, "passed")?,
            failed: number_before(counts, "failed")?,
        })
    }

    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// Nothing failed, and something ran.
    pub fn is_good(self) -> bool {
        self.failed == 0 && self.passed > 0
    }
}

fn number_before(counts: &str, word: &str) -> Option<u64> {
    let part = counts.split([';', ',']).find_map(|part| part.trim().strip_suffix(word))?;
    part.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_are_read() {
        let cargo = "test result: FAILED. 11 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.02s";
        let (passed, failed) = (11, 2);
        assert_eq!(Count::read(cargo), Some(Count { passed, failed }));
        let playwright = "playwright: 4 passed, 0 failed, 1 skipped";
        let (passed, failed) = (4, 0);
        assert_eq!(Count::read(playwright), Some(Count { passed, failed }));
    }

    #[test]
    fn other_lines_are_not() {
        for line in ["", "running 3 tests", "3 passed, 1 failed", "test result: ok"] {
            assert_eq!(Count::read(line), None, "{line}");
        }
    }

    #[test]
    fn a_run_without_any_test_is_no_success() {
        assert!(!Count::default().is_good());
    }
}
