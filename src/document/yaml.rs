//! Reading YAML 1.2 with its core schema: `no`, `on` and `yes` are text.
//!
//! Values are resolved here and not by a YAML value library, because each one must keep its place, and because
//! aliases have to be counted before they are copied (a few lines of them can stand for billions of values).

use std::collections::HashMap;
use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};
use serde_json::Number;

use super::{DEEPEST_NESTING, Kind, MOST_VALUES, Member, Node, TableBuilder};
use crate::diagnostics::{Diagnostic, Source};

pub(super) fn parse(source: &Source<'_>) -> Result<Node, Vec<Diagnostic>> {
    let mut reader = Reader::new(source);
    for event in Parser::new_from_str(source.text()) {
        let outcome = match event {
            Ok((event, span)) => reader.event(event, span),
            Err(error) => {
                let at = reader.offset(error.marker().index());
                Err(Box::new(source.error(
                    "syntax",
                    at..at + 1,
                    format!("not valid YAML: {}", error.info()),
                )))
            }
        };
        if let Err(finding) = outcome {
            // Nothing behind it can be trusted to be where it seems to be.
            reader.findings.push(*finding);
            break;
        }
    }
    if reader.findings.is_empty() {
        Ok(reader.root.unwrap_or_else(|| Node::new(0..0, Kind::Null)))
    } else {
        Err(reader.findings)
    }
}

/// The finding that ends reading.
type Stopped = Box<Diagnostic>;

struct Reader<'s, 't> {
    source: &'s Source<'t>,
    /// Byte offset of every 256th character: the parser counts in characters.
    milestones: Vec<usize>,
    open: Vec<Open>,
    anchors: HashMap<usize, Anchored>,
    root: Option<Node>,
    documents: usize,
    values: usize,
    /// Values kept for aliases to repeat.
    kept_values: usize,
    findings: Vec<Diagnostic>,
}

/// A collection whose end has not been read yet.
struct Open {
    start: usize,
    anchor: usize,
    contents: Contents,
    /// Levels of nesting within it.
    height: usize,
    /// `values` when it began.
    values_before: usize,
}

enum Contents {
    List(Vec<Node>),
    Table {
        members: TableBuilder,
        key: Option<(String, Range<usize>)>,
    },
}

/// A finished node that aliases may repeat.
struct Anchored {
    node: Node,
    height: usize,
    values: usize,
}

const CHARACTERS_PER_MILESTONE: usize = 256;

impl<'s, 't> Reader<'s, 't> {
    fn new(source: &'s Source<'t>) -> Self {
        Self {
            source,
            milestones: source
                .text()
                .char_indices()
                .step_by(CHARACTERS_PER_MILESTONE)
                .map(|(at, _)| at)
                .collect(),
            open: Vec::new(),
            anchors: HashMap::new(),
            root: None,
            documents: 0,
            values: 0,
            kept_values: 0,
            findings: Vec::new(),
        }
    }

    /// The byte offset of the character with this index.
    fn offset(&self, character: usize) -> usize {
        let text = self.source.text();
        let Some(milestone) = self.milestones.get(character / CHARACTERS_PER_MILESTONE) else {
            return text.len();
        };
        text[*milestone..]
            .char_indices()
            .nth(character % CHARACTERS_PER_MILESTONE)
            .map_or(text.len(), |(at, _)| milestone + at)
    }

    fn range(&self, span: Span) -> Range<usize> {
        let range = self.offset(span.start.index())..self.offset(span.end.index());
        // Block scalars end where the next token begins.
        let trimmed = self.source.text()[range.clone()].trim_end().len();
        range.start..range.start + trimmed
    }

    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Stopped> {
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    let at = self.range(span);
                    let message = "the file holds more than one YAML document";
                    let finding = self.source.error("syntax", at, message);
                    return Err(Box::new(finding.help("keep one document per file")));
                }
            }
            Event::SequenceStart(anchor, tag) => {
                self.begin(span, anchor, tag.as_deref(), Contents::List(Vec::new()))?;
            }
            Event::MappingStart(anchor, tag) => {
                let contents = Contents::Table {
                    members: TableBuilder::default(),
                    key: None,
                };
                self.begin(span, anchor, tag.as_deref(), contents)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span)?,
            Event::Scalar(text, style, anchor, tag) => {
                let place = self.range(span);
                self.count(1, 0, &place)?;
                let node = self.scalar(&text, style, tag.as_deref(), place)?;
                self.finished(node, 0, 1, anchor)?;
            }
            Event::Alias(anchor) => {
                let place = self.range(span);
                let Some(target) = self.anchors.get(&anchor) else {
                    return Err(Box::new(self.source.error(
                        "syntax",
                        place,
                        "this alias stands inside of what it repeats",
                    )));
                };
                let (node, height, values) = (target.node.clone(), target.height, target.values);
                self.count(values, height, &place)?;
                self.finished(node, height, values, 0)?;
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        Ok(())
    }

    /// Counts `values` more that nest `height` levels deep, before anything is copied.
    fn count(&mut self, values: usize, height: usize, place: &Range<usize>) -> Result<(), Stopped> {
        self.values += values;
        let depth = self.open.len() + 1 + height;
        if depth > DEEPEST_NESTING || self.values > MOST_VALUES {
            return Err(Box::new(super::too_much(self.source, place.clone(), depth)));
        }
        Ok(())
    }

    fn begin(&mut self, span: Span, anchor: usize, tag: Option<&Tag>, contents: Contents) -> Result<(), Stopped> {
        let place = self.range(span);
        let own_tag = match contents {
            Contents::List(_) => "seq",
            Contents::Table { .. } => "map",
        };
        if let Some(tag) = tag.filter(|tag| !(tag.is_yaml_core_schema() && tag.suffix == own_tag)) {
            return Err(self.unknown_tag(tag, place));
        }
        if let Some(Open {
            contents: Contents::Table { key: None, .. },
            ..
        }) = self.open.last()
        {
            return Err(Box::new(self.source.error(
                "syntax",
                place,
                "a key must be text, not a list or a table",
            )));
        }
        let values_before = self.values;
        self.count(1, 0, &place)?;
        self.open.push(Open {
            start: place.start,
            anchor,
            contents,
            height: 0,
            values_before,
        });
        Ok(())
    }

    fn end(&mut self, span: Span) -> Result<(), Stopped> {
        let end = self.offset(span.end.index());
        let Some(open) = self.open.pop() else { return Ok(()) };
        let trimmed = self.source.text()[open.start..end.max(open.start)].trim_end().len();
        let kind = match open.contents {
            Contents::List(items) => Kind::List(items),
            Contents::Table { members, .. } => members.finish(),
        };
        let node = Node::new(open.start..open.start + trimmed, kind);
        self.finished(node, open.height + 1, self.values - open.values_before, open.anchor)
    }

    /// Puts a finished node where it belongs.
    fn finished(&mut self, node: Node, height: usize, values: usize, anchor: usize) -> Result<(), Stopped> {
        if anchor != 0 {
            self.kept_values += values;
            if self.kept_values > MOST_VALUES {
                return Err(Box::new(super::too_much(self.source, node.span, 0)));
            }
            self.anchors.insert(
                anchor,
                Anchored {
                    node: node.clone(),
                    height,
                    values,
                },
            );
        }
        let source = self.source;
        let Some(parent) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        parent.height = parent.height.max(height);
        match &mut parent.contents {
            Contents::List(items) => items.push(node),
            Contents::Table { members, key } => match key.take() {
                None => *key = Some(key_of(source, node)?),
                Some((name, span)) => {
                    if let Err(duplicate) = members.push(Member::new(name, span, node)) {
                        self.findings.push(duplicate.finding(source));
                    }
                }
            },
        }
        Ok(())
    }

    fn scalar(&self, text: &str, style: ScalarStyle, tag: Option<&Tag>, place: Range<usize>) -> Result<Node, Stopped> {
        let is_text = match tag {
            None => style != ScalarStyle::Plain,
            Some(tag) if tag.is_yaml_core_schema() && tag.suffix == "str" => true,
            Some(tag) => return Err(self.unknown_tag(tag, place)),
        };
        let kind = if is_text {
            Some(Kind::Text(text.to_owned()))
        } else {
            resolve(text)
        };
        match kind {
            Some(kind) => Ok(Node::new(place, kind)),
            None => Err(Box::new(super::unusable_number(self.source, place))),
        }
    }

    fn unknown_tag(&self, tag: &Tag, place: Range<usize>) -> Stopped {
        let finding = self
            .source
            .error("syntax", place, format!("the tag `{tag}` is not understood"));
        Box::new(finding.help("write the value without a tag; quote it to make it text"))
    }
}

fn key_of(source: &Source<'_>, node: Node) -> Result<(String, Range<usize>), Stopped> {
    // A plain key such as `200` or `true` is what its author wrote, not a number or a boolean.
    let key = match node.kind {
        Kind::Text(text) => text,
        Kind::Number(_) | Kind::Boolean(_) => source.text()[node.span.clone()].to_owned(),
        _ => return Err(Box::new(source.error("syntax", node.span, "a key must be text"))),
    };
    if key == "<<" {
        let message = "merge keys (`<<`) are not part of YAML 1.2";
        let finding = source.error("syntax", node.span, message);
        return Err(Box::new(
            finding.help("write the merged keys out, or repeat a whole value with an alias"),
        ));
    }
    Ok((key, node.span))
}

/// The value of a plain scalar in the core schema (YAML 1.2.2, section 10.3.2); `None` for a number that JSON cannot
/// hold.
fn resolve(text: &str) -> Option<Kind> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Some(Kind::Null),
        "true" | "True" | "TRUE" => return Some(Kind::Boolean(true)),
        "false" | "False" | "FALSE" => return Some(Kind::Boolean(false)),
        ".nan" | ".NaN" | ".NAN" => return None,
        _ => {}
    }
    let radix = |digits: &str, radix| {
        u64::from_str_radix(digits, radix)
            .ok()
            .map(|n| Kind::Number(Number::from(n)))
    };
    if let Some(digits) = text
        .strip_prefix("0x")
        .filter(|rest| all(rest, |c| c.is_ascii_hexdigit()))
    {
        return radix(digits, 16);
    }
    if let Some(digits) = text.strip_prefix("0o").filter(|rest| all(rest, |c| c.is_digit(8))) {
        return radix(digits, 8);
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return None;
    }
    let (mantissa, exponent) = unsigned
        .split_once(['e', 'E'])
        .map_or((unsigned, None), |(m, e)| (m, Some(e)));
    let (whole, fraction) = mantissa.split_once('.').map_or((mantissa, None), |(w, f)| (w, Some(f)));
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    let is_number = digits(whole)
        && fraction.is_none_or(digits)
        && !(whole.is_empty() && fraction.is_none_or(str::is_empty))
        && exponent.is_none_or(|e| all(e.strip_prefix(['-', '+']).unwrap_or(e), |c| c.is_ascii_digit()));
    if !is_number {
        return Some(Kind::Text(text.to_owned()));
    }
    if fraction.is_none() && exponent.is_none() {
        let signed = text.strip_prefix('+').unwrap_or(text);
        let integer = signed
            .parse::<i64>()
            .map(Number::from)
            .or_else(|_| signed.parse::<u64>().map(Number::from));
        return integer.ok().map(Kind::Number);
    }
    text.parse::<f64>().ok().and_then(Number::from_f64).map(Kind::Number)
}

fn all(text: &str, accepts: impl Fn(char) -> bool) -> bool {
    !text.is_empty() && text.chars().all(accepts)
}
