//! A whole description, operation by operation: one that cannot be imported never keeps the others out.

use serde_json::json;
use url::Url;

use super::answers::Known;
use super::documents::{Documents, Place};
use super::importer::{Importer, Unnamed};
use super::location::{Location, Locations, Said};
use super::model::{self, Action, ArgumentValue, Import};
use super::naming::{self, KeptName, Naming};
use super::operations::{Found, operations};
use super::processors::shared_out;
use super::report::{Imported, Report, described};
use super::schema::Shared;
use super::security::{Asking, Authentication, Security};
use super::selection::Selection;
use super::servers::{self, Server};
use super::text::Texts;
use super::{json, shaping};
use crate::connector::{self, AnyOf};

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
    report.notes.extend_from_slice(documents.notes());
    let joined = documents.joined_paths();
    let found = operations(documents, &joined, &mut report);
    let wanted: Vec<Found<'_>> = found
        .into_iter()
        .filter(|one| {
            let taken = options.selection.takes(&one.method, one.path, one.id(), &one.tags());
            report.not_selected += usize::from(!taken);
            taken
        })
        .collect();
    let server = server(documents, options, &mut report);
    let asking: Vec<Asking<'_>> = wanted.iter().map(Found::asking).collect();
    let security = Security::of(documents, &asking);
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
    let texts = || {
        Texts::new(
            base_url
                .into_iter()
                .chain(servers.iter().map(|server| &server.base_url)),
        )
    };
    let known = Known::default();
    let made = shared_out(wanted.len(), |taken| {
        let texts = texts();
        let shared = Shared::new(documents, &texts);
        let importer = Importer::new(&shared, &security, &servers, &known);
        taken
            .map(|index| {
                let location = located[index].as_ref().map_err(String::clone);
                let made = location.and_then(|location| importer.action(&wanted[index], location));
                (index, made)
            })
            .collect()
    });
    let actions = named(options, &wanted, made, &mut report);
    let told = texts().short(info("description"), LONGEST_API_DESCRIPTION);
    entrust(&mut servers, &actions, &security, base_url, &mut report);
    let title = if report.title.is_empty() {
        "API".to_owned()
    } else {
        report.title.clone()
    };
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

/// The actions that could be made, with their names; the report tells of all.
fn named(
    options: &Options,
    wanted: &[Found<'_>],
    made: Vec<Result<Unnamed, String>>,
    report: &mut Report,
) -> Vec<Action> {
    let mut usable: Vec<(&Found<'_>, Unnamed)> = Vec::with_capacity(made.len());
    for (one, made) in wanted.iter().zip(made) {
        match made {
            Ok(action) => usable.push((one, action)),
            Err(reason) => report.skipped.push(one.skipped(reason)),
        }
    }
    let names = names(options, &mut usable);
    let mut actions = Vec::with_capacity(usable.len());
    for ((one, unnamed), name) in usable.into_iter().zip(names) {
        let action = Action { name, ..unnamed.action };
        let tokens = tokens(&options.slug, &action);
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
fn names(options: &Options, made: &mut [(&Found<'_>, Unnamed)]) -> Vec<String> {
    let longest = naming::longest(&options.slug);
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
    naming::keep(&mut naming, &options.kept, longest);
    naming::names(&options.slug, &naming)
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

/// About how many tokens an action takes in a list of tools.
fn tokens(slug: &str, action: &Action) -> usize {
    let needs = match action.any_of.as_slice() {
        [] => String::new(),
        groups => AnyOf::new(groups.to_vec()).to_string(),
    };
    let tool = json!({"name": format!("{slug}__{}", action.name), "description": format!("{}{needs}", action.description),
        "inputSchema": {"type": "object", "properties": {}, "additionalProperties": false}});
    // With a colon and a comma each, but for the last one.
    let properties = action.input.iter().map(|argument| {
        let schema = match &argument.value {
            ArgumentValue::Schema(schema) => schema.length(),
            ArgumentValue::File { description, .. } => json::length(&json!({"type": "object", "format": "file",
                "description": description, "properties": {"fileName": {"type": "string"},
                "mimeType": {"type": "string"}, "base64": {"type": "string"}}})),
        };
        json::length(&argument.name) + schema + 2
    });
    (json::length(&tool) + properties.sum::<usize>().saturating_sub(1)).div_ceil(BYTES_OF_A_TOKEN)
}

#[cfg(test)]
mod tests;
