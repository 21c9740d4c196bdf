-- Keys for remote callers. Of a key itself only a hash is kept.
CREATE TABLE keys (
    -- Keeps the order of creation within one millisecond.
    sequence     INTEGER NOT NULL PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    name         TEXT,
    user_name    TEXT NOT NULL,
    organisation TEXT NOT NULL,
    -- JSON arrays of texts; no array of connectors stands for all of them.
    roles        TEXT NOT NULL,
    connectors   TEXT,
    hash         TEXT NOT NULL,
    created_at   TEXT NOT NULL,
    created_by   TEXT NOT NULL,
    expires_at   TEXT,
    revoked_at   TEXT
) STRICT;

PRAGMA user_version = 7;
