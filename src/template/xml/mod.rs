//! Values as XML, by the `xml` objects of their schema (OpenAPI 3.1, section 4.8.26; 3.2 adds `nodeType`).
//!
//! The schema comes from a connector's author and is compiled once; only values come from agents. Nothing in a value can
//! end an element or begin another one. Must never know where a schema or a value comes from.

mod escaping;

use std::collections::BTreeMap;

use quick_xml::Writer;
use quick_xml::escape::partial_escape;
use quick_xml::events::{BytesCData, BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use serde_json::{Map, Value};

use super::RenderError;
use escaping::is_character;
pub(super) use escaping::{Place, escaped_for_xml, is_blank};

/// How the values of a schema are written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct XmlShape {
    name: Option<String>,
    prefix: Option<String>,
    namespace: Option<String>,
    node: Option<Node>,
    /// In the order of the schema, which is the order in which they are written.
    members: Vec<(String, XmlShape)>,
    items: Option<Box<XmlShape>>,
}

/// What a value becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Node {
    Element,
    Attribute,
    /// The text of the element around it.
    Text,
    CData,
    /// Nothing by itself: the items of a list stand where the list would.
    None,
}

/// Prefixes that stand for namespaces in an element, outermost first.
type Scope<'a> = BTreeMap<&'a str, &'a str>;

impl XmlShape {
    /// How values of `schema` are written, whose root element is called `name` unless the schema names it.
    ///
    /// # Errors
    /// A name that no element or attribute can have, or a missing one, as a sentence.
    pub fn of(schema: &Value, name: Option<&str>) -> Result<Self, String> {
        let mut shape = Self::compile(schema)?;
        shape.name = shape.name.or_else(|| name.map(str::to_owned));
        match &shape.name {
            None => return Err("the root element of the XML has no name".to_owned()),
            Some(name) => check_name(name)?,
        }
        Ok(shape)
    }

    fn compile(schema: &Value) -> Result<Self, String> {
        let mut shape = Self::default();
        // Alternatives differ in their members; those of all of them are known.
        for keyword in ["allOf", "anyOf", "oneOf"] {
            for part in schema.get(keyword).and_then(Value::as_array).into_iter().flatten() {
                let part = Self::compile(part)?;
                shape.name = shape.name.or(part.name);
                shape.prefix = shape.prefix.or(part.prefix);
                shape.namespace = shape.namespace.or(part.namespace);
                shape.node = shape.node.or(part.node);
                shape.items = shape.items.or(part.items);
                shape.add(part.members);
            }
        }
        if let Some(xml) = schema.get("xml") {
            let text = |key: &str| xml.get(key).and_then(Value::as_str).map(str::to_owned);
            let is = |key: &str| xml.get(key) == Some(&Value::Bool(true));
            shape.name = text("name").or(shape.name);
            shape.prefix = text("prefix").filter(|prefix| !prefix.is_empty()).or(shape.prefix);
            shape.namespace = text("namespace").or(shape.namespace);
            let node = match text("nodeType").as_deref() {
                Some("element") => Some(Node::Element),
                Some("attribute") => Some(Node::Attribute),
                Some("text") => Some(Node::Text),
                Some("cdata") => Some(Node::CData),
                Some("none") => Some(Node::None),
                Some(other) => return Err(format!("`{other}` is not a `nodeType` of XML")),
                None if is("attribute") => Some(Node::Attribute),
                None if is("wrapped") => Some(Node::Element),
                None => None,
            };
            shape.node = node.or(shape.node);
        }
        for name in [&shape.name, &shape.prefix].into_iter().flatten() {
            check_name(name)?;
        }
        let properties = schema.get("properties").and_then(Value::as_object);
        let mut own = Vec::new();
        for (name, property) in properties.into_iter().flatten() {
            let property = Self::compile(property)?;
            if property.is_written_by_its_key() {
                check_name(name)?;
            }
            own.push((name.clone(), property));
        }
        shape.add(own);
        if let Some(items) = schema.get("items") {
            shape.items = Some(Box::new(Self::compile(items)?));
        }
        Ok(shape)
    }

    /// Whether the name of the property that has this shape becomes a name in the document.
    fn is_written_by_its_key(&self) -> bool {
        let is_text = matches!(self.node, Some(Node::Text | Node::CData));
        let is_bare_list =
            self.node != Some(Node::Element) && self.items.as_ref().is_some_and(|items| items.name.is_some());
        self.name.is_none() && !is_text && !is_bare_list
    }

    fn add(&mut self, members: Vec<(String, Self)>) {
        for (name, member) in members {
            match self.members.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) if *known == Self::default() => *known = member,
                Some(_) => {}
                None => self.members.push((name, member)),
            }
        }
    }

    /// `value` as a document in UTF-8. What is null is left out.
    ///
    /// # Errors
    /// A character or a name that XML does not know, with the place in `value`.
    pub fn write(&self, value: &Value) -> Result<Vec<u8>, RenderError> {
        let mut writing = Writing::new();
        writing.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        self.write_root(&mut writing, value)?;
        Ok(writing.writer.into_inner())
    }

    /// `value` as an element alone, for where a document is a part of something else.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn write_element(&self, value: &Value) -> Result<String, RenderError> {
        let mut writing = Writing::new();
        self.write_root(&mut writing, value)?;
        let bytes = writing.writer.into_inner();
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn write_root(&self, writing: &mut Writing, value: &Value) -> Result<(), RenderError> {
        let name = self.name.as_deref().unwrap_or_default();
        match value {
            // A document has one root, also when it is a list.
            Value::Array(_) => writing.wrapped(self, name, value, &Scope::new()),
            value => writing.element(self, name, value, &Scope::new()),
        }
    }

    fn full_name(&self, name: &str) -> String {
        let name = self.name.as_deref().unwrap_or(name);
        match &self.prefix {
            Some(prefix) => format!("{prefix}:{name}"),
            None => name.to_owned(),
        }
    }

    /// The declaration that its namespace needs where `scope` holds.
    fn declared<'a>(&'a self, scope: &Scope<'a>) -> Option<(&'a str, &'a str)> {
        let namespace = self.namespace.as_deref()?;
        let prefix = self.prefix.as_deref().unwrap_or_default();
        (scope.get(prefix) != Some(&namespace)).then_some((prefix, namespace))
    }
}

/// A document on its way.
struct Writing {
    writer: Writer<Vec<u8>>,
    /// Where in the value this is.
    pointer: Vec<String>,
}

impl Writing {
    fn new() -> Self {
        Self {
            writer: Writer::new(Vec::new()),
            pointer: Vec::new(),
        }
    }

    fn event(&mut self, event: Event<'_>) -> Result<(), RenderError> {
        self.writer
            .write_event(event)
            .map_err(|error| self.problem(error.to_string()))
    }

    fn problem(&self, message: String) -> RenderError {
        let pointer: String = self
            .pointer
            .iter()
            .map(|name| crate::schema::pointer_segment(name))
            .collect();
        RenderError {
            pointer: Some(pointer),
            message,
        }
    }

    /// An element for a value that is no list, or the elements of a list.
    fn member<'a>(
        &mut self,
        shape: &'a XmlShape,
        name: &'a str,
        value: &Value,
        scope: &Scope<'a>,
    ) -> Result<(), RenderError> {
        match value {
            Value::Null => Ok(()),
            Value::Array(_) if shape.node == Some(Node::Element) => self.wrapped(shape, name, value, scope),
            // The name of a list that is not wrapped is that of its items alone.
            Value::Array(_) => self.items(shape, name, value, scope),
            value => self.element(shape, name, value, scope),
        }
    }

    fn items<'a>(
        &mut self,
        shape: &'a XmlShape,
        name: &'a str,
        value: &Value,
        scope: &Scope<'a>,
    ) -> Result<(), RenderError> {
        static PLAIN: XmlShape = XmlShape {
            name: None,
            prefix: None,
            namespace: None,
            node: None,
            members: Vec::new(),
            items: None,
        };
        let items = shape.items.as_deref().unwrap_or(&PLAIN);
        for (index, item) in value.as_array().into_iter().flatten().enumerate() {
            self.pointer.push(index.to_string());
            match item {
                Value::Null => {}
                Value::Array(_) => self.wrapped(items, name, item, scope)?,
                item => self.element(items, name, item, scope)?,
            }
            self.pointer.pop();
        }
        Ok(())
    }

    /// A list within an element of its own.
    fn wrapped<'a>(
        &mut self,
        shape: &'a XmlShape,
        name: &'a str,
        value: &Value,
        scope: &Scope<'a>,
    ) -> Result<(), RenderError> {
        let full_name = shape.full_name(name);
        let (start, within) = self.begin(shape, &full_name, scope)?;
        let name = shape.name.as_deref().unwrap_or(name);
        self.event(Event::Start(start))?;
        self.items(shape, name, value, &within)?;
        self.event(Event::End(BytesEnd::new(full_name.as_str())))
    }

    /// The start of an element, and the namespaces that hold in it. Names of members that no schema has come from agents.
    fn begin<'a, 'n>(
        &self,
        shape: &'a XmlShape,
        full_name: &'n str,
        scope: &Scope<'a>,
    ) -> Result<(BytesStart<'n>, Scope<'a>), RenderError> {
        check_name(full_name).map_err(|problem| self.problem(problem))?;
        let mut start = BytesStart::new(full_name);
        let mut within = scope.clone();
        declare(shape, &mut start, &mut within);
        Ok((start, within))
    }

    fn element<'a>(
        &mut self,
        shape: &'a XmlShape,
        name: &'a str,
        value: &Value,
        scope: &Scope<'a>,
    ) -> Result<(), RenderError> {
        let full_name = shape.full_name(name);
        let (mut start, mut within) = self.begin(shape, &full_name, scope)?;
        let Value::Object(members) = value else {
            let text = self.text(value)?;
            if text.is_empty() {
                return self.event(Event::Empty(start));
            }
            self.event(Event::Start(start))?;
            self.content(&text, shape.node == Some(Node::CData))?;
            return self.event(Event::End(BytesEnd::new(full_name.as_str())));
        };
        for (key, member) in &shape.members {
            if member.node != Some(Node::Attribute) {
                continue;
            }
            let Some(value) = members.get(key).filter(|value| !value.is_null()) else {
                continue;
            };
            self.pointer.push(key.clone());
            let text = self.text(value)?;
            self.pointer.pop();
            declare(member, &mut start, &mut within);
            start.push_attribute((member.full_name(key).as_str(), text.as_str()));
        }
        let known = |name: &String| shape.members.iter().any(|(key, _)| key == name);
        let others: Vec<&String> = members.keys().filter(|name| !known(name)).collect();
        let has_content = shape.members.iter().any(|(key, member)| {
            member.node != Some(Node::Attribute) && members.get(key).is_some_and(|value| !value.is_null())
        });
        if !has_content && others.is_empty() {
            return self.event(Event::Empty(start));
        }
        self.event(Event::Start(start))?;
        for (key, member) in &shape.members {
            let Some(value) = members.get(key).filter(|value| !value.is_null()) else {
                continue;
            };
            self.pointer.push(key.clone());
            match member.node {
                Some(Node::Attribute) => {}
                Some(node @ (Node::Text | Node::CData)) if !value.is_array() => {
                    let text = self.text(value)?;
                    self.content(&text, node == Node::CData)?;
                }
                _ => self.member(member, key, value, &within)?,
            }
            self.pointer.pop();
        }
        for name in others {
            self.pointer.push(name.clone());
            self.other(name, &members[name])?;
            self.pointer.pop();
        }
        self.event(Event::End(BytesEnd::new(full_name.as_str())))
    }

    /// A value that no schema describes.
    fn other(&mut self, name: &str, value: &Value) -> Result<(), RenderError> {
        self.member(&XmlShape::default(), name, value, &Scope::new())
    }

    fn content(&mut self, text: &str, is_raw: bool) -> Result<(), RenderError> {
        if !is_raw {
            return self.event(Event::Text(BytesText::from_escaped(partial_escape(text))));
        }
        // `]]>` would end a section, so that it is parted into two.
        BytesCData::escaped(text).try_for_each(|section| self.event(Event::CData(section)))
    }

    /// A single value as text.
    fn text(&self, value: &Value) -> Result<String, RenderError> {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            // Lists in one attribute or text are parted by spaces (XML Schema, section 3.16.1).
            Value::Array(items) => {
                let texts: Result<Vec<String>, RenderError> = items.iter().map(|item| self.text(item)).collect();
                texts?.join(" ")
            }
            Value::Object(_) => return Err(self.problem("an object cannot be an attribute or text of XML".to_owned())),
            value => value.to_string(),
        };
        match text.chars().find(|character| !is_character(*character)) {
            Some(character) => Err(self.problem(format!(
                "it holds the character U+{:04X}, which XML cannot",
                u32::from(character)
            ))),
            None => Ok(text),
        }
    }
}

/// Adds the declaration of a namespace that is not in scope yet.
fn declare<'a>(shape: &'a XmlShape, start: &mut BytesStart<'_>, scope: &mut Scope<'a>) {
    if let Some((prefix, namespace)) = shape.declared(scope) {
        let name = if prefix.is_empty() {
            "xmlns".to_owned()
        } else {
            format!("xmlns:{prefix}")
        };
        start.push_attribute((name.as_str(), namespace));
        scope.insert(prefix, namespace);
    }
}

/// `Name` of XML 1.0, section 2.3, at most one colon in it, which parts a prefix from a name.
fn check_name(name: &str) -> Result<(), String> {
    let begins = |character: char| {
        character == '_' || character.is_ascii_alphabetic() || character >= '\u{c0}' && character.is_alphabetic()
    };
    let continues = |character: char| {
        begins(character)
            || matches!(character, '-' | '.' | '\u{b7}')
            || character.is_numeric() && is_character(character)
    };
    let is_part = |part: &str| part.starts_with(begins) && part.chars().all(continues);
    let parts: Vec<&str> = name.split(':').collect();
    if parts.len() <= 2 && parts.iter().all(|part| is_part(part)) {
        Ok(())
    } else {
        Err(format!(
            "`{}` cannot be the name of an element or attribute of XML",
            name.escape_debug()
        ))
    }
}

/// Takes the `xml` objects out of a schema that agents see: they say nothing about its values.
pub fn without_xml(schema: &mut Map<String, Value>) {
    if schema.get("xml").is_some_and(Value::is_object) {
        schema.shift_remove("xml");
    }
    for (keyword, value) in schema {
        match (keyword.as_str(), value) {
            ("properties" | "patternProperties" | "$defs", Value::Object(schemas)) => {
                schemas
                    .values_mut()
                    .filter_map(Value::as_object_mut)
                    .for_each(without_xml);
            }
            ("items" | "additionalProperties" | "not", Value::Object(schema)) => without_xml(schema),
            ("allOf" | "anyOf" | "oneOf" | "prefixItems", Value::Array(schemas)) => {
                schemas
                    .iter_mut()
                    .filter_map(Value::as_object_mut)
                    .for_each(without_xml);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
