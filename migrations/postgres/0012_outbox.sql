-- A person's e-mail address: at most one in use and one that waits for its owner to say so. The id is part of the mailed
-- link, so that a link to an address that was replaced is worth nothing.
CREATE TABLE person_emails (
    id UUID PRIMARY KEY,
    person_id UUID NOT NULL REFERENCES people (id),
    address TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'confirmed')),
    created_at TIMESTAMPTZ NOT NULL,
    -- until then the mailed link can be used
    expires_at TIMESTAMPTZ NOT NULL,
    UNIQUE (person_id, state)
);
-- What somebody does or does not want to be sent; no row means wanted.
CREATE TABLE message_choices (
    person_id UUID NOT NULL REFERENCES people (id),
    topic TEXT NOT NULL,
    channel TEXT NOT NULL CHECK (channel IN ('email', 'webhook')),
    wanted BOOLEAN NOT NULL,
    PRIMARY KEY (person_id, topic, channel)
);
-- Messages on their way out, written in the transaction of what they are about and sent by whichever process takes them.
CREATE TABLE outbox (
    -- the notice's own id, so that one notice is one message in each channel; a mailed link has an id of its own
    id UUID NOT NULL,
    channel TEXT NOT NULL CHECK (channel IN ('email', 'webhook')),
    person_id UUID NOT NULL REFERENCES people (id),
    notice_id UUID REFERENCES notices (id),
    -- the address that a mailed link is about; it may have been replaced meanwhile
    email_id UUID,
    topic TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'dead', 'dropped')),
    -- counted before each attempt begins
    attempts BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    -- not to be tried before; while an attempt is under way, when another process may take it
    due_at TIMESTAMPTZ NOT NULL,
    -- after that it is worth nothing to its reader
    expires_at TIMESTAMPTZ NOT NULL,
    -- whose attempt is under way
    lease UUID,
    -- of the state
    changed_at TIMESTAMPTZ NOT NULL,
    -- why the last attempt failed: a word of ours, and what the other side said
    fault TEXT,
    detail TEXT,
    PRIMARY KEY (id, channel)
);
CREATE INDEX outbox_by_due ON outbox (channel, due_at) WHERE state = 'waiting';
CREATE INDEX outbox_by_state ON outbox (state, changed_at, id, channel);
CREATE INDEX outbox_by_person ON outbox (person_id, state, changed_at, id, channel);
-- A lesson of which somebody was reminded, once for each day that it was to be on.
CREATE TABLE lesson_reminders (
    lesson_id UUID NOT NULL REFERENCES lessons (id),
    person_id UUID NOT NULL REFERENCES people (id),
    day DATE NOT NULL,
    told_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (lesson_id, person_id, day)
);
CREATE INDEX lesson_reminders_by_day ON lesson_reminders (day);
