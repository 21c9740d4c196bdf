//! `basic_auth`: `Authorization: Basic <base64(user:password)>` (contract S1-14, S2-12; RFC 7617, UTF-8).

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Compiled, Described, Kind, Scaffold, reading};
use crate::connector::model::{Encoded, Piece, Placement, Setting};
use crate::connector::scope::Scope;
use crate::connector::secret;
use crate::document::Node;

pub(super) static KIND: Kind = Kind {
    name: "basic_auth",
    spellings: &["basic", "basic_auth_username_password"],
    label: "Basic Auth",
    secrets: &["username", "password"],
    harmless: &[],
    keys: Keys::json_schema,
    alone: |_| None,
    compile,
    scaffold: Some(Scaffold {
        keys: "username = {user}\npassword = {password}\n",
        secrets: &["user", "password"],
    }),
    described: Some(Described {
        as_types: &[("http", Some("basic")), ("basic", None)],
        words: "a user name and a password",
        preference: 2,
    }),
};

/// `Authorization: Basic <user and password>`.
#[derive(Deserialize, JsonSchema)]
struct Keys {
    /// The user's name, or where it is kept.
    username: String,
    /// Where the password is kept, e.g. `vault://crm/password` or `env:CRM_PASSWORD`.
    password: String,
}

fn compile(scope: &Scope<'_>, node: &Node) -> Option<Compiled> {
    let Keys { username, password } = scope.document(node)?;
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
    let password = Setting::Secret(reading::reference(scope, node, "password", &password)?);
    let fields = vec![
        ("username".to_owned(), username.clone()),
        ("password".to_owned(), password.clone()),
    ];
    // RFC 7617 section 2: a colon would move part of the name into the password; control characters have no place.
    let pair = vec![
        Encoded {
            setting: username,
            what: "the user name of Basic authentication",
            refuses: |character| character == ':' || character.is_control(),
        },
        Encoded {
            setting: Setting::Literal(":".to_owned()),
            what: "what parts the two",
            refuses: |_| false,
        },
        Encoded {
            setting: password,
            what: "the password of Basic authentication",
            refuses: char::is_control,
        },
    ];
    let placement = Placement::authorization("Basic ", Piece::Base64(pair));
    Some(Compiled::new(vec![placement], fields))
}
