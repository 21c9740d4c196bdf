//! `toolgate install`: one entry in the file in which a client keeps its servers.
//!
//! The file is the user's: all of it but the entry stays byte for byte, the old one is kept beside it, and a file that
//! cannot be read or edited safely is left alone. Only names of variables are written, never their values.

mod client;
mod difference;
mod document;
mod edit;
mod entry;
mod file;
mod header;
mod json;
mod toml;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use serde_json::{Map, Value};

use self::client::{Client, Scope};
use self::document::Document;
use self::edit::Problem;
use self::entry::Server;
use self::file::ClientFile;
use self::header::Header;
use super::{Failure, Global, assemble, output};
use crate::catalog::{Loader, Report};
use crate::config::{ApplicationFolders, Locations, environment_variable};
use crate::connector::model::SecretRef;
use crate::diagnostics::{Diagnostic, Severity, Source};
use crate::vault;

/// Longest name of a server, in characters: clients put it in front of every tool's name, which has a limit too.
const LONGEST_NAME: usize = 30;

/// Add Toolgate to a client's settings.
///
/// Writes one entry into the file in which the client keeps its servers, and leaves the rest of it as it is. Keys of
/// APIs are passed on by the names of their variables; their values are never written.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  toolgate install claude-code
  toolgate install cursor --scope project --print
  toolgate install vscode --url https://tools.example.com/mcp --header 'Authorization: Bearer ${TOOLGATE_KEY}'
  toolgate install codex --remove

The entry names this binary, the connectors, the settings and the state as given now, each by its whole path.
The file as it was is kept beside it.

Exit codes: 0 done, or nothing to do; 1 refused, the file is as it was; 2 usage; 3 no folder for the state, or
settings or connectors that cannot be read.")]
pub(super) struct Install {
    /// The client.
    #[arg(value_enum)]
    client: Client,
    /// Who gets the server: this user everywhere, or whoever works in the current folder.
    #[arg(long, value_enum, default_value = "user")]
    scope: Scope,
    /// What the client calls the server.
    #[arg(long, default_value = "toolgate", value_parser = server_name)]
    name: String,
    /// The client's file, when it is not where it usually is.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Name a server that runs already, instead of having the client start one.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// A header of every request to it; keys are named as ${VARIABLE}. May be repeated.
    // Read by hand, as the address is: the parser of the command line would repeat a literal key in its complaint.
    #[arg(long = "header", value_name = "NAME: VALUE", requires = "url")]
    headers: Vec<String>,
    /// Print the entry and write nothing.
    #[arg(long)]
    print: bool,
    /// Take the entry out again.
    #[arg(long, conflicts_with_all = ["url", "print"])]
    remove: bool,
    /// Replace, or take out, an entry of the same name that is another server's.
    #[arg(long)]
    force: bool,
}

/// What an edit of the entry comes to.
enum Edit {
    Nothing,
    Write {
        text: String,
        /// How the entry that was there differs, if there was one.
        replaced: Option<String>,
    },
}

impl Install {
    pub(super) fn run(self, global: &Global) -> Result<(), Failure> {
        let path = self.path()?;
        let file = ClientFile::read(path, self.scope)?;
        if self.remove {
            return self.take_out(&file);
        }
        let server = self.server(global)?;
        let entry = server
            .entry(self.client)
            .map_err(|error| Failure::Other(error.into()))?;
        if server.is_exposed() {
            output::complain("warning: the key would cross the network unencrypted: serve over https");
        }
        if self.print {
            return self.show(&file, &entry);
        }
        match self.edit(&file, &entry)? {
            Edit::Nothing => output::say(&format!("`{}` is in {} already", self.name, file.path.display()))?,
            Edit::Write { text, replaced } => {
                let backup = file.replace(&text)?;
                if let Some(shown) = replaced {
                    output::complain(&format!("replaced `{}`:\n{shown}", self.name));
                }
                output::say(&format!("added `{}` to {}", self.name, file.path.display()))?;
                say_backup(backup)?;
            }
        }
        output::say(&format!("\nNext: {}", self.next(&server)))?;
        Ok(())
    }

    /// The client's file.
    fn path(&self) -> Result<PathBuf, Failure> {
        let path = match (&self.file, self.scope) {
            (Some(file), _) => file.clone(),
            (None, Scope::User) => {
                let folders = ApplicationFolders::of_user().map_err(|error| Failure::Setup(error.into()))?;
                self.client.user_file(&folders)
            }
            (None, Scope::Project) => self.client.project_file().ok_or_else(|| {
                Failure::Usage(anyhow::anyhow!(
                    "{} knows no settings of a project: leave out --scope",
                    self.client.title()
                ))
            })?,
        };
        Ok(absolute(&path)?)
    }

    /// The server that the client is told of.
    fn server(&self, global: &Global) -> Result<Server, Failure> {
        if let Some(url) = &self.url {
            let usage = |flag: &str, problem: String| Failure::Usage(anyhow::anyhow!("{flag}: {problem}"));
            let headers = self.headers.iter().map(|header| Header::parse(header));
            return Ok(Server::Reached {
                url: header::address(url).map_err(|problem| usage("--url", problem))?,
                headers: headers
                    .collect::<Result<_, _>>()
                    .map_err(|problem| usage("--header", problem))?,
            });
        }
        let locations = assemble::locations(global)?;
        // The entry names the folder, and a server does not start without one that is named.
        if !self.print {
            assemble::find_connectors(&locations)?;
        }
        let program = std::env::current_exe().context("the path of this binary is not known")?;
        let mut arguments = vec!["serve".to_owned()];
        let Locations {
            config,
            connectors,
            state,
        } = &locations;
        for (flag, path) in [
            ("--config", config.as_ref()),
            ("--connectors", Some(connectors)),
            ("--state", Some(state)),
        ] {
            if let Some(path) = path {
                arguments.extend([flag.to_owned(), text(&absolute(path)?)?]);
            }
        }
        Ok(Server::Started {
            program: text(&program)?,
            arguments,
            variables: variables(connectors),
        })
    }

    fn edit(&self, file: &ClientFile, entry: &Map<String, Value>) -> Result<Edit, Failure> {
        let document = self.document(file)?;
        let mut replaced = None;
        if let Some(present) = document.entry() {
            if difference::holds(present, entry) {
                return Ok(Edit::Nothing);
            }
            let shown = difference::shown(present, entry);
            if !self.force {
                return Err(Failure::Other(anyhow::anyhow!(
                    "{} has another entry `{}`:\n{shown}\nnothing was written: replace it with --force, or choose \
                     another name with --name",
                    file.path.display(),
                    self.name
                )));
            }
            replaced = Some(shown);
        }
        let text = document.with(entry).map_err(|problem| refused(file, problem))?;
        Ok(Edit::Write { text, replaced })
    }

    fn document<'t>(&'t self, file: &'t ClientFile) -> Result<Document<'t>, Failure> {
        Document::read(self.client, file.text(), &self.name).map_err(|problem| refused(file, problem))
    }

    fn take_out(&self, file: &ClientFile) -> Result<(), Failure> {
        let document = self.document(file)?;
        if document.entry().is_some_and(entry::starts_another_program) && !self.force {
            return Err(Failure::Other(anyhow::anyhow!(
                "`{}` of {} starts another program than Toolgate; nothing was written: take it out all the same with \
                 --force",
                self.name,
                file.path.display()
            )));
        }
        let edited = document.without();
        let Some(text) = edited.map_err(|problem| refused(file, problem))? else {
            output::say(&format!("`{}` is not in {}", self.name, file.path.display()))?;
            return Ok(());
        };
        let backup = file.replace(&text)?;
        output::say(&format!("took `{}` out of {}", self.name, file.path.display()))?;
        say_backup(backup)
    }

    /// Prints a file that holds nothing but the entry, ready to be copied from.
    fn show(&self, file: &ClientFile, entry: &Map<String, Value>) -> Result<(), Failure> {
        let alone = Document::read(self.client, "", &self.name).and_then(|document| document.with(entry));
        let alone = alone.map_err(|problem| refused(file, problem))?;
        output::say(alone.trim_end())?;
        let path = file.path.display();
        output::complain(&match self.document(file)?.entry() {
            None => format!("this would be added to {path}"),
            Some(present) if difference::holds(present, entry) => format!("this is in {path} already"),
            Some(present) => format!(
                "{path} has another entry `{}`, which --force would replace:\n{}",
                self.name,
                difference::shown(present, entry)
            ),
        });
        Ok(())
    }

    /// What the user does next.
    fn next(&self, server: &Server) -> String {
        let variables = server.variables();
        let step = self.client.next_step(self.scope);
        if variables.is_empty() {
            return step.to_owned();
        }
        let names = variables.join(", ");
        match self.client {
            Client::ClaudeDesktop => format!(
                "{step}\nIt cannot pass on variables, and the connectors need {names}: keep the secrets in the vault \
                 instead (`toolgate vault --help`), use `toolgate bundle`, whose bundle asks for them and keeps them in \
                 the system's keychain, or write each with its value under `env` of the entry."
            ),
            client => format!(
                "{step}\nThese variables must be set where {} is started: {names}",
                client.title()
            ),
        }
    }
}

fn say_backup(backup: Option<PathBuf>) -> Result<(), Failure> {
    if let Some(backup) = backup {
        output::say(&format!("the file as it was: {}", backup.display()))?;
    }
    Ok(())
}

/// Tells why the file is left alone, with the place in it.
fn refused(file: &ClientFile, problem: Problem) -> Failure {
    let path = file.path.display();
    let Some(range) = problem.range else {
        return Failure::Other(anyhow::anyhow!(
            "{path}: {}; nothing was written: edit it by hand, --print shows the entry",
            problem.message
        ));
    };
    let source = Source::new(&file.path, file.text());
    let mut finding = source
        .error("unusable-file", range, problem.message)
        .help("nothing was written; repair the file, or rename it to begin with a new one");
    // Any line of a client's file may hold a secret.
    finding.source_line = String::new();
    output::complain_of(&[finding]);
    Failure::Told
}

/// Variables of the environment that the server needs for the connectors in `folder`: those that hold their settings
/// and secrets, and the key of the vault when that is where it comes from. What is wrong with the connectors is reported,
/// and no reason to stop: the server reads them again whenever they change. The entry is read once, though, and which
/// variables a broken connector needs is not known: that is said.
fn variables(folder: &Path) -> Vec<String> {
    let report = Loader::default().load(folder);
    warn_of(&report);
    let crowded_out = report.crowded_out.iter().map(|crowded_out| &crowded_out.origin.path);
    for path in report.left_out.iter().chain(crowded_out) {
        output::complain(&format!(
            "warning: the entry passes on no variables for {}, which cannot be used as it is: mend it, and run this again \
             with --force",
            path.display()
        ));
    }
    let connectors = report.catalog.connectors();
    let secrets = connectors.iter().flat_map(|connector| connector.secrets());
    let mut names: Vec<String> = secrets
        .filter_map(|secret| match secret {
            SecretRef::Environment(name) => Some(name.clone()),
            SecretRef::Vault(_) => environment_variable(vault::VARIABLE).map(|_| vault::VARIABLE.to_owned()),
        })
        .chain(connectors.iter().flat_map(|connector| connector.variables.clone()))
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Tells what is wrong with the connectors. No errors here: what was asked for is done all the same.
fn warn_of(report: &Report) {
    let diagnostics = report.diagnostics.iter();
    let errors = diagnostics.filter(|diagnostic| diagnostic.severity == Severity::Error);
    let warnings: Vec<Diagnostic> = errors
        .map(|error| Diagnostic {
            severity: Severity::Warning,
            ..error.clone()
        })
        .collect();
    if !warnings.is_empty() {
        output::complain_of(&warnings);
    }
    for problem in assemble::problems(report) {
        output::complain(&format!("warning: {problem}"));
    }
}

fn absolute(path: &Path) -> anyhow::Result<PathBuf> {
    std::path::absolute(path).with_context(|| format!("the whole path of {} is not known", path.display()))
}

fn text(path: &Path) -> anyhow::Result<String> {
    let text = path.to_str();
    text.map(str::to_owned).with_context(|| {
        format!(
            "{} cannot be written into a client's file: its name is not Unicode",
            path.display()
        )
    })
}

/// A name that every client accepts.
pub(super) fn server_name(text: &str) -> Result<String, String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if text.is_empty() || text.len() > LONGEST_NAME || !text.chars().all(is_plain) {
        return Err(format!(
            "a name has up to {LONGEST_NAME} letters, digits, `_` and `-`: clients refuse others"
        ));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests;
