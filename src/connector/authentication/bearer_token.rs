//! `bearer_token`: `Authorization: Bearer <token>` (contract S1-13, S2-10; RFC 6750 section 2.1).

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Compiled, Described, Kind, Scaffold, reading};
use crate::connector::model::{Piece, Placement, Setting};
use crate::connector::scope::Scope;
use crate::document::Node;

pub(super) static KIND: Kind = Kind {
    name: "bearer_token",
    spellings: &["bearer", "token"],
    label: "Bearer Token",
    secrets: &["token"],
    harmless: &[],
    keys: Keys::json_schema,
    alone: |_| None,
    compile,
    scaffold: Some(Scaffold {
        keys: "token = {token}\n",
        secrets: &["token"],
    }),
    described: Some(Described {
        as_types: &[("http", Some("bearer")), ("oauth2", None), ("openIdConnect", None)],
        words: "a bearer token",
        preference: 5,
    }),
};

/// `Authorization: Bearer <token>`.
#[derive(Deserialize, JsonSchema)]
struct Keys {
    /// Where the token is kept, e.g. `vault://crm/token` or `env:CRM_TOKEN`.
    token: String,
}

fn compile(scope: &Scope<'_>, node: &Node) -> Option<Compiled> {
    let Keys { token } = scope.document(node)?;
    let token = Setting::Secret(reading::reference(scope, node, "token", &token)?);
    let fields = ["access_token", "token"].map(|name| (name.to_owned(), token.clone()));
    let placement = Placement::authorization("Bearer ", Piece::Plain(token));
    Some(Compiled::new(vec![placement], fields.into()))
}
