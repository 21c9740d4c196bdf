//! One file of a connector: read, brought into the present spelling, filled with settings, and compared with its schema.

use std::sync::LazyLock;

use serde_json::Value;

use super::document::{ConnectorDocument, EntityDocument};
use super::layout::LONGEST_ENTITY_FILE;
use super::settings::{Settings, Variables};
use super::{SourceFile, authentication, secret, spelling};
use crate::diagnostics::{Diagnostic, Source};
use crate::document::{Format, Kind, Node, check, parse};

/// The JSON Schema of a connector's main file.
pub(super) static CONNECTOR_SCHEMA: LazyLock<Value> =
    LazyLock::new(|| schemars::schema_for!(ConnectorDocument).to_value());
/// The JSON Schema of an entity's file.
pub(super) static ENTITY_SCHEMA: LazyLock<Value> = LazyLock::new(|| schemars::schema_for!(EntityDocument).to_value());

/// One file, read and compared with its schema.
pub(super) struct File<'a> {
    pub(super) source: Source<'a>,
    pub(super) root: Node,
    /// What is left of `[auth]` when this version cannot do what it asks for.
    pub(super) postponed_auth: Option<Node>,
}

impl<'a> File<'a> {
    pub(super) fn main(
        file: &'a SourceFile,
        variables: Variables<'_>,
        findings: &mut Vec<Diagnostic>,
    ) -> (Self, Settings) {
        let mut file = Self::parse(file, findings);
        findings.extend(spelling::connector(&file.source, &mut file.root));
        if file.root.get("auth").is_some_and(authentication::is_postponed) {
            // Its keys are not known yet: an error about each of them would only distract.
            file.postponed_auth = file.root.remove("auth").map(|member| member.value);
        }
        let settings = Settings::read(&file.source, &file.root, variables, findings);
        settings.fill_main(&file.source, &mut file.root, findings);
        if file.postponed_auth.is_some() {
            settings.miss_a_part();
        }
        if !file.root.is_null() {
            findings.extend(check(&file.source, &mut file.root, &CONNECTOR_SCHEMA));
        }
        (file, settings)
    }

    pub(super) fn entity(file: &'a SourceFile, settings: &Settings, findings: &mut Vec<Diagnostic>) -> Self {
        let mut file = Self::parse(file, findings);
        spelling::actions(&file.source, &mut file.root, findings);
        settings.fill_entity(&file.source, &mut file.root, findings);
        if !file.root.is_null() {
            findings.extend(check(&file.source, &mut file.root, &ENTITY_SCHEMA));
        }
        let lines = file.source.lines();
        if lines > LONGEST_ENTITY_FILE {
            let message = format!("the file has {lines} lines; a file of one entity has at most {LONGEST_ENTITY_FILE}");
            let finding = file.source.error("too-long", 0..0, message);
            findings.push(finding.help("move actions of another entity into a file of their own"));
        }
        file
    }

    /// A file that cannot be parsed has nothing as its root.
    fn parse(file: &'a SourceFile, findings: &mut Vec<Diagnostic>) -> Self {
        let mut source = Source::new(&file.shown, &file.text);
        let parsed = Format::of(&file.relative).map_or_else(|| Err(Vec::new()), |format| parse(&source, format));
        let root = parsed.unwrap_or_else(|errors| {
            let advice = "a connector needs at least a name, a connection with a base_url, and one action";
            findings.extend(errors.into_iter().map(|error| match error.code {
                "empty-file" => error.help(advice),
                _ => error,
            }));
            Node::new(0..0, Kind::Null)
        });
        if !root.is_null() {
            source.hide(secret::written_out(&root));
        }
        Self {
            source,
            root,
            postponed_auth: None,
        }
    }
}
