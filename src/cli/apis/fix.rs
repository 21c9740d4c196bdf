//! `toolgate apis fix` (contract S1-71): a credential is entered again, and the connection tested.

use clap::Args;

use super::test::How;
use super::{Installed, secrets_of};
use crate::cli::{Failure, Global, assemble, output, secret_input};
use crate::connector::model::{Connector, SecretName, SecretRef};
use crate::store::SecretId;
use crate::vault::LOCAL;

/// Enter an API's credentials again, and test its connection.
///
/// A secret of the vault is typed at a prompt or read from standard input, and stored. For a credential in an
/// environment variable, the variable is named: setting it where the server runs is left to you.
#[derive(Debug, Args)]
pub(super) struct Fix {
    /// The API's slug.
    slug: String,
    /// Enter only this secret, e.g. crm/key; needed where standard input holds one of several.
    #[arg(long, value_name = "NAME")]
    secret: Option<String>,
    #[command(flatten)]
    how: How,
}

impl Fix {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failure> {
        let installed = Installed::open(global).await?;
        let connector = installed.connector(&self.slug)?;
        for name in environment_variables(connector) {
            let is_set = crate::config::environment_variable(name).is_some();
            output::complain(&format!(
                "the credential is in the environment variable {name}, which is {} here; set it where the server runs, \
                 then restart the server",
                if is_set { "set" } else { "not set" }
            ));
        }
        let (vault, _) = assemble::vault(global).await?;
        for name in self.secrets(connector)? {
            let prompt = format!("Value of {}, not shown", name.name);
            let command = format!("toolgate apis fix {} --secret {}", self.slug, name.name);
            let value = secret_input::read(&prompt, &command).await?;
            let id = SecretId {
                organisation: LOCAL.to_owned(),
                user: name.user.clone(),
                name: name.name.clone(),
            };
            vault.set(&id, &value).await.map_err(anyhow::Error::from)?;
            output::complain(&format!("stored {}", name.name));
        }
        self.how.run(global, &self.slug).await
    }

    /// The secrets to enter.
    fn secrets<'a>(&self, connector: &'a Connector) -> Result<Vec<&'a SecretName>, Failure> {
        use std::io::IsTerminal as _;

        let mut names = secrets_of(connector);
        if let Some(wanted) = &self.secret {
            names.retain(|name| name.name == *wanted || name.to_string() == *wanted);
            if names.is_empty() {
                return Err(Failure::Usage(anyhow::anyhow!("`{}` names no such secret", self.slug)));
            }
        }
        if names.len() > 1 && !std::io::stdin().is_terminal() {
            let names: Vec<String> = names.iter().map(|name| name.name.clone()).collect();
            return Err(Failure::Usage(anyhow::anyhow!(
                "`{}` needs several secrets, and standard input holds one: say which with --secret ({})",
                self.slug,
                names.join(", ")
            )));
        }
        Ok(names)
    }
}

fn environment_variables(connector: &Connector) -> Vec<&String> {
    let secrets = connector.secrets().into_iter();
    let names = secrets.filter_map(|secret| match secret {
        SecretRef::Environment(name) => Some(name),
        SecretRef::Vault(_) => None,
    });
    names.collect()
}
