//! Values in TOML, on one line.

use serde_json::{Map, Value};

/// `text` as a basic string.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            character if character.is_control() => {
                let code = format!("\\u{:04X}", u32::from(character));
                quoted.push_str(&code);
            }
            character => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

/// `name` as a key: bare where that is possible.
pub(super) fn key(name: &str) -> String {
    let is_bare = !name.is_empty()
        && name
            .chars()
            .all(|one| one.is_ascii_alphanumeric() || "-_".contains(one));
    if is_bare { name.to_owned() } else { quoted(name) }
}

/// A value. What TOML has nothing for does not come here: schemas are normalised without null.
pub(super) fn value(value: &Value) -> String {
    match value {
        Value::Null => quoted("null"),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => whole.to_string(),
            // With a point or an exponent, as TOML wants it.
            (None, Some(float)) => format!("{float:?}"),
            (None, None) => number.to_string(),
        },
        Value::String(text) => quoted(text),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(self::value).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) => table(members),
    }
}

/// An inline table.
pub(super) fn table(members: &Map<String, Value>) -> String {
    let members: Vec<String> = members
        .iter()
        .map(|(name, member)| format!("{} = {}", key(name), value(member)))
        .collect();
    if members.is_empty() {
        "{}".to_owned()
    } else {
        format!("{{ {} }}", members.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn toml_reads_back_what_was_written() {
        for written in [
            json!("a \"b\" \\ \n \u{1} ü 日"),
            json!({"a-b": 1, "c d": [true, 1.5, -3, 1e30], "": {"x": {}}, "$ref": []}),
            json!(i64::MIN),
            json!([[], {}]),
        ] {
            let text = format!("v = {}", value(&written));
            let read: Map<String, Value> = toml::from_str(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(read["v"], written, "{text}");
        }
    }

    #[test]
    fn numbers_beyond_whole_ones_are_close() {
        assert_eq!(value(&json!(u64::MAX)), "1.8446744073709552e19");
    }
}
