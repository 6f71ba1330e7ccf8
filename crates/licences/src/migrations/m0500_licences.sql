CREATE TABLE licence (
    seq                  {serial},
    id                   {uuid}  NOT NULL UNIQUE,
    version              BIGINT  NOT NULL,
    state                {code}  NOT NULL CHECK (state IN ('reserved','issued','voided')),
    number               TEXT    NOT NULL,
    number_key           {code}  NOT NULL UNIQUE,  -- the number without brackets and words: 赣WH2026000123
    identifier           {code}  NOT NULL UNIQUE,
    enterprise           {uuid}  NOT NULL,
    origin               {code}  NOT NULL CHECK (origin IN ('granted','imported')),
    application          {uuid},
    reference            TEXT,
    matter               {code},
    matter_version       BIGINT,
    industry             {code}  NOT NULL,
    region               {code}  NOT NULL,
    holder_name          TEXT    NOT NULL,
    holder_code          {code}  NOT NULL,
    holder_address       TEXT    NOT NULL,
    legal_representative TEXT    NOT NULL,
    economic_type        TEXT    NOT NULL,
    authority_name       TEXT    NOT NULL,
    authority_code       {code}  NOT NULL,
    scope                TEXT    NOT NULL,         -- JSON list of lines
    valid_from           {code}  NOT NULL,
    valid_until          {code}  NOT NULL,
    issued_on            {code}  NOT NULL,
    record               TEXT    NOT NULL,         -- exactly what is signed
    original_sha256      {code},
    duplicate_sha256     {code},
    qr_url               TEXT,
    pressed_at           BIGINT,
    void_reason          TEXT,
    demo                 BIGINT  NOT NULL CHECK (demo IN (0, 1)),
    created_at           BIGINT  NOT NULL,
    search_text          TEXT    NOT NULL,
    CHECK (valid_from <= valid_until),
    CHECK ((origin = 'granted') = (application IS NOT NULL)),
    CHECK ((origin = 'granted') = (reference IS NOT NULL)),
    CHECK ((origin = 'granted') = (matter IS NOT NULL)),
    CHECK ((origin = 'granted') = (matter_version IS NOT NULL)),
    CHECK ((state = 'voided') = (void_reason IS NOT NULL)),
    CHECK ((original_sha256 IS NULL) = (duplicate_sha256 IS NULL)),
    CHECK ((original_sha256 IS NULL) = (qr_url IS NULL)),
    CHECK ((original_sha256 IS NULL) = (pressed_at IS NULL)),
    CHECK (state NOT IN ('reserved','voided') OR original_sha256 IS NULL),
    CHECK (state <> 'issued' OR origin = 'imported' OR original_sha256 IS NOT NULL)
);
-- One licence for a grant; a voided number makes room for another.
CREATE UNIQUE INDEX licence_application ON licence (application)
    WHERE application IS NOT NULL AND state <> 'voided';
CREATE INDEX licence_holder ON licence (holder_code, issued_on, seq);
CREATE INDEX licence_enterprise ON licence (enterprise, seq);
CREATE INDEX licence_until ON licence (valid_until, seq);
-- Counting by industry and district reads this index alone.
CREATE INDEX licence_counts ON licence (industry, region, valid_until, valid_from) WHERE state = 'issued';
CREATE INDEX licence_unfinished ON licence (seq) WHERE original_sha256 IS NULL;
-- From a signed file to its licence.
CREATE INDEX licence_original ON licence (original_sha256);
CREATE INDEX licence_duplicate ON licence (duplicate_sha256);
