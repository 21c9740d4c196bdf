//! How an author writes authentication: one of the schemes, told apart by `type`.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use super::{KINDS, Kind};

/// What editors and the manual tell about all of them.
const DESCRIPTION: &str = "How requests are authenticated.\n\n\
    Secrets are never written here. A secret is named by where it is kept: `vault://crm/key` is the secret `crm/key` of\n\
    the vault, `env:NAME` the environment variable NAME of the server.";

/// The place of an authentication in other document types. Each scheme reads its own keys.
pub(in crate::connector) enum AuthDocument {}

impl JsonSchema for AuthDocument {
    fn schema_name() -> Cow<'static, str> {
        "Auth".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let kinds: Vec<Value> = KINDS.iter().map(|kind| kind.schema(generator)).collect();
        json_schema!({ "oneOf": kinds, "description": DESCRIPTION })
    }
}

impl Kind {
    /// The schema of an authentication of this kind: a `type`, its own keys, and no others.
    fn schema(&self, generator: &mut SchemaGenerator) -> Value {
        let mut own = (self.keys)(generator).to_value();
        let mut properties = Map::from_iter([("type".to_owned(), json!({ "type": "string", "const": self.name }))]);
        if let Some(Value::Object(keys)) = own.get_mut("properties").map(Value::take) {
            properties.extend(keys);
        }
        let mut required = vec![json!("type")];
        if let Some(Value::Array(keys)) = own.get_mut("required").map(Value::take) {
            required.extend(keys);
        }
        json!({
            "type": "object",
            "additionalProperties": false,
            "properties": properties,
            "required": required,
            "description": own["description"],
        })
    }
}
