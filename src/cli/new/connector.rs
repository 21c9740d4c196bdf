//! `toolgate new connector`: a folder that loads as it is, written in the order in which it is filled in (contract
//! S4-14).

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use url::Url;

use super::files::{self, Plan};
use crate::cli::{Failure, Global, assemble, output};
use crate::connector::authentication::{KINDS, Kind};
use crate::connector::{self, SourceFile};

/// Write the folder of a new connector.
#[derive(Debug, Args)]
pub(super) struct Connector {
    /// Its name as people read it; the folder and the tools are named after it.
    name: String,
    /// `lite` for up to five simple endpoints; `full` for more, with a file per entity.
    #[arg(long, value_enum, default_value_t = Tier::Lite)]
    tier: Tier,
    /// Where the API is.
    #[arg(long, value_name = "URL", default_value = "https://api.example.com/v1")]
    base_url: Url,
    /// How requests are authenticated.
    #[arg(long, value_parser = scheme(), default_value = "api_key")]
    auth: &'static Kind,
    /// What the API is about, in the singular; may be given several times with `--tier full`.
    #[arg(long, value_name = "NAME", default_value = "item")]
    entity: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Tier {
    Lite,
    Full,
}

/// The schemes that a new connector can begin with, named as in its `[auth]`.
fn scheme() -> impl TypedValueParser<Value = &'static Kind> {
    let known = || KINDS.into_iter().filter(|kind| kind.scaffold.is_some());
    PossibleValuesParser::new(known().map(|kind| kind.name))
        .try_map(move |name| known().find(|kind| kind.name == name).ok_or("no scheme has this name"))
}

impl Connector {
    pub(super) fn run(self, global: &Global) -> Result<(), Failure> {
        let plan = self.plan()?;
        let connectors = assemble::locations(global)?.connectors;
        let folder = connectors.join(&plan.slug);
        let files = files::of(&plan);
        check(&folder, &files)?;
        write_all(&connectors, &folder, &files)?;
        output::say(&format!("Wrote {}:", folder.display()))?;
        for file in &files {
            output::say(&format!("  {:<24} {}", file.path.display().to_string(), file.purpose))?;
        }
        Ok(output::say(&format!("\n{}", files::next_steps(&plan)))?)
    }

    fn plan(self) -> Result<Plan, Failure> {
        let slug = connector::slug_of(&self.name);
        if slug.is_empty() {
            let message = format!(
                "the name {:?} has no letter or digit that a folder can be named after",
                self.name
            );
            return Err(Failure::Usage(anyhow::anyhow!(message)));
        }
        // Before anything repeats it: it holds a password.
        if !self.base_url.username().is_empty() || self.base_url.password().is_some() {
            return Err(Failure::Usage(anyhow::anyhow!(
                "--base-url holds a user name or password: choose --auth basic_auth, which takes them from variables"
            )));
        }
        if self.base_url.scheme() != "https" || self.base_url.host_str().is_none() {
            let message = format!(
                "--base-url {} is not https: an API in your own network is named with `ip_allowlist` and `allow_http` \
                 in the file itself, see the documentation of connectors",
                self.base_url
            );
            return Err(Failure::Usage(anyhow::anyhow!(message)));
        }
        let entities: Vec<String> = self.entity.iter().map(|entity| connector::slug_of(entity)).collect();
        if entities.iter().any(String::is_empty) {
            return Err(Failure::Usage(anyhow::anyhow!("an --entity has no letter or digit")));
        }
        if self.tier == Tier::Lite && entities.len() > 1 {
            let advice = "several --entity need --tier full: one file each";
            return Err(Failure::Usage(anyhow::anyhow!(advice)));
        }
        if let Some(twice) = entities
            .iter()
            .enumerate()
            .find(|(at, name)| entities[..*at].contains(name))
        {
            return Err(Failure::Usage(anyhow::anyhow!("--entity {} is given twice", twice.1)));
        }
        Ok(Plan {
            name: self.name,
            slug,
            tier: self.tier,
            base_url: self.base_url,
            auth: self.auth,
            entities,
        })
    }
}

/// Refuses files that would not load as a connector in `folder`, and tells why.
fn check(folder: &Path, files: &[files::File]) -> Result<(), Failure> {
    let read = files.iter().filter(|file| connector::is_wanted(&file.path));
    let read: Vec<SourceFile> = read
        .map(|file| SourceFile {
            shown: folder.join(&file.path),
            relative: file.path.clone(),
            text: file.text.clone(),
        })
        .collect();
    let loaded = connector::load(&read);
    if loaded.connector.is_some() {
        return Ok(());
    }
    output::complain_of(&loaded.diagnostics);
    Err(Failure::Usage(anyhow::anyhow!(
        "nothing was written: {} would not load",
        folder.display()
    )))
}

/// Writes everything, or nothing that was there before: a file is never written over.
fn write_all(connectors: &Path, folder: &Path, files: &[files::File]) -> Result<(), Failure> {
    let taken = |path: &Path| {
        anyhow::anyhow!(
            "{} is there already; name another connector, or remove it",
            path.display()
        )
    };
    if folder
        .try_exists()
        .with_context(|| format!("cannot look at {}", folder.display()))?
    {
        return Err(Failure::Other(taken(folder)));
    }
    for (name, schema) in files::schemas() {
        // Those of the running version: editors should know what it knows.
        let path = connectors.join(files::SCHEMAS).join(name);
        create_parent(&path)?;
        let text = serde_json::to_string_pretty(&schema).context("a schema is not JSON")?;
        fs::write(&path, text + "\n").with_context(|| format!("cannot write {}", path.display()))?;
    }
    for file in files {
        let path: PathBuf = folder.join(&file.path);
        create_parent(&path)?;
        let mut opened = fs::File::create_new(&path).with_context(|| format!("cannot write {}", path.display()))?;
        opened
            .write_all(file.text.as_bytes())
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

fn create_parent(path: &Path) -> Result<(), Failure> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
    }
    Ok(())
}
