CREATE TABLE enrolments (
    id BLOB PRIMARY KEY,
    class_id BLOB NOT NULL REFERENCES classes (id),
    person_id BLOB NOT NULL REFERENCES people (id),
    -- the seat stays when a firm replaces its attendee; approval and history stay with it
    seat_id BLOB NOT NULL,
    -- the firm on whose held seat the person sits, if it is such a seat
    firm_id BLOB REFERENCES firms (id),
    -- county at the time of enrolling: whose quota the seat counts against
    region TEXT NOT NULL REFERENCES regions (region),
    state TEXT NOT NULL CHECK (state IN ('submitted', 'approved', 'waitlisted', 'rejected', 'withdrawn', 'replaced', 'lapsed')),
    priority BIGINT NOT NULL,
    queued_at TEXT NOT NULL,
    reason TEXT,
    note TEXT,
    source TEXT NOT NULL,
    created_at TEXT NOT NULL,
    changed_at TEXT NOT NULL
);
CREATE UNIQUE INDEX enrolments_one_live ON enrolments (class_id, person_id) WHERE state IN ('submitted', 'approved', 'waitlisted');
CREATE INDEX enrolments_by_class ON enrolments (class_id, state, priority DESC, queued_at, id);
CREATE INDEX enrolments_by_queue ON enrolments (class_id, priority DESC, queued_at, id);
CREATE INDEX enrolments_by_change ON enrolments (class_id, changed_at DESC, id DESC);
CREATE INDEX enrolments_by_seat ON enrolments (seat_id, created_at);
CREATE INDEX enrolments_by_person ON enrolments (person_id, created_at);
CREATE TABLE enrolment_events (
    id BLOB PRIMARY KEY,
    enrolment_id BLOB NOT NULL REFERENCES enrolments (id),
    at TEXT NOT NULL,
    by_person BLOB,
    from_state TEXT,
    to_state TEXT NOT NULL,
    why TEXT NOT NULL,
    -- what happened, as a word of the program: applied, promoted, priority …
    what TEXT NOT NULL DEFAULT 'changed',
    -- the changes of one press of a button, which can be taken back together
    batch_id BLOB
);
CREATE INDEX enrolment_events_by_batch ON enrolment_events (batch_id, enrolment_id);
CREATE INDEX enrolment_events_by_enrolment ON enrolment_events (enrolment_id, at, id);
-- Seats that a firm holds in a class for people it names later.
CREATE TABLE seat_holds (
    class_id BLOB NOT NULL REFERENCES classes (id),
    firm_id BLOB NOT NULL REFERENCES firms (id),
    seats BIGINT NOT NULL CHECK (seats > 0),
    until TEXT,
    -- unused seats went back to all at this instant
    released_at TEXT,
    PRIMARY KEY (class_id, firm_id)
);
