-- Stretches of a series that were given out before the platform kept it, as far as they were not taken over one by
-- one. Whatever else is missing from a series was taken out of it.
CREATE TABLE number_gap (
    series      {code}  NOT NULL,
    first_value BIGINT  NOT NULL,
    last_value  BIGINT  NOT NULL,
    at          BIGINT  NOT NULL,
    PRIMARY KEY (series, first_value, last_value),
    CHECK (first_value <= last_value)
);
