//! Connectors and answers for tests.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value};

use crate::connector::model::{Action, Connector};
use crate::connector::{SourceFile, load};
use crate::egress::UpstreamResponse;

/// A connector with one action, both given as TOML.
pub(super) fn connector(settings: &str, action: &str) -> (Connector, Arc<Action>) {
    let settings = if settings.contains("[connection]") {
        settings.to_owned()
    } else {
        format!("[connection]\nbase_url = \"https://api.example.com/v1/\"\n{settings}")
    };
    let text = format!(
        "name = \"Example\"\ndescription = \"An API\"\n{settings}\n[[actions]]\nname = \"act\"\ndescription = \"Acts\"\n{action}"
    );
    let loaded = load(&[SourceFile {
        shown: "connector.toml".into(),
        relative: "connector.toml".into(),
        text: text.clone(),
    }]);
    let connector = loaded
        .connector
        .unwrap_or_else(|| panic!("{text}\n{:#?}", loaded.diagnostics));
    let action = Arc::clone(connector.actions.first().expect("an action"));
    (connector, action)
}

/// An action's inputs, all optional texts unless a name ends in `: TYPE`.
pub(super) fn inputs(names: &[&str]) -> String {
    let input = |name: &&str| {
        let (name, kind) = name.split_once(": ").unwrap_or((name, "TEXT"));
        format!("[[actions.input]]\nname = \"{name}\"\ndescription = \"An input\"\ntype = \"{kind}\"\n")
    };
    names.iter().map(input).collect()
}

/// Arguments from a JSON object.
pub(super) fn arguments(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        other => panic!("{other} is no object"),
    }
}

/// An answer.
pub(super) fn response(status: u16, content_type: &str, body: impl Into<Bytes>) -> UpstreamResponse {
    let mut headers = HeaderMap::new();
    if !content_type.is_empty() {
        headers.insert(http::header::CONTENT_TYPE, content_type.parse().expect("a header"));
    }
    UpstreamResponse {
        status: StatusCode::from_u16(status).expect("a status"),
        headers,
        body: body.into(),
        cut: None,
        requests: 1,
        url: "https://api.example.com/v1/act".parse().expect("a URL"),
        links: Vec::new(),
    }
}
