//! What an approval is bound to: exactly one write by one principal under one policy.

use std::io::Write as _;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::connector::model::{Action, Connector};
use crate::crypto::{HashingKey, KeyedHash};
use crate::store::ApprovalKey;

/// Hash of the arguments in canonical form: keys sorted at every level, so that the order in which a client writes them
/// does not matter and nothing else can differ. Whoever reads the log has no key, and cannot find by trying what was given
/// for a short secret.
#[must_use]
pub fn arguments_hash(key: &HashingKey, arguments: &Map<String, Value>) -> String {
    let mut text = key.begin();
    write_object(arguments, &mut text);
    text.finish_hex()
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
fn write(value: &Value, text: &mut KeyedHash) {
    match value {
        Value::Object(members) => write_object(members, text),
        Value::Array(items) => {
            mark(b"[", text);
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    mark(b",", text);
                }
                write(item, text);
            }
            mark(b"]", text);
        }
        scalar => write_json(scalar, text),
    }
}

fn write_object(members: &Map<String, Value>, text: &mut KeyedHash) {
    let mut sorted: Vec<(&String, &Value)> = members.iter().collect();
    sorted.sort_unstable_by(|a, b| a.0.cmp(b.0));
    mark(b"{", text);
    for (index, (key, value)) in sorted.into_iter().enumerate() {
        if index > 0 {
            mark(b",", text);
        }
        // A key is written the way JSON writes strings, so that no key can pass for two.
        write_json(key, text);
        mark(b":", text);
        write(value, text);
    }
    mark(b"}", text);
}

fn write_json(scalar: &impl Serialize, text: &mut KeyedHash) {
    // Cannot fail: a hash takes every byte, and scalars that came as JSON can be written as such.
    drop(serde_json::to_writer(text, scalar));
}

fn mark(mark: &[u8], text: &mut KeyedHash) {
    // Cannot fail, as above.
    drop(text.write_all(mark));
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
