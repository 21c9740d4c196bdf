//! Values in TOML, on one line.

use serde_json::{Number, Value};

/// `text` as a basic string.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    write_quoted(&mut quoted, text);
    quoted
}

/// `name` as a key: bare where that is possible.
pub(super) fn key(name: &str) -> String {
    let mut key = String::with_capacity(name.len());
    write_key(&mut key, name);
    key
}

/// A value. TOML has nothing for null, which should not come here: schemas are normalised without it. One that comes all
/// the same makes no TOML, so that its action is left out with a reason instead of sending another value.
pub(super) fn value(value: &Value) -> String {
    let mut text = String::new();
    write_value(&mut text, value);
    text
}

/// An inline table of `members`.
pub(super) fn table<'m>(members: impl IntoIterator<Item = (&'m String, &'m Value)>) -> String {
    let mut text = String::new();
    write_table(&mut text, members);
    text
}

fn write_quoted(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            character if character.is_control() => {
                let code = format!("\\u{:04X}", u32::from(character));
                out.push_str(&code);
            }
            character => out.push(character),
        }
    }
    out.push('"');
}

fn write_key(out: &mut String, name: &str) {
    let is_bare = !name.is_empty()
        && name
            .bytes()
            .all(|one| one.is_ascii_alphanumeric() || matches!(one, b'-' | b'_'));
    if is_bare {
        out.push_str(name);
    } else {
        write_quoted(out, name);
    }
}

fn write_value(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) => out.push_str(&number_text(number)),
        Value::String(text) => write_quoted(out, text),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write_value(out, item);
            }
            out.push(']');
        }
        Value::Object(members) => write_table(out, members),
    }
}

fn number_text(number: &Number) -> String {
    match (number.as_i64(), number.as_f64()) {
        (Some(whole), _) => whole.to_string(),
        // With a point or an exponent, as TOML wants it.
        (None, Some(float)) => format!("{float:?}"),
        (None, None) => number.to_string(),
    }
}

fn write_table<'m>(out: &mut String, members: impl IntoIterator<Item = (&'m String, &'m Value)>) {
    let mut before = "{ ";
    for (name, member) in members {
        out.push_str(before);
        write_key(out, name);
        out.push_str(" = ");
        write_value(out, member);
        before = ", ";
    }
    out.push_str(if before == ", " { " }" } else { "{}" });
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

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
    fn a_null_that_comes_all_the_same_cannot_be_loaded() {
        for leaking in [json!(null), json!([1, null]), json!({"a": null})] {
            let text = format!("v = {}", value(&leaking));
            assert!(toml::from_str::<Map<String, Value>>(&text).is_err(), "{text}");
        }
    }

    #[test]
    fn numbers_beyond_whole_ones_are_close() {
        assert_eq!(value(&json!(u64::MAX)), "1.8446744073709552e19");
    }
}
