-- Sealed secrets. What is readable here is who a secret belongs to, its name, and when it was stored.
CREATE TABLE secrets (
    sequence     INTEGER NOT NULL PRIMARY KEY,
    organisation TEXT NOT NULL,
    -- NULL: shared in the organisation.
    user_name    TEXT CHECK (user_name <> ''),
    name         TEXT NOT NULL,
    -- Counts the values that this secret has had.
    version      INTEGER NOT NULL CHECK (version > 0),
    -- Says which master key `wrapped_key` is sealed with; nothing about the key itself can be learnt from it.
    key_id       TEXT NOT NULL,
    wrapped_key  BLOB NOT NULL,
    sealed_value BLOB NOT NULL,
    created_at   TEXT NOT NULL,
    updated_at   TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX secrets_of_holder ON secrets (organisation, ifnull(user_name, ''), name);

PRAGMA user_version = 5;
