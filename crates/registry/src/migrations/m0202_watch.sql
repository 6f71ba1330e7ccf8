-- 重点监管: why an enterprise is supervised more closely, and until when. One row for each time.
CREATE TABLE enterprise_watch (
    id           {uuid}  NOT NULL PRIMARY KEY,
    version      BIGINT  NOT NULL,
    enterprise   {uuid}  NOT NULL REFERENCES enterprise (id),
    region       {code}  NOT NULL,  -- of the enterprise when it was listed; reach goes by its file
    ground       {code}  NOT NULL,  -- a key of registry/watch.json
    source_type  {code}  NOT NULL,
    source       {uuid}  NOT NULL,
    source_label TEXT    NOT NULL,
    since        {code}  NOT NULL,
    begun_by     {uuid}  NOT NULL,  -- the event
    begun_at     BIGINT  NOT NULL,
    ended_at     BIGINT,
    ended_by     {uuid},            -- the event, unless an officer ended it
    end_reason   TEXT,
    CHECK (ended_at IS NOT NULL OR (ended_by IS NULL AND end_reason IS NULL)),
    -- An event heard twice lists nobody twice.
    UNIQUE (begun_by, ground)
);
-- The list, and that nothing is on it twice.
CREATE UNIQUE INDEX enterprise_watch_open ON enterprise_watch (enterprise, ground, source) WHERE ended_at IS NULL;
CREATE INDEX enterprise_watch_enterprise ON enterprise_watch (enterprise, id);
