-- The version that was answered with an act: a repeated request is told it again.
ALTER TABLE idempotency ADD COLUMN etag {code};
