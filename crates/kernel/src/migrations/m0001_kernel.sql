-- What happened: the one record that timeline, audit, notification and the evidence log read.
CREATE TABLE event (
    seq          {serial},
    id           {uuid}  NOT NULL UNIQUE,
    at           BIGINT  NOT NULL,
    kind         {code}  NOT NULL,
    subject_type {code}  NOT NULL,
    subject_id   {uuid}  NOT NULL,
    version      BIGINT  NOT NULL,
    enterprise   {uuid},
    account      {uuid},
    body         TEXT    NOT NULL,  -- exactly what the evidence log hashes
    salt         {blob}  NOT NULL,
    log_index    BIGINT
);
CREATE INDEX event_subject ON event (subject_type, subject_id, seq);
CREATE INDEX event_enterprise ON event (enterprise, seq);
CREATE INDEX event_account ON event (account, seq);
CREATE INDEX event_kind ON event (kind, seq);
CREATE UNIQUE INDEX event_log_index ON event (log_index);
CREATE INDEX event_unsealed ON event (seq) WHERE log_index IS NULL;

-- Work to do after a commit: rendering, signing, sealing, notifying.
CREATE TABLE job (
    id               {uuid}  NOT NULL PRIMARY KEY,
    kind             {code}  NOT NULL,
    dedupe           {code}  UNIQUE,
    payload          TEXT    NOT NULL,
    state            {code}  NOT NULL CHECK (state IN ('ready','running','done','dead','cancelled')),
    run_at           BIGINT  NOT NULL,
    attempts         BIGINT  NOT NULL,
    lease_until      BIGINT,
    last_error       TEXT,
    progress         BIGINT  NOT NULL,
    total            BIGINT  NOT NULL,
    cancel_requested BIGINT  NOT NULL,
    created_at       BIGINT  NOT NULL,
    finished_at      BIGINT
);
CREATE INDEX job_due ON job (run_at) WHERE state IN ('ready','running');
CREATE INDEX job_dead ON job (created_at) WHERE state = 'dead';

-- Keys of client requests whose act was committed.
CREATE TABLE idempotency (
    actor        {code}  NOT NULL,
    request_key  {code}  NOT NULL,
    fingerprint  {code}  NOT NULL,
    resource     {code},
    status       BIGINT,
    content_type {code},
    body         {blob},
    at           BIGINT  NOT NULL,
    PRIMARY KEY (actor, request_key)
);

-- Gapless series of official numbers; every number given is explained.
CREATE TABLE number_series (
    series {code} NOT NULL PRIMARY KEY,
    last   BIGINT NOT NULL
);
CREATE TABLE number_given (
    series       {code}  NOT NULL,
    value        BIGINT  NOT NULL,
    subject_type {code}  NOT NULL,
    subject_id   {uuid}  NOT NULL,
    at           BIGINT  NOT NULL,
    void_reason  TEXT,
    PRIMARY KEY (series, value)
);
CREATE INDEX number_given_subject ON number_given (subject_type, subject_id);

-- Stored files by content.
CREATE TABLE blob (
    sha256     {code}  NOT NULL PRIMARY KEY,
    size       BIGINT  NOT NULL,
    media_type {code}  NOT NULL,
    at         BIGINT  NOT NULL
);
