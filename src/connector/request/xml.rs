//! XML that is made of values: the shape that their schemas, and for bodies the action's `xml`, give them.

use serde_json::{Map, Value, json};

use super::Request;
use crate::connector::arguments::Argument;
use crate::connector::document::{InputDocument, PlaceName, StyleName};
use crate::connector::model::BodyTemplate;
use crate::connector::scope::Scope;
use crate::document::{Kind, Node};
use crate::template::{ValueTemplate, XmlShape};

/// How the value of an input of `schema` is written that is XML by its style.
pub(in crate::connector) fn shape(
    scope: &Scope<'_>,
    node: &Node,
    field: &InputDocument,
    schema: &Map<String, Value>,
) -> Option<XmlShape> {
    if field.style != Some(StyleName::Xml) {
        return None;
    }
    let name = field.sent_as.as_ref().unwrap_or(&field.name);
    let shape = XmlShape::of(&Value::Object(schema.clone()), Some(name));
    shape
        .map_err(|problem| {
            let help = "name its root element in `xml` of its schema, e.g. xml = { name = \"order\" }";
            scope.refuse("bad-xml", node.value_span("style"), problem, help);
        })
        .ok()
}

/// The template of an argument that goes somewhere by itself and has no style: its value, or that as XML.
pub(super) fn own_template(argument: &Argument) -> ValueTemplate {
    match &argument.xml {
        Some(shape) => ValueTemplate::xml(argument.name.clone(), shape.clone()),
        None => ValueTemplate::argument(argument.name.clone()),
    }
}

impl Request<'_> {
    /// Whether a body of XML or YAML is made of values, and not text that its author or an agent writes. `place` is where
    /// it is written, if anywhere.
    pub(super) fn is_structured(&self, place: Option<&Node>) -> bool {
        match place {
            None => true,
            Some(place) => matches!(place.kind, Kind::Table(_)) || self.whole(place).is_some(),
        }
    }

    /// The schema of the one argument that is the whole body, when that is an object or a list.
    pub(super) fn whole(&self, place: &Node) -> Option<&Map<String, Value>> {
        let name = place.text()?.trim().strip_prefix("{{")?.strip_suffix("}}")?.trim();
        let argument = self.arguments.list.iter().find(|argument| argument.name == name)?;
        let kind = argument.schema.get("type");
        let is_object =
            kind.is_some_and(|kind| kind == "object" || kind == "array") && argument.schema.get("format").is_none();
        is_object.then_some(&argument.schema)
    }

    /// Compiles the body.
    pub(super) fn xml(&mut self, node: &Node, content_type: &str, template: ValueTemplate) -> Option<BodyTemplate> {
        let arguments = self.arguments;
        let place = node.get("body").filter(|body| !body.is_null());
        let by_schema = arguments.whole_body.and_then(|index| arguments.list.get(index));
        let whole = match (by_schema, place) {
            (Some(argument), _) => Some(&argument.schema),
            (None, Some(place)) => self.whole(place),
            (None, None) => None,
        };
        let mut schema = whole.cloned().unwrap_or_else(|| {
            let placed = arguments
                .list
                .iter()
                .filter(|argument| argument.place == Some(PlaceName::Body));
            let properties: Map<String, Value> = placed
                .map(|argument| (argument.sent_as.clone(), Value::Object(argument.schema.clone())))
                .collect();
            Map::from_iter([("properties".to_owned(), Value::Object(properties))])
        });
        if let Some(root) = node.get("xml") {
            let mut xml = root.to_json();
            // A list that is the root has an element of its own in any case.
            xml["wrapped"] = json!(true);
            schema.insert("xml".to_owned(), xml);
        }
        match XmlShape::of(&Value::Object(schema), None) {
            Ok(shape) => Some(BodyTemplate::Xml {
                content_type: content_type.to_owned(),
                template,
                shape,
            }),
            Err(problem) => {
                let span = node.key_span("content_type");
                let help =
                    "name the root element, e.g. xml = { name = \"order\" }, and others in `xml` of their schemas";
                self.refuse_with_help("bad-xml", span, problem, help);
                None
            }
        }
    }
}
