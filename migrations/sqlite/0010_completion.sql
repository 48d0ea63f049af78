-- Evaluation (评教). Who has evaluated stands here, what they said stands in `evaluations`, and nothing leads from one to
-- the other: no person, no time, an id by chance alone, and no order of writing (WITHOUT ROWID on SQLite).
CREATE TABLE evaluation_marks (
    class_id BLOB NOT NULL REFERENCES classes (id),
    person_id BLOB NOT NULL REFERENCES people (id),
    PRIMARY KEY (class_id, person_id)
) WITHOUT ROWID;
CREATE TABLE evaluations (
    class_id BLOB NOT NULL REFERENCES classes (id),
    id BLOB NOT NULL,
    -- 1 (poor) to 5 (excellent)
    content BIGINT NOT NULL CHECK (content BETWEEN 1 AND 5),
    teaching BIGINT NOT NULL CHECK (teaching BETWEEN 1 AND 5),
    organisation BIGINT NOT NULL CHECK (organisation BETWEEN 1 AND 5),
    benefit BIGINT NOT NULL CHECK (benefit BETWEEN 1 AND 5),
    words TEXT NOT NULL,
    PRIMARY KEY (class_id, id)
) WITHOUT ROWID;

-- A certificate (结业证书) keeps what it said on the day it was issued.
CREATE TABLE certificates (
    id BLOB PRIMARY KEY,
    serial TEXT NOT NULL UNIQUE,
    class_id BLOB NOT NULL REFERENCES classes (id),
    person_id BLOB NOT NULL REFERENCES people (id),
    name TEXT NOT NULL,
    class_title TEXT NOT NULL,
    school_zh TEXT NOT NULL,
    school_en TEXT NOT NULL,
    starts_at TEXT,
    ends_at TEXT,
    -- training hours attended, in halves
    half_hours BIGINT NOT NULL,
    -- lessons attended of lessons held that were not excused
    attended BIGINT NOT NULL,
    held BIGINT NOT NULL,
    issued_at TEXT NOT NULL,
    issued_by BLOB,
    revoked_at TEXT,
    revoked_by BLOB,
    revoke_reason TEXT
);
CREATE UNIQUE INDEX certificates_one_valid ON certificates (class_id, person_id) WHERE revoked_at IS NULL;
CREATE INDEX certificates_by_person ON certificates (person_id, issued_at);
