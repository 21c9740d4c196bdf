//! `toolgate schema`: the JSON Schemas that editors complete and check files with.

use clap::{Args, ValueEnum};

use super::{Failure, Global, NoPlaces, output};
use crate::config;
use crate::connector;

/// Print the JSON Schema of a kind of file, for editors.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  toolgate schema config
  toolgate schema connector > connector.schema.json

A file names its schema where its editor looks for it: `#:schema PATH` on the first line of TOML,
`# yaml-language-server: $schema=PATH` on that of YAML, the key `$schema` in JSON.

Exit codes: 0 done; 2 usage.")]
pub(super) struct Schema {
    /// The kind of file.
    #[arg(value_enum)]
    kind: Kind,
    #[command(flatten)]
    places: NoPlaces,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    /// The settings of a server: `config.toml`.
    Config,
    /// A connector: `connector.toml`.
    Connector,
    /// The actions of one entity: `services/NAME.toml`.
    Entity,
}

impl Schema {
    pub(super) fn run(self, global: &Global) -> Result<(), Failure> {
        global.refuse("schema")?;
        let schema = match self.kind {
            Kind::Config => config::schema(),
            Kind::Connector => connector::schema(),
            Kind::Entity => connector::entity_schema(),
        };
        Ok(output::say_json(&schema)?)
    }
}
