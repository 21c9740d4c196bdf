//! What an event says beside its call and the time, as the text that its hash covers.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::AuditRecord;

type Text<'a> = Cow<'a, str>;

/// A field that an event does not have is left out, so that a field that comes later changes no text of before.
#[derive(Debug, Serialize, Deserialize)]
struct Details<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Text<'a>>,
    user: Text<'a>,
    organisation: Text<'a>,
    channel: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<Text<'a>>,
    tool: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    connector: Option<Text<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<Text<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    effect: Option<Text<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<Text<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<Text<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    arguments_hash: Option<Text<'a>>,
    decision: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    approval_id: Option<Text<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    approver: Option<Text<'a>>,
    outcome: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    upstream_status: Option<u16>,
    requests: u32,
    bytes_out: u64,
    bytes_in: u64,
    duration_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text<'a>>,
}

/// The text of an event.
pub(super) fn encode(record: &AuditRecord) -> Result<String, serde_json::Error> {
    fn text(text: &str) -> Text<'_> {
        Cow::Borrowed(text)
    }
    fn maybe(text: Option<&str>) -> Option<Text<'_>> {
        text.map(Cow::Borrowed)
    }
    serde_json::to_string(&Details {
        ended_at: maybe(record.ended_at.as_deref()),
        user: text(&record.user),
        organisation: text(&record.organisation),
        channel: text(&record.channel),
        client: maybe(record.client.as_deref()),
        tool: text(&record.tool),
        connector: maybe(record.connector.as_deref()),
        action: maybe(record.action.as_deref()),
        effect: maybe(record.effect.as_deref()),
        method: maybe(record.method.as_deref()),
        path: maybe(record.path.as_deref()),
        arguments_hash: maybe(record.arguments_hash.as_deref()),
        decision: text(&record.decision),
        approval_id: maybe(record.approval_id.as_deref()),
        approver: maybe(record.approver.as_deref()),
        outcome: text(&record.outcome),
        upstream_status: record.upstream_status,
        requests: record.requests,
        bytes_out: record.bytes_out,
        bytes_in: record.bytes_in,
        duration_ms: record.duration_ms,
        message: maybe(record.message.as_deref()),
    })
}

/// The record that an event was made of.
pub(super) fn decode(call_id: String, started_at: String, details: &str) -> Result<AuditRecord, serde_json::Error> {
    fn maybe(text: Option<Text<'_>>) -> Option<String> {
        text.map(Cow::into_owned)
    }
    let details: Details<'_> = serde_json::from_str(details)?;
    Ok(AuditRecord {
        call_id,
        started_at,
        ended_at: maybe(details.ended_at),
        user: details.user.into_owned(),
        organisation: details.organisation.into_owned(),
        channel: details.channel.into_owned(),
        client: maybe(details.client),
        tool: details.tool.into_owned(),
        connector: maybe(details.connector),
        action: maybe(details.action),
        effect: maybe(details.effect),
        method: maybe(details.method),
        path: maybe(details.path),
        arguments_hash: maybe(details.arguments_hash),
        decision: details.decision.into_owned(),
        approval_id: maybe(details.approval_id),
        approver: maybe(details.approver),
        outcome: details.outcome.into_owned(),
        upstream_status: details.upstream_status,
        requests: details.requests,
        bytes_out: details.bytes_out,
        bytes_in: details.bytes_in,
        duration_ms: details.duration_ms,
        message: maybe(details.message),
    })
}
