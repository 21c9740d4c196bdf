//! `toolgate man`: the command line as manual pages.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, CommandFactory as _};
use clap_mangen::Man;

use super::{Cli, Failure, Global, NoPlaces, output};

/// Print the manual page, or write one for each verb.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  toolgate man > toolgate.1
  toolgate man ./man1

Exit codes: 0 done; 1 a page could not be written; 2 usage.")]
pub(super) struct ManualPages {
    /// The folder to write the pages of all verbs into; it is created.
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    #[command(flatten)]
    places: NoPlaces,
}

impl ManualPages {
    pub(super) fn run(self, global: &Global) -> Result<(), Failure> {
        global.refuse("man")?;
        let Some(folder) = self.folder else {
            let mut page = Vec::new();
            Man::new(Cli::command()).render(&mut page)?;
            return Ok(output::say(String::from_utf8_lossy(&page).trim_end())?);
        };
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        clap_mangen::generate_to(Cli::command(), &folder)
            .with_context(|| format!("cannot write the pages into {}", folder.display()))?;
        Ok(output::say(&format!("wrote the pages into {}", folder.display()))?)
    }
}
