//! `services/*.toml`: the actions, one file for each thing that they are about.

use serde_json::{Map, Value, json};

use super::File;
use super::notation::{key, quoted, table, value};
use crate::openapi::json::Written;
use crate::openapi::model::{Action, Argument, ArgumentPlace, ArgumentValue, BodyKind, Inside, PartHeader};
use crate::openapi::schema::holds_null;
use crate::template::{Form, Style};

/// The folder of the files.
pub(super) const FOLDER: &str = "services/";

/// Longest file in lines (contract S4-05).
const LONGEST_FILE: usize = 300;

/// Most bytes of a file: loaders read no more than four times as much.
const LARGEST_FILE: usize = 1024 * 1024;

/// Types that an input names without a schema.
const PLAIN_TYPES: [&str; 4] = ["string", "integer", "number", "boolean"];

/// The files of the actions of one group, each with the first line and the name of every action in it.
pub(super) fn files(group: &str, actions: &[&Action]) -> Vec<(File, Vec<(usize, String)>)> {
    let mut files: Vec<(File, Vec<(usize, String)>)> = Vec::new();
    let mut lines = 0;
    for action in actions {
        let text = self::action(action);
        let own_lines = text.lines().count() + 1;
        let has_room = files
            .last()
            .is_some_and(|(file, _)| lines + own_lines <= LONGEST_FILE && file.text.len() + text.len() <= LARGEST_FILE);
        if !has_room {
            lines = 0;
            let number = files.len() + 1;
            let end = if number == 1 {
                String::new()
            } else {
                format!("-{number}")
            };
            let path = format!("{FOLDER}{group}{end}.toml");
            let text = String::new();
            files.push((File { path, text }, Vec::new()));
        }
        if let Some((file, starts)) = files.last_mut() {
            if !file.text.is_empty() {
                file.text.push('\n');
                lines += 1;
            }
            starts.push((lines + 1, action.name.clone()));
            file.text.push_str(&text);
            lines += own_lines - 1;
        }
    }
    files
}

fn action(action: &Action) -> String {
    let mut text = vec![format!(
        "[[actions]]\nname = {}\ndescription = {}\nmethod = {}\npath = {}\n",
        quoted(&action.name),
        quoted(&action.description),
        quoted(&action.method),
        quoted(&action.path),
    )];
    if let Some(server) = &action.server {
        text.push(format!("server = {}\n", quoted(server)));
    }
    if !action.credentials {
        text.push("credentials = false\n".to_owned());
    }
    for (name, setting) in &action.settings {
        text.push(format!("{} = {}\n", key(name), value(setting)));
    }
    let always = action
        .query
        .iter()
        .map(|(name, value)| (name.clone(), Value::String(value.clone())));
    let query: Map<String, Value> = always.chain(fixed(action, ArgumentPlace::Query)).collect();
    let headers = fixed(action, ArgumentPlace::Header).collect();
    let cookies = fixed(action, ArgumentPlace::Cookie).collect();
    for (name, values) in [("query", query), ("headers", headers), ("cookies", cookies)] {
        if !values.is_empty() {
            text.push(format!("{name} = {}\n", table(&values)));
        }
    }
    if let Some(body) = &action.body {
        if body.kind != BodyKind::Json || body.media_type != "application/json" {
            text.push(format!("content_type = {}\n", quoted(&body.media_type)));
        }
        if let Some(root) = &body.xml {
            text.push(format!("xml = {}\n", table(root)));
        }
        if let Some(whole) = action
            .input
            .iter()
            .find(|argument| argument.place == ArgumentPlace::WholeBody)
        {
            text.push(format!("body = {}\n", quoted(&format!("{{{{{}}}}}", whole.name))));
        }
        let members: Map<String, Value> = fixed(action, ArgumentPlace::Body).collect();
        if members.values().any(holds_null) {
            // TOML has no null, and a body may be written as JSON.
            text.push(format!("body = {}\n", quoted(&Value::Object(members).to_string())));
        } else if !members.is_empty() {
            text.push(format!("body = {}\n", table(&members)));
        }
    }
    if !action.any_of.is_empty() {
        let groups = action.any_of.iter().map(|group| match group.as_slice() {
            [only] => json!(only),
            several => json!(several),
        });
        text.push(format!("any_of = {}\n", value(&groups.collect())));
    }
    if !action.input.is_empty() {
        text.push("input = [\n".to_owned());
        for argument in &action.input {
            text.push(format!("  {{ {} }},\n", input(argument).join(", ")));
        }
        text.push("]\n".to_owned());
    }
    if let Some(response) = &action.response {
        text.push(format!("response_schema = {}\n", table(&response.read())));
    }
    text.concat()
}

/// The values of `action` that are always sent in `place`, as templates that stand for nothing but themselves.
fn fixed(action: &Action, place: ArgumentPlace) -> impl Iterator<Item = (String, Value)> {
    let here = action.fixed.iter().filter(move |fixed| fixed.place == place);
    here.map(|fixed| (fixed.name.clone(), literal(&fixed.value)))
}

/// `value` with every `{{` written so that it begins no template.
fn literal(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(text.replace("{{", "{{ '{{' }}")),
        Value::Array(items) => items.iter().map(literal).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| (name.clone(), literal(member)))
            .collect(),
        other => other.clone(),
    }
}

/// The keys of an input, in order.
fn input(argument: &Argument<Written>) -> Vec<String> {
    let mut keys = vec![format!("name = {}", quoted(&argument.name))];
    let mut push = |name: &str, written: String| keys.push(format!("{} = {written}", key(name)));
    let goes_by_itself = !matches!(argument.place, ArgumentPlace::WholeBody | ArgumentPlace::PartHeader);
    if goes_by_itself {
        push("in", quoted(argument.place.as_str()));
        if argument.sent_as != argument.name {
            push("sent_as", quoted(&argument.sent_as));
        }
    }
    if argument.required {
        push("required", "true".to_owned());
    }
    match &argument.value {
        ArgumentValue::File { several, description } => {
            push("type", quoted("FILE"));
            if *several {
                push("multiple", "true".to_owned());
            }
            if let Some(text) = description {
                push("description", quoted(text));
            }
        }
        ArgumentValue::Schema(written) => {
            let schema = written.read();
            let description = schema.get("description").and_then(Value::as_str);
            match plain_type(&schema) {
                Some(name) => {
                    push("type", quoted(name));
                    if let Some(default) = schema.get("default") {
                        push("default", value(default));
                    }
                    if let Some(example) = schema.get("examples").and_then(|examples| examples.get(0)) {
                        push("placeholder", value(example));
                    }
                }
                None => push(
                    "schema",
                    table(schema.iter().filter(|(keyword, _)| *keyword != "description")),
                ),
            }
            if let Some(text) = description {
                push("description", quoted(text));
            }
        }
    }
    if let Some(style) = argument.style.filter(|_| goes_by_itself) {
        style_keys(style, &mut push);
    }
    if argument.is_xml {
        push("style", quoted("xml"));
    }
    if let Some(media_type) = &argument.part.media_type {
        push("media_type", quoted(media_type));
    }
    if !argument.part.headers.is_empty() {
        let headers = argument.part.headers.iter().map(|(name, header)| {
            let written = match header {
                PartHeader::Argument(argument) => format!("{{{{{argument}}}}}"),
                PartHeader::Fixed(text) => text.replace("{{", "{{ '{{' }}"),
            };
            (name.clone(), Value::String(written))
        });
        let headers: Map<String, Value> = headers.collect();
        push("headers", table(&headers));
    }
    if !argument.inside.is_empty() {
        push("inside", inside(&argument.inside));
    }
    keys
}

/// Changes of members as a list of tables, one for each path.
fn inside(all: &[Inside]) -> String {
    let mut tables: Vec<Map<String, Value>> = Vec::new();
    for one in all {
        let path = Value::String(one.path.clone());
        let known = tables.iter_mut().find(|table| table.get("path") == Some(&path));
        match known {
            Some(table) => {
                table.insert(one.key.to_owned(), one.value.clone());
            }
            None => tables.push(Map::from_iter([
                ("path".to_owned(), path),
                (one.key.to_owned(), one.value.clone()),
            ])),
        }
    }
    value(&tables.into_iter().map(Value::Object).collect())
}

/// The type of a schema that says nothing but what an input can say without one.
fn plain_type(schema: &Map<String, Value>) -> Option<&str> {
    let name = schema.get("type")?.as_str().filter(|name| PLAIN_TYPES.contains(name))?;
    let says_more = schema
        .keys()
        .any(|keyword| !matches!(keyword.as_str(), "type" | "default" | "examples" | "description"));
    (!says_more).then_some(name)
}

fn style_keys(style: Style, push: &mut dyn FnMut(&str, String)) {
    let name = match style.form {
        Form::Simple => "simple",
        Form::Label => "label",
        Form::Matrix => "matrix",
        Form::Form => "form",
        Form::SpaceDelimited => "spaceDelimited",
        Form::PipeDelimited => "pipeDelimited",
        Form::TabDelimited => "tabDelimited",
        Form::DeepObject => "deepObject",
        Form::Json => "json",
        Form::Urlencoded => "urlencoded",
    };
    push("style", quoted(name));
    let usual = matches!(style.form, Form::Form | Form::DeepObject);
    if style.explode != usual {
        push("explode", style.explode.to_string());
    }
    if style.reserved {
        push("allow_reserved", "true".to_owned());
    }
}
