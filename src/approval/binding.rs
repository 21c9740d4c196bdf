//! What an approval is bound to: exactly one write by one principal under one policy.

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::connector::model::{Action, Connector};
use crate::crypto::HashingKey;
use crate::store::ApprovalKey;

/// Hash of the arguments in canonical form: keys sorted at every level, so that the order in which a client writes them
/// does not matter and nothing else can differ. Whoever reads the log has no key, and cannot find by trying what was given
/// for a short secret.
#[must_use]
pub fn arguments_hash(key: &HashingKey, arguments: &Map<String, Value>) -> String {
    let mut text = Zeroizing::new(String::new());
    write_object(arguments, &mut text);
    key.hash_hex(text.as_bytes())
}

/// The key under which an approval for this call is kept.
#[must_use]
pub fn key(
    user: &str,
    organisation: &str,
    connector: &Connector,
    action: &Action,
    arguments_hash: &str,
) -> ApprovalKey {
    ApprovalKey {
        user: user.to_owned(),
        organisation: organisation.to_owned(),
        connector: connector.slug.clone(),
        action: action.name.clone(),
        arguments_hash: arguments_hash.to_owned(),
        revision: action.revision.clone(),
    }
}

// Depth is bounded: arguments come from serde_json, which refuses to parse more than 128 levels.
fn write(value: &Value, text: &mut String) {
    match value {
        Value::Object(members) => write_object(members, text),
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write(item, text);
            }
            text.push(']');
        }
        scalar => text.push_str(&scalar.to_string()),
    }
}

fn write_object(members: &Map<String, Value>, text: &mut String) {
    let mut sorted: Vec<(&String, &Value)> = members.iter().collect();
    sorted.sort_unstable_by(|a, b| a.0.cmp(b.0));
    text.push('{');
    for (index, (key, value)) in sorted.into_iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        // A key is written the way JSON writes strings, so that no key can pass for two.
        write(&Value::String(key.clone()), text);
        text.push(':');
        write(value, text);
    }
    text.push('}');
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn hash(value: &Value) -> String {
        arguments_hash(&HashingKey::new(&[1; 32]), value.as_object().unwrap())
    }

    #[test]
    fn nobody_finds_arguments_by_trying_without_the_key() {
        let secret = json!({"pin": "4711"});
        let other = arguments_hash(&HashingKey::new(&[2; 32]), secret.as_object().unwrap());
        assert_ne!(hash(&secret), other);
        assert_ne!(hash(&secret), crate::crypto::sha256_hex(br#"{"pin":"4711"}"#));
    }

    #[test]
    fn order_of_keys_does_not_matter_at_any_level() {
        assert_eq!(
            hash(&json!({"a": 1, "b": {"c": 2, "d": [3]}})),
            hash(&json!({"b": {"d": [3], "c": 2}, "a": 1}))
        );
    }

    #[test]
    fn every_difference_matters() {
        let base = json!({"a": 1, "b": [1, 2]});
        for other in [
            json!({"a": "1", "b": [1, 2]}),
            json!({"a": 1.5, "b": [1, 2]}),
            json!({"a": 1, "b": [2, 1]}),
            json!({"a": 1, "b": [1, 2], "c": null}),
            json!({"a": 1}),
            json!({"a,b": 1}),
        ] {
            assert_ne!(hash(&base), hash(&other), "{other}");
        }
    }
}
