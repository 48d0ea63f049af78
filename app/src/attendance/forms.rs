//! What is typed around check-in: raw strings in, something usable or the faults out.

use crate::error::AppError;

/// Longest name of a scanner.
const LONGEST_NAME: usize = 60;
/// Longest code that anybody's QR code holds, address included.
const LONGEST_CODE: usize = 300;

/// The name of a scanner.
pub fn device_name(typed: &str) -> Result<String, AppError> {
    line("name", typed, LONGEST_NAME, "attendance-device-name-missing")
}

/// The code of a person, out of what a scanner read (an address that ends in `/p/CODE`) or somebody typed.
pub fn person_code(typed: &str) -> Result<String, AppError> {
    let read = line("code", typed, LONGEST_CODE, "attendance-code-missing")?;
    let code = read.rsplit_once("/p/").map_or(read.as_str(), |(_, code)| code);
    let code = code.split(['?', '#']).next().unwrap_or_default();
    if code.is_empty() {
        return Err(AppError::field("code", "attendance-code-missing"));
    }
    Ok(code.to_owned())
}

/// One line of text: not empty, not too long, no control characters (a database may refuse them).
fn line(field: &str, typed: &str, longest: usize, missing: &str) -> Result<String, AppError> {
    use crate::error::FieldProblem;
    let text = typed.trim();
    if text.is_empty() {
        return Err(AppError::field(field, missing));
    }
    if text.chars().count() > longest {
        return Err(AppError::Invalid(vec![
            FieldProblem::new(field, "attendance-too-long").with("max", longest),
        ]));
    }
    if text.chars().any(char::is_control) {
        return Err(AppError::field(field, "attendance-control-characters"));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_in_what_a_scanner_reads() {
        for read in ["abc123", " https://school.example.cn/p/abc123 ", "http://127.0.0.1:3000/p/abc123?x=1#y"] {
            assert_eq!(person_code(read), Ok("abc123".to_owned()), "{read}");
        }
        for read in ["", "https://school.example.cn/p/", "a\0b"] {
            person_code(read).expect_err(read);
        }
    }

    #[test]
    fn a_name_is_a_line_of_words() {
        assert_eq!(device_name(" 东门平板 "), Ok("东门平板".to_owned()));
        assert_eq!(device_name(" "), Err(AppError::field("name", "attendance-device-name-missing")));
        assert_eq!(device_name("a\u{7}b"), Err(AppError::field("name", "attendance-control-characters")));
        device_name(&"长".repeat(LONGEST_NAME)).expect("fits");
        device_name(&"长".repeat(LONGEST_NAME + 1)).expect_err("too long");
    }
}
