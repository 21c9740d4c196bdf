-- The audit log becomes a list of events that only grows. Each event is chained to the one before it by its hash, so
-- that a changed, removed or moved one is found (`store/chain.rs` says what a hash covers).

ALTER TABLE audit RENAME TO audit_before_chain;

-- AUTOINCREMENT keeps the highest number ever given apart from the events: it shows that the newest were removed.
CREATE TABLE audit (
    sequence   INTEGER PRIMARY KEY AUTOINCREMENT,
    call_id    TEXT NOT NULL,
    started_at TEXT NOT NULL,
    -- JSON, so that a field that comes later changes the hash of no event that came before.
    details    TEXT NOT NULL,
    hash       BLOB NOT NULL
) STRICT;

INSERT INTO audit (call_id, started_at, details, hash)
SELECT call_id, started_at,
    -- A merge leaves out what is null (RFC 7396).
    json_patch('{}', json_object(
        'ended_at', ended_at, 'user', user_name, 'organisation', organisation, 'channel', channel, 'client', client,
        'tool', tool, 'connector', connector, 'action', action, 'effect', effect, 'method', method, 'path', path,
        'arguments_hash', arguments_hash, 'decision', decision, 'approval_id', approval_id, 'approver', approver,
        'outcome', outcome, 'upstream_status', upstream_status, 'requests', requests, 'bytes_out', bytes_out,
        'bytes_in', bytes_in, 'duration_ms', duration_ms, 'message', message)),
    -- Given right after this script, which cannot compute it.
    x''
FROM audit_before_chain ORDER BY started_at, call_id;

DROP TABLE audit_before_chain;

-- The one index that is worth its cost at every call: by time, and from an event to the others of its call.
CREATE INDEX audit_newest ON audit (started_at, call_id);

-- What was cut off the beginning of the list, once something was: the hash that the first event left is chained to.
CREATE TABLE audit_anchor (
    id       INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    sequence INTEGER NOT NULL,
    hash     BLOB NOT NULL,
    events   INTEGER NOT NULL
) STRICT;

-- One row per call: its first event that is an end, or else its newest.
CREATE VIEW audit_calls AS
SELECT sequence, call_id, started_at, details,
    details ->> 'ended_at' AS ended_at,
    details ->> 'user' AS user_name,
    details ->> 'organisation' AS organisation,
    details ->> 'channel' AS channel,
    details ->> 'client' AS client,
    details ->> 'tool' AS tool,
    details ->> 'connector' AS connector,
    details ->> 'action' AS action,
    details ->> 'effect' AS effect,
    details ->> 'method' AS method,
    details ->> 'path' AS path,
    details ->> 'arguments_hash' AS arguments_hash,
    details ->> 'decision' AS decision,
    details ->> 'approval_id' AS approval_id,
    details ->> 'approver' AS approver,
    details ->> 'outcome' AS outcome,
    details ->> 'upstream_status' AS upstream_status,
    details ->> 'requests' AS requests,
    details ->> 'bytes_out' AS bytes_out,
    details ->> 'bytes_in' AS bytes_in,
    details ->> 'duration_ms' AS duration_ms,
    details ->> 'message' AS message
FROM audit AS event
WHERE NOT EXISTS (
    SELECT 1 FROM audit AS other
    WHERE other.started_at = event.started_at AND other.call_id = event.call_id AND other.sequence <> event.sequence
        AND CASE
            WHEN event.details ->> 'ended_at' IS NULL
            THEN other.details ->> 'ended_at' IS NOT NULL OR other.sequence > event.sequence
            ELSE other.details ->> 'ended_at' IS NOT NULL AND other.sequence < event.sequence
        END
);

PRAGMA user_version = 2;
