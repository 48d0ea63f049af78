//! Exact figures. Scores are compared with thresholds, so they are fractions and never floats: 0.1 + 0.2 is 0.3 here.
//!
//! Each dimension multiplies what a total is a fraction of by up to 100. A framework has at most twelve of them, which keeps
//! every figure within 128 bits; a test in `score` tries the worst.

use num_rational::Ratio;

/// A fraction in lowest terms.
pub type Exact = Ratio<i128>;

/// A fraction of two whole numbers.
///
/// # Panics
/// When `below` is zero; callers pass constants or sums that they have seen to be positive.
pub fn ratio(above: i128, below: i128) -> Exact {
    Exact::new(above, below)
}

/// A whole number.
pub fn whole(number: impl Into<i128>) -> Exact {
    Exact::from_integer(number.into())
}

/// A figure as it is shown: to one decimal, cut off downwards so that it never overstates. 69.875 is `69.8`, and a change by
/// −0.05 is `−0.1`.
pub fn shown(figure: Exact) -> String {
    let tenths = (figure * whole(10)).floor().to_integer();
    let sign = if tenths < 0 { "−" } else { "" };
    let tenths = tenths.unsigned_abs();
    format!("{sign}{}.{}", tenths / 10, tenths % 10)
}

/// A difference as it is shown: like [`shown`], with a sign in front unless it is zero.
pub fn shown_signed(figure: Exact) -> String {
    let text = shown(figure);
    if figure > whole(0) { format!("+{text}") } else { text }
}

/// A share of 0 to 1 as it is shown: percent, cut off like [`shown`].
pub fn shown_percent(share: Exact) -> String {
    format!("{}%", shown(share * whole(100)))
}

/// A figure in full, as people read it in a reckoning: `40.625` where the decimals end, `289/7` where they never do.
pub fn in_full(figure: Exact) -> String {
    let (mut rest, mut places) = (*figure.denom(), 0_u32);
    for factor in [10, 5, 2] {
        while rest % factor == 0 {
            rest /= factor;
            places += 1;
        }
    }
    let scale = 10_i128.checked_pow(places).filter(|_| rest == 1);
    let Some(digits) = scale.and_then(|scale| figure.numer().checked_mul(scale)) else {
        return written(&figure);
    };
    let digits = digits / figure.denom();
    let sign = if digits < 0 { "−" } else { "" };
    let digits = format!("{:0>width$}", digits.unsigned_abs(), width = places as usize + 1);
    let (before, after) = digits.split_at(digits.len() - places as usize);
    if after.is_empty() {
        format!("{sign}{before}")
    } else {
        format!("{sign}{before}.{after}")
    }
}

/// A figure as it is kept and exported: `325/8`, and `70` where it is whole.
pub fn written(figure: &Exact) -> String {
    figure.to_string()
}

/// Reads what [`written`] wrote; anything else is nothing.
pub fn read(text: &str) -> Option<Exact> {
    let (above, below) = text.split_once('/').unwrap_or((text, "1"));
    let (above, below): (i128, i128) = (above.parse().ok()?, below.parse().ok()?);
    (below > 0).then(|| Exact::new(above, below))
}

/// Figures inside JSON, as the text of [`written`]: `#[serde(with = "exact::as_text")]`.
pub mod as_text {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    use super::{Exact, read, written};

    pub fn serialize<S: Serializer>(figure: &Exact, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&written(figure))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Exact, D::Error> {
        let text = String::deserialize(from)?;
        read(&text).ok_or_else(|| D::Error::custom("not a fraction such as 325/8"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_reckoning_is_read_in_decimals_where_they_end() {
        for (figure, text) in [
            (ratio(115, 4), "28.75"),
            (ratio(8775, 2), "4387.5"),
            (ratio(325, 8), "40.625"),
            (whole(70), "70"),
            (ratio(-1, 20), "−0.05"),
            (ratio(289, 7), "289/7"),
            (ratio(1, 3), "1/3"),
        ] {
            assert_eq!(in_full(figure), text);
        }
    }

    #[test]
    fn what_is_shown_is_cut_off_and_never_rounded_up() {
        assert_eq!(shown(ratio(559, 8)), "69.8");
        assert_eq!(shown(ratio(2287, 56)), "40.8");
        assert_eq!(shown(ratio(6499, 100)), "64.9");
        assert_eq!(shown(whole(86)), "86.0");
        assert_eq!(shown(ratio(1, 11)), "0.0");
    }

    #[test]
    fn a_fall_is_not_made_smaller() {
        assert_eq!(shown(ratio(-1, 20)), "−0.1");
        assert_eq!(shown(whole(-5)), "−5.0");
        assert_eq!(shown_signed(ratio(21, 10)), "+2.1");
        assert_eq!(shown_signed(whole(0)), "0.0");
        assert_eq!(shown_signed(ratio(-21, 10)), "−2.1");
    }

    #[test]
    fn shares_are_shown_as_percent() {
        assert_eq!(shown_percent(ratio(27, 47)), "57.4%");
        assert_eq!(shown_percent(whole(1)), "100.0%");
    }

    #[test]
    fn only_what_was_written_is_read() {
        assert_eq!(written(&ratio(325, 8)), "325/8");
        assert_eq!(written(&ratio(140, 2)), "70");
        assert_eq!(read("70"), Some(whole(70)));
        for wrong in [
            "",
            "1/0",
            "1/-2",
            "a",
            "1/2/3",
            "0.5",
            " 1",
            "1/",
            "170141183460469231731687303715884105728",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn truncation_never_overstates(above in -100_000_i128..100_000, below in 1_i128..5_000) {
            let figure = ratio(above, below);
            let text = shown(figure).replace('−', "-").replace('.', "");
            let tenths: i128 = text.parse().expect("a number");
            prop_assert!(ratio(tenths, 10) <= figure);
            prop_assert!(figure - ratio(tenths, 10) < ratio(1, 10));
        }

        #[test]
        fn figures_come_back(above in any::<i64>(), below in 1_i64..i64::MAX) {
            let figure = ratio(above.into(), below.into());
            prop_assert_eq!(read(&written(&figure)), Some(figure));
        }
    }
}
