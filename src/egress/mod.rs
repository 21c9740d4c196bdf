//! The only way out: every outgoing HTTP request passes a [`Route`].
//!
//! Must never know what a tool or a principal is. No other room opens an outbound connection.
//!
//! A request is checked three times against the rules of [`crate::connector::reach`]: its method and URL against the
//! connector's allowlist, the host in the URL against its address rule, and a name's addresses against the same rule at
//! the moment of connecting (`resolver`). Each redirect is checked like a request of its own. Whatever makes requests
//! for an action, stands above this room and so behind these checks.

mod body;
mod client;
mod coding;
mod error;
mod failure;
mod headers;
mod log;
mod names;
mod redirect;
mod resolver;
mod route;
mod taken_for;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use tracing::warn;
use url::{Host, Url};

pub use body::Departure;
pub use error::{EgressError, Phase};
pub use names::SystemNames;
pub use resolver::NameLookup;
pub use route::Route;
pub(crate) use taken_for::{claimed, is_safe, refusal};

use crate::config::EgressConfig;
use crate::connector::model::Connector;
use crate::connector::reach::AddressRule;
use crate::crypto::install_tls_provider;
use client::{ClientRules, Clients};

/// A request before credentials are put on it. Showing one in a dry run reveals nothing.
#[derive(Debug, Clone)]
pub struct OutgoingRequest {
    /// Its method.
    pub method: Method,
    /// The whole URL.
    pub url: Url,
    /// Its headers. Those that belong to the connection, e.g. `Host` and `Content-Length`, are left out when it is sent.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Option<Bytes>,
    /// Longest time for the whole exchange; the connector's when `None`.
    pub timeout: Option<Duration>,
    /// Longest answer in bytes, when that is less than the connector allows.
    pub max_response_bytes: Option<u64>,
    /// What logs show instead of the URL's path when that holds an argument nobody may see.
    pub shown_path: Option<String>,
    /// Whether its action only reads. Then it does not leave when it asks to be taken for a request that may change
    /// something, and no redirect makes one of it.
    pub only_reads: bool,
}

/// An answer, with sensitive headers already gone.
#[derive(Debug, Clone)]
pub struct UpstreamResponse {
    /// Its status.
    pub status: StatusCode,
    /// Its headers without cookies, credentials, challenges, server banners and internal addresses.
    pub headers: HeaderMap,
    /// Its body, decompressed.
    pub body: Bytes,
    /// Why that is not all of it. Only ever said of a failure, whose status counts more than the end of its body.
    pub cut: Option<EgressError>,
    /// Requests that left for it, redirects included.
    pub requests: u32,
    /// Where it came from, redirects followed; without the credential.
    pub url: Url,
    /// Its `Link` headers as they came, to be followed and never shown: they may name internal addresses.
    pub links: Vec<HeaderValue>,
}

/// The way out of one process. Cheap to clone.
#[derive(Clone)]
pub struct Egress {
    clients: Arc<Clients>,
    connect_timeout: Duration,
    read_timeout: Duration,
    unverified_hosts: Arc<[Host]>,
}

impl Egress {
    /// Builds the way out from the server's settings.
    ///
    /// # Errors
    /// [`EgressError::Setup`] with what is wrong in them.
    pub fn new(config: &EgressConfig) -> Result<Self, EgressError> {
        Self::with_names(config, Arc::new(SystemNames::default()))
    }

    /// [`Self::new`] with another source of addresses than the system's.
    ///
    /// # Errors
    /// [`EgressError::Setup`] with what is wrong in the settings.
    pub fn with_names(config: &EgressConfig, names: Arc<dyn NameLookup>) -> Result<Self, EgressError> {
        // Building a client without a provider would panic.
        install_tls_provider();
        let unverified_hosts = config
            .allow_invalid_certificates_for
            .iter()
            .map(|host| {
                let wrong = |problem: &str| {
                    EgressError::Setup(format!(
                        "`allow_invalid_certificates_for` holds `{host}`, which {problem}"
                    ))
                };
                if host.contains('*') {
                    return Err(wrong(
                        "stands for no host: name each one whose certificate cannot be verified",
                    ));
                }
                Host::parse(host).map_err(|error| wrong(&format!("is not a host name: {error}")))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            clients: Arc::new(Clients::new(config, names)?),
            connect_timeout: config.connect_timeout,
            read_timeout: config.read_timeout,
            unverified_hosts,
        })
    }

    /// Prepares a connector's way out. Done once when the connector is loaded: connectors with the same network rules
    /// share a connection pool, and so does a connector with its own earlier definition.
    ///
    /// # Errors
    /// [`EgressError::Setup`] when it does not want certificates verified and the server's settings do not let it.
    pub fn route(&self, connector: &Connector) -> Result<Route, EgressError> {
        let security = &connector.security;
        let connection = &connector.connection;
        let addresses = AddressRule::new(security.ip_allowlist.as_deref());
        let client = |verify_certificates| {
            self.clients.get(&ClientRules {
                addresses: addresses.clone(),
                verify_certificates,
            })
        };
        let unverified = if connection.verify_ssl {
            None
        } else {
            let host = self.allowed_unverified_host(&connection.base_url)?;
            warn!(connector = connector.slug, %host, "certificates are not verified");
            Some((host, client(false)?))
        };
        Ok(Route {
            connector: connector.slug.clone(),
            hides_arguments: connector
                .actions
                .iter()
                .any(|action| !action.secret_arguments.is_empty()),
            client: client(true)?,
            unverified,
            allowlist: security.url_allowlist.clone(),
            safe_requests: security.safe_requests.clone(),
            addresses,
            // An `ip_allowlist` is what makes plain HTTP bearable: without one the request would cross the internet.
            plain_http: security.allow_http && security.ip_allowlist.is_some(),
            credential_origins: connection.credential_origins(),
            timeout: connection.timeout,
            connect_timeout: self.connect_timeout,
            read_timeout: self.read_timeout,
            max_response_bytes: security.max_response_bytes,
        })
    }

    /// The host of `base_url` if the server lets connectors skip the verification of its certificate (ruling C-17).
    fn allowed_unverified_host(&self, base_url: &Url) -> Result<Host, EgressError> {
        let host = base_url.host().map(|host| host.to_owned());
        host.clone()
            .filter(|host| self.unverified_hosts.contains(host))
            .ok_or_else(|| {
                let host = host.map_or_else(String::new, |host| host.to_string());
                EgressError::Setup(format!(
                    "`verify_ssl = false` needs the server's leave: write `allow_invalid_certificates_for = [\"{host}\"]` \
                     under `[egress]` in its configuration, or better, verify the certificate and name the authority that \
                     signed it in `extra_ca` there"
                ))
            })
    }
}
