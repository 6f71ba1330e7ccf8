-- Deliveries know by themselves what they are called, to whom they go and of what they tell: several notices may leave
-- as one message, and a test or a code is no notice at all.
CREATE TABLE notice_delivery_next (
    id          {uuid}  NOT NULL PRIMARY KEY,
    cause       {code}  NOT NULL UNIQUE,  -- cause × recipient × channel
    notice      {uuid}  REFERENCES notice (id),
    webhook     {uuid},
    account     {uuid},                   -- whom it reaches; absent for a webhook
    topic       {code}  NOT NULL,         -- empty for tests and codes
    title       TEXT    NOT NULL,         -- what administrators see of it
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
    CHECK ((account IS NULL) <> (webhook IS NULL)),
    CHECK (notice IS NULL OR account IS NOT NULL),
    CHECK ((state = 'sent') = (sent_at IS NOT NULL))
);
INSERT INTO notice_delivery_next (id, cause, notice, webhook, account, topic, title, channel, region, address, content,
        state, attempts, round, last_error, not_before, created_at, sent_at)
    SELECT d.id, d.cause, d.notice, d.webhook, n.account, COALESCE(n.topic, ''), COALESCE(n.title, '数据推送'), d.channel,
        d.region, d.address, d.content, d.state, d.attempts, d.round, d.last_error, d.not_before, d.created_at, d.sent_at
    FROM notice_delivery d LEFT JOIN notice n ON n.id = d.notice;
DROP TABLE notice_delivery;
ALTER TABLE notice_delivery_next RENAME TO notice_delivery;
CREATE INDEX notice_delivery_notice ON notice_delivery (notice);
CREATE INDEX notice_delivery_state ON notice_delivery (state, created_at, id);
CREATE INDEX notice_delivery_channel ON notice_delivery (channel, state, created_at);
CREATE INDEX notice_delivery_created ON notice_delivery (created_at, id);
CREATE INDEX notice_delivery_webhook ON notice_delivery (webhook, created_at, id);
CREATE INDEX notice_delivery_account ON notice_delivery (account, topic, channel) WHERE state = 'queued';
