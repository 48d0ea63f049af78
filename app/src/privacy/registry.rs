//! Every table that has a person in it: whose rows they are, who did what, what is secret, and what goes when the person
//! goes. `tests.rs` compares it with the schema.

/// One table.
pub struct Table {
    pub name: &'static str,
    /// Columns that say whose row it is.
    pub whose: &'static [&'static str],
    /// Columns that say who did something: the row is about another person or thing.
    pub acted: &'static [&'static str],
    /// The rows about a person, whose id is `$1`; none where the table has only what they did.
    pub about: Option<&'static str>,
    /// Columns that nobody is handed: they open doors.
    pub secret: &'static [&'static str],
    pub erase: Erase,
}

/// What is done to a table when a person is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Erase {
    /// Its rows name nobody by themselves.
    Nothing,
    /// The person's rows go.
    Rows,
    /// The rows stay and lose what this takes from those of the person, whose id is `$1`.
    Part(&'static str),
}

/// A table in which people only did something.
const fn acts(name: &'static str, acted: &'static [&'static str]) -> Table {
    Table {
        name,
        whose: &[],
        acted,
        about: None,
        secret: &[],
        erase: Erase::Nothing,
    }
}

/// A table with rows about a person.
const fn about(name: &'static str, whose: &'static [&'static str], about: &'static str) -> Table {
    Table {
        name,
        whose,
        acted: &[],
        about: Some(about),
        secret: &[],
        erase: Erase::Nothing,
    }
}

impl Table {
    const fn acted(mut self, acted: &'static [&'static str]) -> Self {
        self.acted = acted;
        self
    }

    const fn secret(mut self, secret: &'static [&'static str]) -> Self {
        self.secret = secret;
        self
    }

    const fn goes(mut self) -> Self {
        self.erase = Erase::Rows;
        self
    }

    const fn loses(mut self, part: &'static str) -> Self {
        self.erase = Erase::Part(part);
        self
    }
}

/// All of them. The person's own row is erased last and apart (`erasing.rs`), and so are texts that hold a name or number
/// without saying whose it is.
pub const TABLES: &[Table] = &[
    about(
        "people",
        &["id"],
        "SELECT x.*, f.name AS firm FROM people x LEFT JOIN firms f ON f.id = x.firm_id WHERE x.id = $1",
    )
    .acted(&["created_by"])
    .secret(&["password_hash"]),
    about(
        "grants",
        &["person_id"],
        "SELECT x.* FROM grants x WHERE x.person_id = $1 ORDER BY x.granted_at",
    )
    .acted(&["granted_by"])
    .goes(),
    about(
        "sign_ins",
        &["person_id"],
        "SELECT x.* FROM sign_ins x WHERE x.person_id = $1 ORDER BY x.created_at",
    )
    .secret(&["token_hash"])
    .goes(),
    about(
        "identities",
        &["person_id"],
        "SELECT x.* FROM identities x WHERE x.person_id = $1 ORDER BY x.linked_at",
    )
    .goes(),
    about("teachers", &["person_id"], "SELECT x.* FROM teachers x WHERE x.person_id = $1"),
    about(
        "class_staff",
        &["person_id"],
        "SELECT x.*, c.title AS class FROM class_staff x JOIN classes c ON c.id = x.class_id WHERE x.person_id = $1",
    )
    .goes(),
    about(
        "enrolments",
        &["person_id"],
        "SELECT x.*, c.title AS class FROM enrolments x JOIN classes c ON c.id = x.class_id WHERE x.person_id = $1 ORDER BY x.created_at",
    )
    .loses("UPDATE enrolments SET reason = NULL, note = NULL WHERE person_id = $1"),
    about(
        "enrolment_events",
        &[],
        "SELECT x.* FROM enrolment_events x JOIN enrolments e ON e.id = x.enrolment_id WHERE e.person_id = $1 ORDER BY x.at",
    )
    .acted(&["by_person"])
    .loses("UPDATE enrolment_events SET why = '' WHERE enrolment_id IN (SELECT id FROM enrolments WHERE person_id = $1)"),
    about(
        "attendances",
        &[],
        "SELECT x.*, l.topic AS lesson, l.starts_at, l.half_hours FROM attendances x JOIN enrolments e ON e.id = x.enrolment_id
         JOIN lessons l ON l.id = x.lesson_id WHERE e.person_id = $1 ORDER BY l.starts_at",
    )
    .acted(&["by_person"])
    .loses(
        "UPDATE attendances SET lat_e4 = NULL, lon_e4 = NULL, device_mark = NULL
         WHERE enrolment_id IN (SELECT id FROM enrolments WHERE person_id = $1)",
    ),
    about(
        "attendance_events",
        &[],
        "SELECT x.* FROM attendance_events x JOIN enrolments e ON e.id = x.enrolment_id WHERE e.person_id = $1 ORDER BY x.at",
    )
    .acted(&["by_person"])
    .loses("UPDATE attendance_events SET why = '' WHERE enrolment_id IN (SELECT id FROM enrolments WHERE person_id = $1)"),
    about(
        "leaves",
        &[],
        "SELECT x.* FROM leaves x JOIN enrolments e ON e.id = x.enrolment_id WHERE e.person_id = $1 ORDER BY x.asked_at",
    )
    .acted(&["decided_by"])
    .loses("UPDATE leaves SET reason = '', decision_reason = NULL WHERE enrolment_id IN (SELECT id FROM enrolments WHERE person_id = $1)"),
    about(
        "walk_ins",
        &["person_id"],
        "SELECT x.* FROM walk_ins x WHERE x.person_id = $1 ORDER BY x.asked_at",
    )
    .acted(&["decided_by"])
    .loses("UPDATE walk_ins SET reason = NULL WHERE person_id = $1"),
    about(
        "evaluation_marks",
        &["person_id"],
        "SELECT x.* FROM evaluation_marks x WHERE x.person_id = $1",
    ),
    about(
        "certificates",
        &["person_id"],
        "SELECT x.* FROM certificates x WHERE x.person_id = $1 ORDER BY x.issued_at",
    )
    .acted(&["issued_by", "revoked_by"])
    // That it was revoked stays to be seen.
    .loses("UPDATE certificates SET revoke_reason = '' WHERE person_id = $1 AND revoke_reason IS NOT NULL"),
    about(
        "verifier_assignments",
        &["person_id"],
        "SELECT x.* FROM verifier_assignments x WHERE x.person_id = $1 ORDER BY x.assigned_at",
    )
    .acted(&["assigned_by"])
    .goes(),
    about(
        "person_emails",
        &["person_id"],
        "SELECT x.* FROM person_emails x WHERE x.person_id = $1 ORDER BY x.created_at",
    )
    .goes(),
    about(
        "message_choices",
        &["person_id"],
        "SELECT x.* FROM message_choices x WHERE x.person_id = $1",
    )
    .goes(),
    about(
        "lesson_reminders",
        &["person_id"],
        "SELECT x.* FROM lesson_reminders x WHERE x.person_id = $1 ORDER BY x.told_at",
    )
    .goes(),
    // Before the notices that it carries.
    about(
        "outbox",
        &["person_id"],
        "SELECT x.* FROM outbox x WHERE x.person_id = $1 ORDER BY x.created_at",
    )
    .goes(),
    about(
        "notices",
        &["person_id"],
        "SELECT x.* FROM notices x WHERE x.person_id = $1 ORDER BY x.created_at",
    )
    .goes(),
    about(
        "calendar_links",
        &["person_id"],
        "SELECT x.* FROM calendar_links x WHERE x.person_id = $1 ORDER BY x.made_at",
    )
    .acted(&["made_by", "revoked_by"])
    .secret(&["token_hash"])
    .goes(),
    about(
        "audit_particulars",
        &["person_id"],
        "SELECT x.*, e.at, e.what FROM audit_particulars x JOIN audit_entries e ON e.id = x.entry_id WHERE x.person_id = $1 ORDER BY e.at",
    )
    .goes(),
    acts("audit_entries", &["by_person"]),
    acts("firms", &["created_by"]),
    acts("firm_contacts", &["created_by"]),
    acts("firm_events", &["by_person"]),
    acts("firm_imports", &["created_by"]),
    acts("roster_imports", &["created_by"]),
    acts("classes", &["created_by"]),
    acts("class_events", &["by_person"]),
    acts("lesson_events", &["by_person"]),
    acts("devices", &["created_by", "revoked_by"]),
    acts("api_tokens", &["created_by", "revoked_by"]),
    acts("frameworks", &["created_by", "published_by"]),
    acts("cohorts", &["created_by"]),
    acts("pilots", &["nominated_by"]),
    acts("pilot_events", &["by_person"]),
    acts("files", &["uploaded_by"]),
    acts("rounds", &["opened_by", "closed_by"]),
    acts("assessments", &["submitted_by", "verified_by"]),
    acts("answers", &["na_decided_by", "changed_by"]),
    acts("answer_events", &["by_person"]),
    acts("submissions", &["by_person", "returned_by"]),
    acts("assessment_comments", &["by_person"]),
    acts("evidence", &["added_by", "decided_by"]),
    acts("verdicts", &["by_person"]),
    acts("verdict_events", &["by_person"]),
    acts("site_visits", &["by_person"]),
    acts("site_visit_events", &["by_person"]),
    acts("benchmarks", &["created_by"]),
    acts("pilot_benchmarks", &["chosen_by"]),
    acts("causes", &["changed_by"]),
    acts("targets", &["changed_by"]),
    acts("actions", &["created_by"]),
    acts("action_events", &["by_person"]),
    acts("action_evidence", &["added_by", "decided_by"]),
    acts("gate_decisions", &["by_person"]),
];
