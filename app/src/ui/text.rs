//! A text that may be missing, so that a caller can hand over `"…"`, a `String`, an `Option` or a number alike.

/// An optional text property. Empty texts count as missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OptText(Option<String>);

impl OptText {
    pub fn as_deref(&self) -> Option<&str> {
        self.0.as_deref()
    }

    pub fn into_option(self) -> Option<String> {
        self.0
    }

    pub fn is_some(&self) -> bool {
        self.0.is_some()
    }

    pub fn or(self, default: &str) -> String {
        self.0.unwrap_or_else(|| default.to_owned())
    }
}

impl From<String> for OptText {
    fn from(text: String) -> Self {
        Self(Some(text).filter(|text| !text.is_empty()))
    }
}

impl From<&str> for OptText {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<&String> for OptText {
    fn from(text: &String) -> Self {
        text.clone().into()
    }
}

impl<T: Into<OptText>> From<Option<T>> for OptText {
    fn from(text: Option<T>) -> Self {
        text.map_or_else(Self::default, Into::into)
    }
}

macro_rules! from_numbers {
    ($($number:ty),*) => {$(
        impl From<$number> for OptText {
            fn from(number: $number) -> Self {
                Self(Some(number.to_string()))
            }
        }
    )*};
}
from_numbers!(i32, i64, u8, u16, u32, u64, usize, f64);

#[cfg(test)]
mod tests {
    use super::OptText;

    #[test]
    fn an_empty_text_is_a_missing_text() {
        assert_eq!(OptText::from(""), OptText::default());
        assert_eq!(OptText::from(Some(String::new())), OptText::default());
        assert_eq!(OptText::from(Some("a")).as_deref(), Some("a"));
        assert_eq!(OptText::from(12).as_deref(), Some("12"));
    }
}
