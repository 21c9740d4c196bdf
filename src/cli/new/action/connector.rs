//! The folder of the connector that gets an action.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, json};

use super::advice::Step;
use super::changes::Edit;
use super::entry::Entry;
use super::place::Place;
use super::{Draft, links, lookup};
use crate::catalog::folder::{ConnectorSource, ReadError};
use crate::catalog::naming;
use crate::cli::{Failure, output};
use crate::config::environment_variable;
use crate::connector::model::{self, Effect};
use crate::connector::{self, CodeFile, LONGEST_SKILL, SourceFile};
use crate::diagnostics::Diagnostic;

/// A connector's folder that loads, at least once its components are built.
pub(super) struct Folder {
    /// Its files, and an empty one for each component that is missing.
    source: ConnectorSource,
    /// The components that it names and that nobody has built yet.
    missing: Vec<PathBuf>,
    /// Its place among the files of the source.
    main: usize,
    connector: model::Connector,
}

/// How the entry of a new action comes into the connector's file.
pub(super) enum Added {
    /// By an edit.
    ToFile(Edit),
    /// By its author.
    ByHand {
        /// Why.
        reason: String,
        /// What is to be done.
        steps: Vec<Step>,
    },
}

/// The connector with no action, when all that it lacks is one: the first is added like any other.
fn without_actions(source: &ConnectorSource, main: usize) -> Option<model::Connector> {
    let place = Place::of(&source.files[main]).filter(Place::is_empty)?;
    let any = json!({ "name": "any", "description": "Any action", "method": "GET", "path": "/" });
    let mut files = source.files.clone();
    files[main] = place.as_json_with("any", any);
    let loaded = connector::load_with(&files, &source.code, &environment_variable);
    let connector = loaded.connector?;
    Some(model::Connector {
        actions: Vec::new(),
        ..connector
    })
}

/// The page that tells agents of a connector.
fn skill_of(source: &ConnectorSource) -> Option<&SourceFile> {
    source.files.iter().find(|file| file.relative == Path::new("SKILL.md"))
}

fn has(connector: &model::Connector, name: &str) -> bool {
    connector.actions.iter().any(|action| action.name == name)
}

impl Folder {
    /// The folder that [`lookup::find`] finds.
    pub(super) fn find(connectors: &Path, wanted: Option<&str>) -> Result<Self, Failure> {
        let (source, problems) = lookup::find(connectors, wanted)?;
        Self::open(source, &problems)
    }

    fn open(mut source: ConnectorSource, problems: &[ReadError]) -> Result<Self, Failure> {
        let missing = lookup::stand_in(&mut source);
        let path = source.path.display();
        if source.path.is_file() {
            let folder = source.path.with_extension("");
            let ending = source.path.extension().unwrap_or_default().to_string_lossy();
            return Err(Failure::Usage(anyhow::anyhow!(
                "{path} is a single file, and code is kept in a connector's folder: move it to {}",
                folder.join("connector").with_extension(ending.as_ref()).display()
            )));
        }
        links::check(&source.path, [Path::new("actions"), Path::new("components")])?;
        let own = |problem: &&ReadError| problem.path.starts_with(&source.path);
        let unread: Vec<&ReadError> = problems.iter().filter(own).collect();
        let is_code = |problem: &&ReadError| problem.path.strip_prefix(&source.path).is_ok_and(connector::is_code);
        let loaded = connector::load_with(&source.files, &source.code, &environment_variable);
        let is_main = |file: &SourceFile| {
            file.relative.parent() == Some(Path::new(""))
                && file.relative.file_stem().is_some_and(|stem| stem == "connector")
        };
        // Code that cannot be read is missed where an action names it.
        let main = source
            .files
            .iter()
            .position(is_main)
            .filter(|_| unread.iter().all(is_code));
        let connector = main.and_then(|main| loaded.connector.or_else(|| without_actions(&source, main)));
        let (Some(connector), Some(main)) = (connector, main) else {
            for problem in &unread {
                output::complain(&format!("error: {problem}"));
            }
            if main.is_some() || unread.is_empty() {
                output::complain_of(&loaded.diagnostics);
            }
            return Err(Failure::Other(anyhow::anyhow!(
                "{path} has errors: fix them first, so that errors of the new action can be told apart"
            )));
        };
        let files = [&source.files[main]].into_iter().chain(skill_of(&source));
        links::check(&source.path, files.map(|file| file.relative.as_path()))?;
        Ok(Self {
            source,
            missing,
            main,
            connector,
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.source.path
    }

    /// The connector's file.
    pub(super) fn main(&self) -> &Path {
        &self.source.files[self.main].shown
    }

    /// Whether `edit` adds to the end of the connector's file.
    pub(super) fn is_at_end(&self, edit: &Edit) -> bool {
        edit.range.start == self.source.files[self.main].text.len()
    }

    /// Refuses a `name` that one of its actions has.
    pub(super) fn check_is_free(&self, name: &str) -> Result<(), Failure> {
        if !has(&self.connector, name) {
            return Ok(());
        }
        Err(Failure::Other(anyhow::anyhow!(
            "{} has an action `{name}` already; name another one",
            self.path().display()
        )))
    }

    /// A path that can be read without arguments: the first one that an action of the connector reads so.
    pub(super) fn readable_path(&self) -> &str {
        let needs_nothing = |action: &&Arc<model::Action>| {
            action.effect == Effect::Read && action.input.object_violations(&Map::new()).is_empty()
        };
        let actions = self.connector.actions.iter().filter(needs_nothing);
        let mut requests = actions.filter_map(|action| action.request());
        let plain =
            requests.find(|request| request.path.arguments().is_empty() && request.path_source.starts_with('/'));
        plain.map_or("/", |request| &request.path_source)
    }

    /// How `entry` comes into the connector's file. Refuses it when the connector would not have it then, beside
    /// everything that it had before.
    pub(super) fn with(&self, entry: &Entry, draft: &Draft) -> Result<Added, Failure> {
        let main = &self.source.files[self.main];
        let refused = || {
            anyhow::anyhow!(
                "{} would not load with the action `{}`; nothing was written",
                self.path().display(),
                entry.name
            )
        };
        let place = Place::of(main).ok_or_else(refused)?;
        if let Some(edit) = place.edit(entry) {
            let mut edited = main.clone();
            edited.text.replace_range(edit.range.clone(), &edit.text);
            if self.is_kept(edited, entry, draft).is_ok() {
                return Ok(Added::ToFile(edit));
            }
        }
        if let Err(findings) = self.is_kept(place.as_json_with(&entry.name, entry.value()), entry, draft) {
            for finding in findings.iter().filter(|finding| finding.is_error()) {
                output::complain(&format!("error: {}", finding.message));
            }
            return Err(refused().into());
        }
        let (reason, steps) = place.by_hand(entry);
        Ok(Added::ByHand { reason, steps })
    }

    /// Whether the connector has the action of `entry`, and everything that it has now, with `main` as its file; what is
    /// wrong otherwise.
    fn is_kept(&self, main: SourceFile, entry: &Entry, draft: &Draft) -> Result<(), Vec<Diagnostic>> {
        let mut files = self.source.files.clone();
        files[self.main] = main;
        let mut code = self.source.code.clone();
        let text = draft.files.iter().find(|file| file.path == draft.code);
        code.push(CodeFile {
            shown: self.path().join(&draft.code),
            relative: draft.code.clone(),
            bytes: Ok(text.map_or(&[][..], |file| file.text.as_bytes()).into()),
        });
        let loaded = connector::load_with(&files, &code, &environment_variable);
        let is_kept = loaded.connector.is_some_and(|loaded| {
            let mut before = self.connector.actions.iter();
            has(&loaded, &entry.name) && before.all(|action| has(&loaded, &action.name))
        });
        if is_kept { Ok(()) } else { Err(loaded.diagnostics) }
    }

    /// What the page that tells agents of the connector, if there is one, gets for the action `name`. Refuses it when the page
    /// would be too long then.
    pub(super) fn skill(&self, name: &str) -> Result<Option<Edit>, Failure> {
        let Some(skill) = skill_of(&self.source) else {
            return Ok(None);
        };
        let gap = if skill.text.ends_with('\n') { "" } else { "\n" };
        let path = self.readable_path();
        let edit = Edit {
            path: skill.shown.clone(),
            before: skill.text.clone(),
            range: skill.text.len()..skill.text.len(),
            text: format!("{gap}\n- `{name}` returns the first entries of the list at {path}.\n"),
        };
        let edit = edit.with_line_ends_of(&skill.text);
        let length = skill.text.len() + edit.text.len();
        if length > LONGEST_SKILL {
            return Err(Failure::Other(anyhow::anyhow!(
                "{} would have {length} bytes with a line about the action `{name}`, and agents are given at most \
                 {LONGEST_SKILL}: shorten it first; nothing was written",
                skill.shown.display()
            )));
        }
        Ok(Some(edit))
    }

    /// What its author does before the connector loads, if there is anything.
    pub(super) fn step_before(&self) -> Option<String> {
        let missing = self
            .missing
            .iter()
            .map(|path| self.path().join(path).display().to_string());
        let missing: Vec<String> = missing.collect();
        (!missing.is_empty()).then(|| format!("build {}: the connector does not load before", missing.join(" and ")))
    }

    /// What the new action is called as a tool.
    pub(super) fn tool_name(&self, name: &str) -> String {
        naming::tool_name(&self.connector.slug, name)
    }

    /// What `toolgate` needs to be told to find the connector, where it is not among `connectors`.
    pub(super) fn flag(&self, connectors: &Path) -> String {
        let absolute = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if absolute(self.path()).starts_with(absolute(connectors)) {
            String::new()
        } else {
            format!(" --connectors {}", self.path().display())
        }
    }
}
