-- Times are RFC 3339 texts in UTC with milliseconds, so they compare as texts.

-- One row per call. A write's row appears before its request leaves and is completed when the call ends.
CREATE TABLE audit (
    call_id         TEXT NOT NULL PRIMARY KEY,
    started_at      TEXT NOT NULL,
    ended_at        TEXT,
    user_name       TEXT NOT NULL,
    organisation    TEXT NOT NULL,
    channel         TEXT NOT NULL,
    client          TEXT,
    tool            TEXT NOT NULL,
    connector       TEXT,
    action          TEXT,
    effect          TEXT,
    method          TEXT,
    path            TEXT,
    arguments_hash  TEXT,
    decision        TEXT NOT NULL,
    approval_id     TEXT,
    approver        TEXT,
    outcome         TEXT NOT NULL,
    upstream_status INTEGER,
    requests        INTEGER NOT NULL,
    bytes_out       INTEGER NOT NULL,
    bytes_in        INTEGER NOT NULL,
    duration_ms     INTEGER NOT NULL,
    message         TEXT
) STRICT;

CREATE INDEX audit_newest ON audit (started_at, call_id);
CREATE INDEX audit_by_connector ON audit (connector, started_at, call_id);
CREATE INDEX audit_by_outcome ON audit (outcome, started_at, call_id);

CREATE TABLE approvals (
    -- Keeps the order of creation within one millisecond.
    sequence       INTEGER NOT NULL PRIMARY KEY,
    id             TEXT NOT NULL UNIQUE,
    call_id        TEXT NOT NULL,
    user_name      TEXT NOT NULL,
    organisation   TEXT NOT NULL,
    connector      TEXT NOT NULL,
    action         TEXT NOT NULL,
    effect         TEXT NOT NULL,
    method         TEXT NOT NULL,
    path           TEXT NOT NULL,
    arguments      TEXT NOT NULL,
    arguments_hash TEXT NOT NULL,
    revision       TEXT NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'denied', 'used')),
    created_at     TEXT NOT NULL,
    expires_at     TEXT NOT NULL,
    decided_at     TEXT,
    decided_by     TEXT,
    decided_via    TEXT,
    -- 1 once the record was found expired and made room for another of the same key.
    lapsed         INTEGER NOT NULL DEFAULT 0
) STRICT;

-- At most one record of a key can still allow something: of two processes that ask at once, one creates it.
CREATE UNIQUE INDEX approvals_open
    ON approvals (user_name, organisation, connector, action, arguments_hash, revision)
    WHERE state IN ('pending', 'approved') AND lapsed = 0;
CREATE INDEX approvals_by_key ON approvals (arguments_hash, created_at);
CREATE INDEX approvals_newest ON approvals (created_at, sequence);

PRAGMA user_version = 1;
