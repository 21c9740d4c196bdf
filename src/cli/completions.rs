//! `toolgate completions`: what a shell needs to complete the command line.

use clap::{Args, Command, CommandFactory as _};
use clap_complete::Shell;

use super::{Cli, Failure, Global, NoPlaces, output};

/// Print the completions of the command line for a shell.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  toolgate completions bash > toolgate.bash
  toolgate completions zsh > _toolgate
  toolgate completions fish > toolgate.fish

bash: source the file in ~/.bashrc. zsh: put it into a folder of $fpath. fish: into ~/.config/fish/completions.

Exit codes: 0 done; 2 usage.")]
pub(super) struct Completions {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
    #[command(flatten)]
    places: NoPlaces,
}

impl Completions {
    pub(super) fn run(self, global: &Global) -> Result<(), Failure> {
        global.refuse("completions")?;
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut offered(&Cli::command()), "toolgate", &mut script);
        Ok(output::say(String::from_utf8_lossy(&script).trim_end())?)
    }
}

/// `whole` without the verbs that help does not name: not every generator leaves them out by itself.
fn offered(whole: &Command) -> Command {
    let verbs = whole.get_subcommands().filter(|verb| !verb.is_hide_set());
    Command::new("toolgate")
        .version(env!("CARGO_PKG_VERSION"))
        .about(whole.get_about().cloned().unwrap_or_default())
        .args(whole.get_arguments())
        .subcommands(verbs)
}
