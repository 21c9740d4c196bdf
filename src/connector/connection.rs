//! How to reach an API: base URL and fixed headers.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use http::{HeaderName, HeaderValue};
use ipnet::IpNet;
use url::{Host, Url};

use super::document::ConnectionDocument;
use super::headers::{self, Forbidden};
use super::model::{Connection, Security};
use super::scope::Scope;
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
    })
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
        _ => {
            return refuse(
                "the base URL is not a URL".to_owned(),
                "write it whole, e.g. https://crm.example.com/api/v1",
            );
        }
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
            "only paths, queries, headers and bodies are templates",
        );
    }
    match url.scheme() {
        "https" => {}
        "http" => {
            let Some(security) = security else { return Some(url) };
            if !security.allow_http {
                return refuse(
                    format!("`{written}` is not HTTPS: anybody on the way could read the credential"),
                    "write https://, or, for an API in your own network, name the network in `[security]`: \
                     allow_http = true and ip_allowlist = [\"10.20.0.0/16\"]",
                );
            }
        }
        scheme => return refuse(format!("`{scheme}` URLs cannot be called"), "write https://"),
    }
    if let Some(security) = security {
        private_host(scope, place, &url, security)?;
        reachable(scope, node, &url, security);
    }
    Some(url)
}

/// A private address that no `ip_allowlist` names would fail with every call (contract S1-08).
fn private_host(scope: &Scope<'_>, place: &Node, url: &Url, security: &Security) -> Option<()> {
    let private = match url.host()? {
        Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        Host::Ipv4(address) => address.is_private() || address.is_loopback() || address.is_link_local(),
        Host::Ipv6(address) => address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local(),
    };
    let literal = match url.host()? {
        Host::Domain(_) => None,
        Host::Ipv4(address) => Some(IpAddr::V4(address)),
        Host::Ipv6(address) => Some(IpAddr::V6(address)),
    };
    let named = security.ip_allowlist.as_ref().is_some_and(|networks| {
        // What a name leads to is known when it is called.
        literal.is_none_or(|address| networks.iter().any(|network| network.contains(&address)))
    });
    if private && !named {
        let network = match literal {
            Some(address) if address != Ipv4Addr::LOCALHOST => IpNet::from(address).to_string(),
            _ => "127.0.0.0/8".to_owned(),
        };
        let message = "the base URL leads to a private address";
        let help = format!("name the network that may be called: [security] ip_allowlist = [\"{network}\"]");
        scope.refuse("private-address", place.span.clone(), message, help);
        return None;
    }
    Some(())
}

/// Warns of an allowlist that can never match the base URL.
fn reachable(scope: &Scope<'_>, node: &Node, url: &Url, security: &Security) {
    let base = url.as_str();
    let matches = security.url_allowlist.iter().any(|pattern| {
        let fixed = pattern.split('*').next().unwrap_or_default().to_ascii_lowercase();
        base.starts_with(&fixed) || fixed.starts_with(base)
    });
    if !matches {
        let span = node.value_span("base_url");
        let message = "no pattern of `url_allowlist` matches the base URL, so no request can leave";
        scope.warn(
            "unreachable",
            span,
            message,
            format!("add \"{}/*\"", base.trim_end_matches('/')),
        );
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
