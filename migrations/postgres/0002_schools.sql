CREATE TABLE schools (
    id UUID PRIMARY KEY,
    region TEXT NOT NULL UNIQUE REFERENCES regions (region),
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    address TEXT NOT NULL,
    contact_phone TEXT,
    state TEXT NOT NULL CHECK (state IN ('planned', 'open')),
    opened_on DATE,
    version BIGINT NOT NULL DEFAULT 1
);
CREATE TABLE venues (
    id UUID PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES schools (id),
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    seats BIGINT NOT NULL CHECK (seats > 0),
    retired_at TIMESTAMPTZ,
    version BIGINT NOT NULL
);
CREATE INDEX venues_by_school ON venues (school_id, name, id);
CREATE TABLE teachers (
    id UUID PRIMARY KEY,
    school_id UUID NOT NULL REFERENCES schools (id),
    person_id UUID REFERENCES people (id),
    name TEXT NOT NULL,
    title TEXT NOT NULL,
    phone TEXT,
    retired_at TIMESTAMPTZ,
    version BIGINT NOT NULL
);
CREATE INDEX teachers_by_school ON teachers (school_id, name, id);
CREATE INDEX teachers_by_person ON teachers (person_id);

CREATE TABLE plans (
    id UUID PRIMARY KEY,
    year BIGINT NOT NULL UNIQUE,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    summary_zh TEXT NOT NULL,
    summary_en TEXT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1
);
CREATE TABLE plan_themes (
    id UUID PRIMARY KEY,
    plan_id UUID NOT NULL REFERENCES plans (id),
    sort BIGINT NOT NULL,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL
);
CREATE INDEX plan_themes_by_plan ON plan_themes (plan_id, sort);
-- What the plan asks of each region in its year.
CREATE TABLE plan_targets (
    plan_id UUID NOT NULL REFERENCES plans (id),
    region TEXT NOT NULL REFERENCES regions (region),
    classes BIGINT NOT NULL,
    places BIGINT NOT NULL,
    hours BIGINT NOT NULL,
    people BIGINT NOT NULL,
    PRIMARY KEY (plan_id, region)
);
