//! How to reach an API: base URLs and fixed headers.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderName, HeaderValue};
use ipnet::IpNet;
use url::{Host, Url};

use super::document::ConnectionDocument;
use super::headers::{self, Forbidden};
use super::model::{Connection, Security, Server};
use super::naming::is_slug;
use super::reach::{AddressRule, Refusal};
use super::scope::Scope;
use super::security;
use crate::document::Node;

/// Compiles `[connection]`. `security` is `None` when it has errors of its own.
pub(super) fn compile(
    scope: &Scope<'_>,
    node: &Node,
    document: &ConnectionDocument,
    security: Option<&Security>,
    forbidden: &Forbidden,
) -> Option<Connection> {
    let base_url = base_url(scope, node, &document.base_url, security);
    let headers = fixed_headers(scope, node, forbidden);
    let servers = servers(scope, node, document, security, base_url.as_ref());
    if !document.verify_ssl {
        let span = node.value_span("verify_ssl");
        let message = "the API's certificate is not verified: anybody on the way can read and change what is sent";
        let help = "trust the API's certificate authority with `egress.extra_ca` in config.toml instead";
        scope.warn("unverified-tls", span, message, help);
    }
    Some(Connection {
        base_url: base_url?,
        timeout: Duration::from_millis(document.timeout_ms),
        retry_attempts: document.retry_attempts,
        verify_ssl: document.verify_ssl,
        headers: headers?,
        servers: servers?,
    })
}

/// Compiles `[connection.servers]`.
fn servers(
    scope: &Scope<'_>,
    node: &Node,
    document: &ConnectionDocument,
    security: Option<&Security>,
    own: Option<&Url>,
) -> Option<Vec<Arc<Server>>> {
    let mut all = Vec::with_capacity(document.servers.len());
    let mut sound = true;
    for (name, server) in &document.servers {
        let Some(member) = node.get("servers").and_then(|servers| servers.member(name)) else {
            continue;
        };
        if !is_slug(name) {
            let message = format!("`{name}` cannot be the name of a server");
            let help = "use lowercase letters, digits and single underscores";
            scope.refuse("bad-name", member.key_span.clone(), message, help);
            sound = false;
        }
        let Some(base_url) = base_url(scope, &member.value, &server.base_url, security) else {
            sound = false;
            continue;
        };
        let is_same_origin = own.is_some_and(|own| own.origin() == base_url.origin());
        match server.credentials {
            Some(true) if !is_same_origin => {
                let message = format!(
                    "the credential is sent to {} too",
                    base_url.origin().ascii_serialization()
                );
                let span = member.value.value_span("credentials");
                scope.report(scope.source.note("credential-sent", span, message));
            }
            None if !is_same_origin && authenticates(scope) => {
                let message = format!("requests to the server `{name}` carry no credential");
                let help = "write credentials = true when the API's owner runs it too and it asks for the credential, else false";
                scope.warn("no-credential", member.key_span.clone(), message, help);
            }
            _ => {}
        }
        all.push(Arc::new(Server {
            name: name.clone(),
            base_url,
            credentials: server.credentials.unwrap_or(is_same_origin),
        }));
    }
    sound.then_some(all)
}

/// Whether there is a credential to send.
fn authenticates(scope: &Scope<'_>) -> bool {
    let kind = scope.root.get("auth").and_then(|auth| auth.get("type"));
    kind.and_then(Node::text).is_some_and(|kind| kind != "none")
}

fn base_url(scope: &Scope<'_>, node: &Node, written: &str, security: Option<&Security>) -> Option<Url> {
    let place = node.get("base_url")?;
    let refuse = |message: String, help: &str| {
        scope.refuse("bad-base-url", place.span.clone(), message, help);
        None
    };
    // The text is not quoted in messages before it is known to hold no password.
    let url = match Url::parse(written) {
        Ok(url) if url.has_host() => url,
        _ => return refuse("the base URL is not a URL".to_owned(), &whole_url(written)),
    };
    if !url.username().is_empty() || url.password().is_some() {
        return refuse(
            "the base URL holds a user name or password".to_owned(),
            "authenticate in `[auth]` with the type basic_auth",
        );
    }
    if url.query().is_some() || url.fragment().is_some() {
        return refuse(
            "the base URL has a query or a fragment, but paths are appended to it".to_owned(),
            "write query parameters in the actions' `query`",
        );
    }
    if written.contains(['{', '}']) {
        return refuse(
            "the base URL holds a placeholder".to_owned(),
            "only paths, queries, headers and bodies are templates; an address that differs between installations \
             is a setting, e.g. {{settings.tenant}}",
        );
    }
    if url.host_str().is_some_and(|host| host.contains('*')) {
        return refuse(
            "the base URL has a `*` in its host".to_owned(),
            "name one host; patterns belong in `url_allowlist`",
        );
    }
    match url.scheme() {
        "https" => {}
        "http" => {
            let Some(security) = security else { return Some(url) };
            if !security.allow_http {
                return refuse(
                    format!("`{written}` is not HTTPS: anybody on the way could read the credential"),
                    &format!(
                        "write https://, or, for an API in your own network, name the network in `[security]`: \
                         allow_http = true and ip_allowlist = [\"{}\"]",
                        network_of(&url.host()?)
                    ),
                );
            }
        }
        scheme => return refuse(format!("`{scheme}` URLs cannot be called"), "write https://"),
    }
    if let Some(security) = security {
        host_is_allowed(scope, place, &url, security)?;
        reachable(scope, node, &url, security);
    }
    Some(url)
}

/// A host that the rules refuse would fail with every call (contract S1-08).
fn host_is_allowed(scope: &Scope<'_>, place: &Node, url: &Url, security: &Security) -> Option<()> {
    let host = url.host()?;
    security::odd_host(scope, place, &host);
    security::odd_port(scope, place, url.port());
    let refusal = AddressRule::new(security.ip_allowlist.as_deref()).check_url(url).err();
    let (code, message, help) = match refusal {
        None => return Some(()),
        Some(Refusal::Metadata) => (
            "metadata-address",
            "the base URL leads to a cloud's metadata service, which is never allowed".to_owned(),
            "write the URL of the API".to_owned(),
        ),
        Some(Refusal::NotPublic { kind }) => (
            "private-address",
            format!("the base URL leads to an address that is not public ({kind})"),
            name_the_network(&host),
        ),
        Some(Refusal::NotListed) => (
            "private-address",
            "the base URL leads to an address that is not in `ip_allowlist`".to_owned(),
            name_the_network(&host),
        ),
        Some(refusal @ (Refusal::NoName | Refusal::NoPort)) => (
            "bad-base-url",
            refusal.to_string(),
            "write the base URL as the API's documentation has it".to_owned(),
        ),
    };
    scope.refuse(code, place.span.clone(), message, help);
    None
}

/// How to write a base URL that could not be read as a URL.
fn whole_url(written: &str) -> String {
    let with_scheme = format!("https://{written}");
    match Url::parse(&with_scheme) {
        // Only the scheme was left out. What stands before an `@` may be a password, so it is not quoted.
        Ok(url) if !written.contains("//") && !written.contains('@') && url.has_host() => {
            format!("write it whole: {with_scheme}")
        }
        _ => "write it whole, e.g. https://crm.example.com/api/v1".to_owned(),
    }
}

/// The setting that opens the network of `host`, as far as that can be told.
fn name_the_network(host: &Host<&str>) -> String {
    format!(
        "name the network that may be called: [security] ip_allowlist = [\"{}\"]",
        network_of(host)
    )
}

/// The network that `host` is in; for a name, which says nothing about that, an example.
fn network_of(host: &Host<&str>) -> String {
    match host {
        Host::Ipv4(Ipv4Addr::LOCALHOST) => "127.0.0.0/8".to_owned(),
        Host::Domain(name) if name.contains("localhost") => "127.0.0.0/8".to_owned(),
        Host::Ipv4(address) => IpNet::from(IpAddr::V4(*address)).to_string(),
        Host::Ipv6(address) => IpNet::from(IpAddr::V6(*address).to_canonical()).to_string(),
        Host::Domain(_) => "10.20.0.0/16".to_owned(),
    }
}

/// Warns of an allowlist that can never match the base URL.
fn reachable(scope: &Scope<'_>, node: &Node, url: &Url, security: &Security) {
    if !security.url_allowlist.reaches(url) {
        let span = node.value_span("base_url");
        let message = "no pattern of `url_allowlist` matches the base URL, so no request can leave";
        let base = url.as_str().trim_end_matches('/');
        scope.warn("unreachable", span, message, format!("add \"{base}/*\""));
    }
}

fn fixed_headers(scope: &Scope<'_>, node: &Node, forbidden: &Forbidden) -> Option<Vec<(HeaderName, HeaderValue)>> {
    let mut all = Vec::new();
    let mut sound = true;
    for member in node.get("headers").map(Node::members).unwrap_or_default() {
        let Some(name) = headers::name(scope, &member.key, &member.key_span, forbidden) else {
            sound = false;
            continue;
        };
        if !super::request::is_literal(&member.value) {
            let help = "write headers with placeholders in the actions";
            let message = "headers of the connection are the same for all requests and cannot hold placeholders";
            scope.refuse("bad-header", member.value.span.clone(), message, help);
            sound = false;
        } else if super::secret::carries_secret(name.as_str()) {
            let message = format!("the header `{name}` looks like a secret that is written out");
            let help = format!("authenticate in `[auth]`: {}", super::secret::advice(scope.root, "key"));
            scope.refuse("literal-secret", member.value.span.clone(), message, help);
            sound = false;
        } else {
            match headers::literal_value(scope, &member.value) {
                Some(value) => all.push((name, value)),
                None => sound = false,
            }
        }
    }
    sound.then_some(all)
}
