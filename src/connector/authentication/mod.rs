//! How requests are authenticated: references to secrets, never secrets.

mod combined;

use std::collections::BTreeMap;

use http::{HeaderName, HeaderValue};

use super::document::{AuthDocument, HeaderDocument, KeyPlaceName};
use super::headers::{self, Forbidden};
use super::model::{Auth, KeyPlace, Placement, SecretRef, Setting};
use super::naming;
use super::scope::Scope;
use super::secret;
use crate::document::Node;

/// Kinds of authentication that connectors may name and this version cannot do.
const NOT_YET: [&str; 5] = ["oauth2", "service_account", "jwt", "hmac", "aws_sigv4"];

/// Whether this asks for a kind of authentication that this version cannot do.
pub(super) fn is_postponed(auth: &Node) -> bool {
    auth.get("type")
        .and_then(Node::text)
        .is_some_and(|name| NOT_YET.contains(&name))
}

/// Reports a kind of authentication that this version cannot do.
pub(super) fn report_postponed(scope: &Scope<'_>, auth: &Node) {
    let kind = auth.get("type").unwrap_or(auth);
    let name = kind.text().unwrap_or_default();
    let message = format!("this version does not authenticate with `{name}` yet");
    let help =
        "use none, api_key, bearer_token, basic_auth, custom_header or combined, or leave this connector out for now";
    scope.refuse("not-yet", kind.span.clone(), message, help);
}

/// What code reads as `data.auth`, by name.
pub(super) type Fields = Vec<(String, Setting)>;

/// Compiles `[auth]`.
pub(super) fn compile(scope: &Scope<'_>, node: &Node, mut document: AuthDocument) -> Option<(Auth, Fields)> {
    let own = match &mut document {
        AuthDocument::ApiKey { fields, .. } => own_fields(scope, node, std::mem::take(fields)),
        _ => Some(Vec::new()),
    };
    let auth = match document {
        AuthDocument::ApiKey { key: None, .. } if own.as_ref().is_some_and(|own| !own.is_empty()) => {
            only_fields(scope, node)
        }
        document => scheme(scope, node, document),
    }?;
    let mut fields = own?;
    for (name, setting) in fields_of(&auth) {
        if fields.iter().all(|(own, _)| *own != name) {
            fields.push((name, setting));
        }
    }
    Some((auth, fields))
}

/// The values of a scheme under the names that code written for other hosts uses, too.
fn fields_of(auth: &Auth) -> Fields {
    let both = |first: &str, second: &str, secret: &SecretRef| {
        [first, second].map(|name| (name.to_owned(), Setting::Secret(secret.clone())))
    };
    match auth {
        Auth::None => Vec::new(),
        Auth::ApiKey { key, .. } => both("api_key", "key", key).into(),
        Auth::BearerToken { token } => both("access_token", "token", token).into(),
        Auth::BasicAuth { username, password } => vec![
            ("username".to_owned(), username.clone()),
            ("password".to_owned(), Setting::Secret(password.clone())),
        ],
        Auth::CustomHeader { headers } => headers
            .iter()
            .map(|(name, setting)| (name.as_str().replace('-', "_"), setting.clone()))
            .collect(),
        Auth::Combined { parts } => combined::fields(parts),
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
            None if secret::carries_secret(&name)
                || name == "key"
                || value.starts_with("env:")
                || secret::is_of_vault(&value) =>
            {
                literal(scope, place.unwrap_or(node), &name, &format!("`{name}`"));
                sound = false;
            }
            None => fields.push((name, Setting::Literal(value))),
        }
    }
    sound.then_some(fields)
}

/// Without a `key` nothing says where a key would go.
fn only_fields(scope: &Scope<'_>, node: &Node) -> Option<Auth> {
    let Some(key) = ["header_name", "name", "prefix"]
        .into_iter()
        .find(|key| node.get(key).is_some())
    else {
        return Some(Auth::None);
    };
    let message = format!("`{key}` has no effect without a `key`");
    let help =
        "write where the key is kept, e.g. key = \"env:CRM_KEY\"; code puts the values of `fields` where it wants";
    scope.refuse("no-effect", node.key_span(key), message, help);
    None
}

fn scheme(scope: &Scope<'_>, node: &Node, document: AuthDocument) -> Option<Auth> {
    match document {
        AuthDocument::None {} => Some(Auth::None),
        AuthDocument::ApiKey {
            header_name,
            name,
            r#in,
            prefix,
            key,
            fields: _,
        } => {
            let Some(key) = key else {
                let help = "say where the key is kept, e.g. key = \"env:CRM_KEY\"; or name what code needs in `fields`";
                let span = node.value_span("type");
                scope.refuse("missing-key", span, "`key` is missing in `auth`", help);
                return None;
            };
            api_key(scope, node, header_name, name, r#in, prefix, &key)
        }
        AuthDocument::BearerToken { token } => Some(Auth::BearerToken {
            token: reference(scope, node, "token", &token)?,
        }),
        AuthDocument::BasicAuth { username, password } => {
            let username = match secret::reference(&username) {
                Some(reference) => Setting::Secret(reference),
                None if username.contains(':') => {
                    let span = node.value_span("username");
                    let message = "a user name in basic authentication cannot hold `:` (RFC 7617)";
                    scope.error("bad-auth", span, message);
                    return None;
                }
                None => Setting::Literal(username),
            };
            let password = reference(scope, node, "password", &password)?;
            Some(Auth::BasicAuth { username, password })
        }
        AuthDocument::CustomHeader { headers } => custom_headers(scope, node, &headers),
        AuthDocument::Combined { parts } => combined::compile(scope, node, parts),
    }
}

/// The names that a credential takes.
pub(super) fn taken_names(auth: &Auth) -> Forbidden {
    let mut forbidden = Forbidden::default();
    for Placement { place, name, .. } in auth.placements() {
        match place {
            KeyPlace::Header => forbidden.headers.extend(HeaderName::from_bytes(name.as_bytes()).ok()),
            KeyPlace::Query => forbidden.query.push(name.to_owned()),
            KeyPlace::Cookie => forbidden.cookies.push(name.to_owned()),
        }
    }
    forbidden
}

fn api_key(
    scope: &Scope<'_>,
    node: &Node,
    header_name: Option<String>,
    name: Option<String>,
    place: KeyPlaceName,
    prefix: String,
    key: &str,
) -> Option<Auth> {
    let key = reference(scope, node, "key", key);
    let (name, written) = key_name(scope, node, header_name, name, place)?;
    let name_span = node.value_span(written);
    let valid = match place {
        KeyPlaceName::Header => carries_credential(scope, &name, &name_span).is_some(),
        KeyPlaceName::Query => !name.is_empty(),
        KeyPlaceName::Cookie => headers::is_token(&name),
    };
    if !valid {
        if place != KeyPlaceName::Header {
            scope.error("bad-auth", name_span, format!("`{name}` cannot be a name here"));
        }
        return None;
    }
    if HeaderValue::from_str(&prefix).is_err() {
        let span = node.value_span("prefix");
        scope.error("bad-auth", span, "the prefix holds a character that cannot be sent");
        return None;
    }
    let place = match place {
        KeyPlaceName::Header => KeyPlace::Header,
        KeyPlaceName::Query => KeyPlace::Query,
        KeyPlaceName::Cookie => KeyPlace::Cookie,
    };
    Some(Auth::ApiKey {
        place,
        name,
        prefix,
        key: key?,
    })
}

/// The name that the key is sent under, and the key of the file that says so.
fn key_name(
    scope: &Scope<'_>,
    node: &Node,
    header_name: Option<String>,
    name: Option<String>,
    place: KeyPlaceName,
) -> Option<(String, &'static str)> {
    let missing = |message: &str, help: &str| {
        scope.refuse("missing-key", node.value_span("type"), message, help);
        None
    };
    match (place, header_name, name) {
        (KeyPlaceName::Header, Some(name), None) => Some((name, "header_name")),
        (_, None, Some(name)) => Some((name, "name")),
        (KeyPlaceName::Header, None, None) => missing(
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

fn custom_headers(scope: &Scope<'_>, node: &Node, written: &[HeaderDocument]) -> Option<Auth> {
    let mut all: Vec<(HeaderName, Setting)> = Vec::new();
    let mut sound = true;
    let items = node.get("headers").map(Node::items).unwrap_or_default();
    for (HeaderDocument { name, value }, item) in written.iter().zip(items) {
        let (Some(name_node), Some(value_node)) = (item.get("name"), item.get("value")) else {
            continue;
        };
        let Some(name) = carries_credential(scope, name, &name_node.span) else {
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
        let setting = match secret::reference(value) {
            Some(reference) => Setting::Secret(reference),
            None if secret::carries_secret(name.as_str())
                || value.starts_with("env:")
                || secret::is_of_vault(value) =>
            {
                literal(scope, value_node, "key", &format!("the value of `{name}`"));
                sound = false;
                continue;
            }
            None if HeaderValue::from_str(value).is_err() => {
                let message = "a header's value cannot hold line breaks or other control characters";
                scope.error("bad-header", value_node.span.clone(), message);
                sound = false;
                continue;
            }
            None => Setting::Literal(value.to_owned()),
        };
        all.push((name, setting));
    }
    sound.then_some(Auth::CustomHeader { headers: all })
}

/// A header that may carry a credential: any but those that the connection itself decides.
fn carries_credential(scope: &Scope<'_>, written: &str, span: &std::ops::Range<usize>) -> Option<HeaderName> {
    match HeaderName::from_bytes(written.as_bytes()) {
        Ok(name) if !headers::is_owned(&name) => Some(name),
        _ => {
            scope.error(
                "bad-header",
                span.clone(),
                format!("`{written}` cannot be the header of a credential"),
            );
            None
        }
    }
}

/// The reference at `key`; reports a secret that is written out, without repeating it.
fn reference(scope: &Scope<'_>, node: &Node, key: &str, written: &str) -> Option<SecretRef> {
    let reference = secret::reference(written);
    if reference.is_none() {
        literal(scope, node.get(key).unwrap_or(node), key, &format!("`{key}`"));
    }
    reference
}

/// Reports the text at `place`, which is no reference, without repeating it. `key` is what the secret would be called.
fn literal(scope: &Scope<'_>, place: &Node, key: &str, what: &str) {
    if place.text().is_some_and(secret::is_of_vault) {
        let message = format!("{what} names no secret of the vault");
        let help = "write `vault://crm/key`, or `vault://users/USER/apis/crm/key` for the secret of one user; a name is made \
                    of letters, digits, `.`, `_` and `-` between slashes";
        scope.refuse("bad-reference", place.span.clone(), message, help);
        return;
    }
    if place.text().is_some_and(secret::is_master_key) {
        let message = format!("{what} is the key of the vault, which no request may carry");
        scope.refuse(
            "bad-reference",
            place.span.clone(),
            message,
            secret::advice(scope.root, key),
        );
        return;
    }
    let message = format!("{what} must say where the secret is kept, not be the secret");
    let help = secret::advice(scope.root, key);
    scope.refuse("literal-secret", place.span.clone(), message, help);
}
