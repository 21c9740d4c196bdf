-- What the code of calls did: log lines and requests, cleaned of secrets.
CREATE TABLE call_logs (
    call_id  TEXT NOT NULL PRIMARY KEY,
    ended_at TEXT NOT NULL,
    -- JSON.
    log      TEXT NOT NULL
) STRICT;
CREATE INDEX call_logs_by_end ON call_logs (ended_at);

PRAGMA user_version = 9;
