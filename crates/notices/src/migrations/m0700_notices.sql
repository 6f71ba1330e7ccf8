-- What an account was told. The row itself is the notice in the application.
CREATE TABLE notice (
    id         {uuid}  NOT NULL PRIMARY KEY,
    account    {uuid}  NOT NULL,
    cause      {code}  NOT NULL UNIQUE,  -- cause and account: nobody is told the same thing twice
    topic      {code}  NOT NULL,
    title      TEXT    NOT NULL,
    content    TEXT    NOT NULL,
    link       TEXT,
    event      {uuid},
    at         BIGINT  NOT NULL,
    read_at    BIGINT
);
CREATE INDEX notice_account ON notice (account, at, id);
CREATE INDEX notice_topic ON notice (account, topic, at, id);
CREATE INDEX notice_unread ON notice (account, at, id) WHERE read_at IS NULL;

-- A notice on its way through a channel outside of the application, or an event on its way to a webhook.
CREATE TABLE notice_delivery (
    id          {uuid}  NOT NULL PRIMARY KEY,
    cause       {code}  NOT NULL UNIQUE,  -- cause × recipient × channel
    notice      {uuid}  REFERENCES notice (id),
    webhook     {uuid},
    channel     {code}  NOT NULL CHECK (channel IN ('mail','sms','wechat','webhook')),
    region      {code}  NOT NULL,         -- under which administrators see it
    address     TEXT    NOT NULL,
    content     TEXT    NOT NULL,         -- exactly what is sent
    state       {code}  NOT NULL CHECK (state IN ('queued','sending','failed','sent','unknown','dead')),
    attempts    BIGINT  NOT NULL,
    round       BIGINT  NOT NULL,         -- how often an administrator sent it on its way
    last_error  TEXT,
    not_before  BIGINT  NOT NULL,
    created_at  BIGINT  NOT NULL,
    sent_at     BIGINT,
    CHECK ((notice IS NULL) <> (webhook IS NULL)),
    CHECK ((state = 'sent') = (sent_at IS NOT NULL))
);
CREATE INDEX notice_delivery_notice ON notice_delivery (notice);
CREATE INDEX notice_delivery_state ON notice_delivery (state, created_at, id);
CREATE INDEX notice_delivery_channel ON notice_delivery (channel, state, created_at);

-- What an account chose. Without a row the defaults of the rule files hold.
CREATE TABLE notice_preference (
    account {uuid}  NOT NULL PRIMARY KEY,
    version BIGINT  NOT NULL,
    body    TEXT    NOT NULL
);

-- Other systems that hear of events.
CREATE TABLE webhook (
    id         {uuid}  NOT NULL PRIMARY KEY,
    region     {code}  NOT NULL,
    name       TEXT    NOT NULL,
    url        TEXT    NOT NULL,
    topics     TEXT    NOT NULL,
    secret     TEXT    NOT NULL,
    created_at BIGINT  NOT NULL,
    ended_at   BIGINT
);
CREATE INDEX webhook_created ON webhook (created_at, id);

-- The secret address of an account's calendar; only its digest is kept.
CREATE TABLE calendar_feed (
    account    {uuid}  NOT NULL PRIMARY KEY,
    token_hash {code}  NOT NULL UNIQUE,
    created_at BIGINT  NOT NULL
);
