//! `toolgate vault`: secrets that connectors name with `vault://`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;

use super::{Failure, Global, assemble, output, secret_input};
use crate::connector::model::SecretName;
use crate::policy::check_name;
use crate::store::SecretId;
use crate::vault::command::{command, flag_of};
use crate::vault::{self, KeyError, KeySource, LOCAL, Listed, SecretError, weaknesses};

/// Most organisations whose secrets are told as left out of a list.
const MOST_TOLD: usize = 10;

const ARGUMENT: &str = "the value of a secret is never an argument: it would stay in the shell's history, and `ps` shows \
    it to every user of this machine. Type it at the prompt, or pipe it in: `toolgate vault set NAME < FILE`. If you have \
    just given a real one, replace it at its API";

/// Store, list and remove secrets that connectors name with `vault://`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  toolgate vault set crm/key < key.txt
  toolgate vault list
  toolgate vault rotate-key
  toolgate vault remove crm/key

A connector writes `key = \"vault://crm/key\"`. The secret is the caller's own, stored with --user, else
the one that their organisation shares. A running server uses a new value within two seconds.

Values are sealed (AES-256-GCM) in the state folder. The master key is TOOLGATE_MASTER_KEY, else the file
`vault.master_key_file` of the settings, else `master.key` in the state folder, made at first use.

Exit codes: 0 done; 1 no such secret, or one that cannot be opened; 2 usage; 3 Toolgate cannot start.")]
pub(super) struct Vault {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Store a secret: typed at a prompt, or read from standard input.
    ///
    /// One line end at the end of standard input is not part of the value.
    Set {
        /// Its name, e.g. `crm/key`, or the reference of a connector.
        name: String,
        /// Caught to be refused without being repeated.
        #[arg(hide = true, allow_hyphen_values = true)]
        value: Vec<OsString>,
        #[command(flatten)]
        of: Of,
    },
    /// List secrets: names, times, and at most the last four characters of long ones.
    List {
        /// Only those of one user.
        #[arg(long)]
        user: Option<String>,
        /// The organisation that they belong to.
        #[arg(long, default_value = LOCAL)]
        organisation: String,
        /// Print as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Remove a secret. Running servers stop using it within two seconds.
    Remove {
        /// Its name, e.g. `crm/key`, or the reference of a connector.
        name: String,
        #[command(flatten)]
        of: Of,
    },
    /// Seal all secrets with a new master key.
    ///
    /// A key in the state folder is replaced by a new one. For a key in the environment or in a named file, the new
    /// one is read from --new-key-file, a prompt or standard input, and replacing the old one is left to you.
    RotateKey {
        /// File with the new key: 32 random bytes in base64 or as hexadecimal digits.
        #[arg(long, value_name = "FILE")]
        new_key_file: Option<PathBuf>,
    },
}

/// Whose secret.
#[derive(Debug, Args)]
struct Of {
    /// One user's own [default: shared in the organisation].
    #[arg(long)]
    user: Option<String>,
    /// The organisation that it belongs to.
    #[arg(long, default_value = LOCAL)]
    organisation: String,
}

impl Vault {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failure> {
        match self.verb {
            Verb::Set { name, value, of } => {
                if !value.is_empty() {
                    return Err(usage(ARGUMENT));
                }
                let id = of.id(&name)?;
                meant(&id)?;
                set(global, id).await
            }
            Verb::List {
                user,
                organisation,
                json,
            } => list(global, user, &organisation, json).await,
            Verb::Remove { name, of } => remove(global, of.id(&name)?).await,
            Verb::RotateKey { new_key_file } => rotate(global, new_key_file).await,
        }
    }
}

impl Of {
    /// The secret of this name. A name that is none is not repeated: it may be the value.
    fn id(&self, name: &str) -> Result<SecretId, Failure> {
        let name = SecretName::parse(name).ok_or_else(|| {
            usage(
                "NAME is not the name of a secret: write letters, digits, `.`, `_` and `-` between slashes, e.g. `crm/key`; \
                 the value is read from a prompt or standard input",
            )
        })?;
        let user = match (&name.user, &self.user) {
            (Some(named), Some(given)) if named != given => {
                return Err(usage("the reference and --user name two users; leave one of them out"));
            }
            (named, given) => named.clone().or_else(|| given.clone()),
        };
        Ok(SecretId {
            organisation: self.organisation.clone(),
            user,
            name: name.name,
        })
    }
}

/// Whether a caller can be meant. What was stored under another name can still be removed.
fn meant(id: &SecretId) -> Result<(), Failure> {
    let user = id.user.as_deref().map(|user| ("--user", user));
    for (option, name) in user.into_iter().chain([("--organisation", id.organisation.as_str())]) {
        check_name(name).map_err(|problem| Failure::Usage(anyhow::anyhow!("{option} is no name: {problem}")))?;
    }
    Ok(())
}

async fn set(global: &Global, id: SecretId) -> Result<(), Failure> {
    let (vault, _) = assemble::vault(global).await?;
    let prompt = format!("Value of {}, not shown", id.name);
    let value = secret_input::read(&prompt, &command("set", &id)).await?;
    for weakness in weaknesses(&value) {
        output::complain(&format!("warning: {}", weakness.advice()));
    }
    let stored = vault.set(&id, &value).await.map_err(failed)?;
    if let Some(file) = stored.new_key {
        output::complain(&format!(
            "note: made the master key {}; back it up apart from the database, since without it no secret can be opened",
            file.display()
        ));
    }
    let done = if stored.version == 1 { "stored" } else { "replaced" };
    Ok(output::say(&format!(
        "{done} {}, {}: connectors write {}",
        id.name,
        holder(&id),
        reference(&id)
    ))?)
}

async fn list(global: &Global, user: Option<String>, organisation: &str, json: bool) -> Result<(), Failure> {
    let vault = assemble::vault_to_read(global).await?;
    let mut secrets = vault.list(organisation).await.map_err(failed)?;
    secrets.retain(|secret| user.is_none() || secret.id.user == user);
    let others = others(vault.ids().await.map_err(failed)?, &secrets);
    if json {
        let shown: Vec<_> = secrets.iter().map(shown).collect();
        output::say_json(&shown)?;
    } else if secrets.is_empty() && others.is_empty() {
        output::say("no secrets are stored")?;
    } else if secrets.is_empty() {
        let of = user.map_or_else(String::new, |user| format!(" of the user {user}"));
        output::say(&format!("no secrets{of} are stored in {organisation}"))?;
    } else {
        let mut rows = vec![
            ["NAME", "HOLDER", "VALUE", "CREATED", "UPDATED"]
                .map(str::to_owned)
                .to_vec(),
        ];
        rows.extend(secrets.iter().map(|secret| {
            vec![
                secret.id.name.clone(),
                holder(&secret.id),
                secret.masked.clone().unwrap_or_else(|_| "cannot be opened".to_owned()),
                secret.created_at.clone(),
                secret.updated_at.clone(),
            ]
        }));
        output::say(&output::table(&rows))?;
    }
    if !json {
        tell_of(&others);
    }
    // A missing key is one problem, however many secrets it locks.
    let mut problems: Vec<String> = secrets
        .iter()
        .filter_map(|secret| secret.masked.as_ref().err().map(ToString::to_string))
        .collect();
    problems.dedup();
    for problem in &problems {
        output::complain(&format!("error: {problem}"));
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Failure::Told)
    }
}

/// How many secrets each organisation has of `all` beside those that are `listed`.
fn others(all: Vec<SecretId>, listed: &[Listed]) -> BTreeMap<String, usize> {
    let mut others = BTreeMap::new();
    for id in all {
        if !listed.iter().any(|secret| secret.id == id) {
            *others.entry(id.organisation).or_default() += 1;
        }
    }
    others
}

/// Tells what a list leaves out, and how to list that.
fn tell_of(others: &BTreeMap<String, usize>) {
    for (organisation, count) in others.iter().take(MOST_TOLD) {
        output::complain(&format!(
            "not shown: {} in {organisation}: toolgate vault list{}",
            output::counted(*count, "secret"),
            flag_of(organisation)
        ));
    }
    let more: usize = others.values().skip(MOST_TOLD).sum();
    if more > 0 {
        output::complain(&format!(
            "not shown: {} in {}",
            output::counted(more, "secret"),
            output::counted(others.len() - MOST_TOLD, "other organisation")
        ));
    }
}

fn shown(secret: &Listed) -> serde_json::Value {
    json!({
        "name": secret.id.name,
        "organisation": secret.id.organisation,
        "user": secret.id.user,
        "reference": reference(&secret.id),
        "masked": secret.masked.as_ref().ok(),
        "problem": secret.masked.as_ref().err().map(ToString::to_string),
        "version": secret.version,
        "created_at": secret.created_at,
        "updated_at": secret.updated_at,
    })
}

async fn remove(global: &Global, id: SecretId) -> Result<(), Failure> {
    let (vault, _) = assemble::vault(global).await?;
    if vault.remove(&id).await.map_err(failed)? {
        return Ok(output::say(&format!("removed {}, {}", id.name, holder(&id)))?);
    }
    Err(Failure::Other(anyhow::anyhow!(
        "there is no secret {}, {}; `toolgate vault list` shows those that there are",
        id.name,
        holder(&id)
    )))
}

async fn rotate(global: &Global, new_key_file: Option<PathBuf>) -> Result<(), Failure> {
    let (vault, state) = assemble::vault(global).await?;
    let source = vault.source();
    let waits = source.next_file().is_some_and(|file| file.exists());
    let given = match (new_key_file, source) {
        (Some(file), _) => Some(vault::key_text(&file).map_err(unusable_new_key)?),
        (None, KeySource::Own(_)) => None,
        (None, KeySource::Named(_)) if waits => None,
        (None, _) => Some(secret_input::read("New master key, not shown", "toolgate vault rotate-key").await?),
    };
    let rotated = vault
        .rotate(&state, given)
        .await
        .map_err(|error| Failure::Other(error.into()))?;
    let next = match source {
        KeySource::Own(file) => format!("it is in {}: back it up", file.display()),
        KeySource::Named(file) if waits => format!("now put {0}.next in the place of {0}", file.display()),
        KeySource::Named(file) => format!("now write it to {}; running servers read it from there", file.display()),
        KeySource::Environment => format!("now set {} to it and restart the servers", vault::VARIABLE),
    };
    let are = if rotated.secrets == 1 { "is" } else { "are" };
    Ok(output::say(&format!(
        "{} {are} sealed with the new master key {}; {next}",
        output::counted(rotated.secrets, "secret"),
        rotated.key_id
    ))?)
}

/// The command that removes a secret.
pub(super) fn removal(id: &SecretId) -> String {
    command("remove", id)
}

/// Whose secret it is.
pub(super) fn holder(id: &SecretId) -> String {
    let within = if id.organisation == LOCAL {
        String::new()
    } else {
        format!(" in {}", id.organisation)
    };
    match &id.user {
        Some(user) => format!("of the user {user}{within}"),
        None => format!("shared{within}"),
    }
}

/// What a connector writes to use the secret. Users find their own by its name alone.
fn reference(id: &SecretId) -> String {
    SecretName {
        user: None,
        name: id.name.clone(),
    }
    .to_string()
}

/// What is wrong with the file of a key that seals nothing yet.
fn unusable_new_key(error: KeyError) -> Failure {
    Failure::Setup(match error {
        KeyError::Missing(file) => {
            anyhow::anyhow!("there is no file {file}: name the one that holds the new key with --new-key-file")
        }
        KeyError::Exposed { file, mode } => anyhow::anyhow!(
            "the new master key in {file} can be read by others (mode {mode:03o}): make another key in a file of your own \
             (`chmod 600`), since somebody may have seen this one"
        ),
        error => error.into(),
    })
}

fn usage(message: &'static str) -> Failure {
    Failure::Usage(anyhow::anyhow!(message))
}

fn failed(error: SecretError) -> Failure {
    match error {
        SecretError::Key(_) => Failure::Setup(error.into()),
        _ => Failure::Other(error.into()),
    }
}
