-- What the public catalogue and the desk's overview look rows up by.
CREATE INDEX lessons_unclosed ON lessons (ends_at, id) WHERE attendance_closed_at IS NULL;
CREATE INDEX walk_ins_asked ON walk_ins (lesson_id) WHERE state = 'asked';
CREATE INDEX leaves_asked ON leaves (lesson_id) WHERE state = 'asked';
