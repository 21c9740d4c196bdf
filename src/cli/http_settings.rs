//! What keeps a server over HTTP from starting, before it is one: `serve` asks it for the first of these, `check` for all.

use std::net::SocketAddr;

use crate::config::{CallerAuthentication, HttpConfig};
use crate::mcp::http::{self, HttpError};

/// Why nothing would be served with these settings at `address`, if that is known. `any_key`: whether a key is active.
pub(super) fn problems(settings: &HttpConfig, address: Option<SocketAddr>, any_key: bool) -> Vec<String> {
    let mut problems = Vec::new();
    if settings.authentication == CallerAuthentication::None {
        // Whoever made keys expects that they are asked for.
        if any_key {
            let problem = "the settings say `authentication = \"none\"`, but there are keys, and nobody would have to show \
                           one: take that setting out of `[http]`, or revoke the keys that `toolgate keys list` shows as \
                           active";
            problems.push(problem.to_owned());
        }
        if let Some(address) = address.filter(|address| !http::is_private(*address)) {
            problems.push(HttpError::Unprotected(address).to_string());
        }
    }
    let hosts = settings
        .allowed_hosts
        .iter()
        .map(|host| http::check(std::slice::from_ref(host), &[]));
    let origins = settings
        .allowed_origins
        .iter()
        .map(|origin| http::check(&[], std::slice::from_ref(origin)));
    let unreadable = hosts.chain(origins).filter_map(Result::err);
    problems.extend(unreadable.map(|error| error.to_string()));
    problems
}
