-- Quarterly reviews of responsibility lists: columns to find them by, and the review as JSON.
CREATE TABLE list_review (
    id             {uuid}  NOT NULL PRIMARY KEY,
    version        BIGINT  NOT NULL,
    matter         {code}  NOT NULL,
    quarter        {code}  NOT NULL,  -- 2026Q1
    state          {code}  NOT NULL CHECK (state IN ('proposed','approved','rejected')),
    number         BIGINT,            -- version of the list; only for approved changes
    effective_from {code},
    proposed_at    BIGINT  NOT NULL,
    body           TEXT    NOT NULL,
    CHECK (number IS NULL OR state = 'approved'),
    CHECK ((state = 'approved') = (effective_from IS NOT NULL))
);
-- One review a quarter, unless it was rejected; numbers of a list are given once.
CREATE UNIQUE INDEX list_review_quarter ON list_review (matter, quarter) WHERE state <> 'rejected';
CREATE UNIQUE INDEX list_review_number ON list_review (matter, number) WHERE number IS NOT NULL;
CREATE INDEX list_review_proposed ON list_review (proposed_at, id);
