-- Runs of the bulk import. `done_rows` rows of the file are dealt with; a run that died goes on after them.
CREATE TABLE import_run (
    id               {uuid}  NOT NULL PRIMARY KEY,
    version          BIGINT  NOT NULL,
    file             {code}  NOT NULL,
    file_name        TEXT    NOT NULL,
    dry_run          BIGINT  NOT NULL,
    options          TEXT    NOT NULL,
    columns          TEXT    NOT NULL,
    actor            TEXT    NOT NULL,
    account          {uuid},
    state            {code}  NOT NULL CHECK (state IN ('waiting','running','done','cancelled','failed')),
    cancel_requested BIGINT  NOT NULL,
    total            BIGINT  NOT NULL,
    done_rows        BIGINT  NOT NULL,
    taken            BIGINT  NOT NULL,
    changed          BIGINT  NOT NULL,
    skipped          BIGINT  NOT NULL,
    warned           BIGINT  NOT NULL,
    refused          BIGINT  NOT NULL,
    failure          TEXT,
    created_at       BIGINT  NOT NULL,
    finished_at      BIGINT
);
CREATE INDEX import_run_account ON import_run (account, created_at);
CREATE INDEX import_run_created ON import_run (created_at, id);

-- What a run has to say about single rows of its file.
CREATE TABLE import_issue (
    run      {uuid}  NOT NULL REFERENCES import_run (id),
    row_done BIGINT  NOT NULL,  -- place among the data rows, from 1
    line     BIGINT  NOT NULL,  -- line as the spreadsheet shows it
    kind     {code}  NOT NULL CHECK (kind IN ('refused','warned','skipped')),
    cells    TEXT    NOT NULL,
    faults   TEXT    NOT NULL,
    PRIMARY KEY (run, row_done)
);
CREATE INDEX import_issue_kind ON import_issue (run, kind, row_done);
