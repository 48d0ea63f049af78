-- From where somebody acted: the network address and the number of the request, which stands in the log too.
ALTER TABLE audit_entries ADD COLUMN network TEXT;
ALTER TABLE audit_entries ADD COLUMN request_id TEXT;
CREATE INDEX audit_entries_by_person ON audit_entries (by_person, at, id);
CREATE INDEX audit_entries_by_act ON audit_entries (what, at, id);
CREATE INDEX audit_entries_by_region ON audit_entries (region, at, id);

-- What an entry says about a person, such as an old and a new phone number. It stands apart, so that it can go with the
-- person while the entry stays.
CREATE TABLE audit_particulars (
    entry_id UUID PRIMARY KEY REFERENCES audit_entries (id),
    person_id UUID NOT NULL REFERENCES people (id),
    detail TEXT NOT NULL
);
CREATE INDEX audit_particulars_by_person ON audit_particulars (person_id);
INSERT INTO audit_particulars (entry_id, person_id, detail)
    SELECT e.id, p.id, e.detail FROM audit_entries e JOIN people p ON replace(CAST(p.id AS TEXT), '-', '') = e.subject_id
    WHERE e.subject_kind = 'person' AND e.detail <> '';
UPDATE audit_entries SET detail = '' WHERE id IN (SELECT entry_id FROM audit_particulars);

-- What is written stays as it is written.
CREATE FUNCTION audit_entries_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit entries are never changed or deleted';
END
$$;
CREATE TRIGGER audit_entries_stay BEFORE UPDATE OR DELETE ON audit_entries FOR EACH ROW EXECUTE FUNCTION audit_entries_stay();
CREATE TRIGGER audit_entries_remain BEFORE TRUNCATE ON audit_entries FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_stay();
CREATE TRIGGER audit_particulars_stay BEFORE UPDATE ON audit_particulars FOR EACH ROW EXECUTE FUNCTION audit_entries_stay();

-- When everything that names a person was removed from their row; the row stays for what is counted by it.
ALTER TABLE people ADD COLUMN erased_at TIMESTAMPTZ;
