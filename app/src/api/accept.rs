//! What the caller is willing to read.

use axum::http::{HeaderMap, header};

/// Whether JSON is among what the caller accepts (RFC 9110): saying nothing is accepting anything.
pub fn accepts_json(headers: &HeaderMap) -> bool {
    let mut lines = headers.get_all(header::ACCEPT).iter().peekable();
    if lines.peek().is_none() {
        return true;
    }
    let mut ranges = lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(','));
    ranges.any(takes_json)
}

fn takes_json(range: &str) -> bool {
    let mut parts = range.split(';').map(str::trim);
    let media = parts.next().unwrap_or_default().to_ascii_lowercase();
    let refused = parts.any(|parameter| {
        let quality = parameter.strip_prefix("q=").or_else(|| parameter.strip_prefix("Q="));
        quality.is_some_and(|quality| quality.parse::<f32>().is_ok_and(|quality| quality <= 0.0))
    });
    !refused && matches!(media.as_str(), "*/*" | "application/*" | "application/json" | "application/problem+json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_taken_by_whoever_says_so() {
        let taken = |accept: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, accept.parse().expect("a header"));
            accepts_json(&headers)
        };
        assert!(accepts_json(&HeaderMap::new()));
        for accept in [
            "*/*",
            "application/json",
            "text/html, application/*;q=0.5",
            "APPLICATION/JSON; charset=utf-8",
            "application/problem+json",
        ] {
            assert!(taken(accept), "{accept}");
        }
        for accept in ["text/html", "application/json;q=0", "", "application/xml, text/*;q=1"] {
            assert!(!taken(accept), "{accept}");
        }
    }
}
