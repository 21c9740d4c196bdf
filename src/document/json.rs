//! Reading JSON.

use std::ops::Range;

use jsonc_parser::ast::{ObjectPropName, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::{DEEPEST_NESTING, Kind, MOST_VALUES, Member, Node, TableBuilder};
use crate::diagnostics::{Diagnostic, Source};

/// RFC 8259 and nothing more: a file that only this program can read would be a trap.
const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

pub(super) fn parse(source: &Source<'_>) -> Result<Node, Vec<Diagnostic>> {
    let parsed = parse_to_ast(source.text(), &CollectOptions::default(), &STRICT).map_err(|error| {
        let message = format!("not valid JSON: {}", error.kind().to_string().to_lowercase());
        vec![source.error("syntax", span(error.range()), message)]
    })?;
    let Some(root) = parsed.value else {
        return Ok(Node::new(0..0, Kind::Null));
    };
    let mut reader = Reader {
        source,
        findings: Vec::new(),
        values: 0,
    };
    let root = reader.value(&root, 1);
    if reader.findings.is_empty() {
        Ok(root)
    } else {
        Err(reader.findings)
    }
}

struct Reader<'s, 't> {
    source: &'s Source<'t>,
    findings: Vec<Diagnostic>,
    values: usize,
}

impl Reader<'_, '_> {
    fn value(&mut self, value: &Value<'_>, depth: usize) -> Node {
        let place = span(value.range());
        self.values += 1;
        if depth > DEEPEST_NESTING || self.values > MOST_VALUES {
            if self.findings.is_empty() {
                self.findings.push(super::too_much(self.source, place.clone(), depth));
            }
            return Node::new(place, Kind::Null);
        }
        let kind = match value {
            Value::NullKeyword(_) => Kind::Null,
            Value::BooleanLit(literal) => Kind::Boolean(literal.value),
            Value::StringLit(literal) => Kind::Text(literal.value.to_string()),
            Value::NumberLit(literal) => {
                if let Some(number) = super::number(literal.value) {
                    Kind::Number(number)
                } else {
                    self.findings.push(super::unusable_number(self.source, place.clone()));
                    Kind::Null
                }
            }
            Value::Array(array) => Kind::List(array.elements.iter().map(|item| self.value(item, depth + 1)).collect()),
            Value::Object(object) => {
                let mut members = TableBuilder::default();
                for property in &object.properties {
                    let (key, key_span) = match &property.name {
                        ObjectPropName::String(literal) => (literal.value.to_string(), span(literal.range)),
                        ObjectPropName::Word(word) => (word.value.to_owned(), span(word.range)),
                    };
                    let value = self.value(&property.value, depth + 1);
                    if let Err(duplicate) = members.push(Member::new(key, key_span, value)) {
                        self.findings.push(duplicate.finding(self.source));
                    }
                }
                members.finish()
            }
        };
        Node::new(place, kind)
    }
}

fn span(range: jsonc_parser::common::Range) -> Range<usize> {
    range.start..range.end
}
