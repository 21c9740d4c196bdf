//! `toolgate import` and `toolgate analyze`: OpenAPI descriptions as connectors.
//!
//! Reads and writes files, and prints the report; what becomes of a description is decided in [`crate::openapi`]. Must
//! never overwrite a folder without being told to, or write down a secret.

mod analyze;
mod overlays;
mod record;
mod source;
mod told;
mod update;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::{Host, Url};

use super::{Failure, Global, assemble, output};
use crate::config::Locations;
use crate::connector;
use crate::openapi::{self, Documents, Filter, Folder, Options, Selection, Target};
use crate::store::time;

pub(super) use analyze::Analyze;
use overlays::Overlays;
use record::{Origin, REPORT};
use source::{Content, Source, Wanted};

/// Make a connector from an OpenAPI description.
///
/// Reads Swagger 2.0 and OpenAPI 3.0, 3.1 and 3.2, in JSON or YAML. What cannot be imported is left out and reported.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  toolgate import openapi.yaml --name museum
  toolgate import openapi.yaml --name tickets --tag Tickets --exclude-method DELETE
  toolgate import openapi.yaml --name guide --overlay museum.overlay.yaml
  toolgate import --update guide --yes

Exit codes: 0 written, or nothing has changed; 1 nothing could be imported, or the folder is there already, or it was
edited where the update would write; 2 usage; 4 the connector would change, and nobody was here to ask.")]
pub(super) struct Import {
    /// The description: a file, or an https URL. With --update the one that was read before, unless written.
    #[arg(required_unless_present = "update")]
    spec: Option<String>,
    /// The connector's name as people read it; its folder and tools are named after it.
    #[arg(long, required_unless_present = "update")]
    name: Option<String>,
    /// The folder to write [default: the name, in the folder of connectors].
    #[arg(long, value_name = "FOLDER")]
    output: Option<PathBuf>,
    /// Import a connector again: its name in tool names, or its folder. Shows what changes and asks first. Names, and
    /// what was asked for before, stay.
    #[arg(long, value_name = "CONNECTOR", conflicts_with_all = ["name", "output"])]
    update: Option<String>,
    /// Update without asking.
    #[arg(long, requires = "update")]
    yes: bool,
    /// Overwrite files that were edited; the old folder is kept beside the new one.
    #[arg(long, requires = "update")]
    overwrite: bool,
    #[command(flatten)]
    choice: Choice,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
}

/// What of a description is wanted, and where its API is.
#[derive(Debug, Clone, Default, PartialEq, Args, Serialize, Deserialize)]
#[serde(default)]
struct Choice {
    /// An OpenAPI Overlay that changes the description first. May be repeated; applied in order.
    #[arg(long, value_name = "FILE")]
    #[serde(skip)]
    overlay: Vec<PathBuf>,
    /// Where the API is, when the description does not say or is wrong.
    #[arg(long, value_name = "URL")]
    base_url: Option<Url>,
    /// The address of another server of the API that the report asks for, e.g. `upload=https://upload.example.com`. May be
    /// repeated.
    #[arg(long, value_name = "NAME=URL", value_parser = named_url)]
    server: Vec<(String, Url)>,
    /// A header that the description is fetched with, and where its value is kept, e.g. `Authorization: vault://spec_token`
    /// or `Authorization: env:SPEC_TOKEN`. May be repeated.
    #[arg(long, value_name = "NAME: REFERENCE")]
    header: Vec<String>,
    /// A network that the API belongs to, when it is not public, e.g. `10.20.0.0/16`. May be repeated.
    #[arg(long, value_name = "NETWORK")]
    network: Vec<IpNet>,
    /// Only operations with this tag; `*` stands for anything, here and below.
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// No operations with this tag.
    #[arg(long, value_name = "TAG")]
    exclude_tag: Vec<String>,
    /// Only operations of this path, as the description writes it.
    #[arg(long, value_name = "PATH")]
    path: Vec<String>,
    /// No operations of this path.
    #[arg(long, value_name = "PATH")]
    exclude_path: Vec<String>,
    /// Only operations with this method.
    #[arg(long, value_name = "METHOD")]
    method: Vec<String>,
    /// No operations with this method.
    #[arg(long, value_name = "METHOD")]
    exclude_method: Vec<String>,
    /// Only operations with this `operationId`.
    #[arg(long, value_name = "ID")]
    operation: Vec<String>,
    /// No operations with this `operationId`.
    #[arg(long, value_name = "ID")]
    exclude_operation: Vec<String>,
}

impl Choice {
    /// The description at `spec`, with the overlays that were named laid over it.
    async fn source(&self, spec: &str, global: &Global) -> Result<(Documents, Source), Failure> {
        self.read(spec, global, Overlays::read(&self.overlay)?).await
    }

    /// The description at `spec`, with `overlays` laid over it.
    async fn read(&self, spec: &str, global: &Global, overlays: Overlays) -> Result<(Documents, Source), Failure> {
        // Not read by the parser of the command line: its complaints repeat the value, which may be a secret.
        let headers = self.header.iter().map(|written| source::header(written));
        let headers: Vec<(String, String)> = headers
            .collect::<Result<_, _>>()
            .map_err(|problem| Failure::Usage(anyhow::anyhow!("--header: {problem}")))?;
        let wanted = Wanted {
            spec,
            networks: &self.network,
            headers: &headers,
        };
        Source::read(wanted, global, overlays).await
    }

    /// This, with what it does not say as `before` has it.
    fn or(mut self, before: &Self) -> Self {
        let before = before.clone();
        self.base_url = self.base_url.or(before.base_url);
        if self.network.is_empty() {
            self.network = before.network;
        }
        if self.server.is_empty() {
            self.server = before.server;
        }
        for (own, before) in [
            (&mut self.header, before.header),
            (&mut self.tag, before.tag),
            (&mut self.exclude_tag, before.exclude_tag),
            (&mut self.path, before.path),
            (&mut self.exclude_path, before.exclude_path),
            (&mut self.method, before.method),
            (&mut self.exclude_method, before.exclude_method),
            (&mut self.operation, before.operation),
            (&mut self.exclude_operation, before.exclude_operation),
        ] {
            if own.is_empty() {
                *own = before;
            }
        }
        // Overlays are files, which are kept by themselves.
        self.overlay.clear();
        self
    }

    fn options(&self, slug: &str, source: &Source) -> Result<Options, Failure> {
        if let Some(url) = &self.base_url
            && (!matches!(url.scheme(), "http" | "https") || !url.has_host())
        {
            return Err(Failure::Usage(anyhow::anyhow!("--base-url {url} is not an https URL")));
        }
        let filter = |include: &[String], exclude: &[String]| Filter {
            include: include.to_vec(),
            exclude: exclude.to_vec(),
        };
        Ok(Options {
            slug: slug.to_owned(),
            base_url: self.base_url.clone(),
            servers: self.server.clone(),
            fetched_from: source.fetched_from.clone(),
            kept: Vec::new(),
            selection: Selection {
                tags: filter(&self.tag, &self.exclude_tag),
                paths: filter(&self.path, &self.exclude_path),
                methods: filter(&self.method, &self.exclude_method),
                operations: filter(&self.operation, &self.exclude_operation),
            },
        })
    }

    /// The networks that the API must belong to: those that were named, or those of the addresses that were. `servers`
    /// are all that are called.
    fn networks<'u>(&self, servers: impl Iterator<Item = &'u Url>) -> Result<Vec<String>, Failure> {
        if !self.network.is_empty() {
            return Ok(self.network.iter().map(ToString::to_string).collect());
        }
        let mut networks = Vec::new();
        let mut public = None;
        for url in servers {
            match network_of(url) {
                Some(network) if networks.contains(&network) => {}
                Some(network) => networks.push(network),
                None => public = public.or(Some(url)),
            }
        }
        match (public, networks.first()) {
            (Some(public), Some(network)) => Err(Failure::Usage(anyhow::anyhow!(
                "{public} may be anywhere, and another server is in {network}: name the networks of all of them with --network, \
                 or leave out what is at one of them"
            ))),
            _ => Ok(networks),
        }
    }
}

/// The network of an address that is not public, as far as that shows.
fn network_of(url: &Url) -> Option<String> {
    match url.host() {
        Some(Host::Domain(name)) if name == "localhost" || name.ends_with(".localhost") => {
            Some("127.0.0.0/8".to_owned())
        }
        Some(Host::Ipv4(address)) if address.is_loopback() => Some("127.0.0.0/8".to_owned()),
        Some(Host::Ipv4(address)) if address.is_private() || address.is_link_local() => Some(format!("{address}/32")),
        Some(Host::Ipv6(address)) => Some(format!("{address}/128")),
        _ => None,
    }
}

/// Reads `NAME=URL`.
fn named_url(written: &str) -> Result<(String, Url), String> {
    let (name, url) = written.split_once('=').ok_or("write it as NAME=URL")?;
    let url = Url::parse(url).map_err(|error| format!("{url} is not a URL: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(format!("{url} is not an https URL"));
    }
    Ok((name.to_owned(), url))
}

impl Import {
    pub(super) async fn run(mut self, global: &Global) -> Result<(), Failure> {
        let locations = assemble::locations(global)?;
        match self.update.take() {
            Some(connector) => self.update(&connector, global, &locations).await,
            None => self.create(global, &locations).await,
        }
    }

    /// Imports what was not imported before.
    async fn create(self, global: &Global, locations: &Locations) -> Result<(), Failure> {
        let (name, spec) = (self.name.unwrap_or_default(), self.spec.unwrap_or_default());
        let slug = connector::slug_of(&name);
        if slug.is_empty() {
            let message = format!("the name {name:?} has no letter or digit that a folder can be named after");
            return Err(Failure::Usage(anyhow::anyhow!(message)));
        }
        let folder = self.output.unwrap_or_else(|| locations.connectors.join(&slug));
        if folder
            .try_exists()
            .with_context(|| format!("cannot look at {}", folder.display()))?
        {
            return Err(Failure::Other(anyhow::anyhow!(
                "{} is there already: name another connector, remove it, or import it again with --update",
                folder.display()
            )));
        }
        let (documents, source) = self.choice.source(&spec, global).await?;
        let options = self.choice.options(&slug, &source)?;
        let made = make(documents, &source, &options, &self.choice, name)?;
        let report = made.report(&made.origin(&source, &self.choice, &folder)?);
        write(&folder, &made.folder, &source, &report)?;
        if self.json {
            return Ok(output::say_json(&report)?);
        }
        let lines = told::imported(&made.import, &made.target, &folder, &made.folder);
        Ok(output::say(&lines.join("\n"))?)
    }
}

/// A connector that is ready to be written.
struct Made {
    import: openapi::Import,
    target: Target,
    folder: Folder,
}

/// Makes a connector called `name` of a description. What keeps it from being one is told.
fn make(
    documents: Documents,
    source: &Source,
    options: &Options,
    choice: &Choice,
    name: String,
) -> Result<Made, Failure> {
    let mut import = openapi::import(&documents, options);
    // The largest there is, and what follows needs room too.
    drop(documents);
    import.report.notes.extend(source.notes.iter().cloned());
    let others = import.servers.iter().map(|server| &server.base_url);
    let target = Target {
        name,
        slug: options.slug.clone(),
        networks: choice.networks(import.base_url.iter().chain(others))?,
        document: source.file_name.clone(),
    };
    if import.base_url.is_none() {
        for note in &import.report.notes {
            output::complain(&format!("- {note}"));
        }
        return Err(Failure::Other(anyhow::anyhow!(
            "it is not known where the API is: say it with --base-url, e.g. --base-url https://api.example.com/v1"
        )));
    }
    let folder = openapi::folder(&mut import, &target);
    if import.actions.is_empty() {
        output::complain(&told::left_out(&import.report).join("\n"));
        let why = match import.report.operations {
            0 => "the description has no operations".to_owned(),
            count => format!("of {count} operations none could be imported"),
        };
        return Err(Failure::Other(anyhow::anyhow!("nothing was written: {why}")));
    }
    if !folder.errors.is_empty() {
        output::complain_of(&folder.errors);
        return Err(Failure::Other(anyhow::anyhow!(
            "nothing was written: the connector would not load"
        )));
    }
    Ok(Made { import, target, folder })
}

impl Made {
    /// Where the connector in `folder` comes from.
    fn origin(&self, source: &Source, choice: &Choice, folder: &Path) -> anyhow::Result<Origin> {
        Ok(Origin {
            file: format!("openapi/{}", source.file_name),
            sha256: source.sha256().to_owned(),
            bytes: source.bytes(),
            imported_at: time::rfc3339(jiff::Timestamp::now()),
            from: source.written_down(folder)?,
            name: self.target.name.clone(),
            slug: self.target.slug.clone(),
            choice: choice.clone(),
            kept: source.kept_names().map(|name| format!("openapi/{name}")).collect(),
            overlays: source.overlays.kept(),
            generated: record::hashes(&self.folder.files),
        })
    }

    /// What `openapi/report.json` holds.
    fn report(&self, origin: &Origin) -> Value {
        let report = &self.import.report;
        json!({ "source": origin, "report": report, "changes": report.changes() })
    }
}

/// Writes the whole folder, or nothing: what could not be finished is taken away again.
fn write(folder: &Path, made: &Folder, source: &Source, report: &Value) -> Result<(), Failure> {
    let written = write_files(folder, made, source, report);
    if written.is_err() {
        // It was not there before; the first failure is what counts.
        drop(fs::remove_dir_all(folder));
    }
    Ok(written?)
}

fn write_files(folder: &Path, made: &Folder, source: &Source, report: &Value) -> anyhow::Result<()> {
    let report = serde_json::to_string_pretty(report)? + "\n";
    let generated = made.files.iter();
    let generated = generated.map(|file| (file.path.clone(), Content::Text(&file.text)));
    let documents = source
        .files()
        .map(|(path, content)| (format!("openapi/{path}"), content));
    let report = (REPORT.to_owned(), Content::Text(&report));
    for (path, content) in generated.chain(documents).chain([report]) {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
        }
        content.write(&path)?;
    }
    Ok(())
}
