//! Body templates that were written as one string of JSON.

use serde_json::Value;

use super::scan::placeholder_end;

/// Reads a body template that was written as one string: JSON text in which `{{x}}` may stand inside or outside of
/// quotes (then `Value` is the tree to compile), or `None` when the string is not JSON (then it is plain text).
///
/// `{"a": {{x}}, "b": "hi {{y}}"}` is read as `{"a": "{{x}}", "b": "hi {{y}}"}`. Quotes within a placeholder may be
/// escaped as JSON asks, or not: `"{{ x | default("y") }}"` works either way.
#[must_use]
pub fn json_from_text(source: &str) -> Option<Value> {
    [Quotes::Escaped, Quotes::Plain]
        .into_iter()
        .find_map(|quotes| serde_json::from_str(&quote_placeholders(source, quotes)?).ok())
}

/// How quotes are written in placeholders that stand inside of JSON strings.
#[derive(Clone, Copy, PartialEq)]
enum Quotes {
    /// `\"`, as JSON asks: such placeholders are JSON already.
    Escaped,
    /// `"`: such placeholders have to be escaped.
    Plain,
}

/// `{{ x }}` of `{{ x | tojson }}`; nothing where the filter is not the last thing that happens.
fn without_tojson(placeholder: &str) -> Option<String> {
    let inside = placeholder.strip_prefix("{{")?.strip_suffix("}}")?.trim();
    // Jinja escapes HTML unless it is told that the value is safe. Here the two say the same.
    let before_safe = inside
        .strip_suffix("safe")
        .and_then(|rest| rest.trim_end().strip_suffix('|'));
    let inside = before_safe.map_or(inside, str::trim_end);
    let value = inside.strip_suffix("tojson")?.trim_end().strip_suffix('|')?.trim_end();
    is_one_operand(value).then(|| format!("{{{{ {value} }}}}"))
}

/// Whether no operator stands in `expression` outside of brackets: a filter behind it is used on the whole.
fn is_one_operand(expression: &str) -> bool {
    let mut depth = 0_usize;
    let mut quote = None;
    let mut last = ' ';
    let mut spaced_word = false;
    let mut characters = expression.chars();
    while let Some(character) = characters.next() {
        if let Some(end) = quote {
            match character {
                '\\' => drop(characters.next()),
                other if other == end => quote = None,
                _ => {}
            }
            continue;
        }
        let is_word = |one: char| one.is_alphanumeric() || one == '_';
        match character {
            '"' | '\'' => quote = Some(character),
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            space if space.is_whitespace() => {
                spaced_word |= is_word(last) || matches!(last, ')' | ']' | '}' | '"' | '\'');
                continue;
            }
            // `a if b`: two words with nothing between them.
            word if is_word(word) => {
                if spaced_word {
                    return false;
                }
            }
            '|' | '.' => {}
            _ => return false,
        }
        spaced_word = false;
        last = character;
    }
    depth == 0 && quote.is_none()
}

/// Turns every placeholder outside of JSON strings into a string of its own.
fn quote_placeholders(source: &str, quotes: Quotes) -> Option<String> {
    let bytes = source.as_bytes();
    let mut json = String::with_capacity(source.len() + 16);
    let mut in_string = false;
    let mut position = 0;
    while position < bytes.len() {
        let rest = &source[position..];
        let step = if rest.starts_with("{{") && (!in_string || quotes == Quotes::Plain) {
            let end = placeholder_end(source, position)?;
            let placeholder = &source[position..end];
            // What is outside of quotes is a value, which becomes JSON once.
            let value = if in_string { None } else { without_tojson(placeholder) };
            let string = Value::from(value.as_deref().unwrap_or(placeholder)).to_string();
            json.push_str(if in_string {
                &string[1..string.len() - 1]
            } else {
                &string
            });
            end - position
        } else {
            let step = match bytes[position] {
                b'\\' if in_string => 1 + rest.chars().nth(1).map_or(0, char::len_utf8),
                b'"' => {
                    in_string = !in_string;
                    1
                }
                _ => rest.chars().next().map_or(1, char::len_utf8),
            };
            json.push_str(&rest[..step]);
            step
        };
        position += step;
    }
    Some(json)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_json_with_placeholders_anywhere() {
        let table = [
            (
                r#"{"a": {{x}}, "b": "hi {{y}}"}"#,
                Some(json!({"a": "{{x}}", "b": "hi {{y}}"})),
            ),
            (r#"{"a": {{ x | tojson | safe }}}"#, Some(json!({"a": "{{ x }}"}))),
            (r#"{"a":{"b":{{x}}}}"#, Some(json!({"a": {"b": "{{x}}"}}))),
            (
                r#"[{{a}}, {{ b | default("c") }}]"#,
                Some(json!(["{{a}}", "{{ b | default(\"c\") }}"])),
            ),
            (
                r#"{"a": "{{ x | default("y") }}"}"#,
                Some(json!({"a": "{{ x | default(\"y\") }}"})),
            ),
            (
                r#"{"a": "{{ x | default(\"y\") }}"}"#,
                Some(json!({"a": "{{ x | default(\"y\") }}"})),
            ),
            (
                r#"{"a": "{{ x | default('y') }}"}"#,
                Some(json!({"a": "{{ x | default('y') }}"})),
            ),
            (r#"{"a": "\\\"{{x}}\n"}"#, Some(json!({"a": "\\\"{{x}}\n"}))),
            (r#"{"é": "ü{{x}}", "n": 1.50}"#, Some(json!({"é": "ü{{x}}", "n": 1.5}))),
            ("{{x}}", Some(json!("{{x}}"))),
            // It would be JSON within JSON.
            (r#"{"a": {{ x | tojson }}}"#, Some(json!({"a": "{{ x }}"}))),
            (
                r#"[{{ x.y[0] | default("b | c") |tojson}}]"#,
                Some(json!(["{{ x.y[0] | default(\"b | c\") }}"])),
            ),
            (r"[{{ x ~ y | tojson }}]", Some(json!(["{{ x ~ y | tojson }}"]))),
            (r#"["{{ x | tojson }}"]"#, Some(json!(["{{ x | tojson }}"]))),
            ("12", Some(json!(12))),
            ("hello {{x}}", None),
            ("", None),
            (r#"{"a": pre{{x}}}"#, None),
            (r#"{"a": -{{x}}}"#, None),
            (r#"{"a": {{x}"#, None),
            ("{", None),
            ("\"\\", None),
            ("\\é{{x}}", None),
        ];
        for (source, expected) in table {
            assert_eq!(json_from_text(source), expected, "{source}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(source in r#"[{}"'\\a:,é\[\] ]{0,40}"#) {
            drop(json_from_text(&source));
        }
    }
}
