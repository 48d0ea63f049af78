-- Tokens that other programs call the API with. Only the SHA-256 of a token stands here.
CREATE TABLE api_tokens (
    id UUID PRIMARY KEY,
    name TEXT NOT NULL,
    token_hash BYTEA NOT NULL UNIQUE,
    -- the one school that it reaches; none is the whole city
    school_id UUID REFERENCES schools (id),
    -- words with blanks between them
    scopes TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID NOT NULL REFERENCES people (id),
    expires_at TIMESTAMPTZ NOT NULL,
    seen_at TIMESTAMPTZ,
    revoked_at TIMESTAMPTZ,
    revoked_by UUID
);
CREATE INDEX api_tokens_by_school ON api_tokens (school_id, id);
-- From now on `device_id` names a machine: a scanner or a token of the API, here as in attendances.
ALTER TABLE device_answers DROP CONSTRAINT device_answers_device_id_fkey;
-- What the API's pages go through by key.
CREATE INDEX classes_by_school_and_id ON classes (school_id, id);
CREATE INDEX enrolments_by_class_and_id ON enrolments (class_id, id);
