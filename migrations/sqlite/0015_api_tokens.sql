-- Tokens that other programs call the API with. Only the SHA-256 of a token stands here.
CREATE TABLE api_tokens (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    -- the one school that it reaches; none is the whole city
    school_id BLOB REFERENCES schools (id),
    -- words with blanks between them
    scopes TEXT NOT NULL,
    created_at TEXT NOT NULL,
    created_by BLOB NOT NULL REFERENCES people (id),
    expires_at TEXT NOT NULL,
    seen_at TEXT,
    revoked_at TEXT,
    revoked_by BLOB
);
CREATE INDEX api_tokens_by_school ON api_tokens (school_id, id);
-- From now on `device_id` names a machine: a scanner or a token of the API, here as in attendances.
-- SQLite drops no constraint, so the table is made anew.
CREATE TABLE device_answers_new (
    device_id BLOB NOT NULL,
    nonce TEXT NOT NULL,
    lesson_id BLOB NOT NULL REFERENCES lessons (id),
    -- what was asked, hashed: the same nonce for something else is a fault of the device
    asked BLOB NOT NULL,
    answer TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (device_id, nonce)
);
INSERT INTO device_answers_new (device_id, nonce, lesson_id, asked, answer, at)
    SELECT device_id, nonce, lesson_id, asked, answer, at FROM device_answers;
DROP TABLE device_answers;
ALTER TABLE device_answers_new RENAME TO device_answers;
CREATE INDEX device_answers_by_age ON device_answers (at);
-- What the API's pages go through by key.
CREATE INDEX classes_by_school_and_id ON classes (school_id, id);
CREATE INDEX enrolments_by_class_and_id ON enrolments (class_id, id);
