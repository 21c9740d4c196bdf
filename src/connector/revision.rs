//! What an approval is bound to: a digest of everything that decides what an action does.

use serde_json::Value;

/// SHA-256 over `parts` as JSON with sorted keys and no blanks, so that layout and order in a file do not matter.
pub(super) fn digest(parts: &Value) -> String {
    let mut text = String::new();
    write_canonical(parts, &mut text);
    crate::crypto::sha256_hex(text.as_bytes())
}

fn write_canonical(value: &Value, text: &mut String) {
    match value {
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write_canonical(item, text);
            }
            text.push(']');
        }
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_by_key(|(key, _)| *key);
            text.push('{');
            for (index, (key, member)) in sorted.into_iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                text.push_str(&Value::from(key.as_str()).to_string());
                text.push(':');
                write_canonical(member, text);
            }
            text.push('}');
        }
        other => text.push_str(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::digest;

    #[test]
    fn order_of_keys_does_not_matter_and_everything_else_does() {
        let one = digest(&json!({"a": 1, "b": {"c": [1, 2], "d": null}}));
        assert_eq!(one, digest(&json!({"b": {"d": null, "c": [1, 2]}, "a": 1})));
        for other in [
            json!({"a": 1, "b": {"c": [2, 1], "d": null}}),
            json!({"a": "1", "b": {"c": [1, 2], "d": null}}),
        ] {
            assert_ne!(one, digest(&other), "{other}");
        }
    }
}
