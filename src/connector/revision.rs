//! What an approval is bound to: a digest of everything that decides what an action does.

use serde::Serialize;
use serde_json::Value;

/// SHA-256 over the named `parts` as one JSON object with sorted keys and no blanks, so that layout and order in a file
/// do not matter.
pub(super) fn digest<'p>(parts: impl IntoIterator<Item = (&'p str, &'p Value)>) -> String {
    let mut text = Vec::new();
    write_members(parts, &mut text);
    crate::crypto::sha256_hex(&text)
}

fn write_canonical(value: &Value, text: &mut Vec<u8>) {
    match value {
        Value::Array(items) => {
            text.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(b',');
                }
                write_canonical(item, text);
            }
            text.push(b']');
        }
        Value::Object(members) => write_members(members.iter().map(|(key, member)| (key.as_str(), member)), text),
        other => write_plain(other, text),
    }
}

fn write_members<'p>(members: impl IntoIterator<Item = (&'p str, &'p Value)>, text: &mut Vec<u8>) {
    let mut sorted: Vec<_> = members.into_iter().collect();
    sorted.sort_by_key(|(key, _)| *key);
    text.push(b'{');
    for (index, (key, member)) in sorted.into_iter().enumerate() {
        if index > 0 {
            text.push(b',');
        }
        write_plain(key, text);
        text.push(b':');
        write_canonical(member, text);
    }
    text.push(b'}');
}

fn write_plain<T: Serialize + ?Sized>(value: &T, text: &mut Vec<u8>) {
    // Texts, numbers and the like can all be written, and memory takes them.
    serde_json::to_writer(text, value).unwrap_or_default();
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn digest(parts: &Value) -> String {
        super::digest(
            parts
                .as_object()
                .unwrap()
                .iter()
                .map(|(key, part)| (key.as_str(), part)),
        )
    }

    #[test]
    fn parts_are_digested_as_canonical_json() {
        let text = r#"{"a\n":[1,{"x":null,"y":1.5}],"b":"\u0001é"}"#;
        let parts: Value = serde_json::from_str(r#"{"b": "\u0001é", "a\n": [1, {"y": 1.5, "x": null}]}"#).unwrap();
        assert_eq!(digest(&parts), crate::crypto::sha256_hex(text.as_bytes()));
    }

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
