-- How far the journals of processes are folded into the audit log (`store/sqlite/journal`).
CREATE TABLE audit_journals (
    -- The file's name without its extension.
    name   TEXT NOT NULL PRIMARY KEY,
    -- Bytes from its beginning.
    folded INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 8;
