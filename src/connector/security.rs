//! Where requests may go, and how many.

use ipnet::IpNet;
use url::Url;

use super::Allowance;
use super::document::{RateLimitDocument, SecurityDocument};
use super::model::{RateLimit, Security};
use super::scope::Scope;
use crate::document::Node;

/// Compiles `[security]`. `base_url` is the base URL as written, for the default allowlist, in which it stands as
/// requests have it: with its host in ASCII and no `..`.
pub(super) fn compile(
    scope: &Scope<'_>,
    node: Option<&Node>,
    document: &SecurityDocument,
    base_url: Option<&str>,
) -> Option<Security> {
    let place = |key: &str| node.and_then(|node| node.get(key));
    let url_allowlist = if let Some(patterns) = &document.url_allowlist {
        url_patterns(scope, place("url_allowlist"), patterns, document.allow_http)
    } else {
        let written = base_url.unwrap_or_default();
        let base = Url::parse(written).map_or_else(|_| written.to_owned(), String::from);
        Some(vec![format!("{}/*", base.trim_end_matches('/'))])
    };
    let ip_allowlist = match &document.ip_allowlist {
        Some(networks) => self::networks(scope, place("ip_allowlist"), networks).map(Some),
        None => Some(None),
    };
    if document.allow_http {
        let span = place("allow_http").map_or(0..0, |value| value.span.clone());
        if document.ip_allowlist.is_none() {
            let message = "`allow_http` needs an `ip_allowlist`";
            let help =
                "name the network of the API: ip_allowlist = [\"10.20.0.0/16\"], or 127.0.0.0/8 for this machine";
            scope.refuse("allow-http", span, message, help);
            return None;
        }
        let message = "requests may leave without encryption: anybody in that network can read the credential";
        scope.report(scope.source.warning("allow-http", span, message));
    }
    Some(Security {
        url_allowlist: url_allowlist?,
        ip_allowlist: ip_allowlist?,
        allow_http: document.allow_http,
        max_response_bytes: document.max_response_bytes,
        rate_limit: rate_limit(scope, node, &document.rate_limit),
    })
}

/// Compiles `[security.rate_limit]`; reports limits that are switched off (contract S1-88).
fn rate_limit(scope: &Scope<'_>, node: Option<&Node>, document: &RateLimitDocument) -> RateLimit {
    let place = node.and_then(|node| node.get("rate_limit"));
    let RateLimitDocument {
        requests_per_minute_per_action,
        requests_per_minute,
        requests_per_day,
    } = *document;
    let written = [
        (
            "requests_per_minute_per_action",
            requests_per_minute_per_action,
            "calls of each action",
        ),
        ("requests_per_minute", requests_per_minute, "calls in a minute"),
        ("requests_per_day", requests_per_day, "calls in a day"),
    ];
    for (key, allowance, what) in written {
        if let Some(place) = place {
            warn_of_no_limit(scope, place, key, allowance, what);
        }
    }
    RateLimit {
        requests_per_minute_per_action,
        requests_per_minute,
        requests_per_day,
    }
}

/// Warns when `key` of the table `place` switches a limit off.
pub(super) fn warn_of_no_limit(scope: &Scope<'_>, place: &Node, key: &str, allowance: Option<Allowance>, what: &str) {
    if allowance == Some(Allowance::Unlimited) {
        let message = format!("nothing limits {what}: an agent that repeats itself uses up the API's own limit");
        let help = "write the number of calls that the API can bear";
        scope.warn("unlimited", place.value_span(key), message, help);
    }
}

fn url_patterns(scope: &Scope<'_>, place: Option<&Node>, patterns: &[String], allow_http: bool) -> Option<Vec<String>> {
    let place = place?;
    if patterns.is_empty() {
        let message = "an empty `url_allowlist` lets no request out";
        scope.refuse(
            "bad-allowlist",
            place.span.clone(),
            message,
            "leave it out to allow the base URL and all below it",
        );
        return None;
    }
    let mut sound = true;
    for (pattern, item) in patterns.iter().zip(place.items()) {
        let rest = pattern
            .strip_prefix("https://")
            .or_else(|| pattern.strip_prefix("http://").filter(|_| allow_http));
        let host = rest
            .and_then(|rest| rest.split(['/', '?', '#']).next())
            .unwrap_or_default();
        let problem = if rest.is_none() {
            Some("does not begin with https://")
        } else if host.is_empty() || host == "*" {
            Some("names no host")
        } else if host.contains('@') {
            Some("holds a user name")
        } else {
            None
        };
        if let Some(problem) = problem {
            let message = format!("the pattern {problem}");
            let help = "write a pattern such as https://crm.example.com/*";
            scope.refuse("bad-allowlist", item.span.clone(), message, help);
            sound = false;
        }
    }
    sound.then(|| patterns.to_vec())
}

fn networks(scope: &Scope<'_>, place: Option<&Node>, networks: &[String]) -> Option<Vec<IpNet>> {
    let place = place?;
    if networks.is_empty() {
        let message = "an empty `ip_allowlist` lets no request out";
        let help = "leave it out to allow public addresses, or name networks: [\"10.20.0.0/16\"]";
        scope.refuse("bad-allowlist", place.span.clone(), message, help);
        return None;
    }
    let mut parsed = Vec::with_capacity(networks.len());
    let mut sound = true;
    for (network, item) in networks.iter().zip(place.items()) {
        let address = network
            .parse::<IpNet>()
            .or_else(|_| network.parse::<std::net::IpAddr>().map(IpNet::from));
        if let Ok(network) = address {
            if network.prefix_len() == 0 {
                let message = "this network is the whole internet";
                let help = "leave `ip_allowlist` out to allow all public addresses, or name a smaller network";
                scope.warn("wide-network", item.span.clone(), message, help);
            }
            parsed.push(network);
        } else {
            let message = format!("`{network}` is neither an IP address nor a network");
            let help = "write an address such as 10.20.1.5 or a network such as 10.20.0.0/16";
            scope.refuse("bad-allowlist", item.span.clone(), message, help);
            sound = false;
        }
    }
    sound.then_some(parsed)
}
