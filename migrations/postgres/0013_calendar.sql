-- Addresses that calendar programs read (iCalendar), of a person's lessons or of a class's. Only the SHA-256 of the secret
-- in the address stands here: the city's key makes it from the row's id whenever its owner wants to see it.
CREATE TABLE calendar_links (
    id UUID PRIMARY KEY,
    token_hash BYTEA NOT NULL UNIQUE,
    person_id UUID REFERENCES people (id),
    class_id UUID REFERENCES classes (id),
    made_at TIMESTAMPTZ NOT NULL,
    made_by UUID,
    -- when a program last fetched it, written at most once an hour
    read_at TIMESTAMPTZ,
    revoked_at TIMESTAMPTZ,
    revoked_by UUID,
    CHECK ((person_id IS NULL) <> (class_id IS NULL))
);
CREATE UNIQUE INDEX calendar_links_one_of_person ON calendar_links (person_id) WHERE revoked_at IS NULL;
CREATE UNIQUE INDEX calendar_links_one_of_class ON calendar_links (class_id) WHERE revoked_at IS NULL;
-- What calendar programs compare: how often time, place, subject or fate of a lesson changed, and when last; null for never.
ALTER TABLE lessons ADD COLUMN sequence BIGINT NOT NULL DEFAULT 0;
ALTER TABLE lessons ADD COLUMN changed_at TIMESTAMPTZ;
