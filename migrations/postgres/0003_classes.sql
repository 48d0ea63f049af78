CREATE TABLE classes (
    id UUID PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES schools (id),
    plan_id UUID NOT NULL REFERENCES plans (id),
    theme_id UUID REFERENCES plan_themes (id),
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    term TEXT NOT NULL,
    capacity BIGINT NOT NULL CHECK (capacity > 0),
    approval TEXT NOT NULL CHECK (approval IN ('automatic', 'by_hand')),
    enrol_opens_at TIMESTAMPTZ,
    enrol_closes_at TIMESTAMPTZ,
    -- after this instant nobody is promoted from the waitlist any more
    cutoff_at TIMESTAMPTZ,
    quota_reclaim_at TIMESTAMPTZ,
    quota_reclaimed_at TIMESTAMPTZ,
    opens_before_min BIGINT NOT NULL,
    late_after_min BIGINT NOT NULL,
    pass_rate BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'published', 'enrolling', 'running', 'closed', 'archived', 'cancelled')),
    cancel_reason TEXT,
    starts_at TIMESTAMPTZ,
    ends_at TIMESTAMPTZ,
    copied_from UUID REFERENCES classes (id),
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID,
    -- counts edits of the form; `version` is for locking and moves with every enrolment
    edition BIGINT NOT NULL DEFAULT 1,
    version BIGINT NOT NULL
);
CREATE INDEX classes_by_school ON classes (school_id, starts_at, id);
CREATE INDEX classes_by_state ON classes (state, starts_at, id);
CREATE INDEX classes_by_start ON classes (starts_at, id);
CREATE INDEX classes_by_theme ON classes (theme_id, starts_at, id);
CREATE INDEX classes_by_plan ON classes (plan_id, school_id);
CREATE TABLE class_quotas (
    class_id UUID NOT NULL REFERENCES classes (id),
    region TEXT NOT NULL REFERENCES regions (region),
    seats BIGINT NOT NULL CHECK (seats > 0),
    PRIMARY KEY (class_id, region)
);
-- 班主任: people who look after the class and may run its wall and its marking.
CREATE TABLE class_staff (
    class_id UUID NOT NULL REFERENCES classes (id),
    person_id UUID NOT NULL REFERENCES people (id),
    PRIMARY KEY (class_id, person_id)
);
CREATE INDEX class_staff_by_person ON class_staff (person_id);
-- Every change of state, quota reclaim and cancellation, append-only.
CREATE TABLE class_events (
    id UUID PRIMARY KEY,
    class_id UUID NOT NULL REFERENCES classes (id),
    at TIMESTAMPTZ NOT NULL,
    by_person UUID,
    what TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX class_events_by_class ON class_events (class_id, at, id);

CREATE TABLE lessons (
    id UUID PRIMARY KEY,
    class_id UUID NOT NULL REFERENCES classes (id),
    topic TEXT NOT NULL,
    starts_at TIMESTAMPTZ NOT NULL,
    ends_at TIMESTAMPTZ NOT NULL,
    teacher_id UUID REFERENCES teachers (id),
    venue_id UUID REFERENCES venues (id),
    -- training hours (学时) in halves, so that 1.5 hours stay exact
    half_hours BIGINT NOT NULL,
    -- the key of the projected code, made by chance; no page ever shows it
    code_key BYTEA NOT NULL,
    attendance_closed_at TIMESTAMPTZ,
    cancelled_at TIMESTAMPTZ,
    -- counts edits of the form; `version` is for locking
    edition BIGINT NOT NULL DEFAULT 1,
    version BIGINT NOT NULL
);
CREATE INDEX lessons_by_class ON lessons (class_id, starts_at, id);
CREATE INDEX lessons_by_teacher ON lessons (teacher_id, starts_at);
CREATE INDEX lessons_by_venue ON lessons (venue_id, starts_at);
CREATE INDEX lessons_by_start ON lessons (starts_at, id);
