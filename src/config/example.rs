//! `config.example.toml`: every setting with its default and what it is for.

use serde_json::{Map, Value};

/// Longest line of a comment, in characters.
const LINE: usize = 100;

/// The example file, made from the documentation of the settings.
pub fn example() -> String {
    let schema = super::schema();
    let definitions = schema.get("$defs").cloned().unwrap_or_default();
    let defaults = serde_json::to_value(super::Config::default()).unwrap_or_default();
    let mut text = String::from(
        "# Settings of a Toolgate server. Every setting is shown with its default; a file needs only what differs.\n\
         # Toolgate reads it when it is named: `toolgate --config config.toml serve`, or TOOLGATE_CONFIG.\n",
    );
    for (name, section) in members(&schema, "properties") {
        let section = resolved(section, &definitions);
        text.push('\n');
        comment(&mut text, section);
        text.push_str(&format!("[{name}]\n"));
        for (key, setting) in members(section, "properties") {
            let default = defaults
                .get(name)
                .and_then(|section| section.get(key))
                .unwrap_or(&Value::Null);
            comment(&mut text, setting);
            choices(&mut text, resolved(setting, &definitions));
            match default {
                Value::Null => {
                    let example = setting
                        .get("examples")
                        .and_then(|examples| examples.get(0))
                        .unwrap_or(&Value::Null);
                    text.push_str(&format!("# {key} = {}\n", literal(example)));
                }
                default => text.push_str(&format!("{key} = {}\n", literal(default))),
            }
        }
    }
    text
}

fn members<'a>(schema: &'a Value, key: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    schema
        .get(key)
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(Map::iter)
}

fn resolved<'a>(schema: &'a Value, definitions: &'a Value) -> &'a Value {
    let name = schema
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|name| name.strip_prefix("#/$defs/"));
    name.and_then(|name| definitions.get(name)).unwrap_or(schema)
}

fn comment(text: &mut String, schema: &Value) {
    let Some(description) = schema.get("description").and_then(Value::as_str) else {
        return;
    };
    let mut line = String::from("#");
    for word in description.split_whitespace() {
        if line.chars().count() + 1 + word.chars().count() > LINE {
            text.push_str(&line);
            text.push_str("\n#");
            line.clear();
        }
        line.push(' ');
        line.push_str(word);
    }
    text.push_str(&line);
    text.push('\n');
}

/// The values of a setting that has only a few.
fn choices(text: &mut String, schema: &Value) {
    for choice in schema.get("oneOf").and_then(Value::as_array).into_iter().flatten() {
        let value = choice.get("const").and_then(Value::as_str).unwrap_or_default();
        let description = choice.get("description").and_then(Value::as_str).unwrap_or_default();
        text.push_str(&format!("#   \"{value}\": {description}\n"));
    }
}

/// A value in TOML's notation, which is JSON's for everything that settings hold.
fn literal(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(literal).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}
