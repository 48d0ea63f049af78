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
