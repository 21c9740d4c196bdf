-- What is kept of APIs beside their files.
CREATE TABLE apis (
    slug       TEXT NOT NULL PRIMARY KEY,
    revision   TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('active', 'disabled', 'removed')),
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Calls whose audit rows are no longer kept, by API.
CREATE TABLE pruned_calls (
    connector    TEXT NOT NULL PRIMARY KEY,
    calls        INTEGER NOT NULL,
    last_used_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 4;
