CREATE TABLE account (
    id         {uuid}  NOT NULL PRIMARY KEY,
    version    BIGINT  NOT NULL,
    login      {code}  NOT NULL UNIQUE,
    name       TEXT    NOT NULL,
    end_kind   {code}  NOT NULL CHECK (end_kind IN ('government','committee','enterprise')),
    roles      TEXT    NOT NULL,
    regions    TEXT    NOT NULL,
    region     {code}  NOT NULL,
    department {code},
    enterprise {uuid},
    phone      TEXT,
    state      {code}  NOT NULL CHECK (state IN ('active','disabled')),
    created_at BIGINT  NOT NULL,
    CHECK ((end_kind = 'enterprise') = (enterprise IS NOT NULL))
);
CREATE INDEX account_region ON account (region, login);
CREATE INDEX account_enterprise ON account (enterprise);

-- Kept apart so that secrets never travel with the account.
CREATE TABLE credential (
    account       {uuid}  NOT NULL PRIMARY KEY REFERENCES account (id),
    password_hash TEXT    NOT NULL,
    must_change   BIGINT  NOT NULL,
    totp_secret   TEXT,
    totp_pending  TEXT,
    totp_step     BIGINT  NOT NULL,  -- last time step used: a code works once
    failures      BIGINT  NOT NULL,
    locked_until  BIGINT
);

CREATE TABLE session (
    id         {uuid}  NOT NULL PRIMARY KEY,
    token_hash {code}  NOT NULL UNIQUE,
    account    {uuid}  NOT NULL REFERENCES account (id),
    created_at BIGINT  NOT NULL,
    seen_at    BIGINT  NOT NULL,
    expires_at BIGINT  NOT NULL,
    address    TEXT    NOT NULL,
    agent      TEXT    NOT NULL
);
CREATE INDEX session_account ON session (account);

CREATE TABLE qualification (
    id          {uuid}  NOT NULL PRIMARY KEY,
    version     BIGINT  NOT NULL,
    account     {uuid}  NOT NULL REFERENCES account (id),
    number      TEXT    NOT NULL,
    field       {code}  NOT NULL,
    issuer      TEXT    NOT NULL,
    valid_from  {code}  NOT NULL,
    valid_until {code}  NOT NULL
);
CREATE INDEX qualification_account ON qualification (account, field);
