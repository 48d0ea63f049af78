//! What the editor of a draft sends: one field for each value, named by its place. What can't be kept is told beside its
//! field; what is merely unfinished is kept, and stands in the way of publishing only.

use std::collections::BTreeMap;

use super::rules::{
    Field, LONGEST_FRAMEWORK_ID, LONGEST_ID, LONGEST_LEVEL, LONGEST_LEVEL_EN, LONGEST_NAME, LONGEST_NAME_EN, MOST_DIMENSIONS, MOST_INDICATORS, Place,
    Step, Version, WHOLE, is_framework_id, is_id, new_dimension, new_indicator,
};
use crate::accounts::rules::{TextFault, half_width, line};
use crate::benchmarking::rules::{Dimension, Framework, Indicator, LevelText, Threshold};
use crate::error::{AppError, FieldProblem};

/// The fields of a form with what was typed.
pub type Typed = BTreeMap<String, Vec<String>>;

/// The field of the framework's own page that holds a value, if one does.
pub fn head_field(place: Place) -> Option<String> {
    match place {
        Place::Framework(Field::Id) => Some("framework_id".to_owned()),
        Place::Framework(Field::Version) => Some("version".to_owned()),
        Place::Dimension(at, Field::Weight) => Some(format!("d{at}-weight")),
        Place::Grade(at, Field::TotalMin) => Some(format!("g{at}-total")),
        Place::Grade(at, Field::WeakestMin) => Some(format!("g{at}-weakest")),
        _ => None,
    }
}

/// The field of a dimension's page that holds a value, if one does.
pub fn dimension_field(dimension: usize, place: Place) -> Option<String> {
    match place {
        Place::Dimension(at, field) if at == dimension => match field {
            Field::Id => Some("id".to_owned()),
            Field::Name => Some("name".to_owned()),
            Field::NameEn => Some("name_en".to_owned()),
            Field::Weight => Some("weight".to_owned()),
            _ => None,
        },
        Place::Indicator(at, number, field) if at == dimension => indicator_field(number, field),
        _ => None,
    }
}

/// The field of an indicator's value on its dimension's page: `i0-weight`, `i2-level3`, `i2-level3_en`.
pub fn indicator_field(number: usize, field: Field) -> Option<String> {
    let end = match field {
        Field::Id => "id".to_owned(),
        Field::Name => "name".to_owned(),
        Field::NameEn => "name_en".to_owned(),
        Field::Weight => "weight".to_owned(),
        Field::Level(level) => format!("level{}", level + 1),
        Field::LevelEn(level) => format!("level{}_en", level + 1),
        _ => return None,
    };
    Some(format!("i{number}-{end}"))
}

/// Reads fields one by one and keeps every fault.
struct Reader<'a> {
    typed: &'a Typed,
    faults: Vec<FieldProblem>,
}

impl Reader<'_> {
    fn typed(&self, field: &str) -> &str {
        self.typed.get(field).and_then(|values| values.first()).map_or("", String::as_str)
    }

    fn fault(&mut self, field: &str, key: &str) {
        self.faults.push(FieldProblem::new(field, key));
    }

    /// One line, which may be empty in a draft.
    fn text(&mut self, field: &str, longest: usize) -> String {
        match line(self.typed(field), longest) {
            Ok(text) => text,
            Err(TextFault::Missing) => String::new(),
            Err(TextFault::TooLong) => {
                self.faults.push(FieldProblem::new(field, "frameworks-text-long").with("max", longest));
                String::new()
            }
            Err(TextFault::Unprintable) => {
                self.fault(field, "frameworks-text-unprintable");
                String::new()
            }
        }
    }

    /// A whole number of 0 to 100; nothing typed is 0.
    fn percent(&mut self, field: &str, problem: &str) -> u32 {
        let digits: String = self.typed(field).trim().chars().map(half_width).collect();
        if digits.is_empty() {
            return 0;
        }
        let number = digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok()).flatten();
        number.filter(|number| *number <= WHOLE).unwrap_or_else(|| {
            self.fault(field, problem);
            0
        })
    }

    /// An id that no other of its kind has.
    fn id(&mut self, field: &str, taken: &[String]) -> String {
        let id: String = self.typed(field).trim().chars().map(half_width).collect();
        if !is_id(&id) {
            self.faults.push(FieldProblem::new(field, "frameworks-id-form").with("max", LONGEST_ID));
        } else if taken.iter().any(|other| other.eq_ignore_ascii_case(&id)) {
            self.faults.push(FieldProblem::new(field, "frameworks-id-twice").with("id", &id));
        }
        id
    }

    fn done(self, framework: Framework) -> Result<Framework, AppError> {
        if self.faults.is_empty() {
            Ok(framework)
        } else {
            Err(AppError::Invalid(self.faults))
        }
    }
}

/// The edition that a form was made from; none that is there for nonsense.
pub fn edition(typed: &str) -> i64 {
    typed.parse().unwrap_or(-1)
}

/// Reads the page of the framework itself: its id and version, the dimensions' weights and order, the grades.
///
/// # Errors
/// Every fault beside its field.
pub fn head(stored: &Framework, typed: &Typed, step: Step) -> Result<Framework, AppError> {
    let mut reader = Reader { typed, faults: Vec::new() };
    let mut framework = stored.clone();
    reader.typed("framework_id").trim().clone_into(&mut framework.id);
    if !is_framework_id(&framework.id) {
        let fault = FieldProblem::new("framework_id", "frameworks-framework-id-form").with("max", LONGEST_FRAMEWORK_ID);
        reader.faults.push(fault);
    }
    framework.version = reader.typed("version").trim().chars().map(half_width).collect();
    if Version::parse(&framework.version).is_none() {
        reader.fault("version", "frameworks-version-form");
    }
    for (at, dimension) in framework.dimensions.iter_mut().enumerate() {
        dimension.weight = reader.percent(&format!("d{at}-weight"), "frameworks-weight-range");
    }
    for (at, threshold) in framework.grades.iter_mut().enumerate() {
        *threshold = Threshold {
            grade: threshold.grade,
            total_min: reader.percent(&format!("g{at}-total"), "frameworks-points-range"),
            weakest_dimension_min: reader.percent(&format!("g{at}-weakest"), "frameworks-points-range"),
        };
    }
    if step == Step::Add && framework.dimensions.len() >= MOST_DIMENSIONS {
        reader
            .faults
            .push(FieldProblem::new("", "frameworks-many-dimensions").with("max", MOST_DIMENSIONS));
    }
    let new = new_dimension(&framework);
    step.apply(&mut framework.dimensions, |_| new);
    reader.done(framework)
}

/// Reads the page of one dimension with all of its indicators.
///
/// # Errors
/// Every fault beside its field; not found for a dimension that is not there.
pub fn dimension(stored: &Framework, at: usize, typed: &Typed, step: Step) -> Result<Framework, AppError> {
    let mut reader = Reader { typed, faults: Vec::new() };
    let old = stored.dimensions.get(at).ok_or(AppError::NotFound)?;
    let others = stored.dimensions.iter().enumerate().filter(|(place, _)| *place != at);
    let (mut taken, mut ids) = (Vec::new(), Vec::new());
    for (_, other) in others {
        ids.push(other.id.clone());
        taken.extend(other.indicators.iter().map(|indicator| indicator.id.clone()));
    }
    let mut indicators = Vec::new();
    let id = reader.id("id", &ids);
    for number in 0..old.indicators.len() {
        let indicator = read_indicator(&mut reader, number, &taken);
        taken.push(indicator.id.clone());
        indicators.push(indicator);
    }
    let read = Dimension {
        id,
        name: reader.text("name", LONGEST_NAME),
        name_en: reader.text("name_en", LONGEST_NAME_EN),
        weight: reader.percent("weight", "frameworks-weight-range"),
        indicators,
    };
    if step == Step::Add && read.indicators.len() >= MOST_INDICATORS {
        reader
            .faults
            .push(FieldProblem::new("", "frameworks-many-indicators").with("max", MOST_INDICATORS));
    }
    let mut framework = stored.clone();
    let id = read.id.clone();
    if let Some(place) = framework.dimensions.get_mut(at) {
        *place = read;
    }
    let new = new_indicator(&framework, &id);
    if let Some(place) = framework.dimensions.get_mut(at) {
        step.apply(&mut place.indicators, |_| new);
    }
    reader.done(framework)
}

fn read_indicator(reader: &mut Reader<'_>, number: usize, taken: &[String]) -> Indicator {
    let field = |end: &str| format!("i{number}-{end}");
    let level = |reader: &mut Reader<'_>, level: usize| LevelText {
        zh: reader.text(&field(&format!("level{level}")), LONGEST_LEVEL),
        en: reader.text(&field(&format!("level{level}_en")), LONGEST_LEVEL_EN),
    };
    Indicator {
        id: reader.id(&field("id"), taken),
        name: reader.text(&field("name"), LONGEST_NAME),
        name_en: reader.text(&field("name_en"), LONGEST_NAME_EN),
        weight: reader.percent(&field("weight"), "frameworks-weight-range"),
        levels: (1..=5).map(|number| level(reader, number)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::benchmarking::frameworks::default;
    use crate::benchmarking::frameworks::rules::unfinished;
    use proptest::prelude::*;

    fn stored() -> Framework {
        default::framework().expect("the default framework is sound")
    }

    /// The head's form as the page sends it when nothing was touched.
    fn untouched_head(framework: &Framework) -> Typed {
        let mut fields = vec![
            ("framework_id".to_owned(), framework.id.clone()),
            ("version".to_owned(), framework.version.clone()),
        ];
        for (at, own) in framework.dimensions.iter().enumerate() {
            fields.push((format!("d{at}-weight"), own.weight.to_string()));
        }
        for (at, own) in framework.grades.iter().enumerate() {
            fields.push((format!("g{at}-total"), own.total_min.to_string()));
            fields.push((format!("g{at}-weakest"), own.weakest_dimension_min.to_string()));
        }
        typed(fields)
    }

    fn untouched_dimension(own: &Dimension) -> Typed {
        let part = |start: &str, id: &str, name: &str, name_en: &str, weight: u32| {
            [
                (format!("{start}id"), id.to_owned()),
                (format!("{start}name"), name.to_owned()),
                (format!("{start}name_en"), name_en.to_owned()),
                (format!("{start}weight"), weight.to_string()),
            ]
        };
        let mut fields = Vec::from(part("", &own.id, &own.name, &own.name_en, own.weight));
        for (number, indicator) in own.indicators.iter().enumerate() {
            let start = format!("i{number}-");
            fields.extend(part(&start, &indicator.id, &indicator.name, &indicator.name_en, indicator.weight));
            for (level, text) in (1..).zip(&indicator.levels) {
                fields.push((format!("{start}level{level}"), text.zh.clone()));
                fields.push((format!("{start}level{level}_en"), text.en.clone()));
            }
        }
        typed(fields)
    }

    fn typed(fields: Vec<(String, String)>) -> Typed {
        fields.into_iter().map(|(field, value)| (field, vec![value])).collect()
    }

    fn with(mut typed: Typed, field: &str, value: &str) -> Typed {
        assert!(typed.insert(field.to_owned(), vec![value.to_owned()]).is_some(), "{field} is a field");
        typed
    }

    fn faults(outcome: Result<Framework, AppError>) -> Vec<(String, String)> {
        match outcome {
            Err(AppError::Invalid(fields)) => fields.into_iter().map(|fault| (fault.field, fault.problem.key)).collect(),
            other => panic!("{other:?} has no faults"),
        }
    }

    #[test]
    fn what_is_not_touched_stays() {
        let framework = stored();
        assert_eq!(head(&framework, &untouched_head(&framework), Step::Save), Ok(framework.clone()));
        for (at, own) in framework.dimensions.iter().enumerate() {
            assert_eq!(dimension(&framework, at, &untouched_dimension(own), Step::Save), Ok(framework.clone()));
        }
    }

    #[test]
    fn parts_are_added_moved_and_removed_with_everything_typed() {
        let framework = stored();
        let edited = with(untouched_dimension(&framework.dimensions[0]), "i0-name", "治理");
        let ids = |step| {
            let read = dimension(&framework, 0, &edited, step).expect("it is read");
            assert!(read.dimensions[0].indicators.iter().any(|own| own.name == "治理") || step == Step::Remove(0));
            let ids: Vec<String> = read.dimensions[0].indicators.iter().map(|own| own.id.clone()).collect();
            ids.join(" ")
        };
        assert_eq!(ids(Step::Up(1)), "A2 A1 A3 A4 A5");
        assert_eq!(ids(Step::Down(0)), "A2 A1 A3 A4 A5");
        assert_eq!(ids(Step::Remove(0)), "A2 A3 A4 A5");
        assert_eq!(ids(Step::Add), "A1 A2 A3 A4 A5 A6");
        assert_eq!(ids(Step::Up(0)), "A1 A2 A3 A4 A5");
        assert_eq!(ids(Step::Remove(99)), "A1 A2 A3 A4 A5");
        let added = head(&framework, &untouched_head(&framework), Step::Add).expect("it is read");
        assert_eq!(added.dimensions[4].id, "E");
        let ids: Vec<Place> = unfinished(&added).into_iter().map(|finding| finding.place).collect();
        assert!(ids.contains(&Place::Dimension(4, Field::Name)) && ids.contains(&Place::Dimension(4, Field::Parts)));
    }

    #[test]
    fn every_fault_stands_beside_its_field() {
        let framework = stored();
        let fields = untouched_head(&framework);
        for (field, value, key) in [
            ("framework_id", "Heluo", "frameworks-framework-id-form"),
            ("version", "two", "frameworks-version-form"),
            ("d1-weight", "thirty", "frameworks-weight-range"),
            ("d1-weight", "101", "frameworks-weight-range"),
            ("d1-weight", "-1", "frameworks-weight-range"),
            ("d1-weight", "99999999999999999999", "frameworks-weight-range"),
            ("g0-total", "😀", "frameworks-points-range"),
        ] {
            let found = faults(head(&framework, &with(fields.clone(), field, value), Step::Save));
            assert_eq!(found, [(field.to_owned(), key.to_owned())], "{value}");
        }
        let fields = untouched_dimension(&framework.dimensions[0]);
        for (field, value, key) in [
            ("id", "", "frameworks-id-form"),
            ("id", "b", "frameworks-id-twice"),
            ("i1-id", "A 2", "frameworks-id-form"),
            ("i1-id", "a1", "frameworks-id-twice"),
            ("i1-id", "D4", "frameworks-id-twice"),
            ("i1-weight", "1.5", "frameworks-weight-range"),
            ("i0-level1", "a\u{7}b", "frameworks-text-unprintable"),
        ] {
            let found = faults(dimension(&framework, 0, &with(fields.clone(), field, value), Step::Save));
            assert_eq!(found, [(field.to_owned(), key.to_owned())], "{value}");
        }
        let long = with(fields, "i0-level5_en", &"a".repeat(LONGEST_LEVEL_EN + 1));
        assert_eq!(faults(dimension(&framework, 0, &long, Step::Save))[0].1, "frameworks-text-long");
        assert_eq!(
            faults(dimension(&framework, 0, &Typed::new(), Step::Save))[0].1,
            "frameworks-id-form",
            "a form without its fields changes nothing"
        );
        assert_eq!(dimension(&framework, 9, &Typed::new(), Step::Save), Err(AppError::NotFound));
    }

    #[test]
    fn full_width_figures_are_forgiven() {
        let framework = stored();
        let fields = with(untouched_head(&framework), "d0-weight", " ３１ ");
        assert_eq!(head(&framework, &fields, Step::Save).expect("it is read").dimensions[0].weight, 31);
    }

    proptest! {
        #[test]
        fn whatever_is_typed_is_judged_without_a_panic(field in "(id|name|i0-id|i1-weight|i2-level3)", value in "\\PC*", step in "[a-z]{0,6}-?[0-9]{0,21}") {
            let framework = stored();
            let fields = with(untouched_dimension(&framework.dimensions[0]), &field, &value);
            if let Ok(read) = dimension(&framework, 0, &fields, Step::parse(&step)) {
                prop_assert_eq!(read.dimensions.len(), framework.dimensions.len());
            }
        }
    }
}
