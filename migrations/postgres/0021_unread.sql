-- Each page shows how many messages its reader has not read yet.
CREATE INDEX notices_unread ON notices (person_id) WHERE read_at IS NULL;
