-- Sliding windows that limit calls. The format of `log` is told in src/store/windows/log.rs.
CREATE TABLE rate_windows (
    name     TEXT NOT NULL PRIMARY KEY,
    log      BLOB NOT NULL,
    -- From when on the window is empty, in milliseconds since 1970.
    empty_at INTEGER NOT NULL
) STRICT;

CREATE INDEX rate_windows_by_end ON rate_windows (empty_at);

PRAGMA user_version = 3;
