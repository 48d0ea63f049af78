-- What a firm's profile holds beside its name and code. A merged firm stays as a row that leads to its survivor; nothing else
-- points at it any more.
ALTER TABLE firms ADD COLUMN about TEXT NOT NULL DEFAULT '';
ALTER TABLE firms ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE firms ADD COLUMN merged_into BLOB REFERENCES firms (id);
ALTER TABLE firms ADD COLUMN merged_at TEXT;
CREATE INDEX firms_by_age ON firms (created_at, id);
CREATE INDEX firms_by_survivor ON firms (merged_into);
CREATE INDEX firms_by_category ON firms (category, initials, name, id);
CREATE INDEX firms_by_size ON firms (size, initials, name, id);

-- Whom to call at a firm. At most one of them is the main contact.
CREATE TABLE firm_contacts (
    id BLOB PRIMARY KEY,
    firm_id BLOB NOT NULL REFERENCES firms (id),
    name TEXT NOT NULL,
    position TEXT NOT NULL,
    phone TEXT NOT NULL,
    email TEXT,
    is_main BOOLEAN NOT NULL,
    created_at TEXT NOT NULL,
    created_by BLOB
);
CREATE INDEX firm_contacts_by_firm ON firm_contacts (firm_id, created_at, id);
CREATE INDEX firm_contacts_by_phone ON firm_contacts (phone, firm_id);

-- Everything that happened to a firm, append-only. `detail` lists the fields that changed, old and new, as JSON.
CREATE TABLE firm_events (
    id BLOB PRIMARY KEY,
    firm_id BLOB NOT NULL REFERENCES firms (id),
    at TEXT NOT NULL,
    by_person BLOB,
    what TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX firm_events_by_firm ON firm_events (firm_id, at, id);

-- A list of firms that came in as a table, as rosters do.
CREATE TABLE firm_imports (
    id BLOB PRIMARY KEY,
    file_name TEXT NOT NULL,
    headers TEXT NOT NULL,
    columns TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('read', 'running', 'done')),
    rows_total BIGINT NOT NULL,
    claimed_at TEXT,
    created_at TEXT NOT NULL,
    created_by BLOB NOT NULL REFERENCES people (id)
);
CREATE INDEX firm_imports_by_person ON firm_imports (created_by, created_at, id);
CREATE INDEX firm_imports_by_state ON firm_imports (state, created_at, id);
CREATE TABLE firm_import_rows (
    import_id BLOB NOT NULL REFERENCES firm_imports (id),
    number BIGINT NOT NULL,
    cells TEXT NOT NULL,
    outcome TEXT,
    reason TEXT,
    PRIMARY KEY (import_id, number)
);

-- What points at a firm, for its page and for a merge.
CREATE INDEX grants_by_firm ON grants (firm_id);
CREATE INDEX enrolments_by_firm ON enrolments (firm_id);
CREATE INDEX seat_holds_by_firm ON seat_holds (firm_id);
