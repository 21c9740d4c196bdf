-- Sums over the audit log, so that counting calls does not read it from end to end. They follow it by the numbers of
-- its events, and stay when old events are cut off.

-- Calls that have ended, by the hour in which they arrived.
CREATE TABLE call_totals (
    -- Empty where none was found.
    connector       TEXT NOT NULL,
    -- The first 13 characters of the time, e.g. 2026-11-21T09.
    hour            TEXT NOT NULL,
    outcome         TEXT NOT NULL,
    -- 0 without one.
    upstream_status INTEGER NOT NULL,
    calls           INTEGER NOT NULL,
    -- Those that show how fast the API is, and how long they took together.
    timed_calls     INTEGER NOT NULL,
    timed_ms        REAL NOT NULL,
    PRIMARY KEY (hour, connector, outcome, upstream_status)
) STRICT, WITHOUT ROWID;

-- The same without hours, for ever.
CREATE TABLE api_calls (
    connector       TEXT NOT NULL PRIMARY KEY,
    calls           INTEGER NOT NULL,
    last_used_at    TEXT NOT NULL,
    -- Outcome of the last call that tried the connection.
    last_connection TEXT
) STRICT, WITHOUT ROWID;

-- Calls that have not ended.
CREATE TABLE open_calls (
    call_id    TEXT NOT NULL PRIMARY KEY,
    started_at TEXT NOT NULL,
    connector  TEXT
) STRICT, WITHOUT ROWID;

-- The last event that the sums hold.
CREATE TABLE totals_position (
    id       INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    sequence INTEGER NOT NULL
) STRICT;
INSERT INTO totals_position (id, sequence) VALUES (1, 0);

DROP TABLE pruned_calls;

PRAGMA user_version = 6;
