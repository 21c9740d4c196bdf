//! One operation as an action.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::answers::{Answers, Known};
use super::arguments::{Arguments, Operation};
use super::documents::Place;
use super::json::Written;
use super::location::Location;
use super::model::{self, Action, Argument, ArgumentPlace, ArgumentValue, BodyKind, Fixed};
use super::naming;
use super::operations::Found;
use super::read::Version;
use super::schema::{Change, Shared};
use super::security::Security;
use super::shaping::{self, ActionShape};
use super::{path, swagger};

/// Methods that a connector sends.
const SENDABLE: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY"];

/// Longest description of an action, in characters.
const LONGEST_DESCRIPTION: usize = 400;

/// Longest description that somebody wrote for an action, in characters.
const LONGEST_SHAPED_DESCRIPTION: usize = 600;

/// Makes actions of operations. Each thread has its own: it keeps what operations share.
pub(super) struct Importer<'d> {
    shared: &'d Shared<'d>,
    security: &'d Security,
    servers: &'d [model::Server],
    answers: Answers<'d>,
}

/// An action that has everything but its name.
pub(super) struct Unnamed {
    pub(super) action: Action,
    /// The name that somebody wants for it.
    pub(super) wanted: Option<String>,
    pub(super) changes: BTreeMap<Change, usize>,
    pub(super) notes: Vec<String>,
}

impl<'d> Importer<'d> {
    pub(super) fn new(
        shared: &'d Shared<'d>,
        security: &'d Security,
        servers: &'d [model::Server],
        known: &'d Known,
    ) -> Self {
        Self {
            shared,
            security,
            servers,
            answers: Answers::new(shared, known),
        }
    }

    /// The action of `one`, which is at `location`, or why there is none.
    pub(super) fn action(&self, one: &Found<'_>, location: &Location) -> Result<Unnamed, String> {
        let mut shape = ActionShape::of(one.place.value);
        if shape.hidden {
            return Err(format!("`{}` hides it", shaping::KEY));
        }
        if !SENDABLE.contains(&one.method.as_str()) {
            let reason = match one.method.as_str() {
                "TRACE" => ": servers send them back as they came, the credential included",
                _ => "",
            };
            return Err(format!("connectors do not send {} requests{reason}", one.method));
        }
        let written = format!("{}{}", location.before, one.path);
        let path = path::parse(&written)?;
        // Swagger 2.0 is converted one operation at a time, so that there is never a second description in memory.
        let (converted, nothing);
        let mut notes = Vec::new();
        let (place, item) = if self.shared.documents.version() == Version::Two {
            let (value, left_out) = swagger::operation(self.shared.documents, one.place, one.item);
            (converted, nothing) = (value, json!({}));
            notes.extend(left_out);
            let file = one.place.file;
            let at = |value| Place { value, file };
            (at(&converted), at(&nothing))
        } else {
            (one.place, one.item)
        };
        let arguments = Arguments::of(Operation {
            shared: self.shared,
            security: self.security,
            method: &one.method,
            path: &path,
            place,
            item,
        })?;
        let has_json_body = arguments.body.as_ref().is_some_and(|body| body.kind == BodyKind::Json);
        shape.check_pagination(&one.method, has_json_body);
        let mut fixed = arguments.fixed;
        fixed.extend(self.answers.accepted(place).map(|types| Fixed {
            place: ArgumentPlace::Header,
            name: "Accept".to_owned(),
            value: Value::String(types),
        }));
        notes.extend(shape.notes);
        notes.extend(arguments.notes);
        notes.extend(
            self.security
                .lacks(self.shared.documents, one.asking(), &one.selected()),
        );
        Ok(Unnamed {
            action: Action {
                name: String::new(),
                description: match &shape.description {
                    Some(text) => self.shared.texts.short(text, LONGEST_SHAPED_DESCRIPTION),
                    None => self.description(one),
                },
                method: one.method.clone(),
                path: arguments.path,
                server: location.server.map(|index| self.servers[index].name.clone()),
                credentials: !self.security.is_open(self.shared.documents, one.asking()),
                group: group(one),
                query: path.query,
                fixed,
                settings: shape.settings,
                input: arguments.list.into_iter().map(kept).collect(),
                body: arguments.body,
                any_of: arguments.any_of,
                // What would be in the answer to a GET request is not in this one.
                response: self.answers.of(place).filter(|_| one.method != "HEAD"),
            },
            wanted: shape.name,
            changes: arguments.changes,
            notes,
        })
    }

    fn description(&self, one: &Found<'_>) -> String {
        let of = |place: Place<'_>, key| {
            let text = place.text(key).unwrap_or_default();
            self.shared.texts.short(text, LONGEST_DESCRIPTION)
        };
        let summary = of(one.place, "summary");
        let mut text = of(one.place, "description");
        if text.is_empty() && summary.is_empty() {
            text = of(one.item, "description");
        }
        let begins_alike = text
            .to_lowercase()
            .starts_with(summary.trim_end_matches('.').to_lowercase().as_str());
        let mut whole = match (summary.is_empty(), text.is_empty()) {
            (false, false) if !begins_alike => {
                let stop = if summary.ends_with(['.', '!', '?']) { "" } else { "." };
                self.shared
                    .texts
                    .short(&format!("{summary}{stop} {text}"), LONGEST_DESCRIPTION)
            }
            (false, true) => summary,
            _ => text,
        };
        if whole.is_empty() {
            whole = format!(
                "{} {}",
                one.method,
                self.shared.texts.short(one.path, LONGEST_DESCRIPTION)
            );
        }
        if one.place.value.get("deprecated") == Some(&Value::Bool(true)) {
            whole = format!("Deprecated. {whole}");
        }
        whole
    }
}

/// `argument`, as it is kept until all actions are written down.
fn kept(argument: Argument) -> Argument<Written> {
    Argument {
        name: argument.name,
        sent_as: argument.sent_as,
        place: argument.place,
        required: argument.required,
        value: match argument.value {
            ArgumentValue::Schema(schema) => ArgumentValue::Schema(Written::of(&schema)),
            ArgumentValue::File { several, description } => ArgumentValue::File { several, description },
        },
        style: argument.style,
        is_xml: argument.is_xml,
        part: argument.part,
        inside: argument.inside,
    }
}

/// What an operation is about: its first tag, else the first part of its path that is no placeholder or version.
fn group(one: &Found<'_>) -> String {
    let from_tag = one.tags().first().map(|tag| naming::words(tag).join("_"));
    let from_path = || {
        let parts = one.path.split('/').filter(|part| !part.contains('{'));
        let telling = parts.filter(|part| *part != "api" && !naming::is_version(part));
        telling
            .map(|part| naming::words(part).join("_"))
            .find(|name| !name.is_empty())
    };
    let name = from_tag
        .filter(|name| !name.is_empty())
        .or_else(from_path)
        .unwrap_or_default();
    let short: String = name.chars().take(40).collect();
    let short = short.trim_matches('_');
    if short.is_empty() {
        "api".to_owned()
    } else {
        short.to_owned()
    }
}
