-- Counting by district reads this index alone; `licence_counts` begins with the industry.
CREATE INDEX licence_districts ON licence (region, valid_until, valid_from, industry) WHERE state = 'issued';
