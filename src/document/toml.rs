//! Reading TOML.

use std::ops::Range;

use ::toml::Spanned;
use ::toml::de::{DeTable, DeValue};
use serde_json::Number;

use super::{DEEPEST_NESTING, Kind, MOST_VALUES, Member, Node};
use crate::diagnostics::{Diagnostic, Source};

/// What to do about a backslash that begins no escape: most stand in code or in a pattern.
const WITHOUT_ESCAPES: &str = "between double quotes a backslash begins an escape; between single quotes it stands for \
    itself: '\\d', or ''' around code";

pub(super) fn parse(source: &Source<'_>) -> Result<Node, Vec<Diagnostic>> {
    let (table, errors) = DeTable::parse_recoverable(source.text());
    let mut reader = Reader {
        source,
        findings: Vec::new(),
        values: 0,
    };
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        let problem = error.message().trim();
        let finding = source.error("syntax", span, format!("not valid TOML: {problem}"));
        reader.findings.push(if problem.contains("escape") {
            finding.help(WITHOUT_ESCAPES)
        } else {
            finding
        });
    }
    if !reader.findings.is_empty() {
        reader.findings.sort_by_key(|finding| (finding.line, finding.column));
        // What was recovered is not trusted: findings about half of a value would only distract.
        return Err(reader.findings);
    }
    let root = reader.table(table.span(), table.into_inner(), 1);
    if reader.findings.is_empty() {
        let empty = root.members().is_empty();
        Ok(if empty { Node::new(root.span, Kind::Null) } else { root })
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
    fn table(&mut self, span: Range<usize>, table: DeTable<'_>, depth: usize) -> Node {
        let mut members: Vec<Member> = table
            .into_iter()
            .map(|(key, value)| {
                let value_span = value.span();
                let value = self.value(value_span, value.into_inner(), depth + 1);
                Member::new(key.get_ref().to_string(), key.span(), value)
            })
            .collect();
        // The parser sorts by key; people read in the order of the file.
        members.sort_by_key(|member| member.key_span.start);
        Node::new(span, Kind::Table(members))
    }

    fn value(&mut self, span: Range<usize>, value: DeValue<'_>, depth: usize) -> Node {
        self.values += 1;
        if depth > DEEPEST_NESTING || self.values > MOST_VALUES {
            if self.findings.is_empty() {
                self.findings.push(super::too_much(self.source, span.clone(), depth));
            }
            return Node::new(span, Kind::Null);
        }
        let kind = match value {
            DeValue::String(text) => Kind::Text(text.into_owned()),
            DeValue::Boolean(value) => Kind::Boolean(value),
            DeValue::Datetime(moment) => Kind::Text(moment.to_string()),
            DeValue::Integer(integer) => {
                let digits = integer.as_str();
                let number = i64::from_str_radix(digits, integer.radix())
                    .map(Number::from)
                    .or_else(|_| u64::from_str_radix(digits, integer.radix()).map(Number::from));
                match number {
                    Ok(number) => Kind::Number(number),
                    Err(_) => return self.unusable_number(span),
                }
            }
            DeValue::Float(float) => match float.as_str().parse::<f64>().ok().and_then(Number::from_f64) {
                Some(number) => Kind::Number(number),
                None => return self.unusable_number(span),
            },
            DeValue::Array(array) => Kind::List(
                array
                    .into_iter()
                    .map(|item: Spanned<DeValue<'_>>| {
                        let item_span = item.span();
                        self.value(item_span, item.into_inner(), depth + 1)
                    })
                    .collect(),
            ),
            DeValue::Table(table) => return self.table(span, table, depth),
        };
        Node::new(span, kind)
    }

    fn unusable_number(&mut self, span: Range<usize>) -> Node {
        self.findings.push(super::unusable_number(self.source, span.clone()));
        Node::new(span, Kind::Null)
    }
}
