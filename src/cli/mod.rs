//! The command line: one file per verb.
//!
//! Knows every room and holds no logic of its own. stdout belongs to what a verb was asked for (to the protocol for
//! `serve`); everything else goes to stderr.

mod apis;
mod approvals;
mod assemble;
mod audit;
mod bundle;
mod call;
mod check;
mod check_code;
mod compile_code;
mod completions;
mod demo;
mod disk;
mod find;
mod health;
mod http_settings;
mod import;
mod install;
mod keys;
mod logs;
mod man;
mod new;
mod output;
mod sample;
mod schema;
mod secret_input;
mod secrets;
mod serve;
mod stats;
mod switches;
mod terminal;
mod test;
mod tools;
mod vault;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

/// What was asked for was not possible, e.g. a call failed or files have errors.
const FAILURE: u8 = 1;

/// The command line is wrong; what clap ends with too.
const USAGE: u8 = 2;

/// Toolgate cannot start: its configuration, its store or an address does not work.
const SETUP: u8 = 3;

/// Something would change, and nobody was there to ask.
const WAITING: u8 = 4;

const AFTER_HELP: &str = "\
Examples:
  toolgate demo
  toolgate check
  toolgate serve

Exit codes: 0 done; 1 what was asked for failed (a call failed, files have errors);
2 the command line is wrong; 3 Toolgate cannot start (configuration, store or address);
4 something would change, and nobody was here to ask.";

/// Turns the HTTP APIs you own into tools that AI agents call over MCP.
#[derive(Debug, Parser)]
#[command(name = "toolgate", version, after_help = AFTER_HELP, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    verb: Verb,
}

/// Where things are. Valid with every verb but those that have [`NoPlaces`].
// The variables are read where the flags meet them, in `Locations::resolve`, and nowhere else: an empty one is not set.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Where things are")]
struct Global {
    /// Server settings [default: none, every setting has a default] [env: `TOOLGATE_CONFIG`].
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder of connectors [default: ./connectors] [env: `TOOLGATE_CONNECTORS`].
    #[arg(long, global = true, value_name = "DIR")]
    connectors: Option<PathBuf>,
    /// Folder of approvals, keys, the audit log and the vault [default: `toolgate` in the user's state folder]
    /// [env: `TOOLGATE_STATE`].
    #[arg(long, global = true, value_name = "DIR")]
    state: Option<PathBuf>,
}

/// Takes the place of [`Global`] in a verb that has no use for an installation: help does not offer the flags there. The
/// values that were given all the same are found in [`Global`], and refused.
#[derive(Debug, Args)]
struct NoPlaces {
    #[arg(long, hide = true)]
    config: Option<PathBuf>,
    #[arg(long, hide = true)]
    connectors: Option<PathBuf>,
    #[arg(long, hide = true)]
    state: Option<PathBuf>,
}

impl Global {
    /// Refuses what the verb of this name has no use for: whoever says it expects something of it.
    fn refuse(&self, verb: &str) -> Result<(), Failure> {
        let given = [
            ("--config", &self.config),
            ("--connectors", &self.connectors),
            ("--state", &self.state),
        ];
        match given.into_iter().find(|(_, path)| path.is_some()) {
            Some((flag, _)) => Err(Failure::Usage(anyhow::anyhow!(
                "`{verb}` has no use for {flag}: leave it out"
            ))),
            None => Ok(()),
        }
    }
}

/// Adding a verb touches its file and this one: its `mod`, its line in this list, and its call in [`main`].
#[derive(Debug, Subcommand)]
enum Verb {
    Serve(serve::Serve),
    Demo(demo::Demo),
    New(new::New),
    Import(import::Import),
    Analyze(import::Analyze),
    Check(check::Check),
    Tools(tools::Tools),
    Find(find::Find),
    Call(call::Call),
    Test(test::Test),
    Apis(apis::Apis),
    Approvals(approvals::Approvals),
    Keys(keys::Keys),
    Logs(logs::Logs),
    Stats(stats::Stats),
    Vault(vault::Vault),
    Install(install::Install),
    Bundle(bundle::Bundle),
    Health(health::Health),
    Schema(schema::Schema),
    Completions(completions::Completions),
    Man(man::ManualPages),
    Audit(audit::Audit),
    Sample(sample::Sample),
    CompileCode(compile_code::CompileCode),
}

/// A verb's end that is not a success.
#[derive(Debug)]
enum Failure {
    /// What was asked for failed, and has been told already.
    Told,
    /// The command line is wrong in a way that only its verb can see.
    Usage(anyhow::Error),
    /// Toolgate cannot start.
    Setup(anyhow::Error),
    /// It waits for an answer that nobody was there to give.
    Waiting(anyhow::Error),
    /// Anything else.
    Other(anyhow::Error),
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        // A reader such as `head` that has seen enough is no failure to tell about.
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            Self::Told
        } else {
            Self::Other(error.into())
        }
    }
}

/// Parses the command line and runs its verb.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    // Before anything secret is read. Where the system does not allow it, its operator decides about core dumps.
    if let Err(error) = crate::process::forbid_core_dumps() {
        output::complain(&format!(
            "warning: a crash could leave a core dump with credentials in it: {error}"
        ));
    }
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    if let Verb::Serve(_) = &cli.verb
        && let Some(workers) = serve::workers(&cli.global)
    {
        runtime.worker_threads(workers);
    }
    let runtime = match runtime.enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            output::complain(&format!("error: cannot start: {error}"));
            return ExitCode::from(SETUP);
        }
    };
    let result = runtime.block_on(async {
        match cli.verb {
            Verb::Serve(verb) => verb.run(&cli.global).await,
            Verb::Demo(verb) => verb.run(&cli.global).await,
            Verb::New(verb) => verb.run(&cli.global),
            Verb::Import(verb) => verb.run(&cli.global).await,
            Verb::Analyze(verb) => verb.run(&cli.global).await,
            Verb::Check(verb) => verb.run(&cli.global).await,
            Verb::Tools(verb) => verb.run(&cli.global).await,
            Verb::Find(verb) => verb.run(&cli.global).await,
            Verb::Call(verb) => verb.run(&cli.global).await,
            Verb::Test(verb) => verb.run(&cli.global).await,
            Verb::Apis(verb) => verb.run(&cli.global).await,
            Verb::Approvals(verb) => verb.run(&cli.global).await,
            Verb::Keys(verb) => verb.run(&cli.global).await,
            Verb::Logs(verb) => verb.run(&cli.global).await,
            Verb::Stats(verb) => verb.run(&cli.global).await,
            Verb::Vault(verb) => verb.run(&cli.global).await,
            Verb::Install(verb) => verb.run(&cli.global),
            Verb::Bundle(verb) => verb.run(&cli.global),
            Verb::Health(verb) => verb.run(&cli.global).await,
            Verb::Schema(verb) => verb.run(&cli.global),
            Verb::Completions(verb) => verb.run(&cli.global),
            Verb::Man(verb) => verb.run(&cli.global),
            Verb::Audit(verb) => verb.run(&cli.global).await,
            Verb::Sample(verb) => verb.run(&cli.global).await,
            Verb::CompileCode(verb) => verb.run(),
        }
    });
    // A thread that is blocked reading a terminal must not keep the process alive.
    runtime.shutdown_background();
    let (error, code) = match result {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Failure::Told) => return ExitCode::from(FAILURE),
        Err(Failure::Usage(error)) => (error, USAGE),
        Err(Failure::Setup(error)) => (error, SETUP),
        Err(Failure::Waiting(error)) => (error, WAITING),
        Err(Failure::Other(error)) => (error, FAILURE),
    };
    output::complain(&format!("error: {}", with_causes(&error)));
    ExitCode::from(code)
}

/// An error and what caused it, each said once: many errors quote their cause.
fn with_causes(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !text.contains(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_said_once() {
        let error = anyhow::anyhow!("no such file")
            .context("cannot read a.toml: no such file; name another")
            .context("cannot start");
        assert_eq!(
            with_causes(&error),
            "cannot start: cannot read a.toml: no such file; name another"
        );
    }

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory as _;
        Cli::command().debug_assert();
    }
}
