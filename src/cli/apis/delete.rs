//! `toolgate apis delete` (contract S1-70, S2-28): nothing is lost, the files move into the state folder.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use jiff::Timestamp;

use super::{Installed, place_of, secrets_of};
use crate::catalog::Report;
use crate::cli::secrets::{self, Place};
use crate::cli::{Failure, disk, output, terminal, vault};
use crate::store::SecretId;

/// Folder in the state folder that deleted connectors move to.
const TRASH: &str = "trash";

/// Most secrets that are named in the question.
const MOST_NAMED: usize = 20;

/// Delete an API: its tools go at once, its files move to the trash, its secrets leave the vault.
///
/// The trash is the folder `trash` in the state folder; of files that are linked, only the link goes. Secrets that
/// another API names, too, stay, as all do while an API is left out because of an error, and so do rows of the audit
/// log.
#[derive(Debug, Args)]
pub(super) struct Delete {
    /// The API's slug; while its files are broken, the name of its file or folder.
    slug: String,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
}

impl Delete {
    pub(super) async fn run(self, installed: Installed) -> Result<(), Failure> {
        let slug = self.slug.as_str();
        let from = place_of(&installed.report, slug)?;
        let way = Way::of(&from);
        let secrets = own_secrets(&installed, slug).await?;
        let doubt = Doubt::of(&installed.report, &from);
        if !self.yes {
            let question = format!(
                "Delete the API `{slug}`? {}; {}.",
                way.question(&from),
                fate_of(&secrets, doubt.as_ref())
            );
            terminal::confirm(&question, &format!("`{slug}` is to be deleted")).await?;
        }
        // First, so that no process calls it while its files move, nor where files are not watched.
        installed.store.remove_api(slug).await.map_err(anyhow::Error::from)?;
        let state = installed.locations.state.clone();
        let gone = tokio::task::spawn_blocking(move || way.go(&from, &state)).await;
        let gone = gone.context("the files were not moved")??;
        if doubt.is_none() {
            for id in &secrets {
                installed.store.remove_secret(id).await.map_err(anyhow::Error::from)?;
            }
        }
        output::say(&format!("{slug} is deleted: {gone}"))?;
        for id in &secrets {
            output::say(&match &doubt {
                None => format!("removed {}, {}, from the vault", id.name, vault::holder(id)),
                Some(doubt) => format!(
                    "{}, {}, stays in the vault, because {doubt}; if not: {}",
                    id.name,
                    vault::holder(id),
                    vault::removal(id)
                ),
            })?;
        }
        Ok(())
    }
}

/// Connectors of which it is not known what they need, because they are left out: their files are broken, or their names
/// are taken.
struct Doubt(Vec<PathBuf>);

impl Doubt {
    /// What is left out beside the files at `from`; nothing when that is nothing.
    fn of(report: &Report, from: &Path) -> Option<Self> {
        let crowded_out = report.crowded_out.iter().map(|crowded_out| &crowded_out.origin.path);
        let others = report.left_out.iter().chain(crowded_out).filter(|path| *path != from);
        let others: Vec<PathBuf> = others.cloned().collect();
        (!others.is_empty()).then_some(Self(others))
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [] => Ok(()),
            [one] => write!(formatter, "{} is left out and may need it", one.display()),
            [first, rest @ ..] => write!(
                formatter,
                "{} and {} more are left out and may need it",
                first.display(),
                rest.len()
            ),
        }
    }
}

/// What becomes of `secrets`, for whoever is to allow it.
fn fate_of(secrets: &[SecretId], doubt: Option<&Doubt>) -> String {
    let more = secrets.len().saturating_sub(MOST_NAMED);
    let named = secrets.iter().take(MOST_NAMED);
    let mut named: Vec<String> = named.map(|id| format!("{}, {}", id.name, vault::holder(id))).collect();
    if more > 0 {
        named.push(format!("{more} more"));
    }
    match doubt {
        _ if secrets.is_empty() => "no secret leaves the vault".to_owned(),
        None => format!("secrets that leave the vault for good: {}", named.join("; ")),
        Some(doubt) => format!("no secret leaves the vault, because {doubt}: {}", named.join("; ")),
    }
}

/// What the vault holds for this API and no other. Nothing is known of one whose files are broken.
async fn own_secrets(installed: &Installed, slug: &str) -> Result<Vec<SecretId>, Failure> {
    let connectors = installed.report.catalog.connectors();
    let names = |own: bool| {
        let chosen = connectors
            .iter()
            .filter(move |connector| (connector.slug == slug) == own);
        chosen.flat_map(|connector| secrets_of(connector))
    };
    let stored = secrets::stored(Place::Open(&installed.store), None)
        .await
        .map_err(anyhow::Error::from)?;
    let mut stored: Vec<SecretId> = stored.into_iter().map(|secret| secret.id).collect();
    stored.retain(|id| {
        let is_named = |own| names(own).any(|name| secrets::is_meant(name, id));
        is_named(true) && !is_named(false)
    });
    Ok(stored)
}

/// How the files go.
enum Way {
    /// To the trash.
    Trash,
    /// They are elsewhere: only the link to them goes, which would lead nowhere from the trash.
    Unlink {
        /// Where it leads.
        target: PathBuf,
    },
}

impl Way {
    fn of(from: &Path) -> Self {
        std::fs::read_link(from).map_or(Self::Trash, |written| Self::Unlink {
            target: from.canonicalize().unwrap_or(written),
        })
    }

    /// What is to be allowed.
    fn question(&self, from: &Path) -> String {
        let from = from.display();
        match self {
            Self::Trash => format!("{from} moves to the trash"),
            Self::Unlink { target } => format!(
                "{from} is a link, and only the link goes: {}, where it leads, stays",
                target.display()
            ),
        }
    }

    /// Goes it, and tells.
    fn go(&self, from: &Path, state: &Path) -> anyhow::Result<String> {
        let shown = from.display();
        Ok(match self {
            Self::Trash => format!("{shown} is now {}", move_to_trash(from, state)?.display()),
            Self::Unlink { target } => {
                disk::remove(from).with_context(|| format!("cannot remove the link {shown}"))?;
                format!(
                    "{shown} was a link, which is gone; {}, where it led, stays as it is",
                    target.display()
                )
            }
        })
    }
}

/// Where `from` is afterwards: in a folder of its own with the time as its name, so that it takes nobody's place.
fn move_to_trash(from: &Path, state: &Path) -> anyhow::Result<PathBuf> {
    let name = from.file_name().context("the connector has no name")?;
    let trash = state.join(TRASH);
    let folder = new_folder(&trash).with_context(|| format!("cannot create a folder in {}", trash.display()))?;
    let to = folder.join(name);
    let moved = match std::fs::rename(from, &to) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => move_by_copying(from, &to),
        result => result.map_err(anyhow::Error::from),
    };
    moved.with_context(|| format!("cannot move {} to {}", from.display(), to.display()))?;
    Ok(to)
}

/// Moves to another device.
fn move_by_copying(from: &Path, to: &Path) -> anyhow::Result<()> {
    let copied = disk::copy(from, to);
    if copied.is_err() {
        // All of it is still where it was; the first failure is what counts.
        drop(disk::remove(to));
    }
    copied?;
    Ok(disk::remove(from)?)
}

fn new_folder(trash: &Path) -> io::Result<PathBuf> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(trash)?;
    let moment = Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
    for number in 1_u32.. {
        let folder = trash.join(format!("{moment}-{number}"));
        match builder.recursive(false).create(&folder) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            created => return created.map(|()| folder),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_names_the_secrets_that_leave() {
        let id = |user: Option<&str>| SecretId {
            organisation: "local".to_owned(),
            user: user.map(str::to_owned),
            name: "crm/key".to_owned(),
        };
        let secrets = [id(None), id(Some("ana"))];
        let doubt = |paths: &[&str]| Some(Doubt(paths.iter().map(PathBuf::from).collect()));
        assert_eq!(fate_of(&[], doubt(&["a.toml"]).as_ref()), "no secret leaves the vault");
        assert_eq!(
            fate_of(&secrets, None),
            "secrets that leave the vault for good: crm/key, shared; crm/key, of the user ana"
        );
        assert_eq!(
            fate_of(&secrets[..1], doubt(&["a.toml", "b.toml"]).as_ref()),
            "no secret leaves the vault, because a.toml and 1 more are left out and may need it: crm/key, shared"
        );
        let many = vec![id(None); MOST_NAMED + 2];
        assert!(fate_of(&many, None).ends_with("; crm/key, shared; 2 more"));
    }

    #[cfg(unix)]
    #[test]
    fn a_move_to_another_device_keeps_links_within_the_folder() {
        let around = tempfile::tempdir().expect("folder");
        let (from, to) = (around.path().join("crm"), around.path().join("moved"));
        std::fs::create_dir_all(from.join("services")).expect("created");
        std::fs::write(from.join("connector.toml"), "a").expect("written");
        std::fs::write(from.join("services/ticket.toml"), "b").expect("written");
        std::os::unix::fs::symlink("connector.toml", from.join("same.toml")).expect("linked");
        move_by_copying(&from, &to).expect("moved");
        assert!(!from.exists());
        let text = |name: &str| std::fs::read_to_string(to.join(name)).expect("text");
        assert_eq!(
            (text("same.toml"), text("services/ticket.toml")),
            ("a".into(), "b".into())
        );
        assert!(to.join("same.toml").is_symlink());
    }

    #[test]
    fn two_of_one_name_both_stay() {
        let folder = tempfile::tempdir().expect("folder");
        let file = folder.path().join("crm.toml");
        let mut places = Vec::new();
        for text in ["first", "second"] {
            std::fs::write(&file, text).expect("written");
            let to = move_to_trash(&file, &folder.path().join("state")).expect("moved");
            assert!(!file.exists());
            places.push((to, text));
        }
        for (to, text) in places {
            assert_eq!(std::fs::read_to_string(to).expect("text"), text);
        }
    }
}
