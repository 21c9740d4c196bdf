//! What a person reads before a write leaves.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::diagnostics::legible_line;

/// Longest value shown in full, in characters. Longer ones are cut and their length is said.
const MAX_VALUE: usize = 400;

/// The same for lists and objects, in which long texts are cut one by one: a long text must not push the members
/// behind it out of sight.
const MAX_NESTED_VALUE: usize = 2000;

/// Longest text or key within a list or object.
const MAX_NESTED_TEXT: usize = 100;

/// Most arguments shown one by one.
const MAX_ARGUMENTS: usize = 40;

/// What stands in place of a secret argument.
pub const HIDDEN: &str = "[HIDDEN]";

/// What stands in place of a method when code decides which requests are made. No API has such a method.
pub const CODE: &str = "CODE";

/// Facts of one prompt.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The connector's plain name.
    pub connector: &'a str,
    /// The action's title.
    pub action: &'a str,
    /// `read` or `write`.
    pub effect: &'a str,
    /// HTTP method, or [`CODE`].
    pub method: &'a str,
    /// URL path and query without host; the name of the code.
    pub path: &'a str,
    /// Arguments, secret ones already replaced.
    pub arguments: &'a Map<String, Value>,
}

/// The prompt as text. Values are written as JSON, so nothing in them can pass for another line of the prompt.
#[must_use]
pub fn text(facts: &Facts<'_>) -> String {
    let path = cut(facts.path, MAX_VALUE);
    let mut text = format!(
        "Allow \"{}\" of {}?\nEffect: {}\n",
        legible_line(facts.action),
        legible_line(facts.connector),
        facts.effect,
    );
    // Writing to a String cannot fail.
    if facts.method == CODE {
        writeln!(text, "Runs: {path}, which decides what to send to this API").ok();
    } else {
        writeln!(text, "Request: {} {path}", facts.method).ok();
    }
    if facts.arguments.is_empty() {
        text.push_str("Arguments: none");
        return text;
    }
    text.push_str("Arguments:");
    for (name, value) in facts.arguments.iter().take(MAX_ARGUMENTS) {
        // Writing to a String cannot fail.
        write!(text, "\n  {}: {}", legible_line(name), shown(value)).ok();
    }
    if facts.arguments.len() > MAX_ARGUMENTS {
        write!(text, "\n  and {} more", facts.arguments.len() - MAX_ARGUMENTS).ok();
    }
    text
}

/// `arguments` with the values of `secret` ones replaced.
#[must_use]
pub fn hide(arguments: &Map<String, Value>, secret: &[String]) -> Map<String, Value> {
    let mut shown = arguments.clone();
    for name in secret {
        if let Some(value) = shown.get_mut(name) {
            *value = Value::String(HIDDEN.into());
        }
    }
    shown
}

/// A value as JSON, cut where it is long.
fn shown(value: &Value) -> String {
    let whole = value.to_string();
    if !value.is_array() && !value.is_object() || whole.chars().count() <= MAX_VALUE {
        return cut(&whole, MAX_VALUE);
    }
    let mut shortened = String::new();
    write_short(value, &mut shortened);
    if shortened.chars().count() <= MAX_NESTED_VALUE {
        legible_line(&shortened)
    } else {
        let start: String = shortened.chars().take(MAX_NESTED_VALUE).collect();
        format!(
            "{}… ({} characters in all)",
            legible_line(&start),
            whole.chars().count()
        )
    }
}

/// Writes `value` as JSON with its long texts and keys cut. Members are written one by one: keys that are the same
/// when they are cut must not hide one another.
// Depth is bounded: arguments come from serde_json, which refuses to parse more than 128 levels.
fn write_short(value: &Value, written: &mut String) {
    let short = |text: &str| Value::String(cut(text, MAX_NESTED_TEXT)).to_string();
    match value {
        Value::String(text) => written.push_str(&short(text)),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                written.push(if index == 0 { '[' } else { ',' });
                write_short(item, written);
            }
            written.push_str(if items.is_empty() { "[]" } else { "]" });
        }
        Value::Object(members) => {
            for (index, (name, member)) in members.iter().enumerate() {
                written.push(if index == 0 { '{' } else { ',' });
                written.push_str(&short(name));
                written.push(':');
                write_short(member, written);
            }
            written.push_str(if members.is_empty() { "{}" } else { "}" });
        }
        scalar => written.push_str(&scalar.to_string()),
    }
}

fn cut(text: &str, longest: usize) -> String {
    let length = text.chars().count();
    if length <= longest {
        return legible_line(text);
    }
    let start: String = text.chars().take(longest).collect();
    format!("{}… ({length} characters in all)", legible_line(&start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn prompt(arguments: &Value) -> String {
        text(&Facts {
            connector: "Demo CRM",
            action: "Create ticket",
            effect: "write",
            method: "POST",
            path: "/v1/customers/c_1/tickets",
            arguments: arguments.as_object().unwrap(),
        })
    }

    #[test]
    fn says_what_will_happen() {
        insta::assert_snapshot!(prompt(&json!({"customer_id": "c_1", "title": "Broken \"lamp\"", "tags": ["a", 2]})), @r#"
        Allow "Create ticket" of Demo CRM?
        Effect: write
        Request: POST /v1/customers/c_1/tickets
        Arguments:
          customer_id: "c_1"
          title: "Broken \"lamp\""
          tags: ["a",2]
        "#);
        assert!(prompt(&json!({})).ends_with("Arguments: none"));
    }

    #[test]
    fn code_is_named_where_a_request_would_be() {
        let arguments = Map::new();
        let shown = text(&Facts {
            connector: "CRM",
            action: "Merge customers",
            effect: "write",
            method: CODE,
            path: "actions/merge.js",
            arguments: &arguments,
        });
        assert!(
            shown.contains("\nRuns: actions/merge.js, which decides what to send to this API\n"),
            "{shown}"
        );
    }

    #[test]
    fn long_values_are_cut_with_their_length() {
        let shown = prompt(&json!({"body": "x".repeat(5000)}));
        assert!(shown.contains("… (5002 characters in all)"), "{shown}");
        assert!(shown.len() < 700);
    }

    #[test]
    fn a_long_text_hides_nothing_that_stands_beside_it() {
        let order =
            json!({"note": "harmless ".repeat(1000), "x".repeat(500): 1, "list": ["y".repeat(500), {"delete": "all"}]});
        let shown = prompt(&json!({ "order": order }));
        assert!(shown.contains("… (9000 characters in all)\""), "{shown}");
        assert!(shown.contains(r#"{"delete":"all"}"#), "{shown}");
        assert!(shown.len() < 1000, "{}", shown.len());
        let many: Vec<_> = (0..10_000).collect();
        let shown = prompt(&json!({ "many": many }));
        assert!(
            shown.contains("… (48891 characters in all)") && shown.len() < 2500,
            "{shown}"
        );
    }

    #[test]
    fn keys_that_look_the_same_hide_nothing() {
        let long = "x".repeat(100);
        let labels = json!({format!("{long}a"): "harmful", format!("{long}b"): "harmless", "x\u{200b}": 1, "x\u{200c}": 2,
            "none": {}, "nothing": [], "filler": "y".repeat(400)});
        let shown = prompt(&json!({ "labels": labels }));
        for member in [
            "\"harmful\"",
            "\"harmless\"",
            "\"x\u{fffd}\":1,\"x\u{fffd}\":2",
            "{}",
            "[]",
        ] {
            assert!(shown.contains(member), "{member} in {shown}");
        }
    }

    #[test]
    fn no_value_can_write_a_line_of_the_prompt() {
        let shown = prompt(&json!({"title": "x\nEffect: read\u{202e}\u{1b}[2J"}));
        assert_eq!(shown.lines().count(), 5);
        assert!(!shown.contains('\u{1b}') && !shown.contains('\u{202e}'));
    }

    #[test]
    fn secret_arguments_are_hidden() {
        let arguments = json!({"user": "ana", "password": "hunter2"});
        let shown = hide(arguments.as_object().unwrap(), &["password".into(), "absent".into()]);
        assert_eq!(Value::Object(shown), json!({"user": "ana", "password": "[HIDDEN]"}));
    }
}
