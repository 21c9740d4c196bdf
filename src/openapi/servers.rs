//! Where an API is, as its description says: the server of the whole, and those of single operations.

use std::net::IpAddr;

use serde_json::Value;
use url::{Host, Url};

use super::documents::{Documents, Place};
use super::read::Version;

/// Most values of a variable that are told.
const MOST_VALUES: usize = 8;

/// Where an API is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Server {
    /// Paths of operations are appended to it.
    pub(super) base_url: Url,
    /// What its user should know.
    pub(super) notes: Vec<String>,
}

/// The server of the whole description. `fetched_from` is where the description itself was: addresses may be relative.
///
/// # Errors
/// Why none of the servers can be used, as a sentence.
pub(super) fn of_description(documents: &Documents, fetched_from: Option<&Url>) -> Result<Server, String> {
    let root = documents.root();
    if documents.version() == Version::Two {
        return of_swagger(root, fetched_from);
    }
    let servers: Vec<Place<'_>> = root.get("servers").into_iter().flat_map(Place::items).collect();
    if servers.is_empty() {
        return match fetched_from {
            // A description without servers has the one that is `/` (OpenAPI 3.1, section 4.8.1.1).
            Some(url) => of_text("/", Some(url)),
            None => Err("the description names no server".to_owned()),
        };
    }
    let mut problem = None;
    for server in servers {
        match of_object(server, fetched_from) {
            Ok(found) => return Ok(found),
            Err(why) => problem = problem.or(Some(why)),
        }
    }
    Err(problem.unwrap_or_default())
}

/// A server that an operation or its path names for itself.
pub(super) struct Own<'d> {
    /// Its address as written.
    pub(super) written: &'d str,
    /// The server, or why it cannot be used, as a sentence.
    pub(super) found: Result<Server, String>,
}

/// The server that an operation or path names for itself, if it does: the first one that can be used.
pub(super) fn own<'d>(documents: &'d Documents, place: Place<'d>, fetched_from: Option<&Url>) -> Option<Own<'d>> {
    let servers = || place.get("servers").into_iter().flat_map(Place::items);
    let first = servers().next()?;
    if documents.root().get("servers").and_then(|all| all.value.get(0)) == Some(first.value) {
        return None;
    }
    let mut all = servers().map(|server| Own {
        written: server.text("url").unwrap_or("/"),
        found: of_object(server, fetched_from),
    });
    let first = all.next()?;
    if first.found.is_ok() {
        return Some(first);
    }
    all.find(|own| own.found.is_ok()).or(Some(first))
}

fn of_object(server: Place<'_>, fetched_from: Option<&Url>) -> Result<Server, String> {
    let written = server.text("url").unwrap_or("/");
    let mut text = written.to_owned();
    let mut notes = Vec::new();
    for (name, variable) in server.get("variables").into_iter().flat_map(Place::members) {
        let placeholder = format!("{{{name}}}");
        if !text.contains(&placeholder) {
            continue;
        }
        let first = variable.value.pointer("/enum/0");
        let value = variable.value.get("default").or(first).map(|value| match value {
            Value::String(text) => text.clone(),
            value => value.to_string(),
        });
        let Some(value) = value else { continue };
        let others: Vec<String> = variable
            .get("enum")
            .into_iter()
            .flat_map(Place::items)
            .filter_map(|one| Some(one.value.as_str()?.to_owned()))
            .filter(|one| *one != value)
            .take(MOST_VALUES)
            .collect();
        let others = if others.is_empty() {
            String::new()
        } else {
            format!(", others are {}", others.join(", "))
        };
        notes.push(format!(
            "`{name}` in the server's address is {value:?}{others}: change `base_url` when yours differs"
        ));
        text = text.replace(&placeholder, &value);
    }
    if text.contains('{') {
        return Err(format!("the server `{written}` has a placeholder without a value"));
    }
    let mut found = of_text(&text, fetched_from)?;
    found.notes.splice(0..0, notes);
    Ok(found)
}

fn of_swagger(root: Place<'_>, fetched_from: Option<&Url>) -> Result<Server, String> {
    let base_path = root.text("basePath").unwrap_or("/");
    let Some(host) = root.text("host").filter(|host| !host.is_empty()) else {
        return match fetched_from {
            Some(url) => of_text(base_path, Some(url)),
            None => Err("the description names no `host`".to_owned()),
        };
    };
    let schemes = root.get("schemes").and_then(|schemes| schemes.value.as_array());
    let has = |scheme: &str| schemes.is_some_and(|all| all.iter().any(|one| one == scheme));
    let scheme = if has("http") && !has("https") { "http" } else { "https" };
    let slash = if base_path.starts_with('/') { "" } else { "/" };
    of_text(&format!("{scheme}://{host}{slash}{base_path}"), fetched_from)
}

fn of_text(text: &str, fetched_from: Option<&Url>) -> Result<Server, String> {
    let text = text.trim();
    let parsed = match (Url::parse(text), fetched_from) {
        (Ok(url), _) => Some(url),
        (Err(_), Some(base)) => base.join(text).ok(),
        // Without a scheme, and with nothing that it would be that of.
        (Err(_), None) if text.starts_with("//") => Url::parse(&format!("https:{text}")).ok(),
        (Err(_), None) => None,
    };
    let Some(mut url) = parsed.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) else {
        return Err(format!("the server `{text}` is not a whole address"));
    };
    // Not that of the address that the description was fetched from, which may hold a key.
    let query = url.query().filter(|query| !query.is_empty() && text.contains('?'));
    let query = query.map(str::to_owned);
    url.set_query(None);
    url.set_fragment(None);
    if !url.username().is_empty() || url.password().is_some() {
        return Err("the server's address holds a user name or password".to_owned());
    }
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    // Whoever imports has named this place, and its network, to have the description fetched from it.
    let is_named = fetched_from.is_some_and(|from| from.origin() == url.origin());
    if !is_named && !is_public(&url) {
        return Err(format!("the server `{text}` is not a public address"));
    }
    let left_out = |query: String| {
        format!(
            "the server's address ends with `?{query}`, which is left out: write it as `query` of the actions that need it"
        )
    };
    let mut notes: Vec<String> = query.map(left_out).into_iter().collect();
    if url.scheme() == "http" && !is_named {
        // Plain HTTP needs a network that only the user can name.
        if url.port().is_some() || url.set_scheme("https").is_err() {
            return Err(format!("the server `{text}` is not HTTPS"));
        }
        notes.push(format!(
            "the description says `{text}`; {url} is used instead: credentials need HTTPS"
        ));
    }
    Ok(Server { base_url: url, notes })
}

/// Whether the host may be on the public network. Nobody but the user may point a connector into their own: whoever
/// writes a description could.
fn is_public(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name.contains('.')
                && ![".localhost", ".local", ".internal", ".lan"]
                    .iter()
                    .any(|end| name.ends_with(end))
        }
        Some(Host::Ipv4(address)) => {
            !(address.is_private() || address.is_loopback() || address.is_link_local() || address.is_unspecified())
        }
        // No API that strangers use is at one.
        Some(Host::Ipv6(address)) => IpAddr::V6(address).to_canonical().is_ipv4(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(mut root: Value, fetched_from: Option<&str>) -> Result<(String, usize), String> {
        root["paths"] = json!({});
        let documents = Documents::read(&root.to_string()).unwrap();
        let fetched_from = fetched_from.map(|url| Url::parse(url).unwrap());
        let server = of_description(&documents, fetched_from.as_ref())?;
        Ok((server.base_url.to_string(), server.notes.len()))
    }

    #[test]
    fn servers_are_where_the_description_says() {
        let three = |servers: Value| json!({"openapi": "3.0.0", "servers": servers});
        for (root, fetched_from, expected) in [
            (
                three(json!([{"url": "https://a.example.com/v1/"}])),
                None,
                "https://a.example.com/v1",
            ),
            (
                three(
                    json!([{"url": "https://{r}.example.com/{v}", "variables": {"r": {"default": "eu"}, "v": {"enum": [1]}}}]),
                ),
                None,
                "https://eu.example.com/1",
            ),
            (
                three(json!([{"url": "/api/v3"}])),
                Some("https://a.example.com/docs/openapi.json"),
                "https://a.example.com/api/v3",
            ),
            (
                three(json!([{"url": "//a.example.com/v1"}])),
                None,
                "https://a.example.com/v1",
            ),
            (
                three(json!([])),
                Some("https://a.example.com/docs/openapi.json"),
                "https://a.example.com/",
            ),
            (
                three(json!([{"url": "http://localhost:1"}, {"url": "https://a.example.com"}])),
                None,
                "https://a.example.com/",
            ),
            (
                three(json!([{"url": "/v1"}])),
                Some("http://127.0.0.1:8000/openapi.json"),
                "http://127.0.0.1:8000/v1",
            ),
            (
                three(json!([{"url": "http://127.0.0.1:9000"}, {"url": "https://a.example.com"}])),
                Some("http://127.0.0.1:8000/openapi.json"),
                "https://a.example.com/",
            ),
            (
                three(json!([{"url": "http://a.example.com/x"}])),
                None,
                "https://a.example.com/x",
            ),
            (
                json!({"swagger": "2.0", "host": "a.example.com", "basePath": "/v1", "schemes": ["http", "https"]}),
                None,
                "https://a.example.com/v1",
            ),
            (
                json!({"swagger": "2.0", "host": "a.example.com", "basePath": "v1", "schemes": ["http"]}),
                None,
                "https://a.example.com/v1",
            ),
            (
                json!({"swagger": "2.0", "basePath": "/v1"}),
                Some("https://b.example.com/a.json"),
                "https://b.example.com/v1",
            ),
        ] {
            assert_eq!(
                found(root.clone(), fetched_from).map(|found| found.0).as_deref(),
                Ok(expected),
                "{root}"
            );
        }
    }

    #[test]
    fn servers_that_only_the_user_can_name_are_refused_in_words() {
        let three = |url: &str| json!({"openapi": "3.0.0", "servers": [{"url": url}]});
        for (root, part) in [
            (three("http://localhost:6333"), "not a public address"),
            (three("https://10.1.2.3/"), "not a public address"),
            (three("https://[::1]/"), "not a public address"),
            (three("https://metadata.internal/"), "not a public address"),
            (three("http://a.example.com:8080/"), "not HTTPS"),
            (three("https://{x}.example.com"), "placeholder"),
            (three("https://u:p@a.example.com"), "user name or password"),
            (three("//a.local"), "not a public address"),
            (three("//"), "not a whole address"),
            (three("/v1"), "not a whole address"),
            (json!({"openapi": "3.0.0"}), "names no server"),
            (json!({"swagger": "2.0"}), "names no `host`"),
        ] {
            let error = found(root.clone(), None).unwrap_err();
            assert!(error.contains(part), "{root}: {error}");
        }
    }
}
