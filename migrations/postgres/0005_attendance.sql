CREATE TABLE attendances (
    lesson_id UUID NOT NULL REFERENCES lessons (id),
    enrolment_id UUID NOT NULL REFERENCES enrolments (id),
    status TEXT NOT NULL CHECK (status IN ('present', 'late', 'left_early', 'excused', 'absent')),
    source TEXT NOT NULL CHECK (source IN ('wall', 'staff_scan', 'device', 'hand', 'paper', 'leave', 'closing')),
    at TIMESTAMPTZ NOT NULL,
    by_person UUID,
    device_id UUID,
    flags TEXT NOT NULL,
    -- which browser, hashed: tells that one phone checked in two people
    device_mark BYTEA,
    -- where the phone says it was, in ten-thousandths of a degree, when its owner lets it say
    lat_e4 BIGINT,
    lon_e4 BIGINT,
    PRIMARY KEY (lesson_id, enrolment_id)
);
CREATE INDEX attendances_by_enrolment ON attendances (enrolment_id, lesson_id);
CREATE INDEX attendances_by_arrival ON attendances (lesson_id, at);
CREATE TABLE attendance_events (
    id UUID PRIMARY KEY,
    lesson_id UUID NOT NULL REFERENCES lessons (id),
    enrolment_id UUID NOT NULL REFERENCES enrolments (id),
    at TIMESTAMPTZ NOT NULL,
    by_person UUID,
    device_id UUID,
    source TEXT NOT NULL,
    from_status TEXT,
    to_status TEXT,
    why TEXT NOT NULL
);
CREATE INDEX attendance_events_by_lesson ON attendance_events (lesson_id, enrolment_id, at, id);
CREATE TABLE lesson_events (
    id UUID PRIMARY KEY,
    lesson_id UUID NOT NULL REFERENCES lessons (id),
    at TIMESTAMPTZ NOT NULL,
    by_person UUID,
    what TEXT NOT NULL,
    why TEXT NOT NULL
);
CREATE INDEX lesson_events_by_lesson ON lesson_events (lesson_id, at, id);
CREATE TABLE leaves (
    id UUID PRIMARY KEY,
    lesson_id UUID NOT NULL REFERENCES lessons (id),
    enrolment_id UUID NOT NULL REFERENCES enrolments (id),
    reason TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('asked', 'approved', 'refused', 'withdrawn')),
    asked_at TIMESTAMPTZ NOT NULL,
    decided_at TIMESTAMPTZ,
    decided_by UUID,
    decision_reason TEXT
);
CREATE UNIQUE INDEX leaves_one_live ON leaves (lesson_id, enrolment_id) WHERE state IN ('asked', 'approved');
-- 'Ask to be added': somebody at the door who is not on the roster.
CREATE TABLE walk_ins (
    id UUID PRIMARY KEY,
    lesson_id UUID NOT NULL REFERENCES lessons (id),
    person_id UUID NOT NULL REFERENCES people (id),
    asked_at TIMESTAMPTZ NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('asked', 'added', 'refused')),
    decided_at TIMESTAMPTZ,
    decided_by UUID,
    reason TEXT,
    UNIQUE (lesson_id, person_id)
);
CREATE TABLE devices (
    id UUID PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES schools (id),
    name TEXT NOT NULL,
    token_hash BYTEA NOT NULL UNIQUE,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID NOT NULL REFERENCES people (id),
    seen_at TIMESTAMPTZ,
    revoked_at TIMESTAMPTZ,
    revoked_by UUID
);
CREATE INDEX devices_by_school ON devices (school_id, created_at, id);
CREATE TABLE device_answers (
    device_id UUID NOT NULL REFERENCES devices (id),
    nonce TEXT NOT NULL,
    lesson_id UUID NOT NULL REFERENCES lessons (id),
    -- what was asked, hashed: the same nonce for something else is a fault of the device
    asked BYTEA NOT NULL,
    answer TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (device_id, nonce)
);
CREATE INDEX device_answers_by_age ON device_answers (at);
