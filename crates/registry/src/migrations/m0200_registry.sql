-- Enterprise files. `seq` is the order of registration and the key of the text index.
CREATE TABLE enterprise (
    seq                  {serial},
    id                   {uuid}  NOT NULL UNIQUE,
    version              BIGINT  NOT NULL,
    name                 {code}  NOT NULL,
    code                 {code}  NOT NULL UNIQUE,
    code_warnings        TEXT    NOT NULL,  -- JSON list of kinds, [] for a sound code
    legal_representative TEXT    NOT NULL,
    economic_type        TEXT    NOT NULL,
    address              TEXT    NOT NULL,
    region               {code}  NOT NULL,
    industry             {code},
    size_class           {code}  NOT NULL CHECK (size_class IN ('large','medium','small','micro','unstated')),
    danger               {code}  CHECK (danger IN ('red','orange','yellow','blue')),
    phone                TEXT,
    longitude            DOUBLE PRECISION,
    latitude             DOUBLE PRECISION,
    authority            TEXT,
    established_on       {code},
    state                {code}  NOT NULL CHECK (state IN ('active','halted','closed')),
    demo                 BIGINT  NOT NULL CHECK (demo IN (0,1)),
    registered_at        BIGINT  NOT NULL,
    search_text          TEXT    NOT NULL,
    CHECK ((longitude IS NULL) = (latitude IS NULL))
);
CREATE INDEX enterprise_name ON enterprise (name, seq);
-- Everything the ledger counts, so that it never reads the files themselves.
CREATE INDEX enterprise_ledger ON enterprise (region, state, danger, size_class, industry);

CREATE TABLE enterprise_staff (
    id                 {uuid}  NOT NULL PRIMARY KEY,
    version            BIGINT  NOT NULL,
    enterprise         {uuid}  NOT NULL REFERENCES enterprise (id),
    name               TEXT    NOT NULL,
    post               {code}  NOT NULL CHECK (post IN ('principal','safety_director','safety_officer','safety_engineer','special_operator')),
    identity_number    TEXT,
    phone              TEXT,
    certificate_kind   TEXT    NOT NULL,
    certificate_number TEXT    NOT NULL,
    valid_from         {code},
    valid_until        {code},
    left_on            {code},
    created_at         BIGINT  NOT NULL
);
CREATE INDEX enterprise_staff_enterprise ON enterprise_staff (enterprise, id);

CREATE TABLE enterprise_facility (
    id            {uuid}  NOT NULL PRIMARY KEY,
    version       BIGINT  NOT NULL,
    enterprise    {uuid}  NOT NULL REFERENCES enterprise (id),
    name          TEXT    NOT NULL,
    kind          {code}  NOT NULL CHECK (kind IN ('major_hazard_source','facility')),
    class         TEXT    NOT NULL,
    level         {code}  CHECK (level IN ('1','2','3','4')),
    filing_number TEXT,
    longitude     DOUBLE PRECISION,
    latitude      DOUBLE PRECISION,
    ended_on      {code},
    created_at    BIGINT  NOT NULL,
    CHECK ((kind = 'major_hazard_source') = (level IS NOT NULL))
);
CREATE INDEX enterprise_facility_enterprise ON enterprise_facility (enterprise, id);
