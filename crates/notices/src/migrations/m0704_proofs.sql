-- Addresses to which notices may leave. An address that an account chose and that does not stand here is not used.
CREATE TABLE notice_proof (
    account   {uuid}  NOT NULL,
    channel   {code}  NOT NULL CHECK (channel IN ('mail','sms','wechat')),
    address   TEXT    NOT NULL,         -- that was proved; another one of the account has to be proved anew
    proved_at BIGINT,                   -- absent: it was in use before addresses were proved, and nobody proved it
    PRIMARY KEY (account, channel)
);

-- Codes that were asked for. The code itself is nowhere: it is made when its message leaves.
CREATE TABLE notice_code (
    delivery  {uuid}  NOT NULL PRIMARY KEY REFERENCES notice_delivery (id),  -- the message that carries it
    account   {uuid}  NOT NULL,
    channel   {code}  NOT NULL CHECK (channel IN ('mail','sms','wechat')),
    address   TEXT    NOT NULL,         -- that it proves
    asked_at  BIGINT  NOT NULL,
    made      TEXT    NOT NULL,         -- digests of the codes that may have arrived, one for each attempt to deliver
    attempts  BIGINT  NOT NULL,         -- how often it was entered
    CHECK (attempts >= 0)
);
CREATE INDEX notice_code_account ON notice_code (account, channel, asked_at);
