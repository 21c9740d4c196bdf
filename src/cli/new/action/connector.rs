//! The folder of the connector that gets an action.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use serde_json::{Map, Value};

use super::Draft;
use crate::catalog::folder::{self, ConnectorSource};
use crate::catalog::naming;
use crate::cli::{Failure, output};
use crate::config::environment_variable;
use crate::connector::model::{self, Effect};
use crate::connector::{self, CodeFile, SourceFile};

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
    /// This text, at the end of the file.
    ToFile(String),
    /// By its author.
    ByHand {
        /// Why.
        reason: &'static str,
        /// The entry, as the file has it.
        text: String,
    },
}

/// Whether the connector is known by that slug, as the other verbs call it.
fn has_slug(source: &ConnectorSource, wanted: &str) -> bool {
    let mut source = source.clone();
    stand_in(&mut source);
    let loaded = connector::load_with(&source.files, &source.code, &environment_variable);
    loaded.connector.is_some_and(|connector| connector.slug == wanted)
}

/// Puts an empty file in the place of each component that is missing, and tells where: an action is written before its
/// component is built, and until then nothing else may be wrong with the connector.
fn stand_in(source: &mut ConnectorSource) -> Vec<PathBuf> {
    let missing = connector::missing_components(&source.files, &source.code, &environment_variable);
    source.code.extend(missing.iter().map(|relative| CodeFile {
        shown: source.path.join(relative),
        relative: relative.clone(),
        bytes: Arc::default(),
    }));
    missing
}

impl Folder {
    /// The folder at `wanted`, or with that name or slug in `connectors`; without a name, the only one there.
    pub(super) fn find(connectors: &Path, wanted: Option<&str>) -> Result<Self, Failure> {
        let here = folder::read(connectors).connectors;
        let is_wanted = |source: &ConnectorSource| {
            wanted.is_none_or(|wanted| source.path.file_name().is_some_and(|name| name == wanted))
        };
        let mut found: Vec<ConnectorSource> = here.iter().filter(|source| is_wanted(source)).cloned().collect();
        if let Some(wanted) = wanted
            && found.is_empty()
        {
            found = here.iter().filter(|source| has_slug(source, wanted)).cloned().collect();
        }
        if let Some(wanted) = wanted.map(Path::new)
            && found.is_empty()
            && wanted.exists()
        {
            found = folder::read(wanted).connectors;
        }
        if found.len() == 1 {
            return Self::open(found.remove(0));
        }
        let names = here.iter().filter_map(|source| source.path.file_name());
        let names: Vec<String> = names.map(|name| format!("`{}`", name.to_string_lossy())).collect();
        let known = match names.as_slice() {
            [] => format!(
                "there is no connector in {}: `toolgate new connector` writes one",
                connectors.display()
            ),
            names => format!("name one of {} with --connector", names.join(", ")),
        };
        Err(Failure::Usage(match wanted {
            Some(wanted) => anyhow::anyhow!("`{wanted}` is not a connector's folder; {known}"),
            None => anyhow::anyhow!("{known}"),
        }))
    }

    fn open(mut source: ConnectorSource) -> Result<Self, Failure> {
        let missing = stand_in(&mut source);
        let path = source.path.display();
        if source.path.is_file() {
            let folder = source.path.with_extension("");
            let ending = source.path.extension().unwrap_or_default().to_string_lossy();
            return Err(Failure::Usage(anyhow::anyhow!(
                "{path} is a single file, and code is kept in a connector's folder: move it to {}",
                folder.join("connector").with_extension(ending.as_ref()).display()
            )));
        }
        let loaded = connector::load_with(&source.files, &source.code, &environment_variable);
        let is_main = |file: &SourceFile| {
            file.relative.parent() == Some(Path::new(""))
                && file.relative.file_stem().is_some_and(|stem| stem == "connector")
        };
        let main = source.files.iter().position(is_main);
        let (Some(connector), Some(main)) = (loaded.connector, main) else {
            output::complain_of(&loaded.diagnostics);
            return Err(Failure::Other(anyhow::anyhow!(
                "{path} has errors: fix them first, so that errors of the new action can be told apart"
            )));
        };
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

    /// Refuses a `name` that one of its actions has.
    pub(super) fn check_is_free(&self, name: &str) -> Result<(), Failure> {
        if self.connector.actions.iter().all(|action| action.name != name) {
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

    /// How `entry` comes into the connector's file: at its end, if the connector then has the action and everything that
    /// it had before.
    pub(super) fn with(&self, name: &str, entry: &str, draft: &Draft) -> Added {
        let main = &self.source.files[self.main];
        if main.relative.extension().is_none_or(|ending| ending != "toml") {
            return Added::ByHand {
                reason: "Only connectors in TOML can be added to: the action goes to the end of the list `actions`",
                text: in_other_forms(entry, &main.relative),
            };
        }
        let newline = if main.text.contains("\r\n") { "\r\n" } else { "\n" };
        let gap = if main.text.ends_with('\n') { "" } else { newline };
        let addition = format!("{gap}{}", entry.replace('\n', newline));
        let mut files = self.source.files.clone();
        files[self.main].text += &addition;
        let mut code = self.source.code.clone();
        let text = draft.files.iter().find(|file| file.path == draft.code);
        code.push(CodeFile {
            shown: self.path().join(&draft.code),
            relative: draft.code.clone(),
            bytes: text
                .map(|file| file.text.as_str())
                .unwrap_or_default()
                .as_bytes()
                .into(),
        });
        let loaded = connector::load_with(&files, &code, &environment_variable).connector;
        let has = |connector: &model::Connector, name: &str| connector.actions.iter().any(|action| action.name == name);
        let is_kept = loaded.is_some_and(|loaded| {
            let mut before = self.connector.actions.iter();
            has(&loaded, name) && before.all(|action| has(&loaded, &action.name))
        });
        if is_kept {
            Added::ToFile(addition)
        } else {
            Added::ByHand {
                reason: "The actions of the connector are written in a way that cannot be added to, e.g. as one list",
                text: entry.trim().to_owned(),
            }
        }
    }

    /// The page that tells agents of the connector, if there is one, and what it has to say of the action `name`.
    pub(super) fn skill(&self, name: &str) -> Option<(&Path, String)> {
        let mut files = self.source.files.iter();
        let skill = files.find(|file| file.relative == Path::new("SKILL.md"))?;
        let gap = if skill.text.ends_with('\n') { "" } else { "\n" };
        let path = self.readable_path();
        let line = format!("{gap}\n- `{name}` returns the first entries of the list at {path}.\n");
        Some((&skill.shown, line))
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

/// Writes `text` to the end of the file at `path`: all of it or, with an error, nothing.
pub(super) fn append(path: &Path, text: &str) -> anyhow::Result<()> {
    let append = || {
        let mut file = OpenOptions::new().append(true).open(path)?;
        let length = file.metadata()?.len();
        file.write_all(text.as_bytes()).inspect_err(|_| {
            // Half an entry would break the connector.
            drop(file.set_len(length));
        })
    };
    append().with_context(|| format!("cannot write to {}", path.display()))
}

/// An entry written in TOML as a member of a list in JSON or YAML, in which JSON on one line is an item too.
fn in_other_forms(entry: &str, file: &Path) -> String {
    let table: Option<Value> = toml::from_str(entry).ok();
    let action = table
        .as_ref()
        .and_then(|table| table.pointer("/actions/0"))
        .cloned()
        .unwrap_or_default();
    if file.extension().is_some_and(|ending| ending == "json") {
        format!("{action:#}")
    } else {
        format!("- {action}")
    }
}
