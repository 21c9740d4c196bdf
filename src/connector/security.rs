//! Where requests may go, and how many.

use ipnet::IpNet;
use url::{Host, Url};

use super::Allowance;
use super::document::{RateLimitDocument, SecretsName, SecurityDocument};
use super::model::{RateLimit, Security};
use super::reach::{AddressRule, Pattern, Refusal, Unusual, UrlAllowlist, foreign_protocol, unusual};
use super::scope::Scope;
use crate::document::Node;

/// Compiles `[security]`. `base_urls` are the base URLs as written, the connection's own first, for the default allowlist,
/// in which they stand as requests have them: with the host in ASCII and no `..`.
pub(super) fn compile(
    scope: &Scope<'_>,
    node: Option<&Node>,
    document: &SecurityDocument,
    base_urls: &[&str],
) -> Option<Security> {
    let place = |key: &str| node.and_then(|node| node.get(key));
    let ip_allowlist = match &document.ip_allowlist {
        Some(networks) => self::networks(scope, place("ip_allowlist"), networks).map(Some),
        None => Some(None),
    };
    let url_allowlist = if let Some(patterns) = &document.url_allowlist {
        // With a broken list of networks there is nothing to compare addresses with.
        let addresses = ip_allowlist
            .as_ref()
            .map(|networks| AddressRule::new(networks.as_deref()));
        url_patterns(
            scope,
            place("url_allowlist"),
            patterns,
            document.allow_http,
            addresses.as_ref(),
        )
    } else {
        Some(below(base_urls))
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
    let sealed = document.secrets == SecretsName::Sealed;
    if !sealed {
        let span = place("secrets").map_or(0..0, |value| value.span.clone());
        let message = "code of this connector is given its secrets as they are, in place of handles";
        let help = "write secrets = \"sealed\" unless the code has to compute with them";
        scope.warn("exposed-secrets", span, message, help);
    }
    let own = base_urls.first().copied();
    let safe_requests = safe_requests(scope, place("safe_requests"), &document.safe_requests, own);
    Some(Security {
        url_allowlist: url_allowlist?,
        ip_allowlist: ip_allowlist?,
        allow_http: document.allow_http,
        sealed,
        safe_requests: safe_requests?,
        max_response_bytes: document.max_response_bytes,
        rate_limit: rate_limit(scope, node, &document.rate_limit),
    })
}

/// Compiles `safe_requests`. A pattern that begins with `/` stands below the base URL, as paths of actions do.
fn safe_requests(
    scope: &Scope<'_>,
    place: Option<&Node>,
    patterns: &[String],
    base_url: Option<&str>,
) -> Option<UrlAllowlist> {
    let Some(place) = place else {
        return Some(UrlAllowlist::of(Vec::new()));
    };
    let base = base_url.and_then(|written| Url::parse(written).ok());
    let mut compiled = Vec::with_capacity(patterns.len());
    let mut sound = true;
    for (source, item) in patterns.iter().zip(place.items()) {
        let whole = match (source.trim().split_once(char::is_whitespace), &base) {
            (Some((methods, path)), Some(base)) if path.trim_start().starts_with('/') => {
                let base = base.as_str().trim_end_matches('/');
                Ok(format!("{methods} {base}{}", path.trim_start()))
            }
            (Some((_, path)), None) if path.trim_start().starts_with('/') => continue,
            (Some(_), _) => Ok(source.clone()),
            (None, _) => Err("names no method".to_owned()),
        };
        match whole.and_then(|whole| Pattern::compile(&whole)) {
            Ok(pattern) => compiled.push(pattern),
            Err(problem) => {
                let message = format!("`{source}` {problem}");
                let help = "write the method and the path below the base URL, e.g. \"POST /search\"";
                scope.refuse("bad-safe-request", item.span.clone(), message, help);
                sound = false;
            }
        }
    }
    sound.then(|| UrlAllowlist::of(compiled))
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

/// The base URLs and everything below them. Lets nothing out to one that cannot be used, which is reported where it is
/// compiled.
fn below(base_urls: &[&str]) -> UrlAllowlist {
    let pattern = |base_url: &&str| {
        let base = Url::parse(base_url).ok()?;
        Pattern::compile(&format!("{}/*", base.as_str().trim_end_matches('/'))).ok()
    };
    UrlAllowlist::of(base_urls.iter().filter_map(pattern).collect())
}

fn url_patterns(
    scope: &Scope<'_>,
    place: Option<&Node>,
    patterns: &[String],
    allow_http: bool,
    addresses: Option<&AddressRule>,
) -> Option<UrlAllowlist> {
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
    let mut compiled = Vec::with_capacity(patterns.len());
    let mut sound = true;
    for (source, item) in patterns.iter().zip(place.items()) {
        let mut refuse = |problem: &str| {
            let message = format!("the pattern {problem}");
            let help = "write a pattern such as https://crm.example.com/*, or GET https://crm.example.com/*";
            scope.refuse("bad-allowlist", item.span.clone(), message, help);
            sound = false;
        };
        match Pattern::compile(source) {
            Err(problem) => refuse(&problem),
            Ok(pattern) if pattern.is_plain_http() && !allow_http => refuse("does not begin with https://"),
            Ok(pattern) => match addresses.and_then(|rule| rule.check_host(&pattern.host().0).err()) {
                Some(Refusal::Metadata) => refuse("leads to a cloud's metadata service, which no list opens"),
                refusal => {
                    pattern_risks(scope, item, &pattern, refusal);
                    compiled.push(pattern);
                }
            },
        }
    }
    sound.then(|| UrlAllowlist::of(compiled))
}

/// Warns of patterns that let out more than they seem to, or nothing (contract S1-88).
fn pattern_risks(scope: &Scope<'_>, item: &Node, pattern: &Pattern, refusal: Option<Refusal>) {
    let (host, below) = pattern.host();
    if below {
        let message = format!("every host below {host} may be called, whoever runs it and whatever it is for");
        let help = "name the hosts that the API needs, one pattern for each";
        scope.warn("wide-allowlist", item.span.clone(), message, help);
    } else if let Some(refusal) = refusal {
        let message = format!("no request can go where this pattern leads: {refusal}");
        let help = "leave the pattern out, or name the network in `ip_allowlist`";
        scope.warn("unreachable", item.span.clone(), message, help);
    }
    odd_host(scope, item, &host);
    odd_port(scope, item, pattern.port());
}

/// Shows what a host is on the wire when people may read it as another.
pub(super) fn odd_host(scope: &Scope<'_>, place: &Node, host: &Host<&str>) {
    match unusual(host) {
        Some(Unusual::Lookalike(ascii)) => scope.warn(
            "lookalike-host",
            place.span.clone(),
            format!("this host is `{ascii}`: letters of it look like those of another alphabet"),
            "if that is the host you mean, write it in this form; if not, type the name again",
        ),
        Some(Unusual::Foreign(ascii)) => {
            let message = format!("this host is `{ascii}` on the wire");
            scope.report(scope.source.note("foreign-host", place.span.clone(), message));
        }
        None => {}
    }
}

/// Asks whether the port of another protocol was meant.
pub(super) fn odd_port(scope: &Scope<'_>, place: &Node, port: Option<u16>) {
    if let Some((port, protocol)) = port.and_then(|port| Some((port, foreign_protocol(port)?))) {
        let message = format!("port {port} is that of {protocol}, which is not HTTP");
        let help = "see that an HTTP API really listens there";
        scope.warn("odd-port", place.span.clone(), message, help);
    }
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
        if has_leading_zero(network) {
            let message = format!("`{network}` has a number that begins with a zero");
            let help = "write it without the zero; some programs read such a number as octal, so that 010 is 8";
            scope.refuse("bad-allowlist", item.span.clone(), message, help);
            sound = false;
        } else if let Ok(network) = address {
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

/// Whether a number of an IPv4 network begins with a zero. Those of IPv6 have no other reading.
fn has_leading_zero(network: &str) -> bool {
    let mut numbers = network.split(['.', '/']);
    !network.contains(':') && numbers.any(|number| number.len() > 1 && number.starts_with('0'))
}
