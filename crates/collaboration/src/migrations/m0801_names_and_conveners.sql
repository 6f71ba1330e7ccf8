-- What the enterprise and the application of a referral were called when it was sent.
ALTER TABLE referral ADD COLUMN enterprise_name TEXT;
ALTER TABLE referral ADD COLUMN application_reference TEXT;
-- A convener finds the problems that wait for its closure.
CREATE INDEX rectification_convener ON rectification (convener, due_on, id);
