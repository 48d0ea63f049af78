-- Regions are data: `region` is a stable key (the GB/T 2260 code of 2020); names and codes change with a date and history stays.
CREATE TABLE regions (
    region TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('city', 'county')),
    sort BIGINT NOT NULL
);
CREATE TABLE region_names (
    region TEXT NOT NULL REFERENCES regions (region),
    code TEXT NOT NULL,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    PRIMARY KEY (region, valid_from)
);

CREATE TABLE firms (
    id UUID PRIMARY KEY,
    name TEXT NOT NULL,
    initials TEXT NOT NULL,
    credit_code TEXT UNIQUE,
    category TEXT,
    region TEXT NOT NULL REFERENCES regions (region),
    size TEXT,
    industry TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID
);
CREATE INDEX firms_by_name ON firms (name, id);
CREATE INDEX firms_by_initials ON firms (initials, name, id);
CREATE INDEX firms_by_region ON firms (region, initials, name, id);

CREATE TABLE people (
    id UUID PRIMARY KEY,
    name TEXT NOT NULL,
    initials TEXT NOT NULL,
    phone TEXT UNIQUE,
    user_name TEXT UNIQUE,
    password_hash TEXT,
    must_change_password BOOLEAN NOT NULL,
    region TEXT NOT NULL REFERENCES regions (region),
    firm_id UUID REFERENCES firms (id),
    position TEXT,
    lang TEXT,
    theme TEXT,
    qr_code TEXT NOT NULL UNIQUE,
    active BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID
);
CREATE INDEX people_by_name ON people (name, id);
CREATE INDEX people_by_initials ON people (initials, name, id);
CREATE INDEX people_by_region ON people (region, initials, name, id);
CREATE INDEX people_by_firm ON people (firm_id, name, id);

-- One row a role and scope; the scope column that the role needs is set, the others are null.
CREATE TABLE grants (
    id UUID PRIMARY KEY,
    person_id UUID NOT NULL REFERENCES people (id),
    role TEXT NOT NULL CHECK (role IN ('city', 'county', 'teacher', 'firm', 'verifier')),
    region TEXT REFERENCES regions (region),
    firm_id UUID REFERENCES firms (id),
    granted_at TIMESTAMPTZ NOT NULL,
    granted_by UUID
);
CREATE INDEX grants_by_person ON grants (person_id);
CREATE INDEX grants_by_role ON grants (role, person_id);

-- A sign-in is an opaque random token in a cookie; only its SHA-256 stands here.
CREATE TABLE sign_ins (
    id UUID PRIMARY KEY,
    token_hash BYTEA NOT NULL UNIQUE,
    person_id UUID NOT NULL REFERENCES people (id),
    device TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX sign_ins_by_person ON sign_ins (person_id, created_at);
CREATE INDEX sign_ins_by_expiry ON sign_ins (expires_at);

-- Failed attempts by a hashed key (account and network, or network alone), counted in windows.
CREATE TABLE throttles (
    key_hash BYTEA PRIMARY KEY,
    failures BIGINT NOT NULL,
    window_ends_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX throttles_by_end ON throttles (window_ends_at);

-- What somebody typed into a form that came back with errors, kept for minutes.
CREATE TABLE flashes (
    id_hash BYTEA PRIMARY KEY,
    content TEXT NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX flashes_by_expiry ON flashes (expires_at);

CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
