-- The life of a licence. A published licence keeps `state = 'issued'`; what befell it stands in `standing` with its
-- day and the whole act as JSON. Absent columns are no part of the digest of rows written before.
ALTER TABLE licence ADD COLUMN standing {code} CHECK (standing IN
    ('suspended','revoked','rescinded','withdrawn','cancelled','replaced'));
ALTER TABLE licence ADD COLUMN standing_from {code};
ALTER TABLE licence ADD COLUMN standing_until {code};
ALTER TABLE licence ADD COLUMN standing_reason TEXT;
ALTER TABLE licence ADD COLUMN standing_by TEXT;
ALTER TABLE licence ADD COLUMN standing_act TEXT;
-- `valid_from` is the first day in force without a gap; the printed period of a renewed licence begins later.
ALTER TABLE licence ADD COLUMN period_from {code};
ALTER TABLE licence ADD COLUMN revision BIGINT CHECK (revision > 1);
ALTER TABLE licence ADD COLUMN transition_until {code};
ALTER TABLE licence ADD COLUMN past TEXT;      -- earlier editions as JSON
ALTER TABLE licence ADD COLUMN pending TEXT;   -- the edition that is being made as JSON
ALTER TABLE licence ADD COLUMN temporary_for {uuid};
ALTER TABLE licence ADD COLUMN replaces {uuid};
-- Counting what is in force reads one index alone.
DROP INDEX licence_counts;
CREATE INDEX licence_in_force ON licence (industry, region, valid_until, valid_from)
    WHERE state = 'issued' AND standing IS NULL AND temporary_for IS NULL;
CREATE INDEX licence_from ON licence (valid_from, seq);
CREATE INDEX licence_standing ON licence (standing, seq) WHERE standing IS NOT NULL;
CREATE INDEX licence_suspended_until ON licence (standing_until, seq) WHERE standing = 'suspended';
CREATE INDEX licence_transition ON licence (transition_until, seq) WHERE transition_until IS NOT NULL;
CREATE INDEX licence_temporary ON licence (temporary_for, seq) WHERE temporary_for IS NOT NULL;
CREATE INDEX licence_replaces ON licence (replaces) WHERE replaces IS NOT NULL;
CREATE INDEX licence_pending ON licence (seq) WHERE pending IS NOT NULL;

-- Files of earlier editions, to find the licence of any paper ever signed.
CREATE TABLE licence_past_file (
    sha256  {code} NOT NULL PRIMARY KEY,
    licence {uuid} NOT NULL
);

-- Which application led to which edition or end of a licence: each has its effect once.
CREATE TABLE licence_outcome (
    application {uuid}  NOT NULL PRIMARY KEY,
    licence     {uuid}  NOT NULL,
    purpose     {code}  NOT NULL CHECK (purpose IN ('renewal','change','replacement','deregistration')),
    at          BIGINT  NOT NULL
);
CREATE INDEX licence_outcome_licence ON licence_outcome (licence, at);
