//! `custom_header`: any headers, each written out or secret.

use http::{HeaderName, HeaderValue};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Compiled, Fields, Kind, Scaffold, reading};
use crate::connector::model::{KeyPlace, Piece, Placement, Setting};
use crate::connector::scope::Scope;
use crate::connector::secret;
use crate::document::Node;

pub(super) static KIND: Kind = Kind {
    name: "custom_header",
    spellings: &["custom", "custom_headers", "header"],
    label: "Custom Header",
    secrets: &[],
    harmless: &["name"],
    keys: Keys::json_schema,
    alone: |_| None,
    compile,
    scaffold: Some(Scaffold {
        keys: "headers = [{ name = \"X-API-Key\", value = {key} }]\n",
        secrets: &["key"],
    }),
    described: None,
};

/// Any headers.
#[derive(Deserialize, JsonSchema)]
struct Keys {
    /// The headers.
    #[schemars(length(min = 1))]
    headers: Vec<Header>,
}

/// A header that authenticates.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "AuthHeader")]
struct Header {
    /// Its name.
    name: String,
    /// Where its value is kept, e.g. `vault://crm/token` or `env:CRM_TOKEN`; or the value itself when it is not a
    /// secret, such as a tenant's id.
    value: String,
}

fn compile(scope: &Scope<'_>, node: &Node) -> Option<Compiled> {
    let Keys { headers } = scope.document(node)?;
    let mut all: Vec<(HeaderName, Setting)> = Vec::new();
    let mut sound = true;
    let items = node.get("headers").map(Node::items).unwrap_or_default();
    for (Header { name, value }, item) in headers.into_iter().zip(items) {
        let (Some(name_node), Some(value_node)) = (item.get("name"), item.get("value")) else {
            continue;
        };
        let Some(name) = reading::header(scope, &name, &name_node.span) else {
            sound = false;
            continue;
        };
        if all.iter().any(|(other, _)| *other == name) {
            scope.error(
                "duplicate-key",
                name_node.span.clone(),
                format!("the header `{name}` is written twice"),
            );
            sound = false;
        }
        match setting(scope, &name, value, value_node) {
            Some(setting) => all.push((name, setting)),
            None => sound = false,
        }
    }
    let field = |(name, setting): &(HeaderName, Setting)| (name.as_str().replace('-', "_"), setting.clone());
    let fields: Fields = all.iter().map(field).collect();
    let placement = |(name, setting): (HeaderName, Setting)| Placement {
        place: KeyPlace::Header,
        name: name.as_str().to_owned(),
        value: vec![Piece::Plain(setting)],
    };
    sound.then(|| Compiled::new(all.into_iter().map(placement).collect(), fields))
}

/// The value of the header `name`; reports one that cannot be used.
fn setting(scope: &Scope<'_>, name: &HeaderName, written: String, node: &Node) -> Option<Setting> {
    match secret::reference(&written) {
        Some(reference) => Some(Setting::Secret(reference)),
        None if secret::carries_secret(name.as_str()) || reading::names_a_secret(&written) => {
            reading::literal(scope, node, "key", &format!("the value of `{name}`"));
            None
        }
        None if HeaderValue::from_str(&written).is_err() => {
            let message = "a header's value cannot hold line breaks or other control characters";
            scope.error("bad-header", node.span.clone(), message);
            None
        }
        None => Some(Setting::Literal(written)),
    }
}
