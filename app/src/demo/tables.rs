//! Rows waiting to be written, table by table, several to a statement.

use crate::db::{Tx, Value, sql};
use crate::error::AppError;

/// Values bound in one statement: `SQLite` looks placeholders up one after the other, so more would be slower.
const VALUES_A_STATEMENT: usize = 400;

/// The rows of one table.
pub struct Rows {
    head: &'static str,
    rows: Vec<Vec<Value>>,
}

impl Rows {
    fn of(head: &'static str) -> Self {
        Self { head, rows: Vec::new() }
    }

    pub fn add(&mut self, row: Vec<Value>) {
        self.rows.push(row);
    }

    async fn write(self, tx: &mut Tx) -> Result<(), AppError> {
        let columns = self.rows.first().map_or(1, Vec::len);
        let mut rows = self.rows.into_iter().peekable();
        while rows.peek().is_some() {
            let mut query = sql(self.head);
            for (n, row) in rows.by_ref().take((VALUES_A_STATEMENT / columns).max(1)).enumerate() {
                query = query.push(if n == 0 { "(" } else { ", (" });
                for (place, value) in row.into_iter().enumerate() {
                    query = if place == 0 { query } else { query.push(", ") }.push_bind(value);
                }
                query = query.push(")");
            }
            query.run(tx).await?;
        }
        Ok(())
    }
}

/// Declares the tables in the order of writing: a table comes after those that it points at.
macro_rules! tables {
    ($($table:ident: $columns:literal;)+) => {
        /// Every table of the demo city.
        pub struct Tables { $(pub $table: Rows),+ }

        impl Tables {
            pub fn new() -> Self {
                Self { $($table: Rows::of(concat!("INSERT INTO ", stringify!($table), " (", $columns, ") VALUES "))),+ }
            }

            /// Writes everything.
            pub async fn write(self, tx: &mut Tx) -> Result<(), AppError> {
                $(self.$table.write(tx).await?;)+
                Ok(())
            }
        }
    };
}

tables! {
    firms: "id, name, initials, credit_code, category, region, size, industry, created_at, created_by";
    people: "id, name, initials, phone, user_name, password_hash, must_change_password, region, firm_id, position, lang, theme, qr_code, active, created_at, created_by";
    grants: "id, person_id, role, region, firm_id, granted_at, granted_by";
    schools: "id, region, name_zh, name_en, address, contact_phone, state, opened_on";
    venues: "id, school_id, name, address, seats, version";
    teachers: "id, school_id, person_id, name, title, phone, version";
    plans: "id, year, name_zh, name_en, summary_zh, summary_en";
    plan_themes: "id, plan_id, sort, name_zh, name_en";
    plan_targets: "plan_id, region, classes, places, hours, people";
    classes: "id, school_id, plan_id, theme_id, title, summary, term, capacity, approval, enrol_opens_at, enrol_closes_at, cutoff_at, quota_reclaim_at, quota_reclaimed_at, opens_before_min, late_after_min, pass_rate, state, cancel_reason, starts_at, ends_at, created_at, created_by, version";
    class_quotas: "class_id, region, seats";
    class_staff: "class_id, person_id";
    class_events: "id, class_id, at, by_person, what, detail";
    lessons: "id, class_id, topic, starts_at, ends_at, teacher_id, venue_id, half_hours, code_key, attendance_closed_at, cancelled_at, version";
    lesson_events: "id, lesson_id, at, by_person, what, why";
    enrolments: "id, class_id, person_id, seat_id, firm_id, region, state, priority, queued_at, reason, note, source, created_at, changed_at";
    enrolment_events: "id, enrolment_id, at, by_person, from_state, to_state, why, what";
    seat_holds: "class_id, firm_id, seats, until";
    devices: "id, school_id, name, token_hash, created_at, created_by, seen_at";
    leaves: "id, lesson_id, enrolment_id, reason, state, asked_at, decided_at, decided_by, decision_reason";
    attendances: "lesson_id, enrolment_id, status, source, at, by_person, device_id, flags";
    attendance_events: "id, lesson_id, enrolment_id, at, by_person, device_id, source, from_status, to_status, why";
    walk_ins: "id, lesson_id, person_id, asked_at, state";
    firm_contacts: "id, firm_id, name, position, phone, is_main, created_at, created_by";
    cohorts: "id, name, size, state, created_at, created_by";
    cohort_targets: "cohort_id, category, seats";
    rounds: "id, cohort_id, number, name, framework_id, state, opened_at, opened_by, closed_at, closed_by";
    pilots: "id, cohort_id, firm_id, region, category, reasons, state, stage, gate, gate_since, condition_stage, condition_due_on, nominated_at, nominated_by, chosen_at, ended_at";
    pilot_events: "id, pilot_id, at, by_person, what, why, detail";
    verifier_assignments: "pilot_id, person_id, assigned_at, assigned_by";
    assessments: "id, pilot_id, round_id, state, started_at, submitted_at, submitted_by, returned_at, verified_at, verified_by";
    answers: "assessment_id, indicator, level, na, na_reason, note, edition, changed_at, changed_by";
    submissions: "assessment_id, number, at, by_person, answers, returned_at, returned_by, return_reason";
    assessment_comments: "id, assessment_id, indicator, submission, at, by_person, text";
    evidence: "id, assessment_id, indicator, kind, title, body, fact_on, added_at, added_by, state, decided_at, decided_by, reason";
    site_visits: "id, assessment_id, visited_on, people, findings, indicators, at, by_person";
    verdicts: "assessment_id, indicator, level, na, reason, at, by_person, edition";
    frozen_scores: "round_id, pilot_id, category, comparable, dimensions, total, grade";
    benchmarks: "id, name, initials, about, framework, created_at, created_by";
    benchmark_levels: "benchmark_id, indicator, level, source, dated_on";
    pilot_benchmarks: "pilot_id, benchmark_id, is_primary, chosen_at, chosen_by";
    causes: "pilot_id, indicator, whys, root, edition, changed_at, changed_by";
    targets: "pilot_id, indicator, level, edition, changed_at, changed_by";
    actions: "id, pilot_id, indicator, title, owner, due_on, priority, deliverable, resources, state, progress, cancel_reason, rule, done_on, created_at, created_by";
    action_events: "id, action_id, at, by_person, what, note, progress";
    action_evidence: "id, action_id, kind, title, body, fact_on, added_at, added_by, state, decided_at, decided_by";
    gate_decisions: "id, pilot_id, stage, step, verdict, why, due_on, figures, at, by_person";
    notices: "id, person_id, kind, params, link, created_at, read_at";
    person_emails: "id, person_id, address, state, created_at, expires_at";
    outbox: "id, channel, person_id, notice_id, topic, state, attempts, created_at, due_at, expires_at, changed_at, fault, detail";
    audit_entries: "id, at, by_person, what, subject_kind, subject_id, region, detail";
}

/// One row, each value turned into what is bound.
macro_rules! row {
    ($($value:expr),+ $(,)?) => { vec![$($crate::db::Value::from($value)),+] };
}
pub(super) use row;
