-- What of filings and cases waits for an officer, as a column to find it by. It is read off the body, whose digest
-- seals it, and is therefore no part of the digest itself.
ALTER TABLE licence_filing ADD COLUMN waits {code} CHECK (waits IN ('issue_stand_in','take_back','destroy','witness'));
ALTER TABLE licence_filing ADD COLUMN not_by {uuid};   -- who took the step before and may not take the next one
CREATE INDEX licence_filing_waits ON licence_filing (waits, seq) WHERE waits IS NOT NULL;

ALTER TABLE licence_case ADD COLUMN unserved BIGINT NOT NULL DEFAULT 0 CHECK (unserved IN (0, 1));
ALTER TABLE licence_case ADD COLUMN not_by {uuid};
CREATE INDEX licence_case_unserved ON licence_case (seq) WHERE unserved = 1;
CREATE INDEX licence_case_measure ON licence_case (measure, seq);
