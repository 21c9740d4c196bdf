//! `config.example.toml`: every setting with its default and what it is for.

use serde_json::{Map, Value};

use crate::document::SCHEMA_KEY;

/// Longest line of a comment, in characters.
const LONGEST_COMMENT: usize = 100;

/// The example file, made from the documentation of the settings.
pub fn example() -> String {
    let schema = super::schema();
    let definitions = schema.get("$defs").cloned().unwrap_or_default();
    let defaults = serde_json::to_value(super::Config::default()).unwrap_or_default();
    let mut lines = vec![
        "#:schema docs/schema/config.schema.json".to_owned(),
        "# Settings of a Toolgate server. Every setting is shown with its default; a file needs only what differs."
            .to_owned(),
        "# Toolgate reads it when it is named: `toolgate --config config.toml serve`, or TOOLGATE_CONFIG.".to_owned(),
    ];
    for (name, section) in members(&schema).filter(|(name, _)| *name != SCHEMA_KEY) {
        let section = resolved(section, &definitions);
        lines.push(String::new());
        lines.extend(comment(section));
        lines.push(format!("[{name}]"));
        for (key, setting) in members(section) {
            lines.extend(comment(setting));
            lines.extend(choices(resolved(setting, &definitions)));
            let default = defaults.get(name).and_then(|section| section.get(key));
            lines.push(match default.filter(|default| !default.is_null()) {
                Some(default) => format!("{key} = {}", literal(default)),
                None => format!(
                    "# {key} = {}",
                    setting.pointer("/examples/0").map_or_else(String::new, literal)
                ),
            });
        }
    }
    lines.join("\n") + "\n"
}

fn members(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let properties = schema.get("properties").and_then(Value::as_object);
    properties.into_iter().flat_map(Map::iter)
}

fn resolved<'a>(schema: &'a Value, definitions: &'a Value) -> &'a Value {
    let reference = schema.get("$ref").and_then(Value::as_str);
    let name = reference.and_then(|reference| reference.strip_prefix("#/$defs/"));
    name.and_then(|name| definitions.get(name)).unwrap_or(schema)
}

/// A description as comment lines.
fn comment(schema: &Value) -> Vec<String> {
    let description = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    let mut lines: Vec<String> = Vec::new();
    for word in description.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= LONGEST_COMMENT => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("# {word}")),
        }
    }
    lines
}

/// The values of a setting that has only a few, as comment lines.
fn choices(schema: &Value) -> Vec<String> {
    let choices = schema.get("oneOf").and_then(Value::as_array).into_iter().flatten();
    let text = |choice: &Value, key: &str| choice.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    choices
        .map(|choice| format!("#   \"{}\": {}", text(choice, "const"), text(choice, "description")))
        .collect()
}

/// A value in TOML's notation, which is JSON's for everything that settings hold.
fn literal(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(literal).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}
