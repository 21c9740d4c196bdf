//! HTTP clients: one for each distinct set of network rules, built once and kept.
//!
//! A client is its connection pool. A connection opened because one connector may reach an address must not serve
//! another connector that may not, so rules that differ mean pools that differ.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use reqwest::{Certificate, Client, ClientBuilder};
use tracing::warn;

use super::EgressError;
use super::failure::chain;
use super::resolver::{GuardedResolver, NameLookup};
use crate::config::EgressConfig;
use crate::connector::reach::AddressRule;

/// Clients kept for connectors that are not loaded at the moment; those in use live as long as their routes.
const KEPT_CLIENTS: u64 = 256;
/// How long an unused connection stays open. Shorter than what most servers allow: a request on a connection that the server is just closing is lost.
const IDLE_CONNECTION: Duration = Duration::from_secs(50);
/// Unused connections kept open to one host: as many as calls may run at a time, or busy servers would open and close
/// one for many of their calls. There are no more than calls needed at once within [`IDLE_CONNECTION`].
const IDLE_CONNECTIONS_PER_HOST: usize = 10_000;
/// Header lines of an answer over HTTP/1.1. hyper ends an answer head of more than about 400 KiB by itself.
const MAX_HEADERS: usize = 128;
/// Size of an answer's headers over HTTP/2, counted as in RFC 9113 section 6.5.2.
const MAX_HEADER_BYTES: u32 = 64 * 1024;
/// What requests call themselves unless the connector says otherwise.
const USER_AGENT: &str = concat!("toolgate/", env!("CARGO_PKG_VERSION"));

/// Everything that decides whether two connectors may share connections.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct ClientRules {
    pub(super) addresses: AddressRule,
    pub(super) verify_certificates: bool,
}

/// A client, and what has to be known to explain its failures.
#[derive(Debug, Clone)]
pub(super) struct RuledClient {
    pub(super) client: Client,
    /// Whether there is any authority that a certificate could come from.
    pub(super) has_authorities: bool,
}

/// Builds and keeps clients.
pub(super) struct Clients {
    connect_timeout: Duration,
    extra_authorities: Vec<Certificate>,
    names: Arc<dyn NameLookup>,
    built: Cache<ClientRules, RuledClient>,
}

impl Clients {
    /// # Errors
    /// What is wrong with `extra_ca`.
    pub(super) fn new(config: &EgressConfig, names: Arc<dyn NameLookup>) -> Result<Self, EgressError> {
        let extra_authorities = match &config.extra_ca {
            Some(path) => read_authorities(path).map_err(|reason| {
                EgressError::Setup(format!(
                    "`extra_ca = \"{}\"` cannot be used: {reason}; it has to be a PEM file of certificates",
                    path.display()
                ))
            })?,
            None => Vec::new(),
        };
        let clients = Self {
            connect_timeout: config.connect_timeout,
            extra_authorities,
            names,
            built: Cache::builder().max_capacity(KEPT_CLIENTS).build(),
        };
        if config.extra_ca.is_some() {
            // Shows now, and not at the first request, whether the certificates are ones.
            clients.get(&ClientRules {
                addresses: AddressRule::Public,
                verify_certificates: true,
            })?;
        }
        Ok(clients)
    }

    /// The client for these rules.
    ///
    /// # Errors
    /// [`EgressError::Setup`] when TLS cannot be set up.
    pub(super) fn get(&self, rules: &ClientRules) -> Result<RuledClient, EgressError> {
        self.built
            .try_get_with_by_ref(rules, || self.build(rules))
            .map_err(Arc::unwrap_or_clone)
    }

    fn build(&self, rules: &ClientRules) -> Result<RuledClient, EgressError> {
        if !rules.verify_certificates {
            let client = self.builder(rules).tls_danger_accept_invalid_certs(true).build();
            return client.map_err(|error| setup_error(&error)).map(|client| RuledClient {
                client,
                has_authorities: true,
            });
        }
        let merged = self
            .builder(rules)
            .tls_certs_merge(self.extra_authorities.iter().cloned());
        match merged.build() {
            Ok(client) => Ok(RuledClient {
                client,
                has_authorities: true,
            }),
            // A bare container has no authorities. Plain HTTP to an allowed network still works then, so the failure
            // belongs to the request that needs one and not to the start of the server.
            Err(error) if self.extra_authorities.is_empty() => {
                warn!(
                    cause = chain(&error),
                    "no certificate authorities: HTTPS requests will fail; install CA certificates or set `extra_ca`"
                );
                let client = self.builder(rules).tls_certs_only([]).build();
                client.map_err(|error| setup_error(&error)).map(|client| RuledClient {
                    client,
                    has_authorities: false,
                })
            }
            Err(error) => Err(setup_error(&error)),
        }
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one place where clients are built")]
    fn builder(&self, rules: &ClientRules) -> ClientBuilder {
        Client::builder()
            .user_agent(USER_AGENT)
            .dns_resolver(GuardedResolver {
                rule: rules.addresses.clone(),
                names: Arc::clone(&self.names),
            })
            // A proxy would resolve names itself, past the resolver above; this also ignores the environment's proxies.
            .no_proxy()
            // Redirects are followed by `route`, which checks each of them.
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            // A repetition in here would be in no log and count for no limit.
            .retry(reqwest::retry::never())
            .connect_timeout(self.connect_timeout)
            .pool_idle_timeout(IDLE_CONNECTION)
            .pool_max_idle_per_host(IDLE_CONNECTIONS_PER_HOST)
            .tcp_nodelay(true)
            .http1_max_headers(MAX_HEADERS)
            .http2_max_header_list_size(MAX_HEADER_BYTES)
    }
}

fn read_authorities(path: &Path) -> Result<Vec<Certificate>, String> {
    let pem = std::fs::read(path).map_err(|error| error.to_string())?;
    let certificates = Certificate::from_pem_bundle(&pem).map_err(|error| error.to_string())?;
    if certificates.is_empty() {
        return Err("it holds no certificate".to_owned());
    }
    Ok(certificates)
}

fn setup_error(error: &reqwest::Error) -> EgressError {
    EgressError::Setup(format!("HTTP cannot be set up: {}", chain(error)))
}
