//! What keeps a server from starting, before it is one: `serve` asks it for the first of these, `check` for all.

use std::net::SocketAddr;

use crate::config::{CallerAuthentication, EgressConfig, HttpConfig, Setting};
use crate::egress::Egress;
use crate::mcp::http::{self, HttpError};

/// A setting, and why nothing can be done with it.
pub(super) type Unusable = (Setting, String);

/// Why nothing would be served with these settings at `address`, if that is known. `any_key`: whether a key is active.
pub(super) fn problems(settings: &HttpConfig, address: Option<SocketAddr>, any_key: bool) -> Vec<Unusable> {
    let mut problems = Vec::new();
    if settings.authentication == CallerAuthentication::None {
        // Whoever made keys expects that they are asked for.
        if any_key {
            let problem = "the settings say `authentication = \"none\"`, but there are keys, and nobody would have to show \
                           one: take that setting out of `[http]`, or revoke the keys that `toolgate keys list` shows as \
                           active";
            problems.push((Setting::of("http", "authentication"), problem.to_owned()));
        }
        if let Some(address) = address.filter(|address| !http::is_private(*address)) {
            let problem = HttpError::Unprotected(address).to_string();
            problems.push((Setting::of("http", "address"), problem));
        }
    }
    let hosts = settings.allowed_hosts.iter().filter_map(|host| {
        let error = http::check(std::slice::from_ref(host), &[]).err()?;
        Some((Setting::item("http", "allowed_hosts", host), error.to_string()))
    });
    let origins = settings.allowed_origins.iter().filter_map(|origin| {
        let error = http::check(&[], std::slice::from_ref(origin)).err()?;
        Some((Setting::item("http", "allowed_origins", origin), error.to_string()))
    });
    problems.extend(hosts.chain(origins));
    problems
}

/// Why no request could leave with these settings.
pub(super) fn egress_problem(settings: &EgressConfig) -> Option<Unusable> {
    let error = Egress::new(settings).err()?;
    let alone = |host: &&String| {
        let only = EgressConfig {
            extra_ca: None,
            allow_invalid_certificates_for: vec![(*host).clone()],
            ..settings.clone()
        };
        Egress::new(&only).is_err()
    };
    let host = settings.allow_invalid_certificates_for.iter().find(alone);
    let setting = host.map_or(Setting::of("egress", "extra_ca"), |host| {
        Setting::item("egress", "allow_invalid_certificates_for", host)
    });
    Some((setting, error.to_string()))
}
