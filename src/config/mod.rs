//! The server's settings: `config.toml`, the environment and the user's folders.
//!
//! The only room that reads the environment. Must never hold a secret's value longer than it takes to hand it over.
//!
//! The types are the documentation: their doc comments make the JSON Schema for editors and `config.example.toml`.

mod applications;
mod audit;
mod environment;
mod example;
mod files;
mod finding;
mod limits;
mod listen_address;
mod load;
mod locations;
mod milliseconds;
mod place;
mod sandbox;
mod settings;
mod vault;

pub use applications::{ApplicationFolders, NoHome};
pub use audit::AuditConfig;
pub use environment::{environment_variable, operator};
pub use example::example;
pub use files::FilesConfig;
pub use finding::{FindingConfig, FindingMode};
pub use limits::LimitsConfig;
pub use listen_address::{NoListenAddress, listen_address};
pub use load::{check_settings, load, schema};
pub use locations::{Locations, LocationsError};
pub use place::Setting;
pub use sandbox::SandboxConfig;
pub use settings::{
    ApprovalsConfig, CallerAuthentication, CatalogConfig, Config, EgressConfig, HttpConfig, LogConfig, LogFormat,
    LogLevel, ServerConfig,
};
pub use vault::VaultConfig;

#[cfg(test)]
mod tests;
