//! What a person reads before a write leaves.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::diagnostics::{evident_json, evident_line};

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
}

/// The prompt as text, with long values cut. Values are written as JSON, so nothing in them can pass for another line of
/// the prompt. Secret arguments must have been replaced.
#[must_use]
pub fn text(facts: &Facts<'_>, arguments: &Map<String, Value>) -> String {
    let mut text = heading(facts, &cut(facts.path, MAX_VALUE));
    list(arguments, MAX_ARGUMENTS, shown, &mut text);
    text
}

/// The prompt as text with everything in it, however long; `None` for arguments that are gone.
#[must_use]
pub fn whole(facts: &Facts<'_>, arguments: Option<&Map<String, Value>>) -> String {
    let mut text = heading(facts, &evident_line(facts.path));
    match arguments {
        Some(arguments) => list(
            arguments,
            usize::MAX,
            |value| evident_json(&value.to_string()),
            &mut text,
        ),
        None => text.push_str("Arguments: gone; they are kept for an hour after the end"),
    }
    text
}

fn heading(facts: &Facts<'_>, path: &str) -> String {
    let mut text = format!(
        "Allow \"{}\" of {}?\nEffect: {}\n",
        evident_line(facts.action),
        evident_line(facts.connector),
        facts.effect,
    );
    // Writing to a String cannot fail.
    if facts.method == CODE {
        writeln!(text, "Runs: {path}, which decides what to send to this API").ok();
    } else {
        writeln!(text, "Request: {} {path}", facts.method).ok();
    }
    text
}

/// Writes at most `most` of the arguments, each as `shown` says.
fn list(arguments: &Map<String, Value>, most: usize, shown: impl Fn(&Value) -> String, text: &mut String) {
    if arguments.is_empty() {
        text.push_str("Arguments: none");
        return;
    }
    text.push_str("Arguments:");
    for (name, value) in arguments.iter().take(most) {
        // Writing to a String cannot fail.
        write!(text, "\n  {}: {}", evident_line(name), shown(value)).ok();
    }
    if arguments.len() > most {
        write!(text, "\n  and {} more, which are not shown", arguments.len() - most).ok();
    }
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
    let mut shortened = Shortened::default();
    shortened.write(value);
    let text = evident_line(&shortened.text);
    if shortened.is_cut {
        format!("{text} ({} characters in all)", whole.chars().count())
    } else {
        text
    }
}

/// JSON with its long texts and keys cut, and of long lists and objects the members that come first.
#[derive(Default)]
struct Shortened {
    text: String,
    /// Characters so far.
    length: usize,
    /// Whether members are missing.
    is_cut: bool,
}

impl Shortened {
    /// Writes `value`. Members are written one by one: keys that are the same when they are cut must not hide one another.
    /// Where there is no room for more, it says how many are missing, in each list and object that lacks any.
    // Depth is bounded: arguments come from serde_json, which refuses to parse more than 128 levels.
    fn write(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.push_text(text),
            Value::Array(items) => {
                self.push("[");
                for (index, item) in items.iter().enumerate() {
                    if self.ends(index, items.len()) {
                        break;
                    }
                    self.write(item);
                }
                self.push("]");
            }
            Value::Object(members) => {
                self.push("{");
                for (index, (name, member)) in members.iter().enumerate() {
                    if self.ends(index, members.len()) {
                        break;
                    }
                    self.push_text(name);
                    self.push(":");
                    self.write(member);
                }
                self.push("}");
            }
            scalar => self.push(&scalar.to_string()),
        }
    }

    /// Begins the member of number `index` among `all`, or says that it is missing with those behind it.
    fn ends(&mut self, index: usize, all: usize) -> bool {
        if index > 0 {
            self.push(",");
        }
        let ends = self.length >= MAX_NESTED_VALUE;
        if ends {
            self.is_cut = true;
            self.push(&format!("… and {} more, which are not shown", all - index));
        }
        ends
    }

    fn push_text(&mut self, text: &str) {
        self.push(&Value::String(cut(text, MAX_NESTED_TEXT)).to_string());
    }

    fn push(&mut self, piece: &str) {
        self.length += piece.chars().count();
        self.text.push_str(piece);
    }
}

fn cut(text: &str, longest: usize) -> String {
    let length = text.chars().count();
    if length <= longest {
        return evident_line(text);
    }
    let start: String = text.chars().take(longest).collect();
    format!("{}… ({length} characters in all)", evident_line(&start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const FACTS: Facts<'_> = Facts {
        connector: "Demo CRM",
        action: "Create ticket",
        effect: "write",
        method: "POST",
        path: "/v1/customers/c_1/tickets",
    };

    fn prompt(arguments: &Value) -> String {
        text(&FACTS, arguments.as_object().unwrap())
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
        let facts = Facts {
            method: CODE,
            path: "actions/merge.js",
            ..FACTS
        };
        let shown = text(&facts, &Map::new());
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
            shown.contains(",… and 9472 more, which are not shown] (48891 characters in all)"),
            "{shown}"
        );
        assert!(shown.len() < 2500, "{shown}");
    }

    #[test]
    fn what_is_not_shown_is_counted_wherever_it_stands() {
        let many: Vec<_> = (0..5_000).collect();
        let shown = prompt(&json!({ "order": {"a": {"lines": many}, "b": [], "c": true} }));
        let end = shown.lines().last().unwrap();
        assert!(
            end.contains(" more, which are not shown]},… and 2 more, which are not shown} ("),
            "{shown}"
        );
        let arguments: Map<_, _> = (0..45).map(|number| (format!("n{number}"), json!(number))).collect();
        assert!(text(&FACTS, &arguments).ends_with("\n  and 5 more, which are not shown"));
    }

    #[test]
    fn all_of_it_can_be_read() {
        let many: Vec<_> = (0..10_000).collect();
        let mut arguments: Map<_, _> = (0..45).map(|number| (format!("n{number}"), json!(number))).collect();
        arguments.insert(
            "note".into(),
            format!("{}\n\u{3164}\u{202e}end", "x".repeat(5_000)).into(),
        );
        arguments.insert("many".into(), json!({ "deep": many }));
        let facts = Facts {
            path: &"/x".repeat(500),
            ..FACTS
        };
        let shown = whole(&facts, Some(&arguments));
        let tail = r"\n\u3164\u202eend";
        for part in [
            "n44: 44",
            &format!("{}{tail}", "x".repeat(5_000)),
            ",9998,9999]}",
            facts.path,
        ] {
            assert!(shown.contains(part), "{part}");
        }
        assert_eq!(shown.lines().count(), 4 + 47);
        assert!(whole(&FACTS, Some(&Map::new())).ends_with("Arguments: none"));
        assert!(whole(&FACTS, None).contains("Arguments: gone"));
    }

    #[test]
    fn what_shows_nothing_is_seen() {
        let shown = prompt(&json!({"to\u{3164}": "ana\u{fe0f}", "deep": {"x\u{2800}": "y".repeat(500)}}));
        for part in ["to\u{fffd}: ", "ana\u{fffd}", "x\u{fffd}"] {
            assert!(shown.contains(part), "{part} in {shown}");
        }
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
