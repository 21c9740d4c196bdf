//! What an event says beside its call and the time, as the text that its hash covers.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{AuditRecord, Recorded};

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
        channel: text(record.channel.as_str()),
        client: maybe(record.client.as_deref()),
        tool: text(&record.tool),
        connector: maybe(record.connector.as_deref()),
        action: maybe(record.action.as_deref()),
        effect: maybe(record.effect.as_ref().map(Recorded::as_str)),
        method: maybe(record.method.as_deref()),
        path: maybe(record.path.as_deref()),
        arguments_hash: maybe(record.arguments_hash.as_deref()),
        decision: text(record.decision.as_str()),
        approval_id: maybe(record.approval_id.as_deref()),
        approver: maybe(record.approver.as_deref()),
        outcome: text(record.outcome.as_str()),
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
        channel: Recorded::from(&*details.channel),
        client: maybe(details.client),
        tool: details.tool.into_owned(),
        connector: maybe(details.connector),
        action: maybe(details.action),
        effect: details.effect.as_deref().map(Recorded::from),
        method: maybe(details.method),
        path: maybe(details.path),
        arguments_hash: maybe(details.arguments_hash),
        decision: Recorded::from(&*details.decision),
        approval_id: maybe(details.approval_id),
        approver: maybe(details.approver),
        outcome: Recorded::from(&*details.outcome),
        upstream_status: details.upstream_status,
        requests: details.requests,
        bytes_out: details.bytes_out,
        bytes_in: details.bytes_in,
        duration_ms: details.duration_ms,
        message: maybe(details.message),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hashes cover these texts as they are.
    #[test]
    fn a_text_that_is_read_is_written_again_as_it_was() {
        for words in [
            r#""channel":"stdio","tool":"crm__get","effect":"read","decision":"allowed","outcome":"TIMEOUT""#,
            r#""channel":"pigeon","tool":"crm__get","effect":"ponder","decision":"doubted","outcome":"QUOTA \"1\"""#,
            r#""channel":"","tool":"crm__get","decision":"","outcome":"""#,
        ] {
            let counts = r#""requests":1,"bytes_out":2,"bytes_in":3,"duration_ms":4"#;
            let text = format!(r#"{{"user":"ana","organisation":"acme",{words},{counts}}}"#);
            let record = decode("a".to_owned(), "2026-11-21T09:30:00.000Z".to_owned(), &text).unwrap();
            assert_eq!(encode(&record).unwrap(), text);
        }
    }
}
