//! Figures of conditions as they are written for people: never better than they are.

use crate::benchmarking::rules::exact::{Exact, shown, shown_signed, whole};
use crate::benchmarking::rules::gates::Figure;

/// A figure by itself, such as `12`, `58.3%` or `+4.2`, truncated to 0.1. `up` rounds away from zero instead: for what must
/// not be more than a limit, and for what is still missing.
pub fn plain(figure: &Figure, up: bool) -> String {
    let rounded = |exact: Exact| if up { up_to_a_tenth(exact) } else { exact };
    match figure {
        Figure::Count(number) | Figure::Days(number) => number.to_string(),
        Figure::Share(share) => format!("{}%", trimmed(shown(rounded(*share * whole(100))))),
        Figure::Points(points) => trimmed(shown(rounded(*points))),
        Figure::Rise { points, .. } => trimmed(shown_signed(rounded(*points))),
        Figure::Truth(_) | Figure::Nothing => "–".to_owned(),
    }
}

/// The grades of a rise, signed.
pub fn grades(figure: &Figure) -> String {
    match figure {
        Figure::Rise { grades, .. } if *grades > 0 => format!("+{grades}"),
        Figure::Rise { grades, .. } => grades.to_string().replace('-', "−"),
        _ => "–".to_owned(),
    }
}

fn up_to_a_tenth(exact: Exact) -> Exact {
    (exact * whole(10)).ceil() / whole(10)
}

/// 60.0 is 60.
fn trimmed(text: String) -> String {
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::benchmarking::rules::exact::ratio;

    #[test]
    fn a_figure_never_looks_better_than_it_is() {
        assert_eq!(plain(&Figure::Share(ratio(5999, 10_000)), false), "59.9%");
        assert_eq!(plain(&Figure::Share(ratio(2001, 10_000)), true), "20.1%", "just over a limit of 20 %");
        assert_eq!(plain(&Figure::Share(ratio(3, 5)), false), "60%");
        assert_eq!(plain(&Figure::Points(ratio(501, 100)), true), "5.1");
        let rise = Figure::Rise {
            points: ratio(499, 100),
            grades: 0,
        };
        assert_eq!((plain(&rise, false), grades(&rise)), ("+4.9".to_owned(), "0".to_owned()));
        let fall = Figure::Rise {
            points: whole(-1),
            grades: -1,
        };
        assert_eq!((plain(&fall, false), grades(&fall)), ("−1".to_owned(), "−1".to_owned()));
        assert_eq!(plain(&Figure::Count(12), false), "12");
        assert_eq!(plain(&Figure::Nothing, false), "–");
    }
}
