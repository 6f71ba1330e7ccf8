-- Whom a notice of a message is about, in a word or two, for the subject of several.
ALTER TABLE notice_part ADD COLUMN brief TEXT NOT NULL DEFAULT '';
