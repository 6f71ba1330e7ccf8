-- Lists by the last day and counts by district are answered from the index; a row is read only to be shown.
DROP INDEX licence_until;
CREATE INDEX licence_until ON licence (valid_until, seq, state, standing, temporary_for, transition_until, valid_from,
    standing_from, region, industry, enterprise);
DROP INDEX licence_districts;
CREATE INDEX licence_districts ON licence (region, standing, temporary_for, transition_until, valid_until, valid_from,
    standing_from, industry, enterprise) WHERE state = 'issued';
