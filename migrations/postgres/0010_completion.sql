-- Evaluation (评教). Who has evaluated stands here, what they said stands in `evaluations`, and nothing leads from one to
-- the other: no person, no time, an id by chance alone.
CREATE TABLE evaluation_marks (
    class_id UUID NOT NULL REFERENCES classes (id),
    person_id UUID NOT NULL REFERENCES people (id),
    PRIMARY KEY (class_id, person_id)
);
CREATE TABLE evaluations (
    class_id UUID NOT NULL REFERENCES classes (id),
    id UUID NOT NULL,
    -- 1 (poor) to 5 (excellent)
    content BIGINT NOT NULL CHECK (content BETWEEN 1 AND 5),
    teaching BIGINT NOT NULL CHECK (teaching BETWEEN 1 AND 5),
    organisation BIGINT NOT NULL CHECK (organisation BETWEEN 1 AND 5),
    benefit BIGINT NOT NULL CHECK (benefit BETWEEN 1 AND 5),
    words TEXT NOT NULL,
    PRIMARY KEY (class_id, id)
);

-- A certificate (结业证书) keeps what it said on the day it was issued.
CREATE TABLE certificates (
    id UUID PRIMARY KEY,
    serial TEXT NOT NULL UNIQUE,
    class_id UUID NOT NULL REFERENCES classes (id),
    person_id UUID NOT NULL REFERENCES people (id),
    name TEXT NOT NULL,
    class_title TEXT NOT NULL,
    school_zh TEXT NOT NULL,
    school_en TEXT NOT NULL,
    starts_at TIMESTAMPTZ,
    ends_at TIMESTAMPTZ,
    -- training hours attended, in halves
    half_hours BIGINT NOT NULL,
    -- lessons attended of lessons held that were not excused
    attended BIGINT NOT NULL,
    held BIGINT NOT NULL,
    issued_at TIMESTAMPTZ NOT NULL,
    issued_by UUID,
    revoked_at TIMESTAMPTZ,
    revoked_by UUID,
    revoke_reason TEXT
);
CREATE UNIQUE INDEX certificates_one_valid ON certificates (class_id, person_id) WHERE revoked_at IS NULL;
CREATE INDEX certificates_by_person ON certificates (person_id, issued_at);
