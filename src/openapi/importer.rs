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

/// Longest title that is a title, in characters: people read it in lists of tools.
const LONGEST_TITLE: usize = 64;

/// Keys that say that an operation is deprecated: that of OpenAPI, and extensions that descriptions from before it have.
const DEPRECATED: [&str; 3] = ["deprecated", "x-deprecated", "x-is-deprecated"];

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
        let summary = self
            .shared
            .texts
            .short(one.place.text("summary").unwrap_or_default(), LONGEST_DESCRIPTION);
        if let Some(title) = title(&summary)
            && !shape.settings.contains_key("title")
        {
            shape.settings.shift_insert(0, "title".to_owned(), Value::String(title));
        }
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
            text = said_of_path(one.id(), &of(one.item, "description"));
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
        let is_deprecated = |key| one.place.value.get(key) == Some(&Value::Bool(true));
        if DEPRECATED.into_iter().any(is_deprecated) {
            whole = format!("Deprecated. {whole}");
        }
        whole
    }
}

/// What is said about all operations of a path, behind what the one with this `operationId` is called: alone it would
/// say the same of each, and mostly of none what it does.
fn said_of_path(operation_id: Option<&str>, said: &str) -> String {
    let telling = operation_id.filter(|id| id.is_ascii() && id.contains(|one: char| one.is_ascii_alphabetic()));
    let mut words = naming::words(telling.unwrap_or_default()).join(" ");
    if words.is_empty() || said.is_empty() {
        return said.to_owned();
    }
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    format!("{words}. {said}")
}

/// The title of an operation: its summary, where that is one and not a name.
fn title(summary: &str) -> Option<String> {
    let title = summary.trim_matches(|end: char| end == '.' || end.is_whitespace());
    // A single word of ASCII may be an identifier; other scripts may do without spaces.
    let is_several = title.contains(' ') || !title.is_ascii();
    let is_title = is_several && title.chars().count() <= LONGEST_TITLE && title.contains(char::is_alphanumeric);
    is_title.then(|| title.to_owned())
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
