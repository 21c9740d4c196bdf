//! `api_key`: one key in a header, a query parameter or a cookie (contract S1-12, ruling C-30), or what code puts on
//! requests itself.

use std::collections::BTreeMap;

use http::HeaderValue;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Compiled, Fields, Kind, Scaffold, add, reading};
use crate::connector::model::{KeyPlace, Piece, Placement, Setting};
use crate::connector::scope::Scope;
use crate::connector::{headers, naming, secret};
use crate::document::Node;

pub(super) static KIND: Kind = Kind {
    name: "api_key",
    spellings: &["apikey"],
    label: "API Key",
    secrets: &["key"],
    harmless: &["in", "header_name", "name", "prefix"],
    keys: Keys::json_schema,
    alone: |node| {
        let has_fields = node.get("fields").is_some_and(|fields| !fields.members().is_empty());
        has_fields.then_some((
            "fields",
            "names what code reads, which only an `auth` without parts does",
        ))
    },
    compile,
    scaffold: Some(Scaffold {
        keys: "header_name = \"X-API-Key\"\nkey = {key}\n",
        secrets: &["key"],
    }),
    described: None,
};

/// One key in a header, a query parameter or a cookie.
#[derive(Deserialize, JsonSchema)]
struct Keys {
    /// The header that carries the key, e.g. `X-API-Key`.
    header_name: Option<String>,
    /// The query parameter or cookie that carries the key, when `in` says so.
    name: Option<String>,
    /// Where the key goes.
    #[serde(default)]
    r#in: PlaceName,
    /// Text in front of the key, e.g. `ApiKey `.
    #[serde(default)]
    prefix: String,
    /// Where the key is kept, e.g. `vault://crm/key` or `env:CRM_KEY`.
    key: Option<String>,
    /// Names that code reads as `data.auth.NAME`, with where each value is kept, e.g. `env:CRM_KEY`; or the value
    /// itself when it is not a secret. With these and no `key`, requests carry only what code puts on them.
    #[serde(default)]
    fields: BTreeMap<String, String>,
}

/// Where an API key goes.
#[derive(Deserialize, JsonSchema, Clone, Copy, Default, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "KeyPlaceName")]
enum PlaceName {
    /// A request header.
    #[default]
    Header,
    /// A query parameter. It is kept out of logs.
    Query,
    /// A cookie.
    Cookie,
}

fn compile(scope: &Scope<'_>, node: &Node) -> Option<Compiled> {
    let mut keys: Keys = scope.document(node)?;
    let own = own_fields(scope, node, std::mem::take(&mut keys.fields));
    let mut compiled = match keys.key.take() {
        Some(key) => with_key(scope, node, keys, &key),
        None if own.as_ref().is_some_and(|own| !own.is_empty()) => only_fields(scope, node),
        None => {
            let help = "say where the key is kept, e.g. key = \"env:CRM_KEY\"; or name what code needs in `fields`";
            let span = node.value_span("type");
            scope.refuse("missing-key", span, "`key` is missing in `auth`", help);
            None
        }
    }?;
    let mut fields = own?;
    add(&mut fields, compiled.fields);
    compiled.fields = fields;
    Some(compiled)
}

fn with_key(scope: &Scope<'_>, node: &Node, keys: Keys, key: &str) -> Option<Compiled> {
    let key = reading::reference(scope, node, "key", key);
    let (name, written) = key_name(scope, node, keys.header_name, keys.name, keys.r#in)?;
    let name_span = node.value_span(written);
    let valid = match keys.r#in {
        PlaceName::Header => reading::header(scope, &name, &name_span).is_some(),
        PlaceName::Query => !name.is_empty(),
        PlaceName::Cookie => headers::is_token(&name),
    };
    if !valid {
        if keys.r#in != PlaceName::Header {
            scope.error("bad-auth", name_span, format!("`{name}` cannot be a name here"));
        }
        return None;
    }
    if HeaderValue::from_str(&keys.prefix).is_err() {
        let span = node.value_span("prefix");
        scope.error("bad-auth", span, "the prefix holds a character that cannot be sent");
        return None;
    }
    let key = Setting::Secret(key?);
    let fields = ["api_key", "key"].map(|name| (name.to_owned(), key.clone()));
    // Of several keys the first has the names above: each has the name of its place, too.
    let fields_of_part = vec![(name.replace('-', "_"), key.clone())];
    let placement = Placement {
        place: match keys.r#in {
            PlaceName::Header => KeyPlace::Header,
            PlaceName::Query => KeyPlace::Query,
            PlaceName::Cookie => KeyPlace::Cookie,
        },
        name,
        value: vec![Piece::Plain(Setting::Literal(keys.prefix)), Piece::Plain(key)],
    };
    Some(Compiled {
        fields_of_part,
        ..Compiled::new(vec![placement], fields.into())
    })
}

/// The name that the key is sent under, and the key of the file that says so.
fn key_name(
    scope: &Scope<'_>,
    node: &Node,
    header_name: Option<String>,
    name: Option<String>,
    place: PlaceName,
) -> Option<(String, &'static str)> {
    let missing = |message: &str, help: &str| {
        scope.refuse("missing-key", node.value_span("type"), message, help);
        None
    };
    match (place, header_name, name) {
        (PlaceName::Header, Some(name), None) => Some((name, "header_name")),
        (_, None, Some(name)) => Some((name, "name")),
        (PlaceName::Header, None, None) => missing(
            "`header_name` is missing in `auth`",
            "name the header that carries the key, e.g. header_name = \"X-API-Key\"",
        ),
        (_, None, None) => missing(
            "`name` is missing in `auth`",
            "name the parameter or cookie that carries the key, e.g. name = \"api_key\"",
        ),
        (_, Some(_), _) => {
            let span = node.key_span("header_name");
            let message = "`header_name` is written together with `name`, or the key is not sent in a header";
            scope.refuse("bad-auth", span, message, "write only `name`");
            None
        }
    }
}

/// Reads `[auth.fields]`.
fn own_fields(scope: &Scope<'_>, node: &Node, written: BTreeMap<String, String>) -> Option<Fields> {
    let mut fields = Vec::with_capacity(written.len());
    let mut sound = true;
    for (name, value) in written {
        let span = node
            .get("fields")
            .map_or(node.span.clone(), |fields| fields.key_span(&name));
        if !naming::is_identifier(&name) {
            let message = format!("`{name}` cannot be the name of a field");
            let help = "use letters, digits and `_`: code reads it as `data.auth.NAME`";
            scope.refuse("bad-name", span, message, help);
            sound = false;
            continue;
        }
        let place = node.get("fields").and_then(|fields| fields.get(&name));
        match secret::reference(&value) {
            Some(reference) => fields.push((name, Setting::Secret(reference))),
            None if secret::carries_secret(&name) || name == "key" || reading::names_a_secret(&value) => {
                reading::literal(scope, place.unwrap_or(node), &name, &format!("`{name}`"));
                sound = false;
            }
            None => fields.push((name, Setting::Literal(value))),
        }
    }
    sound.then_some(fields)
}

/// Without a `key` nothing says where a key would go.
fn only_fields(scope: &Scope<'_>, node: &Node) -> Option<Compiled> {
    let Some(key) = ["header_name", "name", "prefix"]
        .into_iter()
        .find(|key| node.get(key).is_some())
    else {
        return Some(Compiled {
            parts: Vec::new(),
            ..Compiled::new(Vec::new(), Fields::new())
        });
    };
    let message = format!("`{key}` has no effect without a `key`");
    let help =
        "write where the key is kept, e.g. key = \"env:CRM_KEY\"; code puts the values of `fields` where it wants";
    scope.refuse("no-effect", node.key_span(key), message, help);
    None
}
