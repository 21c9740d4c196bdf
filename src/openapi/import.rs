//! A whole description, operation by operation: one that cannot be imported never keeps the others out.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use url::Url;

use super::answers::Answers;
use super::arguments::{Arguments, Operation};
use super::documents::{Documents, Place};
use super::location::{Location, Locations, Said};
use super::model::{self, Action, Argument, ArgumentValue, BodyKind, Import};
use super::naming::{self, KeptName, Naming};
use super::operations::{Found, operations};
use super::read::Version;
use super::report::{Imported, Report, described};
use super::schema::{Change, Shared};
use super::security::{Authentication, Security};
use super::selection::Selection;
use super::servers::{self, Server};
use super::shaping::{self, ActionShape};
use super::text::Texts;
use super::{json, path, swagger};
use crate::connector;

/// Methods that a connector sends.
const SENDABLE: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY"];

/// Longest description of an action, in characters.
const LONGEST_DESCRIPTION: usize = 400;

/// Longest description that somebody wrote for an action, in characters.
const LONGEST_SHAPED_DESCRIPTION: usize = 600;

/// Longest description of the API, in characters.
const LONGEST_API_DESCRIPTION: usize = 600;

/// Estimated bytes of JSON that make a token.
const BYTES_OF_A_TOKEN: usize = 4;

/// What the user says about an import.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Name of the connector in tool names.
    pub slug: String,
    /// Where the API is, when the description does not say or is wrong.
    pub base_url: Option<Url>,
    /// Where other servers of the API are, by the names that the report has for them.
    pub servers: Vec<(String, Url)>,
    /// Where the description was fetched from: addresses in it may be relative.
    pub fetched_from: Option<Url>,
    /// Which operations are wanted.
    pub selection: Selection,
    /// Names that operations had before, and keep.
    pub kept: Vec<KeptName>,
}

/// Turns a description into the actions of a connector.
#[must_use]
pub fn import(documents: &Documents, options: &Options) -> Import {
    let root = documents.root();
    let info = |key| root.get("info").and_then(|info| info.text(key)).unwrap_or_default();
    let mut report = Report {
        title: info("title").trim().to_owned(),
        version: info("version").to_owned(),
        openapi: version_of(root),
        ..Report::default()
    };
    let found = operations(documents, &mut report);
    let wanted: Vec<Found<'_>> = found
        .into_iter()
        .filter(|one| {
            let taken = options.selection.takes(&one.method, one.path, one.id(), &one.tags());
            report.not_selected += usize::from(!taken);
            taken
        })
        .collect();
    let server = server(documents, options, &mut report);
    let places: Vec<Place<'_>> = wanted.iter().map(|one| one.place).collect();
    let security = Security::of(documents, &places);
    report.notes.extend(security.notes.iter().cloned());
    if documents.left_to_overlays() > 0 {
        report.notes.push(format!(
            "what makes calls less careful counts in an overlay only: {} of `effect`, `confirm` and `requests_per_minute` \
             in `{}` are left out",
            documents.left_to_overlays(),
            shaping::KEY
        ));
    }
    let base_url = server.as_ref().map(|server| &server.base_url);
    let said = Said {
        base_url: options.base_url.as_ref(),
        servers: &options.servers,
        fetched_from: options.fetched_from.as_ref(),
    };
    let mut locations = Locations::new(documents, said, base_url);
    let located: Vec<Result<Location, String>> = wanted.iter().map(|one| locations.of(one.place, one.item)).collect();
    let (mut servers, told) = locations.finished();
    report.notes.extend(told);
    let texts = Texts::new(
        base_url
            .into_iter()
            .chain(servers.iter().map(|server| &server.base_url)),
    );
    let shared = &Shared::new(documents, &texts);
    let importer = Importer {
        shared,
        options,
        security: &security,
        servers: &servers,
        answers: Answers::new(shared),
    };
    let actions = importer.actions(&wanted, located, &mut report);
    entrust(&mut servers, &actions, &security, base_url, &mut report);
    let title = if report.title.is_empty() {
        "API".to_owned()
    } else {
        report.title.clone()
    };
    let told = texts.short(info("description"), LONGEST_API_DESCRIPTION);
    Import {
        description: if told.is_empty() { title.clone() } else { told },
        title,
        base_url: server.map(|server| server.base_url),
        servers,
        authentication: security.chosen,
        actions,
        report,
    }
}

fn version_of(root: Place<'_>) -> String {
    let version = root
        .get("openapi")
        .or_else(|| root.get("swagger"))
        .map(|place| place.value);
    version.map_or_else(String::new, |version| {
        version.as_str().map_or_else(|| version.to_string(), str::to_owned)
    })
}

/// Where the API is: as the user says, else as the description says.
fn server(documents: &Documents, options: &Options, report: &mut Report) -> Option<Server> {
    if let Some(base_url) = &options.base_url {
        let mut base_url = base_url.clone();
        let path = base_url.path().trim_end_matches('/').to_owned();
        base_url.set_path(&path);
        return Some(Server {
            base_url,
            notes: Vec::new(),
        });
    }
    match servers::of_description(documents, options.fetched_from.as_ref()) {
        Ok(server) => {
            report.notes.extend(server.notes.iter().cloned());
            Some(server)
        }
        Err(problem) => {
            report
                .notes
                .push(format!("{problem}: say where the API is with --base-url"));
            None
        }
    }
}

struct Importer<'d> {
    shared: &'d Shared<'d>,
    options: &'d Options,
    security: &'d Security,
    servers: &'d [model::Server],
    answers: Answers<'d>,
}

/// An action that has everything but its name.
struct Unnamed {
    action: Action,
    /// The name that somebody wants for it.
    wanted: Option<String>,
    changes: BTreeMap<Change, usize>,
    notes: Vec<String>,
}

impl Importer<'_> {
    fn actions(
        &self,
        wanted: &[Found<'_>],
        located: Vec<Result<Location, String>>,
        report: &mut Report,
    ) -> Vec<Action> {
        let mut made: Vec<(&Found<'_>, Unnamed)> = Vec::new();
        for (one, location) in wanted.iter().zip(located) {
            match location.and_then(|location| self.action(one, &location)) {
                Ok(action) => made.push((one, action)),
                Err(reason) => report.skipped.push(one.skipped(reason)),
            }
        }
        let names = self.names(&mut made);
        let mut actions = Vec::with_capacity(made.len());
        for ((one, unnamed), name) in made.into_iter().zip(names) {
            let action = Action { name, ..unnamed.action };
            let tokens = tokens(&self.options.slug, &action);
            report.tokens += tokens;
            report.imported.push(Imported {
                action: action.name.clone(),
                method: one.method.clone(),
                path: one.path.to_owned(),
                operation_id: one.id().map(str::to_owned),
                tokens,
                changes: described(&unnamed.changes),
                notes: unnamed.notes,
            });
            actions.push(action);
        }
        actions
    }

    /// A name for each action: the one that somebody wants for it, else the one that it had, else one that is made.
    fn names(&self, made: &mut [(&Found<'_>, Unnamed)]) -> Vec<String> {
        let longest = naming::longest(&self.options.slug);
        let mut given: Vec<Option<String>> = Vec::with_capacity(made.len());
        for (_, unnamed) in made.iter_mut() {
            let Some(wanted) = &unnamed.wanted else {
                given.push(None);
                continue;
            };
            let name = connector::slug_of(wanted);
            let problem = if name.is_empty() {
                Some("it has no letter or digit".to_owned())
            } else if name.len() > longest {
                Some(format!("names have at most {longest} characters here"))
            } else if given.iter().flatten().any(|other| *other == name) {
                Some("another action has it".to_owned())
            } else {
                None
            };
            if let Some(problem) = &problem {
                unnamed
                    .notes
                    .push(format!("the name `{wanted}` is not given: {problem}"));
            }
            given.push(problem.is_none().then_some(name));
        }
        let mut naming: Vec<Naming<'_>> = made
            .iter()
            .zip(&given)
            .map(|((one, _), given)| Naming {
                operation_id: one.id(),
                method: &one.method,
                path: one.path,
                tag: one.tags().first().copied(),
                given: given.as_deref(),
            })
            .collect();
        naming::keep(&mut naming, &self.options.kept, longest);
        naming::names(&self.options.slug, &naming)
    }

    fn action(&self, one: &Found<'_>, location: &Location) -> Result<Unnamed, String> {
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
        let converted;
        let (place, item) = if self.shared.documents.version() == Version::Two {
            converted = (
                swagger::operation(self.shared.documents, one.place, one.item),
                json!({}),
            );
            let file = one.place.file;
            (
                Place {
                    value: &converted.0,
                    file,
                },
                Place {
                    value: &converted.1,
                    file,
                },
            )
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
        let mut notes = shape.notes;
        notes.extend(arguments.notes);
        notes.extend(self.security.lacks(self.shared.documents, one.place, &one.selected()));
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
                credentials: !self.security.is_open(self.shared.documents, one.place),
                group: group(one),
                query: path.query,
                fixed: arguments.fixed,
                settings: shape.settings,
                input: arguments.list.into_iter().map(kept).collect(),
                body: arguments.body,
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

/// `argument`, as it is kept until all actions are written down: there may be tens of thousands.
fn kept(mut argument: Argument) -> Argument {
    if let ArgumentValue::Schema(schema) = &mut argument.value {
        *schema = json::compact(std::mem::take(schema));
    }
    argument
}

/// Lets those of `servers` have the credential that have actions which need it, and says so.
fn entrust(
    servers: &mut [model::Server],
    actions: &[Action],
    security: &Security,
    own: Option<&Url>,
    report: &mut Report,
) {
    if security.chosen == Authentication::None {
        return;
    }
    let mut origins: Vec<String> = own.iter().map(|url| url.origin().ascii_serialization()).collect();
    for server in servers {
        let is_its = |action: &&Action| action.server.as_ref() == Some(&server.name);
        server.credentials = actions.iter().filter(is_its).any(|action| action.credentials);
        let origin = server.base_url.origin().ascii_serialization();
        if server.credentials && !origins.contains(&origin) {
            origins.push(origin);
        }
    }
    if origins.len() > 1 {
        report.notes.push(format!(
            "the credential is sent to these servers: {}",
            origins.join(", ")
        ));
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

/// About how many tokens an action takes in a list of tools.
fn tokens(slug: &str, action: &Action) -> usize {
    let properties: Map<String, Value> = action
        .input
        .iter()
        .map(|argument| {
            let schema = match &argument.value {
                ArgumentValue::Schema(schema) => Value::Object(schema.clone()),
                ArgumentValue::File { description, .. } => json!({"type": "object", "format": "file", "description": description,
                    "properties": {"fileName": {"type": "string"}, "mimeType": {"type": "string"}, "base64": {"type": "string"}}}),
            };
            (argument.name.clone(), schema)
        })
        .collect();
    let tool = json!({"name": format!("{slug}__{}", action.name), "description": action.description,
        "inputSchema": {"type": "object", "properties": properties, "additionalProperties": false}});
    tool.to_string().len().div_ceil(BYTES_OF_A_TOKEN)
}
