//! Templates of JSON values: bodies, query parameters, headers.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::error::{RenderError, TemplateError};
use super::expression::{Expression, text};
use super::scan::{self, Part};
use super::xml::{Place, XmlShape, is_blank as is_blank_for_xml};
use crate::schema::pointer_segment;

/// Deepest nesting of objects and arrays in a template.
const DEEPEST: usize = 64;

/// A JSON value whose strings may hold `{{ expression }}` placeholders.
#[derive(Debug)]
pub struct ValueTemplate(Node);

#[derive(Debug)]
enum Node {
    /// A value without placeholders.
    Constant(Value),
    /// A string that is exactly one placeholder: the value keeps its type.
    Typed(Expression),
    /// A string with placeholders among other text.
    Text(Vec<Piece>),
    /// The same where the text is XML.
    TextOfXml(Vec<Piece>),
    Array(Vec<Node>),
    Object(Vec<(String, Node)>),
    /// The argument of that name as one text of XML.
    Xml(String, Box<XmlShape>),
}

#[derive(Debug)]
enum Piece {
    Literal(String),
    Expression(Expression),
}

impl ValueTemplate {
    /// Compiles every string inside `source`.
    ///
    /// # Errors
    /// [`TemplateError`] names the pointer of the string and the byte offset within it.
    pub fn compile(source: &Value) -> Result<Self, TemplateError> {
        Node::compile(source, 0).map(Self)
    }

    /// A template that is exactly the argument `name`, whatever characters the name has.
    pub fn argument(name: impl Into<String>) -> Self {
        Self(Node::Typed(Expression::Argument(name.into())))
    }

    /// A template that is the argument `name` as one text, written as `shape` says.
    pub fn xml(name: impl Into<String>, shape: XmlShape) -> Self {
        Self(Node::Xml(name.into(), Box::new(shape)))
    }

    /// The same template where its text is XML: no value that it puts there can begin or end an element or an attribute.
    /// A text that is one placeholder, with at most an XML declaration before it, stays as it is: there the agent writes
    /// the XML.
    #[must_use]
    pub fn within_xml(self) -> Self {
        match self.0 {
            Node::Text(pieces) if !is_one_value(&pieces) => Self(Node::TextOfXml(pieces)),
            other => Self(other),
        }
    }

    /// An object built of already compiled members, in order.
    pub fn object(members: Vec<(String, ValueTemplate)>) -> Self {
        Self(Node::Object(
            members.into_iter().map(|(key, member)| (key, member.0)).collect(),
        ))
    }

    /// Names of the arguments that the template reads.
    pub fn arguments(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        self.0.collect_arguments(&mut names);
        names
    }

    /// Names of the arguments that the member `key` of an object reads.
    pub fn arguments_of_member(&self, key: &str) -> BTreeSet<String> {
        let member = match &self.0 {
            Node::Object(members) => members.iter().find(|(name, _)| name == key).map(|(_, member)| member),
            whole => Some(whole),
        };
        let mut names = BTreeSet::new();
        member.inspect(|member| member.collect_arguments(&mut names));
        names
    }

    /// The value, or `None` when it depends on an argument that was not given (the key is then dropped).
    ///
    /// # Errors
    /// [`RenderError`] when an expression fails on these arguments.
    pub fn render(&self, arguments: &Map<String, Value>) -> Result<Option<Value>, RenderError> {
        self.0.render(arguments)
    }
}

impl Node {
    fn compile(source: &Value, depth: usize) -> Result<Self, TemplateError> {
        if depth > DEEPEST {
            return Err(TemplateError::at(0, format!("nested more than {DEEPEST} levels deep")));
        }
        match source {
            Value::String(source) => Self::compile_text(source),
            Value::Array(elements) => {
                let compiled = elements.iter().enumerate().map(|(index, element)| {
                    Self::compile(element, depth + 1).map_err(|error| within(&index.to_string(), error))
                });
                let compiled: Vec<_> = compiled.collect::<Result<_, _>>()?;
                Ok(if compiled.iter().all(Self::is_constant) {
                    Self::Constant(source.clone())
                } else {
                    Self::Array(compiled)
                })
            }
            Value::Object(members) => {
                let compiled = members.iter().map(|(key, member)| {
                    if let Some(offset) = key.find("{{") {
                        let message = format!("the key `{key}` holds a placeholder: only values can");
                        return Err(within(key, TemplateError::at(offset, message)));
                    }
                    let member = Self::compile(member, depth + 1).map_err(|error| within(key, error))?;
                    Ok((key.clone(), member))
                });
                let compiled: Vec<_> = compiled.collect::<Result<_, _>>()?;
                Ok(if compiled.iter().all(|(_, member)| member.is_constant()) {
                    Self::Constant(source.clone())
                } else {
                    Self::Object(compiled)
                })
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => Ok(Self::Constant(source.clone())),
        }
    }

    fn compile_text(source: &str) -> Result<Self, TemplateError> {
        let parts = scan::split(source)?;
        if let [Part::Placeholder { offset, inside, .. }] = parts.as_slice() {
            return Ok(Self::Typed(Expression::compile(inside, *offset)?));
        }
        if parts.iter().all(|part| matches!(part, Part::Literal(_))) {
            return Ok(Self::Constant(Value::String(source.to_owned())));
        }
        let pieces = parts.into_iter().map(|part| match part {
            Part::Literal(literal) => Ok(Piece::Literal(literal.to_owned())),
            Part::Placeholder { offset, inside, .. } => Expression::compile(inside, offset).map(Piece::Expression),
        });
        Ok(Self::Text(pieces.collect::<Result<_, _>>()?))
    }

    fn is_constant(&self) -> bool {
        matches!(self, Self::Constant(_))
    }

    fn collect_arguments(&self, names: &mut BTreeSet<String>) {
        match self {
            Self::Constant(_) => {}
            Self::Typed(expression) => expression.collect_arguments(names),
            Self::Text(pieces) | Self::TextOfXml(pieces) => {
                for piece in pieces {
                    if let Piece::Expression(expression) = piece {
                        expression.collect_arguments(names);
                    }
                }
            }
            Self::Array(elements) => elements.iter().for_each(|element| element.collect_arguments(names)),
            Self::Object(members) => members.iter().for_each(|(_, member)| member.collect_arguments(names)),
            Self::Xml(name, _) => {
                names.insert(name.clone());
            }
        }
    }

    fn render(&self, arguments: &Map<String, Value>) -> Result<Option<Value>, RenderError> {
        match self {
            Self::Constant(value) => Ok(Some(value.clone())),
            Self::Typed(expression) => Ok(expression.evaluate(arguments)?.map(Cow::into_owned)),
            Self::Text(pieces) => {
                let mut rendered = String::new();
                for piece in pieces {
                    match piece {
                        Piece::Literal(literal) => rendered.push_str(literal),
                        Piece::Expression(expression) => {
                            let value = expression.evaluate(arguments)?;
                            let Some(text) = value.as_deref().and_then(text) else {
                                return Ok(None);
                            };
                            rendered.push_str(&text);
                        }
                    }
                }
                Ok(Some(Value::String(rendered)))
            }
            Self::TextOfXml(pieces) => {
                let mut rendered = String::new();
                let mut place = Place::Element;
                for piece in pieces {
                    match piece {
                        Piece::Literal(literal) => {
                            place = place.behind(literal);
                            rendered.push_str(literal);
                        }
                        Piece::Expression(expression) => {
                            let Some(text) = expression.evaluate_for_xml(arguments, place.writing())? else {
                                return Ok(None);
                            };
                            rendered.push_str(&text);
                        }
                    }
                }
                Ok(Some(Value::String(rendered)))
            }
            Self::Array(elements) => {
                let mut rendered = Vec::with_capacity(elements.len());
                for element in elements {
                    rendered.extend(element.render(arguments)?);
                }
                Ok(Some(Value::Array(rendered)))
            }
            Self::Object(members) => {
                let mut rendered = Map::with_capacity(members.len());
                for (key, member) in members {
                    if let Some(member) = member.render(arguments)? {
                        rendered.insert(key.clone(), member);
                    }
                }
                Ok(Some(Value::Object(rendered)))
            }
            Self::Xml(name, shape) => match arguments.get(name) {
                None | Some(Value::Null) => Ok(None),
                Some(value) => match shape.write_element(value) {
                    Ok(text) => Ok(Some(Value::String(text))),
                    Err(error) => Err(RenderError {
                        pointer: Some(pointer_segment(name) + &error.pointer.unwrap_or_default()),
                        ..error
                    }),
                },
            },
        }
    }
}

/// Whether there is one placeholder with nothing but white space around it, and the declaration of a document before it.
fn is_one_value(pieces: &[Piece]) -> bool {
    let expressions = pieces.iter().filter(|piece| matches!(piece, Piece::Expression(_)));
    let is_blank = |piece: &Piece| match piece {
        Piece::Literal(literal) => is_blank_for_xml(literal),
        Piece::Expression(_) => true,
    };
    expressions.count() == 1 && pieces.iter().all(is_blank)
}

/// `error` seen from the object or array that holds its string under `key`.
fn within(key: &str, error: TemplateError) -> TemplateError {
    TemplateError {
        pointer: pointer_segment(key) + &error.pointer,
        ..error
    }
}

#[cfg(test)]
mod tests;
