//! Where a page of a list begins: after a row. Callers pass it back and read nothing in it.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use uuid::Uuid;

/// Rows of a page when the caller does not say.
pub const USUAL: i64 = 50;
/// Rows of a page at most.
pub const MOST: i64 = 200;

/// The cursor after a row: its id in 22 letters.
pub fn after(id: Uuid) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(id.as_bytes())
}

/// The row that a cursor stands after.
pub fn read(cursor: &str) -> Option<Uuid> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?;
    Uuid::from_slice(&bytes).ok()
}

/// A page of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    pub after: Option<Uuid>,
    /// 1 to [`MOST`].
    pub limit: i64,
}

/// The rows of a page, cut from one row more, and the cursor of the next when there is one.
pub fn cut<T>(mut rows: Vec<T>, limit: i64, id: impl Fn(&T) -> Uuid) -> (Vec<T>, Option<String>) {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|row| after(id(row)));
    (rows, next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_the_row_and_nothing_else() {
        let id = Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0001);
        let cursor = after(id);
        assert_eq!((cursor.len(), read(&cursor)), (22, Some(id)));
        for bad in ["", "x", "AAAA", "AAAAAAAAAAAAAAAAAAAAAB", "不", &"A".repeat(23)] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_last_page_has_no_next() {
        let ids: Vec<Uuid> = (1..=3).map(Uuid::from_u128).collect();
        let (rows, next) = cut(ids.clone(), 2, |id| *id);
        assert_eq!((rows.len(), next), (2, Some(after(ids[1]))));
        assert_eq!(cut(ids.clone(), 3, |id| *id), (ids, None));
    }
}
