-- A roster that came in as a table: read whole, judged row by row, written only when somebody says so.
CREATE TABLE roster_imports (
    id UUID PRIMARY KEY,
    class_id UUID NOT NULL REFERENCES classes (id),
    file_name TEXT NOT NULL,
    -- the file's headings and which field each chosen column holds (JSON)
    headers TEXT NOT NULL,
    columns TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('read', 'running', 'done')),
    rows_total BIGINT NOT NULL,
    -- set while a process works on it; a process that died is succeeded after a while
    claimed_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID NOT NULL REFERENCES people (id)
);
CREATE INDEX roster_imports_by_class ON roster_imports (class_id, created_at, id);
CREATE INDEX roster_imports_by_state ON roster_imports (state, created_at, id);
CREATE TABLE roster_import_rows (
    import_id UUID NOT NULL REFERENCES roster_imports (id),
    number BIGINT NOT NULL,
    cells TEXT NOT NULL,
    -- what became of it, written in the transaction that did it; null while it waits
    outcome TEXT,
    -- why it was refused at the moment of writing: a text's key with its arguments (JSON)
    reason TEXT,
    PRIMARY KEY (import_id, number)
);
