//! The acts that are noted, and how much of a detail somebody may read.

/// Every act that is noted anywhere, by its kind. A test looks through the sources for one that is missing.
pub const ACTS: &[&str] = &[
    "person.signed-in",
    "person.registered",
    "person.claimed",
    "person.invited",
    "person.edited",
    "person.firm-chosen",
    "person.moved",
    "person.deactivated",
    "person.reactivated",
    "person.password-changed",
    "person.password-reset",
    "person.linked",
    "person.unlinked",
    "person.signed-in-through",
    "person.email-confirmed",
    "person.email-removed",
    "person.role-given",
    "person.role-taken",
    "person.data-exported",
    "person.erased",
    "school.edited",
    "school.opened",
    "school.opening_withdrawn",
    "venue.added",
    "venue.edited",
    "venue.retired",
    "venue.restored",
    "teacher.added",
    "teacher.edited",
    "teacher.retired",
    "teacher.restored",
    "plan.added",
    "plan.edited",
    "plan.theme_saved",
    "plan.theme_removed",
    "plan.targets_set",
    "class.created",
    "class.copied",
    "class.edited",
    "class.lessons",
    "class.state",
    "class.deleted",
    "class.staff_added",
    "class.staff_removed",
    "device.registered",
    "device.revoked",
    "enrolment.submitted",
    "enrolment.approved",
    "enrolment.waitlisted",
    "enrolment.rejected",
    "enrolment.withdrawn",
    "enrolment.replaced",
    "enrolment.lapsed",
    "enrolment.priority",
    "attendance.corrected",
    "api_token.made",
    "api_token.revoked",
    "certificates.issued",
    "certificate.revoked",
    "calendar.made",
    "calendar.renewed",
    "calendar.revoked",
    "firm.entered",
    "firm.imported",
    "firm.changed",
    "firm.code-added",
    "firm.profile-kept",
    "firm.contact-changed",
    "firm.merged-in",
    "firm.merged-away",
    "framework.imported",
    "framework.copied",
    "framework.edited",
    "framework.published",
    "framework.retired",
    "framework.discarded",
    "cohort.added",
    "cohort.changed",
    "cohort.started",
    "cohort.closed",
    "round.opened",
    "round.moved",
    "round.closed",
    "gate.applied",
    "gate.forwarded",
    "gate.returned",
    "gate.passed",
    "gate.conditional",
    "gate.met",
    "gate.came_back",
    "gate.terminated",
    "pilot.screened",
    "pilot.declined",
    "pilot.chosen",
    "pilot.choice-undone",
    "pilot.withdrawn",
    "pilot.substituted",
    "assessment.submitted",
    "verification.reopened",
    "benchmark.entered",
    "benchmark.changed",
    "file.read",
    "message.sent-again",
    "message.discarded",
    "trail.exported",
];

/// The kinds of acts, in the order of [`ACTS`].
pub fn kinds() -> Vec<&'static str> {
    let mut kinds: Vec<&'static str> = Vec::new();
    for act in ACTS {
        let kind = kind_of(act);
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds
}

/// What stands before the dot.
pub fn kind_of(act: &str) -> &str {
    act.split('.').next().unwrap_or(act)
}

/// `text` with the middle of every phone number hidden: 13812345678 becomes 138****5678. A run of 7 to 13 digits is one.
pub fn masked(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut digits = String::new();
    for c in text.chars().chain(std::iter::once('\n')) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        shown.push_str(&masked_number(&digits));
        digits.clear();
        shown.push(c);
    }
    shown.pop();
    shown
}

fn masked_number(digits: &str) -> String {
    let length = digits.len();
    if !(7..=13).contains(&length) {
        return digits.to_owned();
    }
    let (start, end) = (3.min(length - 4), length - 4);
    format!("{}{}{}", &digits[..start], "*".repeat(end - start), &digits[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acts_are_named_once() {
        let distinct: std::collections::BTreeSet<_> = ACTS.iter().collect();
        assert_eq!(distinct.len(), ACTS.len());
        assert_eq!(kinds().first(), Some(&"person"));
    }

    #[test]
    fn a_number_shows_its_ends_only() {
        for (text, shown) in [
            ("13812345678", "138****5678"),
            ("电话 13812345678 → 13900000000", "电话 138****5678 → 139****0000"),
            ("0379-6391234", "0379-***1234"),
            ("410323", "410323"),
            ("30 → 40", "30 → 40"),
            ("", ""),
        ] {
            assert_eq!(masked(text), shown);
        }
    }
}
