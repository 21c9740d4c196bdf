//! `none`: nothing is sent (contract S2-14).

use schemars::JsonSchema;

use super::{Compiled, Fields, Kind, Scaffold};
use crate::connector::credential::NONE;

pub(super) static KIND: Kind = Kind {
    name: "none",
    spellings: &["none_public_api", "public"],
    label: NONE,
    secrets: &[],
    harmless: &[],
    keys: Keys::json_schema,
    alone: |_| Some(("type", "sends nothing")),
    compile: |_, _| {
        Some(Compiled {
            parts: Vec::new(),
            fields: Fields::new(),
            fields_of_part: Fields::new(),
        })
    },
    scaffold: Some(Scaffold { keys: "", secrets: &[] }),
    described: None,
};

/// Nothing is sent.
#[derive(JsonSchema)]
struct Keys {}
