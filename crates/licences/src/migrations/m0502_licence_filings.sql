-- What is filed about holding a licence, and the case files of the authority: columns to find them by, and the typed
-- aggregate as JSON.
CREATE TABLE licence_filing (
    seq          {serial},
    id           {uuid}  NOT NULL UNIQUE,
    version      BIGINT  NOT NULL,
    licence      {uuid}  NOT NULL,
    enterprise   {uuid}  NOT NULL,
    region       {code}  NOT NULL,
    kind         {code}  NOT NULL CHECK (kind IN ('handover','self_check','damage','loss','recall','work_elsewhere',
                     'emergency_use','annual_review')),
    once_key     {code},            -- the month, year or edition that is filed once
    due_on       {code},            -- last day of what is still owed
    notice_until {code},            -- last day of a public notice
    at           BIGINT  NOT NULL,
    body         TEXT    NOT NULL,
    CHECK (notice_until IS NULL OR kind = 'loss')
);
CREATE UNIQUE INDEX licence_filing_once ON licence_filing (licence, kind, once_key) WHERE once_key IS NOT NULL;
CREATE INDEX licence_filing_licence ON licence_filing (licence, seq);
CREATE INDEX licence_filing_enterprise ON licence_filing (enterprise, seq);
CREATE INDEX licence_filing_due ON licence_filing (due_on, seq) WHERE due_on IS NOT NULL;
CREATE INDEX licence_filing_notice ON licence_filing (notice_until, seq) WHERE notice_until IS NOT NULL;

CREATE TABLE licence_case (
    seq        {serial},
    id         {uuid}  NOT NULL UNIQUE,
    version    BIGINT  NOT NULL,
    licence    {uuid}  NOT NULL,
    enterprise {uuid}  NOT NULL,
    region     {code}  NOT NULL,
    measure    {code}  NOT NULL CHECK (measure IN ('suspension','resumption','revocation','rescission','withdrawal',
                   'cancellation')),
    state      {code}  NOT NULL CHECK (state IN ('investigating','noticed','proposed','decided','closed')),
    disclosed  BIGINT  NOT NULL CHECK (disclosed IN (0, 1)),  -- 1: the holder was told of it
    opened_at  BIGINT  NOT NULL,
    body       TEXT    NOT NULL
);
-- One case of a kind at a time.
CREATE UNIQUE INDEX licence_case_open ON licence_case (licence, measure)
    WHERE state IN ('investigating','noticed','proposed');
CREATE INDEX licence_case_licence ON licence_case (licence, seq);
CREATE INDEX licence_case_enterprise ON licence_case (enterprise, seq);
CREATE INDEX licence_case_state ON licence_case (state, seq);

-- How far the daily work of a legal day has come: what was done is never done twice.
CREATE TABLE licence_daily (
    day   {code}  NOT NULL,
    step  {code}  NOT NULL,
    after BIGINT  NOT NULL,
    done  BIGINT  NOT NULL CHECK (done IN (0, 1)),
    PRIMARY KEY (day, step)
);
