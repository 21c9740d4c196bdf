//! Comparing a tree with the JSON Schema of the document type it will become.
//!
//! A validator for any schema would do, but its messages speak of schemas. This one knows only what `schemars`
//! generates for our document types and speaks of keys and values.

use std::ops::Range;

use serde_json::{Map, Value};

use super::keywords::{constant, described, discriminator, fits, milliseconds, out_of_bounds, shortened, types_of};
use super::{Format, Kind, Member, Node, closest};
use crate::diagnostics::{Diagnostic, Source};

/// Reports everything in `root` that does not fit `schema`.
///
/// Unknown members are taken out, and values of the wrong kind are marked broken, so that the rest can be used to find
/// what else is wrong.
pub fn check(source: &Source<'_>, root: &mut Node, schema: &Value) -> Vec<Diagnostic> {
    let mut checker = Checker {
        source,
        definitions: schema.get("$defs"),
        findings: Vec::new(),
    };
    let whole = root.span.start..root.span.start;
    checker.value(
        root,
        schema,
        &Place {
            path: String::new(),
            span: whole,
        },
    );
    checker.findings
}

struct Checker<'a> {
    source: &'a Source<'a>,
    definitions: Option<&'a Value>,
    findings: Vec<Diagnostic>,
}

/// Where a value stands, for messages about it.
struct Place {
    /// `actions[0].input[1].name`; empty for the document.
    path: String,
    /// What to mark when something is missing in it: its key.
    span: Range<usize>,
}

impl Place {
    fn member(&self, key: &str, span: Range<usize>) -> Self {
        let path = if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        };
        Self { path, span }
    }

    fn item(&self, index: usize, span: Range<usize>) -> Self {
        let path = format!("{}[{index}]", self.path);
        Self { path, span }
    }

    /// The name of a table in TOML, which counts no items: `actions.input`.
    fn header(&self) -> String {
        let keys = self.path.split('.').map(|key| key.split('[').next().unwrap_or(key));
        keys.collect::<Vec<_>>().join(".")
    }

    /// ` in connection`, or nothing for the document itself.
    fn within(&self) -> String {
        if self.path.is_empty() {
            String::new()
        } else {
            format!(" in `{}`", self.path)
        }
    }

    fn name(&self) -> String {
        if self.path.is_empty() {
            "the file".to_owned()
        } else {
            format!("`{}`", self.path)
        }
    }
}

impl<'a> Checker<'a> {
    fn value(&mut self, node: &mut Node, schema: &'a Value, place: &Place) {
        if node.broken {
            // What is wrong with it has been told.
            return;
        }
        let schema = self.resolved(schema);
        let Some(keywords) = schema.as_object() else { return };
        if let Some(branches) = keywords
            .get("anyOf")
            .or_else(|| keywords.get("oneOf"))
            .and_then(Value::as_array)
        {
            self.alternatives(node, branches, place);
            return;
        }
        let accepted = types_of(keywords);
        if !accepted.is_empty() && !accepted.iter().any(|accepted| fits(node, accepted)) {
            self.wrong_type(node, &accepted, &[], place);
            return;
        }
        if let Some(choices) = keywords.get("enum").and_then(Value::as_array) {
            let choices: Vec<&str> = choices.iter().filter_map(Value::as_str).collect();
            self.choice(node, &choices, place);
        }
        if let Some(problem) = out_of_bounds(node, keywords) {
            let message = format!("{} {problem}", place.name());
            self.broken(node, "out-of-range", message, None);
            return;
        }
        match &mut node.kind {
            Kind::Table(_) => self.table(node, keywords, place),
            Kind::List(items) => {
                let Some(item_schema) = keywords.get("items") else {
                    return;
                };
                for (index, item) in items.iter_mut().enumerate() {
                    let item_place = place.item(index, item.span.clone());
                    self.value(item, item_schema, &item_place);
                }
            }
            _ => {}
        }
    }

    fn table(&mut self, node: &mut Node, keywords: &'a Map<String, Value>, place: &Place) {
        let properties = keywords.get("properties").and_then(Value::as_object);
        let others = keywords.get("additionalProperties");
        let is_closed = others == Some(&Value::Bool(false));
        for member in node.members_mut().into_iter().flatten() {
            let schema = properties.and_then(|properties| properties.get(&member.key));
            if let Some(schema) = schema.or(others.filter(|_| !is_closed)) {
                let member_place = place.member(&member.key, member.key_span.clone());
                self.value(&mut member.value, schema, &member_place);
            }
        }
        if is_closed {
            self.unknown_keys(node, properties, place);
        }
        self.missing_keys(node, keywords, place);
    }

    /// Takes out the members that the schema does not know.
    fn unknown_keys(&mut self, node: &mut Node, properties: Option<&'a Map<String, Value>>, place: &Place) {
        let known: Vec<&str> = properties.into_iter().flatten().map(|(key, _)| key.as_str()).collect();
        let Some(members) = node.members_mut() else { return };
        let (kept, unknown): (Vec<Member>, Vec<Member>) = std::mem::take(members)
            .into_iter()
            .partition(|member| known.contains(&member.key.as_str()));
        *members = kept;
        for member in unknown {
            let free = known.iter().copied().filter(|known| node.get(known).is_none());
            let help = if let Some(meant) = closest(&member.written, free) {
                format!("did you mean `{meant}`?")
            } else if let Some(meant) = closest(&member.written, known.iter().copied()) {
                let line = self.source.line_of(node.key_span(meant).start);
                format!("did you mean `{meant}`? It is written already, on line {line}")
            } else {
                format!("known keys: {}", known.join(", "))
            };
            let message = format!("unknown key `{}`{}", shortened(&member.written), place.within());
            let finding = self.source.error("unknown-key", member.key_span, message);
            self.findings.push(finding.help(help));
        }
    }

    fn missing_keys(&mut self, node: &mut Node, keywords: &'a Map<String, Value>, place: &Place) {
        let required = keywords.get("required").and_then(Value::as_array).into_iter().flatten();
        for key in required.filter_map(Value::as_str) {
            if node.get(key).is_some() {
                continue;
            }
            let message = format!("`{key}` is missing{}", place.within());
            let mut finding = self.source.error("missing-key", place.span.clone(), message);
            let property = keywords.get("properties").and_then(|properties| properties.get(key));
            let described = property
                .map(|schema| self.resolved(schema))
                .and_then(|schema| schema.get("description"));
            if let Some(description) = described.and_then(Value::as_str) {
                finding = finding.help(format!("`{key}`: {}", description.replace('\n', " ")));
            }
            self.findings.push(finding);
            node.broken = true;
        }
    }

    /// A value for which there are several schemas.
    fn alternatives(&mut self, node: &mut Node, branches: &'a [Value], place: &Place) {
        let branches: Vec<&'a Value> = branches.iter().map(|branch| self.resolved(branch)).collect();
        let choices: Vec<&str> = branches.iter().copied().filter_map(constant).collect();
        if choices.len() == branches.len() {
            self.choice(node, &choices, place);
            return;
        }
        if let Some(key) = branches.iter().find_map(|branch| discriminator(branch)) {
            self.tagged(node, &branches, key, place);
            return;
        }
        let accepted: Vec<&str> = branches.iter().flat_map(|branch| self.all_types(branch)).collect();
        let words: Vec<&str> = branches.iter().flat_map(|branch| self.words(branch)).collect();
        if !words.is_empty() && accepted.iter().any(|name| !matches!(*name, "string" | "null")) {
            // A number or one of a few words: a text that is none of them may be a number in quotes.
            match node.text() {
                Some(text) if words.contains(&text) => return,
                Some(_) => return self.wrong_type(node, &accepted, &words, place),
                None => {}
            }
        }
        let fitting = branches.iter().copied().find(|branch| self.could_be(node, branch));
        match fitting {
            Some(schema) => self.value(node, schema, place),
            None => self.wrong_type(node, &accepted, &words, place),
        }
    }

    /// A table whose schema depends on the constant at `key`.
    fn tagged(&mut self, node: &mut Node, branches: &[&'a Value], key: &str, place: &Place) {
        if !matches!(node.kind, Kind::Table(_)) {
            self.wrong_type(node, &["object"], &[], place);
            return;
        }
        let tag_of = |branch: &'a Value| branch.get("properties").and_then(|all| all.get(key)).and_then(constant);
        let tags: Vec<&str> = branches.iter().copied().filter_map(tag_of).collect();
        let Some(tag) = node.get_mut(key) else {
            let message = format!("`{key}` is missing{}", place.within());
            let help = format!("`{key}` is one of {}", tags.join(", "));
            self.findings
                .push(self.source.error("missing-key", place.span.clone(), message).help(help));
            node.broken = true;
            return;
        };
        self.choice(tag, &tags, &place.member(key, tag.span.clone()));
        let chosen = tag
            .text()
            .and_then(|written| branches.iter().copied().find(|branch| tag_of(branch) == Some(written)));
        match chosen.and_then(Value::as_object) {
            Some(keywords) => self.table(node, keywords, place),
            None => node.broken = true,
        }
    }

    /// A text that must be one of `choices`.
    fn choice(&mut self, node: &mut Node, choices: &[&str], place: &Place) {
        if node.broken {
            return;
        }
        let written = node.text().map(str::to_owned);
        if written.as_deref().is_some_and(|written| choices.contains(&written)) {
            return;
        }
        let message = format!(
            "{} must be one of {}, not {}",
            place.name(),
            choices.join(", "),
            self.quoted(node)
        );
        let help = written.and_then(|written| {
            closest(&written, choices.iter().copied()).map(|meant| format!("did you mean `{meant}`?"))
        });
        self.broken(node, "unknown-value", message, help);
    }

    /// Instead of any text, only `words` are accepted when there are some.
    fn wrong_type(&mut self, node: &mut Node, accepted: &[&str], words: &[&str], place: &Place) {
        let mut expected: Vec<String> = Vec::new();
        for name in accepted
            .iter()
            .filter(|name| **name != "null" && (words.is_empty() || **name != "string"))
            .map(|name| described(name).to_owned())
            .chain(words.iter().map(|word| format!("\"{word}\"")))
        {
            if !expected.contains(&name) {
                expected.push(name);
            }
        }
        let message = format!(
            "{} must be {}, not {}",
            place.name(),
            expected.join(" or "),
            self.quoted(node)
        );
        let help = match node.text() {
            Some(text)
                if accepted.contains(&"boolean")
                    && ["yes", "no", "on", "off"].contains(&text.to_ascii_lowercase().as_str()) =>
            {
                Some("write `true` or `false`".to_owned())
            }
            Some(text) if accepted.contains(&"integer") && text.parse::<u64>().is_ok() => {
                Some(format!("write {text} without quotes"))
            }
            Some(text) if accepted.contains(&"integer") && place.path.ends_with("_ms") => {
                milliseconds(text).map(|number| format!("write milliseconds without a unit: {number}"))
            }
            Some(text) => closest(text, words.iter().copied()).map(|meant| format!("did you mean `{meant}`?")),
            None if accepted.contains(&"array") && matches!(node.kind, Kind::Table(_)) => self.list_of_tables(place),
            None => None,
        };
        self.broken(node, "wrong-type", message, help);
    }

    /// How a list with one table in it is written.
    fn list_of_tables(&self, place: &Place) -> Option<String> {
        match Format::of(self.source.file())? {
            Format::Toml => Some(format!("write [[{}]], once for each of them", place.header())),
            Format::Yaml => Some("begin each of them with `- `".to_owned()),
            Format::Json => Some("put them into brackets: [{ ... }]".to_owned()),
        }
    }

    fn broken(&mut self, node: &mut Node, code: &'static str, message: String, help: Option<String>) {
        let mut finding = self.source.error(code, node.span.clone(), message);
        finding.help = help;
        self.findings.push(finding);
        node.broken = true;
    }

    /// A value as a message quotes it.
    fn quoted(&self, node: &Node) -> String {
        match &node.kind {
            _ if self.source.is_hidden(&node.span) => node.describe().to_owned(),
            Kind::Text(text) => format!("the text \"{}\"", shortened(text)),
            Kind::Number(number) => number.to_string(),
            Kind::Boolean(value) => value.to_string(),
            _ => node.describe().to_owned(),
        }
    }

    /// Whether a value is of a kind that `schema` accepts, whatever it holds.
    fn could_be(&self, node: &Node, schema: &'a Value) -> bool {
        let types = self.all_types(schema);
        types.is_empty() || types.iter().any(|name| fits(node, name))
    }

    /// The JSON types that a schema or its alternatives accept; empty when it accepts all.
    fn all_types(&self, schema: &'a Value) -> Vec<&'a str> {
        let schema = self.resolved(schema);
        if constant(schema).is_some() || schema.get("enum").is_some() {
            return vec!["string"];
        }
        let Some(keywords) = schema.as_object() else {
            return Vec::new();
        };
        match keywords
            .get("anyOf")
            .or_else(|| keywords.get("oneOf"))
            .and_then(Value::as_array)
        {
            Some(branches) => branches.iter().flat_map(|branch| self.all_types(branch)).collect(),
            None => types_of(keywords),
        }
    }

    /// The texts that a schema or its alternatives accept when they accept only a few.
    fn words(&self, schema: &'a Value) -> Vec<&'a str> {
        let schema = self.resolved(schema);
        let listed = |key: &str| schema.get(key).and_then(Value::as_array);
        match listed("anyOf").or_else(|| listed("oneOf")) {
            Some(branches) => branches.iter().flat_map(|branch| self.words(branch)).collect(),
            None => listed("enum").into_iter().flatten().filter_map(Value::as_str).collect(),
        }
    }

    /// The schema that a reference leads to.
    fn resolved(&self, mut schema: &'a Value) -> &'a Value {
        while let Some(name) = schema
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|name| name.strip_prefix("#/$defs/"))
        {
            let Some(target) = self.definitions.and_then(|definitions| definitions.get(name)) else {
                break;
            };
            schema = target;
        }
        schema
    }
}
