-- Frameworks (指标框架) are data. A published one never changes; its content is the checked document as JSON.
CREATE TABLE frameworks (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'published', 'retired')),
    content TEXT NOT NULL,
    created_at TEXT NOT NULL,
    created_by BLOB,
    published_at TEXT,
    published_by BLOB,
    retired_at TEXT,
    -- counts edits of a draft
    edition BIGINT NOT NULL DEFAULT 1,
    UNIQUE (name, version)
);
CREATE INDEX frameworks_by_age ON frameworks (created_at, id);

-- A cohort (批次) of pilot firms: its size, and the mix over categories that is aimed at.
CREATE TABLE cohorts (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    size BIGINT NOT NULL CHECK (size > 0),
    state TEXT NOT NULL CHECK (state IN ('selecting', 'running', 'closed')),
    created_at TEXT NOT NULL,
    created_by BLOB,
    edition BIGINT NOT NULL DEFAULT 1,
    -- moves with every choice: the lock against one too many
    version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX cohorts_by_age ON cohorts (created_at, id);
CREATE TABLE cohort_targets (
    cohort_id BLOB NOT NULL REFERENCES cohorts (id),
    category TEXT NOT NULL,
    seats BIGINT NOT NULL CHECK (seats >= 0),
    PRIMARY KEY (cohort_id, category)
);

-- A firm in a cohort, from nomination to the end.
CREATE TABLE pilots (
    id BLOB PRIMARY KEY,
    cohort_id BLOB NOT NULL REFERENCES cohorts (id),
    firm_id BLOB NOT NULL REFERENCES firms (id),
    region TEXT NOT NULL REFERENCES regions (region),
    category TEXT NOT NULL,
    reasons TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('nominated', 'screened', 'chosen', 'declined', 'withdrawn', 'substituted', 'terminated', 'completed')),
    -- where a chosen firm stands: 寻标 对标 改善 提升
    stage TEXT CHECK (stage IN ('seek', 'compare', 'improve', 'uplift')),
    -- where its application for the stage's gate (关口) lies
    gate TEXT NOT NULL DEFAULT 'open' CHECK (gate IN ('open', 'county', 'city')),
    -- since when it lies with the county or the city
    gate_since TEXT,
    -- a gate passed on conditions that are not met yet, and the day on which it comes back
    condition_stage TEXT,
    condition_due_on TEXT,
    substitute_of BLOB REFERENCES pilots (id),
    nominated_at TEXT NOT NULL,
    nominated_by BLOB,
    chosen_at TEXT,
    ended_at TEXT,
    version BIGINT NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX pilots_one_live ON pilots (cohort_id, firm_id) WHERE state IN ('nominated', 'screened', 'chosen');
CREATE INDEX pilots_by_cohort ON pilots (cohort_id, state, region, id);
CREATE INDEX pilots_by_firm ON pilots (firm_id, nominated_at);
CREATE INDEX pilots_by_region ON pilots (region, state, id);
CREATE INDEX pilots_by_gate ON pilots (gate, gate_since, id);
CREATE INDEX pilots_by_condition ON pilots (condition_due_on, id);
-- Everything that happened to a pilot, append-only.
CREATE TABLE pilot_events (
    id BLOB PRIMARY KEY,
    pilot_id BLOB NOT NULL REFERENCES pilots (id),
    at TEXT NOT NULL,
    by_person BLOB,
    what TEXT NOT NULL,
    why TEXT NOT NULL,
    detail TEXT NOT NULL DEFAULT ''
);
CREATE INDEX pilot_events_by_pilot ON pilot_events (pilot_id, at, id);

-- Files as they came, kept outside the web root under the SHA-256 of their content.
CREATE TABLE files (
    id BLOB PRIMARY KEY,
    pilot_id BLOB NOT NULL REFERENCES pilots (id),
    content_hash TEXT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    uploaded_at TEXT NOT NULL,
    uploaded_by BLOB
);
CREATE INDEX files_by_pilot ON files (pilot_id, uploaded_at, id);
CREATE INDEX files_by_hash ON files (content_hash);
-- Documents that come with a nomination.
CREATE TABLE pilot_documents (
    pilot_id BLOB NOT NULL REFERENCES pilots (id),
    file_id BLOB NOT NULL REFERENCES files (id),
    PRIMARY KEY (pilot_id, file_id)
);

-- A round (轮次) pins a framework version; a closed round is never recomputed.
CREATE TABLE rounds (
    id BLOB PRIMARY KEY,
    cohort_id BLOB NOT NULL REFERENCES cohorts (id),
    number BIGINT NOT NULL,
    name TEXT NOT NULL,
    framework_id BLOB NOT NULL REFERENCES frameworks (id),
    state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
    opened_at TEXT NOT NULL,
    opened_by BLOB,
    closed_at TEXT,
    closed_by BLOB,
    version BIGINT NOT NULL DEFAULT 1,
    UNIQUE (cohort_id, number)
);
-- What a round's verified scores were when it closed: what peers are compared by.
CREATE TABLE frozen_scores (
    round_id BLOB NOT NULL REFERENCES rounds (id),
    pilot_id BLOB NOT NULL REFERENCES pilots (id),
    category TEXT NOT NULL,
    comparable BOOLEAN NOT NULL,
    -- exact: {"A":"85/2",…} and "325/8"
    dimensions TEXT NOT NULL,
    total TEXT NOT NULL,
    grade BIGINT NOT NULL,
    PRIMARY KEY (round_id, pilot_id)
);

-- One firm's assessment in one round.
CREATE TABLE assessments (
    id BLOB PRIMARY KEY,
    pilot_id BLOB NOT NULL REFERENCES pilots (id),
    round_id BLOB NOT NULL REFERENCES rounds (id),
    state TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'returned', 'verified')),
    started_at TEXT NOT NULL,
    submitted_at TEXT,
    submitted_by BLOB,
    returned_at TEXT,
    verified_at TEXT,
    verified_by BLOB,
    version BIGINT NOT NULL DEFAULT 1,
    UNIQUE (pilot_id, round_id)
);
CREATE INDEX assessments_by_round ON assessments (round_id, state, id);
-- The firm's own answer to one indicator. `level` 1–5; none with `na` unset is missing.
CREATE TABLE answers (
    assessment_id BLOB NOT NULL REFERENCES assessments (id),
    indicator TEXT NOT NULL,
    level BIGINT CHECK (level BETWEEN 1 AND 5),
    na BOOLEAN NOT NULL,
    na_reason TEXT NOT NULL,
    na_state TEXT NOT NULL DEFAULT 'none' CHECK (na_state IN ('none', 'asked', 'approved', 'refused')),
    na_decided_by BLOB,
    -- what the coordinator said to it
    na_decision TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL,
    -- counts saves: two people at once are told apart by it
    edition BIGINT NOT NULL,
    changed_at TEXT NOT NULL,
    changed_by BLOB,
    PRIMARY KEY (assessment_id, indicator)
);
CREATE TABLE answer_events (
    id BLOB PRIMARY KEY,
    assessment_id BLOB NOT NULL REFERENCES assessments (id),
    indicator TEXT NOT NULL,
    at TEXT NOT NULL,
    by_person BLOB,
    what TEXT NOT NULL,
    -- level, N/A and note after the change, as JSON
    detail TEXT NOT NULL
);
CREATE INDEX answer_events_by_answer ON answer_events (assessment_id, indicator, at, id);
-- What was handed in each time, so that what changed since can be marked.
CREATE TABLE submissions (
    assessment_id BLOB NOT NULL REFERENCES assessments (id),
    number BIGINT NOT NULL,
    at TEXT NOT NULL,
    by_person BLOB,
    -- {"A1":{"level":3,"na":false,"note":"…"},…}
    answers TEXT NOT NULL,
    -- how it ended: returned with which words
    returned_at TEXT,
    returned_by BLOB,
    return_reason TEXT,
    PRIMARY KEY (assessment_id, number)
);
-- A coordinator's or verifier's comment on one indicator, or on the whole where it is empty.
CREATE TABLE assessment_comments (
    id BLOB PRIMARY KEY,
    assessment_id BLOB NOT NULL REFERENCES assessments (id),
    indicator TEXT NOT NULL,
    submission BIGINT NOT NULL,
    at TEXT NOT NULL,
    by_person BLOB,
    text TEXT NOT NULL
);
CREATE INDEX assessment_comments_by_assessment ON assessment_comments (assessment_id, indicator, at, id);
-- Evidence (佐证) for one indicator: a file, a dated note, or a link.
CREATE TABLE evidence (
    id BLOB PRIMARY KEY,
    assessment_id BLOB NOT NULL REFERENCES assessments (id),
    indicator TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('file', 'note', 'link')),
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    file_id BLOB REFERENCES files (id),
    -- the day of the fact itself; that of the entry stands apart
    fact_on TEXT NOT NULL,
    added_at TEXT NOT NULL,
    added_by BLOB,
    state TEXT NOT NULL CHECK (state IN ('offered', 'accepted', 'refused', 'removed')),
    decided_at TEXT,
    decided_by BLOB,
    reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX evidence_by_answer ON evidence (assessment_id, indicator, added_at, id);
-- The verified level (核定) of one indicator; it never overwrites the firm's own.
CREATE TABLE verdicts (
    assessment_id BLOB NOT NULL REFERENCES assessments (id),
    indicator TEXT NOT NULL,
    level BIGINT CHECK (level BETWEEN 1 AND 5),
    na BOOLEAN NOT NULL,
    reason TEXT NOT NULL,
    at TEXT NOT NULL,
    by_person BLOB,
    edition BIGINT NOT NULL,
    PRIMARY KEY (assessment_id, indicator)
);
-- Every verdict that was given, changed or taken back, append-only.
CREATE TABLE verdict_events (
    id BLOB PRIMARY KEY,
    assessment_id BLOB NOT NULL REFERENCES assessments (id),
    indicator TEXT NOT NULL,
    at TEXT NOT NULL,
    by_person BLOB,
    -- one that was taken back has neither a level nor N/A
    level BIGINT,
    na BOOLEAN NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX verdict_events_by_answer ON verdict_events (assessment_id, indicator, at, id);
CREATE TABLE site_visits (
    id BLOB PRIMARY KEY,
    assessment_id BLOB NOT NULL REFERENCES assessments (id),
    visited_on TEXT NOT NULL,
    people TEXT NOT NULL,
    findings TEXT NOT NULL,
    -- indicators looked at, separated by blanks
    indicators TEXT NOT NULL,
    at TEXT NOT NULL,
    by_person BLOB,
    edition BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX site_visits_by_assessment ON site_visits (assessment_id, visited_on, id);
-- What a site visit's record said before it was corrected, and why it was; append-only.
CREATE TABLE site_visit_events (
    id BLOB PRIMARY KEY,
    visit_id BLOB NOT NULL REFERENCES site_visits (id),
    at TEXT NOT NULL,
    by_person BLOB,
    why TEXT NOT NULL,
    visited_on TEXT NOT NULL,
    people TEXT NOT NULL,
    findings TEXT NOT NULL,
    indicators TEXT NOT NULL
);
CREATE INDEX site_visit_events_by_visit ON site_visit_events (visit_id, at, id);
CREATE TABLE verifier_assignments (
    pilot_id BLOB NOT NULL REFERENCES pilots (id),
    person_id BLOB NOT NULL REFERENCES people (id),
    assigned_at TEXT NOT NULL,
    assigned_by BLOB,
    PRIMARY KEY (pilot_id, person_id)
);
CREATE INDEX verifier_assignments_by_person ON verifier_assignments (person_id, pilot_id);

-- A benchmark (标杆): a named enterprise, used again by any firm of the cohort.
CREATE TABLE benchmarks (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    initials TEXT NOT NULL,
    about TEXT NOT NULL,
    -- the framework whose indicators its levels are of
    framework TEXT NOT NULL,
    created_at TEXT NOT NULL,
    -- the pilot that entered it; none when the city did
    created_for BLOB REFERENCES pilots (id),
    created_by BLOB,
    edition BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX benchmarks_by_initials ON benchmarks (initials, name, id);
CREATE TABLE benchmark_levels (
    benchmark_id BLOB NOT NULL REFERENCES benchmarks (id),
    indicator TEXT NOT NULL,
    level BIGINT NOT NULL CHECK (level BETWEEN 1 AND 5),
    source TEXT NOT NULL,
    dated_on TEXT NOT NULL,
    PRIMARY KEY (benchmark_id, indicator)
);
CREATE TABLE pilot_benchmarks (
    pilot_id BLOB NOT NULL REFERENCES pilots (id),
    benchmark_id BLOB NOT NULL REFERENCES benchmarks (id),
    is_primary BOOLEAN NOT NULL,
    chosen_at TEXT NOT NULL,
    chosen_by BLOB,
    PRIMARY KEY (pilot_id, benchmark_id)
);
CREATE INDEX pilot_benchmarks_by_benchmark ON pilot_benchmarks (benchmark_id);

-- Root cause of a gap: up to five whys, and what is at the root.
CREATE TABLE causes (
    pilot_id BLOB NOT NULL REFERENCES pilots (id),
    indicator TEXT NOT NULL,
    -- the answers to why, one a line
    whys TEXT NOT NULL,
    root TEXT NOT NULL,
    edition BIGINT NOT NULL,
    changed_at TEXT NOT NULL,
    changed_by BLOB,
    PRIMARY KEY (pilot_id, indicator)
);
CREATE TABLE targets (
    pilot_id BLOB NOT NULL REFERENCES pilots (id),
    indicator TEXT NOT NULL,
    level BIGINT NOT NULL CHECK (level BETWEEN 1 AND 5),
    edition BIGINT NOT NULL,
    changed_at TEXT NOT NULL,
    changed_by BLOB,
    PRIMARY KEY (pilot_id, indicator)
);
CREATE TABLE actions (
    id BLOB PRIMARY KEY,
    pilot_id BLOB NOT NULL REFERENCES pilots (id),
    indicator TEXT NOT NULL,
    title TEXT NOT NULL,
    owner TEXT NOT NULL,
    due_on TEXT NOT NULL,
    priority BIGINT NOT NULL CHECK (priority BETWEEN 1 AND 3),
    deliverable TEXT NOT NULL,
    resources TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('planned', 'doing', 'done', 'cancelled')),
    -- share done in percent, 0–100
    progress BIGINT NOT NULL CHECK (progress BETWEEN 0 AND 100),
    cancel_reason TEXT NOT NULL DEFAULT '',
    -- the firm's own rule (制度) that the result was written into, once it is
    rule TEXT NOT NULL DEFAULT '',
    done_on TEXT,
    created_at TEXT NOT NULL,
    created_by BLOB,
    edition BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX actions_by_pilot ON actions (pilot_id, state, due_on, id);
CREATE INDEX actions_by_due ON actions (due_on, id);
CREATE TABLE action_events (
    id BLOB PRIMARY KEY,
    action_id BLOB NOT NULL REFERENCES actions (id),
    at TEXT NOT NULL,
    by_person BLOB,
    what TEXT NOT NULL,
    note TEXT NOT NULL,
    -- the share done after it, in percent
    progress BIGINT NOT NULL
);
CREATE INDEX action_events_by_action ON action_events (action_id, at, id);
-- What was said about the day of an action: once for each day it was due on, however many processes say it.
CREATE TABLE action_reminders (
    action_id BLOB NOT NULL REFERENCES actions (id),
    kind TEXT NOT NULL CHECK (kind IN ('soon', 'late')),
    due_on TEXT NOT NULL,
    told_at TEXT NOT NULL,
    PRIMARY KEY (action_id, kind, due_on)
);
-- What proves that an action was done.
CREATE TABLE action_evidence (
    id BLOB PRIMARY KEY,
    action_id BLOB NOT NULL REFERENCES actions (id),
    kind TEXT NOT NULL CHECK (kind IN ('file', 'note', 'link')),
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    file_id BLOB REFERENCES files (id),
    fact_on TEXT NOT NULL,
    added_at TEXT NOT NULL,
    added_by BLOB,
    state TEXT NOT NULL CHECK (state IN ('offered', 'accepted', 'refused', 'removed')),
    decided_at TEXT,
    decided_by BLOB,
    reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX action_evidence_by_action ON action_evidence (action_id, added_at, id);

-- Every step at a gate with the figures of that moment, append-only.
CREATE TABLE gate_decisions (
    id BLOB PRIMARY KEY,
    pilot_id BLOB NOT NULL REFERENCES pilots (id),
    stage TEXT NOT NULL CHECK (stage IN ('seek', 'compare', 'improve', 'uplift')),
    step TEXT NOT NULL CHECK (step IN ('applied', 'county', 'city', 'due')),
    verdict TEXT NOT NULL CHECK (verdict IN ('applied', 'forwarded', 'returned', 'passed', 'conditional', 'met', 'came_back', 'terminated')),
    why TEXT NOT NULL,
    due_on TEXT,
    -- the conditions as they were, as JSON
    figures TEXT NOT NULL,
    at TEXT NOT NULL,
    by_person BLOB
);
CREATE INDEX gate_decisions_by_pilot ON gate_decisions (pilot_id, at, id);
CREATE INDEX gate_decisions_by_time ON gate_decisions (at, id);
