-- 提醒函, 提请督办函: written by the platform when a department is late, one for each step of lateness.
CREATE TABLE reminder_letter (
    id          {uuid}  NOT NULL PRIMARY KEY,
    version     BIGINT  NOT NULL,
    piece       {code}  NOT NULL,         -- the piece of work that is late
    step        BIGINT  NOT NULL,
    kind        {code}  NOT NULL CHECK (kind IN ('reminder','escalation')),
    application {uuid}  NOT NULL,
    enterprise  {uuid}  NOT NULL,
    region      {code}  NOT NULL,
    department  {code}  NOT NULL,         -- that is late
    addressee   {code}  NOT NULL,         -- department that gets it
    number      TEXT    NOT NULL,
    late_days   BIGINT  NOT NULL,
    due_on      {code}  NOT NULL,
    paper       TEXT    NOT NULL,         -- exactly what is signed
    facts       TEXT    NOT NULL,         -- what lists and notices show of it
    sha256      {code},                   -- the signed file
    at          BIGINT  NOT NULL,
    sent_at     BIGINT,
    received_at BIGINT,
    received_by {uuid},
    receiver    TEXT,
    UNIQUE (piece, step),
    CHECK ((sha256 IS NULL) = (sent_at IS NULL)),
    CHECK ((received_at IS NULL) = (receiver IS NULL))
);
CREATE INDEX reminder_letter_at ON reminder_letter (at, id);
CREATE INDEX reminder_letter_addressee ON reminder_letter (addressee, at, id);
CREATE INDEX reminder_letter_application ON reminder_letter (application);

-- 联席会议
CREATE TABLE joint_meeting (
    id          {uuid}  NOT NULL PRIMARY KEY,
    version     BIGINT  NOT NULL,
    region      {code}  NOT NULL,
    title       TEXT    NOT NULL,
    held_on     {code}  NOT NULL,
    place       TEXT    NOT NULL,
    convener    {code}  NOT NULL,         -- department
    departments TEXT    NOT NULL,
    summary     TEXT    NOT NULL,
    created_by  {uuid},
    author      TEXT    NOT NULL,
    at          BIGINT  NOT NULL
);
CREATE INDEX joint_meeting_held ON joint_meeting (held_on, id);

-- 问题清单、责任清单、整改清单: one row a problem, with who answers for it and how it was mended.
CREATE TABLE rectification (
    id          {uuid}  NOT NULL PRIMARY KEY,
    version     BIGINT  NOT NULL,
    meeting     {uuid}  NOT NULL REFERENCES joint_meeting (id),
    region      {code}  NOT NULL,
    convener    {code}  NOT NULL,
    department  {code}  NOT NULL,         -- that answers for it
    problem     TEXT    NOT NULL,
    requirement TEXT    NOT NULL,
    due_on      {code}  NOT NULL,
    state       {code}  NOT NULL CHECK (state IN ('open','reported','closed')),
    rounds      TEXT    NOT NULL,         -- reports and what was found of them
    closed_on   {code},
    CHECK ((state = 'closed') = (closed_on IS NOT NULL))
);
CREATE INDEX rectification_meeting ON rectification (meeting, id);
CREATE INDEX rectification_due ON rectification (due_on, id);
CREATE INDEX rectification_department ON rectification (department, due_on, id);
CREATE INDEX rectification_open ON rectification (state, due_on, id);

-- 移送
CREATE TABLE referral (
    id          {uuid}  NOT NULL PRIMARY KEY,
    version     BIGINT  NOT NULL,
    region      {code}  NOT NULL,
    enterprise  {uuid},
    application {uuid},
    sender      {code}  NOT NULL,         -- department
    addressee   {code}  NOT NULL,         -- department
    title       TEXT    NOT NULL,
    content     TEXT    NOT NULL,
    basis       TEXT    NOT NULL,
    state       {code}  NOT NULL CHECK (state IN ('sent','received','returned','answered')),
    sent_by     {uuid},
    author      TEXT    NOT NULL,
    sent_at     BIGINT  NOT NULL,
    due_at      BIGINT  NOT NULL,         -- for the receipt
    receipt     TEXT,
    received_at BIGINT,
    answer      TEXT,
    answered_at BIGINT,
    CHECK ((state = 'sent') = (received_at IS NULL)),
    CHECK ((state IN ('returned','answered')) = (answered_at IS NOT NULL))
);
CREATE INDEX referral_sent ON referral (sent_at, id);
CREATE INDEX referral_addressee ON referral (addressee, sent_at, id);
CREATE INDEX referral_sender ON referral (sender, sent_at, id);
CREATE INDEX referral_state ON referral (state, sent_at, id);
