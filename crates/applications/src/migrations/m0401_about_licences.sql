-- Applications about a licence that is already there: renewal, change, replacement, deregistration.
ALTER TABLE application ADD COLUMN licence {uuid};
CREATE INDEX application_licence ON application (licence, sorted_at) WHERE licence IS NOT NULL;
-- One running application of a kind for a licence; drafts count, their owner can withdraw them.
CREATE UNIQUE INDEX application_running ON application (licence, matter)
    WHERE licence IS NOT NULL AND state NOT IN ('granted','refused','not_accepted','withdrawn');
