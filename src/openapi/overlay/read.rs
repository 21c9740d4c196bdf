//! The text of an overlay, understood.

use std::path::Path;
use std::sync::LazyLock;

use serde_json::{Value, json};
use serde_json_path::JsonPath;

use super::{Action, Change, Overlay};
use crate::diagnostics::{Diagnostic, Source};
use crate::document::{self, Format, Member, Node, position_in_text};

/// Longest JSONPath in bytes.
const LONGEST_TARGET: usize = 2_000;

/// How deeply brackets may stand within each other in a JSONPath: its parser calls itself for each.
const DEEPEST_TARGET: usize = 24;

/// What an overlay holds (Overlay Specification 1.1, section 4.4). Its extension keys are taken out before.
static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["overlay", "info", "actions"],
        "properties": {
            "overlay": { "type": ["string", "number"], "description": "the version of the specification, `1.0.0`" },
            "info": {
                "type": "object",
                "additionalProperties": false,
                "required": ["title", "version"],
                "description": "a table with `title` and `version`, as the specification has it",
                "properties": {
                    "title": { "type": "string", "description": "what the overlay is for" },
                    "version": { "type": ["string", "number"], "description": "the overlay's own version" },
                    "description": { "type": "string" },
                },
            },
            "extends": { "type": "string" },
            "actions": {
                "type": "array",
                "description": "the changes, in order",
                "items": {
                    "type": "object",
                    "additionalProperties": false,
                    "required": ["target"],
                    "properties": {
                        "target": { "type": "string", "description": "a JSONPath, e.g. `$.paths['/pets'].get`" },
                        "description": { "type": "string" },
                        "update": {},
                        "remove": { "type": "boolean" },
                        "copy": { "type": "string" },
                    },
                },
            },
        },
    })
});

impl Overlay {
    /// Reads an overlay in YAML or JSON, whichever `text` is. `file` is how messages call it.
    ///
    /// # Errors
    /// Everything that is wrong with it, each finding with its place.
    pub fn read(file: &Path, text: &str) -> Result<Self, Vec<Diagnostic>> {
        let source = Source::new(file, text);
        let format = if source.text().trim_start().starts_with('{') {
            Format::Json
        } else {
            Format::Yaml
        };
        let mut root = document::parse(&source, format).map_err(|errors| {
            let advice = "an overlay begins with `overlay: 1.0.0`";
            let with_advice = |error: Diagnostic| match error.code {
                "empty-file" | "wrong-type" => error.help(advice),
                _ => error,
            };
            errors.into_iter().map(with_advice).collect::<Vec<_>>()
        })?;
        if root.get("overlay").is_none() {
            let message = "this is not an overlay: it does not say which version of the specification it follows";
            let finding = source.error("missing-key", 0..0, message);
            return Err(vec![finding.help("an overlay begins with `overlay: 1.0.0`")]);
        }
        forget_extensions(&mut root);
        let mut findings = document::check(&source, &mut root, &SCHEMA);
        let reading = Reading { source: &source };
        findings.extend(reading.version(&root));
        let mut actions = Vec::new();
        for node in root.get("actions").map(Node::items).unwrap_or_default() {
            if node.broken {
                continue;
            }
            match reading.action(node) {
                Ok(action) => actions.push(action),
                Err(finding) => findings.extend(finding),
            }
        }
        if findings.is_empty() {
            let extends = root.get("extends").and_then(|node| {
                let place = source.error("bad-extends", node.span.clone(), "");
                Some((node.text()?.trim().to_owned(), place))
            });
            Ok(Self { actions, extends })
        } else {
            Err(findings)
        }
    }
}

/// Takes out keys that begin with `x-` where the specification allows them (section 4.5).
fn forget_extensions(root: &mut Node) {
    let forget = |node: &mut Node| {
        if let Some(members) = node.members_mut() {
            members.retain(|member| !member.key.starts_with("x-"));
        }
    };
    forget(root);
    if let Some(info) = root.get_mut("info") {
        forget(info);
    }
    if let Some(actions) = root.get_mut("actions") {
        actions.items_mut().iter_mut().for_each(forget);
    }
}

struct Reading<'s> {
    source: &'s Source<'s>,
}

impl Reading<'_> {
    fn version(&self, root: &Node) -> Option<Diagnostic> {
        let node = root.get("overlay").filter(|node| !node.broken)?;
        let version = node
            .text()
            .map_or_else(|| node.to_json().to_string(), |text| text.trim().to_owned());
        let is_known = ["1.0", "1.1"]
            .iter()
            .any(|known| version == *known || version.strip_prefix(known).is_some_and(|rest| rest.starts_with('.')));
        (!is_known).then(|| {
            let message = format!("overlays of version {version} are not known");
            let finding = self.source.error("unknown-value", node.span.clone(), message);
            finding.help("write `overlay: 1.0.0`; 1.0 and 1.1 are read")
        })
    }

    /// One action; no finding when what is wrong with it was told already.
    fn action(&self, node: &Node) -> Result<Action, Option<Diagnostic>> {
        let target_node = node.get("target").filter(|target| !target.broken).ok_or(None)?;
        let removes = node.get("remove").is_some_and(|remove| remove.to_json() == json!(true));
        let written = |key: &str| node.member(key).filter(|member| !member.value.broken);
        let (change, member): (Change, Option<&Member>) = if removes {
            (Change::Remove, written("remove"))
        } else if let Some(update) = written("update") {
            (Change::Update(update.value.to_json()), Some(update))
        } else if let Some(copy) = written("copy") {
            (Change::Copy(self.path(&copy.value)?), Some(copy))
        } else if node.is_broken() {
            return Err(None);
        } else {
            let message = "this action changes nothing";
            let finding = self.source.error("missing-key", target_node.span.clone(), message);
            return Err(Some(finding.help("write `update`, `remove: true` or `copy`")));
        };
        let span = member.map_or_else(|| node.span.clone(), |member| member.key_span.clone());
        Ok(Action {
            target: self.path(target_node)?,
            written: target_node.text().unwrap_or_default().to_owned(),
            change,
            at_target: self.source.error("bad-target", target_node.span.clone(), ""),
            at_change: self.source.error("bad-change", span, ""),
        })
    }

    fn path(&self, node: &Node) -> Result<JsonPath, Option<Diagnostic>> {
        let text = node.text().ok_or(None)?;
        let refuse = |offset: usize, problem: String| {
            let start = position_in_text(self.source.text(), &node.span, text, offset);
            let length = self.source.text().get(start..).and_then(|rest| rest.chars().next());
            let end = start + length.map_or(0, char::len_utf8);
            let finding = self.source.error("bad-target", start..end, problem);
            finding.help("a target is a JSONPath (RFC 9535), e.g. `$.paths['/pets'].get`")
        };
        if text.len() > LONGEST_TARGET {
            let message = format!(
                "the JSONPath has {} bytes; at most {LONGEST_TARGET} are read",
                text.len()
            );
            return Err(Some(refuse(0, message)));
        }
        if let Some(offset) = too_deep(text) {
            let message = format!("brackets stand more than {DEEPEST_TARGET} deep within each other");
            return Err(Some(refuse(offset, message)));
        }
        JsonPath::parse(text).map_err(|error| {
            let offset = error.position().min(text.len());
            let problem = error.message().replace("in jsonpath string, ", "");
            Some(refuse(offset, format!("`{text}` is not a JSONPath: {problem}")))
        })
    }
}

/// Where `path` opens a bracket within too many others. Those in quotes count, too: no real path has as many.
fn too_deep(path: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (offset, byte) in path.bytes().enumerate() {
        match byte {
            b'[' | b'(' => depth += 1,
            b']' | b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST_TARGET {
            return Some(offset);
        }
    }
    None
}
