-- The widest version of each tile; narrower ones are cut from it.
CREATE TABLE log_tile (
    kind  {code}  NOT NULL CHECK (kind IN ('hashes','entries')),
    level BIGINT  NOT NULL,
    idx   BIGINT  NOT NULL,
    width BIGINT  NOT NULL,
    bytes {blob}  NOT NULL,
    PRIMARY KEY (kind, level, idx)
);
-- Every tree that was ever signed.
CREATE TABLE log_checkpoint (
    size BIGINT NOT NULL PRIMARY KEY,
    note TEXT   NOT NULL,
    at   BIGINT NOT NULL
);
