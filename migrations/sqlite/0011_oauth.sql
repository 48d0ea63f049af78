-- Accounts of other sites that open an account here. The provider and its subject say who it is, nothing else does;
-- `shown` is what the owner recognises the other account by.
CREATE TABLE identities (
    id BLOB PRIMARY KEY,
    person_id BLOB NOT NULL REFERENCES people (id),
    provider TEXT NOT NULL,
    subject TEXT NOT NULL,
    shown TEXT NOT NULL,
    linked_at TEXT NOT NULL,
    used_at TEXT,
    UNIQUE (provider, subject),
    UNIQUE (person_id, provider)
);

-- A way to a provider and back, begun in one browser: its state and the browser's cookie stand here as SHA-256 only.
-- Whoever links an account is the person of the sign-in named here, and nobody else may finish it.
CREATE TABLE oauth_ways (
    state_hash BLOB PRIMARY KEY,
    browser_hash BLOB NOT NULL,
    provider TEXT NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN ('sign-in', 'link')),
    sign_in_id BLOB,
    next TEXT NOT NULL,
    begun_at TEXT NOT NULL,
    ends_at TEXT NOT NULL,
    used_at TEXT
);
CREATE INDEX oauth_ways_by_end ON oauth_ways (ends_at);

-- Somebody who came back from a provider and has no account here yet, until they say what is missing.
CREATE TABLE oauth_arrivals (
    token_hash BLOB PRIMARY KEY,
    provider TEXT NOT NULL,
    subject TEXT NOT NULL,
    shown TEXT NOT NULL,
    name TEXT,
    phone TEXT,
    phone_is_verified BOOLEAN NOT NULL,
    next TEXT NOT NULL,
    ends_at TEXT NOT NULL
);
CREATE INDEX oauth_arrivals_by_end ON oauth_arrivals (ends_at);
