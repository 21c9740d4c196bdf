-- What calls would send is long, and read only by whoever looks at one approval: beside the records, so that nobody else
-- reads past it, and gone before them.
CREATE TABLE approval_arguments (
    sequence  INTEGER NOT NULL PRIMARY KEY REFERENCES approvals (sequence) ON DELETE CASCADE,
    -- JSON.
    arguments TEXT NOT NULL
) STRICT;
INSERT INTO approval_arguments (sequence, arguments) SELECT sequence, arguments FROM approvals;
ALTER TABLE approvals DROP COLUMN arguments;

-- When it was used or refused.
ALTER TABLE approvals ADD COLUMN ended_at TEXT;
UPDATE approvals SET ended_at = decided_at WHERE state = 'denied';

CREATE INDEX approvals_by_expiry ON approvals (expires_at);

PRAGMA user_version = 10;
