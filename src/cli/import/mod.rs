//! `toolgate import` and `toolgate analyze`: `OpenAPI` descriptions as connectors.

mod analyze;
mod source;
mod told;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use ipnet::IpNet;
use serde_json::json;
use url::{Host, Url};

use super::{Failure, Global, assemble, output};
use crate::connector;
use crate::openapi::{self, Filter, Folder, Options, Selection, Target};
use crate::store::time;

pub(super) use analyze::Analyze;
use source::{Source, Wanted};

/// Make a connector of an `OpenAPI` description.
///
/// Reads Swagger 2.0 and OpenAPI 3.0, 3.1 and 3.2, in JSON or YAML. What cannot be imported is left out, and told.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  toolgate import openapi.yaml --name museum
  toolgate import openapi.yaml --name tickets --tag Tickets --exclude-method DELETE

Exit codes: 0 written; 1 nothing could be imported, or the folder is there already; 2 usage.")]
pub(super) struct Import {
    /// The description: a file, or an https URL.
    spec: String,
    /// The connector's name as people read it; its folder and tools are named after it.
    #[arg(long)]
    name: String,
    /// The folder to write [default: the name, in the folder of connectors].
    #[arg(long, value_name = "FOLDER")]
    output: Option<PathBuf>,
    #[command(flatten)]
    choice: Choice,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
}

/// What of a description is wanted, and where its API is.
#[derive(Debug, Args)]
struct Choice {
    /// Where the API is, when the description does not say or is wrong.
    #[arg(long, value_name = "URL")]
    base_url: Option<Url>,
    /// Where another server of the API is that the report asks for, e.g. `upload=https://upload.example.com`; several
    /// times for several.
    #[arg(long, value_name = "NAME=URL", value_parser = named_url)]
    server: Vec<(String, Url)>,
    /// A header that the description is fetched with, and where its value is kept, e.g. `Authorization: vault://spec_token`
    /// or `Authorization: env:SPEC_TOKEN`; several times for several.
    #[arg(long, value_name = "NAME: REFERENCE")]
    header: Vec<String>,
    /// A network that the API belongs to, when it is not public, e.g. `10.20.0.0/16`; several times for several.
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
    async fn read(&self, spec: &str, global: &Global) -> Result<Source, Failure> {
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
        Source::read(wanted, global).await
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
    pub(super) async fn run(self, global: &Global) -> Result<(), Failure> {
        let locations = assemble::locations(global)?;
        let slug = connector::slug_of(&self.name);
        if slug.is_empty() {
            let message = format!(
                "the name {:?} has no letter or digit that a folder can be named after",
                self.name
            );
            return Err(Failure::Usage(anyhow::anyhow!(message)));
        }
        let folder = self.output.clone().unwrap_or_else(|| locations.connectors.join(&slug));
        if folder
            .try_exists()
            .with_context(|| format!("cannot look at {}", folder.display()))?
        {
            return Err(Failure::Other(anyhow::anyhow!(
                "{} is there already: name another connector, or remove it",
                folder.display()
            )));
        }
        let source = self.choice.read(&self.spec, global).await?;
        let options = self.choice.options(&slug, &source)?;
        let mut import = openapi::import(&source.documents, &options);
        let target = Target {
            name: self.name.clone(),
            slug,
            networks: self.choice.networks(
                import
                    .base_url
                    .iter()
                    .chain(import.servers.iter().map(|server| &server.base_url)),
            )?,
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
        let made = openapi::folder(&mut import, &target);
        if import.actions.is_empty() {
            output::complain(&told::left_out(&import.report).join("\n"));
            let why = match import.report.operations {
                0 => "the description has no operations".to_owned(),
                count => format!("of {count} operations none could be imported"),
            };
            return Err(Failure::Other(anyhow::anyhow!("nothing was written: {why}")));
        }
        if !made.errors.is_empty() {
            output::complain_of(&made.errors);
            return Err(Failure::Other(anyhow::anyhow!(
                "nothing was written: the connector would not load"
            )));
        }
        let report = json!({
            "source": {
                "file": format!("openapi/{}", source.file_name),
                "sha256": source.sha256(),
                "bytes": source.text.len(),
                "imported_at": time::rfc3339(jiff::Timestamp::now()),
            },
            "report": import.report,
            "changes": import.report.changes(),
        });
        write(&folder, &made, &source, &report)?;
        if self.json {
            return Ok(output::say_json(&report)?);
        }
        Ok(output::say(
            &told::imported(&import, &target, &folder, &made).join("\n"),
        )?)
    }
}

/// Writes the whole folder, or nothing: what could not be finished is taken away again.
fn write(folder: &Path, made: &Folder, source: &Source, report: &serde_json::Value) -> Result<(), Failure> {
    let written = write_files(folder, made, source, report);
    if written.is_err() {
        // It was not there before; the first failure is what counts.
        drop(fs::remove_dir_all(folder));
    }
    Ok(written?)
}

fn write_files(folder: &Path, made: &Folder, source: &Source, report: &serde_json::Value) -> anyhow::Result<()> {
    let report = serde_json::to_string_pretty(report)? + "\n";
    let files = made.files.iter().map(|file| (file.path.clone(), file.text.as_str()));
    let documents = source.files();
    let documents = documents.iter().map(|(path, text)| (format!("openapi/{path}"), *text));
    for (path, text) in files
        .chain(documents)
        .chain([("openapi/report.json".to_owned(), report.as_str())])
    {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
        }
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}
