//! The arguments of an action: where each is declared, what it is called, where its value goes.
//!
//! Agents see flat named arguments (contract S1-32). Arguments of several places may have the same name: whatever
//! templates or the path speak of keeps it; then, in the order query, header, cookie, body, the later one gets the
//! name of its place in front, e.g. `body_limit`.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use serde_json::{Map, Value, json};

use super::document::{ActionDocument, InputDocument, PlaceName};
use super::field;
use super::inside;
use super::json_schema::{Resolver, root_types};
use super::naming::{argument_name_of, is_argument_name, is_identifier};
use super::request::{self, style};
use super::scope::Scope;
use crate::document::{Node, closest};
use crate::schema::Schema;
use crate::template::{Inside, Style, XmlShape, without_xml};

/// One argument.
pub(super) struct Argument {
    /// What agents call it.
    pub name: String,
    /// What the API calls it.
    pub sent_as: String,
    /// Where it goes by itself; `None` when only templates use it.
    pub place: Option<PlaceName>,
    /// How its value is written, when its author says so.
    pub style: Option<Style>,
    /// The media type of its part in a body of several parts, when its author says so.
    pub media_type: Option<String>,
    /// Headers of that part, as they are written.
    pub headers: Option<Node>,
    /// How its value is written as XML, when it is.
    pub xml: Option<XmlShape>,
    /// What becomes of members of its value before it is sent.
    pub inside: Vec<Inside>,
    /// Whether it comes from `request_body`, and so stands for one of its properties.
    pub from_body_schema: bool,
    /// The JSON Schema of its value.
    pub schema: Map<String, Value>,
    /// Whether it must be given.
    pub required: bool,
    /// Whether its value is never shown, logged or stored.
    pub secret: bool,
    /// Where it is declared.
    pub span: Range<usize>,
}

/// All arguments of an action.
#[derive(Default)]
pub(super) struct Arguments {
    /// In the order of the file.
    pub list: Vec<Argument>,
    /// The body is this one argument, because it is not an object with properties.
    pub whole_body: Option<usize>,
    /// Whether some declaration could not be read: then nothing is said about names that are not declared.
    pub incomplete: bool,
    /// Whether schemas say how their values are written as XML, which agents need not see.
    pub is_xml: bool,
}

impl Arguments {
    /// Reads the declarations of an action.
    pub(super) fn read(scope: &Scope<'_>, node: &Node, document: &ActionDocument) -> Self {
        let mut arguments = Self {
            is_xml: document.content_type.as_deref().is_some_and(request::is_xml),
            ..Self::default()
        };
        let nodes = node.get("input").map(Node::items).unwrap_or_default();
        for (field, node) in document.input.iter().zip(nodes) {
            arguments.declare(scope, node, field);
        }
        if let (Some(schema), Some(node)) = (&document.request_body, node.get("request_body")) {
            arguments.declare_body(scope, node, schema);
        }
        arguments.tell_apart(scope);
        arguments.require_path(document.path.as_deref().unwrap_or_default());
        arguments
    }

    /// The schema of all arguments: an object that accepts nothing else.
    pub(super) fn schema(&self) -> Value {
        let properties: Map<String, Value> = self
            .list
            .iter()
            .map(|argument| {
                let mut schema = argument.schema.clone();
                if self.is_xml || argument.xml.is_some() {
                    without_xml(&mut schema);
                }
                (argument.name.clone(), Value::Object(schema))
            })
            .collect();
        let required: Vec<&str> = self
            .list
            .iter()
            .filter(|argument| argument.required)
            .map(|argument| argument.name.as_str())
            .collect();
        let mut schema = json!({ "type": "object", "properties": properties });
        if !required.is_empty() {
            schema["required"] = json!(required);
        }
        schema["additionalProperties"] = json!(false);
        schema
    }

    /// Reports the names in `used` that no argument has. `place` says where such a name is written.
    pub(super) fn check_declared(&self, scope: &Scope<'_>, used: &BTreeSet<String>, place: &Node) {
        if self.incomplete {
            return;
        }
        for name in used
            .iter()
            .filter(|name| self.list.iter().all(|argument| argument.name != **name))
        {
            let known = self.list.iter().map(|argument| argument.name.as_str());
            let help = match closest(name, known) {
                _ if name == "settings" => {
                    "a setting of the connector's `[settings]` stands alone between braces: `{{settings.NAME}}`"
                        .to_owned()
                }
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("declare it among the inputs: [[actions.input]] with name = \"{name}\""),
            };
            let message = format!("`{name}` is not an input of this action");
            scope.refuse("undeclared-input", scope.mention(place, name), message, help);
        }
    }

    fn declare(&mut self, scope: &Scope<'_>, node: &Node, field: &InputDocument) {
        let name_node = node.get("name").unwrap_or(node);
        let span = name_node.span.clone();
        let name = match field.r#in {
            // Templates must be able to speak of it.
            None if !is_identifier(&field.name) => {
                let message = format!(
                    "`{}` cannot be used in a template: a name is made of letters, digits and `_`",
                    field.name
                );
                let help = "rename it, or say where it goes: in = \"query\"";
                scope.refuse("bad-name", span, message, help);
                self.incomplete = true;
                return;
            }
            Some(PlaceName::Path) if !is_argument_name(&field.name) => {
                let message = format!("`{}` cannot be the name of an argument", field.name);
                let help = "use letters, digits, `_`, `.` and `-` in the path and here";
                scope.refuse("bad-name", span, message, help);
                self.incomplete = true;
                return;
            }
            _ => argument_name_of(&field.name),
        };
        if name.is_empty() {
            let message = format!("no argument name can be made from `{}`", field.name);
            scope.error("bad-name", span, message);
            self.incomplete = true;
            return;
        }
        let Some(schema) = field::schema(scope, node, field) else {
            self.incomplete = true;
            return;
        };
        if let Some(default) = &field.default {
            check_default(scope, node, &field.name, &schema, default);
        }
        self.list.push(Argument {
            name,
            sent_as: field.sent_as.clone().unwrap_or_else(|| field.name.clone()),
            place: field.r#in,
            style: style::compile(scope, node, field),
            media_type: field.media_type.clone(),
            headers: node.get("headers").cloned(),
            xml: request::xml::shape(scope, node, field, &schema),
            inside: inside::compile(scope, node, field, &schema),
            from_body_schema: false,
            required: field.required,
            secret: field::is_secret(field, &schema),
            schema,
            span,
        });
    }

    /// Each property of a body's schema becomes an argument. A body that is more than an object of known properties is
    /// one argument called `body`: flat arguments could not say what it allows.
    fn declare_body(&mut self, scope: &Scope<'_>, node: &Node, written: &Value) {
        let schema = match Resolver::new(scope.root).resolve(written) {
            Ok(schema) => schema,
            Err(problem) => {
                scope.error(
                    "bad-schema",
                    node.nearest(&problem.pointer).span.clone(),
                    problem.message,
                );
                self.incomplete = true;
                return;
            }
        };
        let required: BTreeSet<&str> = schema
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let properties = schema
            .get("properties")
            .and_then(Value::as_object)
            .filter(|properties| !properties.is_empty() && is_plain_object(&schema));
        let Some(properties) = properties else {
            let schema = schema.as_object().cloned().unwrap_or_default();
            self.whole_body = Some(self.list.len());
            self.push_from_body("body", schema, true, node.span.clone());
            return;
        };
        let written_properties = node.get("properties").unwrap_or(node);
        for (name, property) in properties
            .iter()
            .filter(|(_, property)| **property != Value::Bool(false))
        {
            let span = written_properties
                .member(name)
                .map_or(node.span.clone(), |member| member.key_span.clone());
            let schema = property.as_object().cloned().unwrap_or_default();
            if argument_name_of(name).is_empty() {
                scope.error("bad-name", span, format!("no argument name can be made from `{name}`"));
                continue;
            }
            if let Some(default) = schema.get("default") {
                check_default(
                    scope,
                    written_properties.get(name).unwrap_or(node),
                    name,
                    &schema,
                    default,
                );
            }
            self.push_from_body(name, schema, required.contains(name.as_str()), span);
        }
        for name in required.iter().filter(|name| !properties.contains_key(**name)) {
            let place = node.value_span("required");
            scope.error(
                "bad-schema",
                place,
                format!("`{name}` is required but is not one of the properties"),
            );
        }
    }

    fn push_from_body(&mut self, name: &str, schema: Map<String, Value>, required: bool, span: Range<usize>) {
        self.list.push(Argument {
            name: argument_name_of(name),
            sent_as: name.to_owned(),
            place: Some(PlaceName::Body),
            style: None,
            media_type: None,
            headers: None,
            xml: None,
            inside: Vec::new(),
            from_body_schema: true,
            required,
            secret: field::holds_secret(&schema),
            schema,
            span,
        });
    }

    /// An argument that stands alone in a placeholder of the path must be given: there is no path without it.
    fn require_path(&mut self, path: &str) {
        for placeholder in path.split('{').skip(1).filter_map(|rest| rest.split('}').next()) {
            let argument = self
                .list
                .iter_mut()
                .find(|argument| argument.name == placeholder.trim());
            if let Some(argument) = argument.filter(|argument| !argument.schema.contains_key("default")) {
                argument.required = true;
            }
        }
    }

    /// Gives every argument its own name.
    fn tell_apart(&mut self, scope: &Scope<'_>) {
        let mut order: Vec<usize> = (0..self.list.len()).collect();
        // Stable: within a place the order of the file counts.
        order.sort_by_key(|index| match self.list[*index].place {
            None => 0,
            Some(PlaceName::Path) => 1,
            Some(PlaceName::Query) => 2,
            Some(PlaceName::Header) => 3,
            Some(PlaceName::Cookie) => 4,
            Some(PlaceName::Body) => 5,
        });
        let mut taken: HashMap<String, usize> = HashMap::new();
        for index in order {
            let argument = &self.list[index];
            if let Some(other) = taken.get(&argument.name) {
                let other = &self.list[*other];
                let prefixed = argument
                    .place
                    .filter(|place| Some(*place) != other.place)
                    .and_then(prefix);
                let name = prefixed.map(|prefix| format!("{prefix}_{}", argument.name));
                if let Some(name) = name.filter(|name| !taken.contains_key(name) && is_argument_name(name)) {
                    self.list[index].name = name;
                } else {
                    let line = scope.source.line_of(other.span.start);
                    let message = format!(
                        "the input `{}` is declared twice; the first one is on line {line}",
                        argument.sent_as
                    );
                    scope.refuse("duplicate-input", argument.span.clone(), message, "rename one of them");
                }
            }
            taken.insert(self.list[index].name.clone(), index);
        }
    }
}

/// Whether a schema says nothing about an object but what its properties are.
fn is_plain_object(schema: &Value) -> bool {
    let types = root_types(schema);
    let more = [
        "allOf",
        "anyOf",
        "oneOf",
        "not",
        "if",
        "patternProperties",
        "propertyNames",
        "dependentSchemas",
    ];
    (types.is_empty() || types == ["object"])
        && more.iter().all(|keyword| schema.get(keyword).is_none())
        && schema
            .get("additionalProperties")
            .is_none_or(|others| *others == Value::Bool(false))
}

/// The name of a place in front of an argument's name; none where templates fix the name.
fn prefix(place: PlaceName) -> Option<&'static str> {
    match place {
        PlaceName::Path => None,
        PlaceName::Query => Some("query"),
        PlaceName::Header => Some("header"),
        PlaceName::Cookie => Some("cookie"),
        PlaceName::Body => Some("body"),
    }
}

fn check_default(scope: &Scope<'_>, node: &Node, name: &str, schema: &Map<String, Value>, default: &Value) {
    // A schema that does not compile is reported with the whole input schema.
    let Ok(compiled) = Schema::compile(&Value::Object(schema.clone())) else {
        return;
    };
    for violation in compiled.violations(default) {
        let place = node.value_span("default");
        let message = format!(
            "the default of `{name}` is not a value that it accepts: {}",
            violation.message
        );
        scope.error("bad-default", place, message);
    }
}
