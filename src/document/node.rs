//! The tree.

use std::ops::Range;

use serde_json::{Map, Number, Value};

/// A value and where it stands.
///
/// Has no `Debug`: a document may hold a secret that its author wrote by mistake.
#[derive(Clone)]
pub struct Node {
    /// Byte range in the source text, quotes included.
    pub span: Range<usize>,
    /// The value.
    pub kind: Kind,
    /// Whether a check found it unusable; findings about it have been reported.
    pub broken: bool,
}

/// What a node is.
#[derive(Clone)]
pub enum Kind {
    /// Nothing.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// Any finite number.
    Number(Number),
    /// Text, decoded. TOML's dates and times are text, too.
    Text(String),
    /// Values in order.
    List(Vec<Node>),
    /// Members in the order of the file; no key appears twice.
    Table(Vec<Member>),
}

/// A key and its value.
#[derive(Clone)]
pub struct Member {
    /// The key.
    pub key: String,
    /// The key as the author wrote it, when it was an older spelling of `key`.
    pub written: String,
    /// Byte range of the key in the source text.
    pub key_span: Range<usize>,
    /// The value.
    pub value: Node,
}

impl Member {
    /// A member as it was read.
    pub fn new(key: String, key_span: Range<usize>, value: Node) -> Self {
        Self {
            written: key.clone(),
            key,
            key_span,
            value,
        }
    }
}

impl Node {
    /// A node as it was read.
    pub fn new(span: Range<usize>, kind: Kind) -> Self {
        Self {
            span,
            kind,
            broken: false,
        }
    }

    /// A tree for a value that was made from the text at `span`.
    pub fn from_json(span: Range<usize>, value: &Value) -> Self {
        let kind = match value {
            Value::Null => Kind::Null,
            Value::Bool(value) => Kind::Boolean(*value),
            Value::Number(number) => Kind::Number(number.clone()),
            Value::String(text) => Kind::Text(text.clone()),
            Value::Array(items) => Kind::List(items.iter().map(|item| Self::from_json(span.clone(), item)).collect()),
            Value::Object(members) => Kind::Table(
                members
                    .iter()
                    .map(|(key, value)| Member::new(key.clone(), span.clone(), Self::from_json(span.clone(), value)))
                    .collect(),
            ),
        };
        Self::new(span, kind)
    }

    /// The members of a table; none for anything else.
    pub fn members(&self) -> &[Member] {
        match &self.kind {
            Kind::Table(members) => members,
            _ => &[],
        }
    }

    /// The members of a table, to change them.
    pub fn members_mut(&mut self) -> Option<&mut Vec<Member>> {
        match &mut self.kind {
            Kind::Table(members) => Some(members),
            _ => None,
        }
    }

    /// The items of a list; none for anything else.
    pub fn items(&self) -> &[Node] {
        match &self.kind {
            Kind::List(items) => items,
            _ => &[],
        }
    }

    /// The items of a list, to change them.
    pub fn items_mut(&mut self) -> &mut [Node] {
        match &mut self.kind {
            Kind::List(items) => items,
            _ => &mut [],
        }
    }

    /// The member called `key`.
    pub fn member(&self, key: &str) -> Option<&Member> {
        self.members().iter().find(|member| member.key == key)
    }

    /// The value of the member called `key`.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.member(key).map(|member| &member.value)
    }

    /// The value of the member called `key`, to change it.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        self.members_mut()?
            .iter_mut()
            .find(|member| member.key == key)
            .map(|member| &mut member.value)
    }

    /// Takes the member called `key` out of a table.
    pub fn remove(&mut self, key: &str) -> Option<Member> {
        let members = self.members_mut()?;
        let index = members.iter().position(|member| member.key == key)?;
        Some(members.remove(index))
    }

    /// Where the value of the member called `key` stands; the whole table when there is none.
    pub fn value_span(&self, key: &str) -> Range<usize> {
        self.get(key).unwrap_or(self).span.clone()
    }

    /// Where the key of the member called `key` stands; the whole table when there is none.
    pub fn key_span(&self, key: &str) -> Range<usize> {
        self.member(key)
            .map_or_else(|| self.span.clone(), |member| member.key_span.clone())
    }

    /// The text of a text.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether this is nothing.
    pub fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null)
    }

    /// Whether this or anything in it was found unusable.
    pub fn is_broken(&self) -> bool {
        self.broken
            || match &self.kind {
                Kind::List(items) => items.iter().any(Self::is_broken),
                Kind::Table(members) => members.iter().any(|member| member.value.is_broken()),
                _ => false,
            }
    }

    /// The node that a JSON pointer (RFC 6901) leads to, or the deepest one on its way.
    pub fn nearest(&self, pointer: &str) -> &Self {
        let mut node = self;
        for segment in pointer.split('/').skip(1) {
            let segment = segment.replace("~1", "/").replace("~0", "~");
            let next = match &node.kind {
                Kind::Table(_) => node.get(&segment),
                Kind::List(items) => segment.parse::<usize>().ok().and_then(|index| items.get(index)),
                _ => None,
            };
            let Some(next) = next else { break };
            node = next;
        }
        node
    }

    /// The value as JSON.
    pub fn to_json(&self) -> Value {
        match &self.kind {
            Kind::Null => Value::Null,
            Kind::Boolean(value) => Value::Bool(*value),
            Kind::Number(number) => Value::Number(number.clone()),
            Kind::Text(text) => Value::String(text.clone()),
            Kind::List(items) => Value::Array(items.iter().map(Self::to_json).collect()),
            Kind::Table(members) => Value::Object(
                members
                    .iter()
                    .map(|member| (member.key.clone(), member.value.to_json()))
                    .collect::<Map<_, _>>(),
            ),
        }
    }

    /// What kind of value this is, for messages: `a list`.
    pub fn describe(&self) -> &'static str {
        match self.kind {
            Kind::Null => "nothing",
            Kind::Boolean(_) => "a boolean",
            Kind::Number(_) => "a number",
            Kind::Text(_) => "text",
            Kind::List(_) => "a list",
            Kind::Table(_) => "a table",
        }
    }
}
