//! At which server each operation is: the connector's own, or another one with a name.

use url::Url;

use super::documents::{Documents, Place};
use super::model::Server;
use super::naming;
use super::servers::{self, Own};

/// Most servers beside the connector's own.
const MOST_SERVERS: usize = 16;

/// Names of hosts that say nothing about what a server is for.
const NOT_TELLING: [&str; 4] = ["www", "api", "localhost", "com"];

/// Where an operation is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Location {
    /// What stands between the server's base URL and the operation's path.
    pub(super) before: String,
    /// Index of the server among the others; `None` for the connector's own.
    pub(super) server: Option<usize>,
}

/// What the user says about servers.
#[derive(Clone, Copy)]
pub(super) struct Said<'o> {
    /// Where the API is.
    pub(super) base_url: Option<&'o Url>,
    /// Where others of its servers are, by name.
    pub(super) servers: &'o [(String, Url)],
    /// Where the description was fetched from.
    pub(super) fetched_from: Option<&'o Url>,
}

/// The servers of a description.
pub(super) struct Locations<'d> {
    documents: &'d Documents,
    said: Said<'d>,
    /// The connector's own, as it will be called.
    own: Option<&'d Url>,
    /// The server of the whole description, wherever the user says that it is.
    described: Option<Url>,
    /// Others that operations name, as written: what each is called, and its place among those that are used.
    named: Vec<(String, String, Option<usize>)>,
    others: Vec<Server>,
    /// What is to be told about others.
    notes: Vec<String>,
}

impl<'d> Locations<'d> {
    pub(super) fn new(documents: &'d Documents, said: Said<'d>, own: Option<&'d Url>) -> Self {
        let described = servers::of_description(documents, said.fetched_from).ok();
        Self {
            documents,
            said,
            own,
            described: described.map(|server| server.base_url),
            named: Vec::new(),
            others: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Where the operation at `place` of the path `item` is.
    ///
    /// # Errors
    /// Why it cannot be called, as a sentence.
    pub(super) fn of(&mut self, place: Place<'d>, item: Place<'d>) -> Result<Location, String> {
        let fetched_from = self.said.fetched_from;
        let named = servers::own(self.documents, place, fetched_from)
            .or_else(|| servers::own(self.documents, item, fetched_from));
        let (Some(named), Some(own)) = (named, self.own) else {
            return Ok(Location::default());
        };
        if let Ok(found) = &named.found {
            let base_urls = [Some(own), self.described.as_ref()];
            let before = base_urls
                .into_iter()
                .flatten()
                .find_map(|base| below(base, &found.base_url));
            if let Some(before) = before {
                return Ok(Location { before, server: None });
            }
        }
        // One that cannot be told, or that the user has replaced, may still be one of the whole description.
        let is_open = named.found.is_err() || self.said.base_url.is_some();
        if is_open && self.describes(named.written) {
            return Ok(Location::default());
        }
        let server = self.other(named)?;
        Ok(Location {
            before: String::new(),
            server: Some(server),
        })
    }

    /// Whether the whole description has a server that is written like this.
    fn describes(&self, written: &str) -> bool {
        let servers = self.documents.root().get("servers");
        servers
            .into_iter()
            .flat_map(Place::items)
            .any(|server| server.text("url").is_some_and(|url| place_of(url) == place_of(written)))
    }

    /// The servers that operations are at, and what their user should know of them.
    pub(super) fn finished(mut self) -> (Vec<Server>, Vec<String>) {
        let given = self.said.servers.iter().map(|(name, _)| name);
        let unknown = given.filter(|given| self.named.iter().all(|(_, name, _)| name != *given));
        let told =
            unknown.map(|name| format!("--server {name} has no effect: no operation is at a server of that name"));
        self.notes.extend(told);
        (self.others, self.notes)
    }

    /// The place of another server among those that are used.
    fn other(&mut self, named: Own<'_>) -> Result<usize, String> {
        let known = self.named.iter().position(|(written, _, _)| written == named.written);
        let known = known.unwrap_or_else(|| {
            let name = self.name_of(named.written);
            self.named.push((named.written.to_owned(), name, None));
            self.named.len() - 1
        });
        let (_, name, used) = &self.named[known];
        if let Some(used) = used {
            return Ok(*used);
        }
        let given = self.said.servers.iter().find(|(given, _)| given == name);
        let base_url = match (given, named.found) {
            (Some((_, url)), _) => {
                let mut url = url.clone();
                let path = url.path().trim_end_matches('/').to_owned();
                url.set_path(&path);
                url
            }
            (None, Err(problem)) => {
                return Err(format!(
                    "it has a server of its own, and {problem}: say where that is with --server {name}=URL"
                ));
            }
            // Whoever names another place for the API would not want half of the calls to go to the usual one.
            (None, Ok(found)) if self.said.base_url.is_some() => {
                return Err(format!(
                    "it is served from {}, not from --base-url: say where that is with --server {name}=URL",
                    found.base_url
                ));
            }
            (None, Ok(found)) => {
                let told = found.notes.iter().map(|note| format!("server `{name}`: {note}"));
                self.notes.extend(told);
                found.base_url
            }
        };
        // Descriptions spell one address in several ways.
        if let Some(used) = self.others.iter().position(|other| other.base_url == base_url) {
            self.named[known].2 = Some(used);
            return Ok(used);
        }
        if self.others.len() >= MOST_SERVERS {
            return Err(format!(
                "it is served from {base_url}, and a connector is made for {MOST_SERVERS} other servers at most"
            ));
        }
        self.others.push(Server {
            name: name.clone(),
            base_url,
            credentials: false,
        });
        let used = self.others.len() - 1;
        self.named[known].2 = Some(used);
        Ok(used)
    }

    /// What a server is called: after the part of its address that tells it from others.
    fn name_of(&self, written: &str) -> String {
        let rest = written.split_once("://").map_or("", |(_, rest)| rest);
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let host = host.split(':').next().unwrap_or_default();
        let is_own = self.own.and_then(Url::host_str) == Some(host);
        let labels = if host.contains(|character: char| character.is_alphabetic()) && !is_own {
            host
        } else {
            ""
        };
        let of_path = if rest.is_empty() { written } else { path };
        let parts = labels.split('.').next().into_iter().chain(of_path.rsplit('/'));
        let telling = parts
            .map(|part| naming::words(part).join("_"))
            .find(|name| !name.is_empty() && !NOT_TELLING.contains(&name.as_str()));
        let first: String = telling.unwrap_or_else(|| "other".to_owned()).chars().take(30).collect();
        let first = first.trim_matches('_').to_owned();
        let is_taken = |name: &str| self.named.iter().any(|(_, taken, _)| taken == name);
        let numbered = (2..).map(|number| format!("{first}_{number}"));
        std::iter::once(first.clone())
            .chain(numbered)
            .find(|name| !is_taken(name))
            .unwrap_or(first)
    }
}

/// What stands behind `base` in `url`, when it is below it.
fn below(base: &Url, url: &Url) -> Option<String> {
    let rest = url
        .path()
        .trim_end_matches('/')
        .strip_prefix(base.path().trim_end_matches('/'))?;
    let is_below = rest.is_empty() || rest.starts_with('/');
    (is_below && base.origin() == url.origin()).then(|| rest.to_owned())
}

/// An address without what it may be written with or without.
fn place_of(written: &str) -> &str {
    let place = written.split_once("//").map_or(written, |(_, place)| place);
    place.trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Where an operation with each of `own` as its server is, and the servers; `said` is `--base-url` and `--server`.
    fn located(own: &[&str], base_url: Option<&str>, servers: &[(&str, &str)]) -> (Vec<String>, Vec<String>, usize) {
        let paths: serde_json::Map<String, serde_json::Value> = own
            .iter()
            .enumerate()
            .map(|(index, url)| (format!("/{index}"), json!({"get": {"servers": [{"url": url}]}})))
            .collect();
        let root = json!({"openapi": "3.0.0", "servers": [{"url": "https://api.example.com/v1"}], "paths": paths});
        let documents = Documents::read(&root.to_string()).unwrap();
        let base_url = base_url.map(|url| Url::parse(url).unwrap());
        let servers: Vec<(String, Url)> = servers
            .iter()
            .map(|(name, url)| ((*name).to_owned(), Url::parse(url).unwrap()))
            .collect();
        let said = Said {
            base_url: base_url.as_ref(),
            servers: &servers,
            fetched_from: None,
        };
        let usual = Url::parse("https://api.example.com/v1").unwrap();
        let mut locations = Locations::new(&documents, said, base_url.as_ref().or(Some(&usual)));
        let mut all = Vec::new();
        for (_, item) in documents.root().get("paths").unwrap().members() {
            all.push(match locations.of(item.get("get").unwrap(), item) {
                Ok(Location { before, server }) => {
                    let server = server.map_or("own".to_owned(), |index| index.to_string());
                    format!("{server} {before}")
                }
                Err(problem) => problem,
            });
        }
        let (others, notes) = locations.finished();
        let others = others
            .iter()
            .map(|one| format!("{} {}", one.name, one.base_url))
            .collect();
        (all, others, notes.len())
    }

    #[test]
    fn operations_are_at_the_own_server_below_it_or_at_another() {
        let (all, others, _) = located(
            &[
                "https://api.example.com/v1",
                "https://api.example.com/v1/beta/",
                "https://upload.example.com/v1",
                "https://api.example.com/v2",
                "https://upload.example.com/v1",
                "https://upload.example.org/v1",
                "https://api.example.org/v1/files",
                "https://upload.example.com/v1/",
            ],
            None,
            &[],
        );
        assert_eq!(all, ["own ", "own /beta", "0 ", "1 ", "0 ", "2 ", "3 ", "0 "]);
        assert_eq!(
            others,
            [
                "upload https://upload.example.com/v1",
                "v2 https://api.example.com/v2",
                "upload_2 https://upload.example.org/v1",
                "files https://api.example.org/v1/files",
            ]
        );
    }

    #[test]
    fn a_server_that_only_the_user_can_name_is_asked_for_by_name() {
        for url in [
            "http://localhost:8080",
            "https://10.0.0.1/x",
            "/v2",
            "https://{shop}.example.com",
        ] {
            let (all, others, _) = located(&[url], None, &[]);
            assert!(
                all[0].contains("it has a server of its own") && all[0].contains("--server "),
                "{all:?}"
            );
            assert!(others.is_empty());
        }
        let (all, others, unknown) = located(
            &["http://localhost:8080/x", "https://{shop}.example.com"],
            None,
            &[
                ("x", "http://127.0.0.1:8080/y/"),
                ("shop", "https://mine.example.com"),
                ("z", "https://z.example.com"),
            ],
        );
        assert_eq!(all, ["0 ", "1 "]);
        assert_eq!(others, ["x http://127.0.0.1:8080/y", "shop https://mine.example.com/"]);
        assert_eq!(unknown, 1);
    }

    #[test]
    fn another_place_for_the_api_is_not_left_for_the_usual_one() {
        let own = ["https://upload.example.com/v1", "https://api.example.com/v1/beta"];
        let base_url = Some("https://test.example.com");
        let (all, others, _) = located(&own, base_url, &[]);
        assert!(
            all[0].contains("not from --base-url") && all[0].contains("--server upload=URL"),
            "{all:?}"
        );
        assert_eq!((all[1].as_str(), others.len()), ("own /beta", 0));
        let (all, others, _) = located(&own, base_url, &[("upload", "https://up.test.example.com")]);
        assert_eq!((all[0].as_str(), others.len()), ("0 ", 1));
    }

    #[test]
    fn a_server_of_the_whole_description_is_where_the_user_says_even_when_operations_repeat_it() {
        for (described, url) in [
            ("https://{cluster}.example.com", "https://{cluster}.example.com"),
            ("http://localhost:8001", "http://localhost:8001"),
            ("https://api.example.com", "https://api.example.com"),
            ("//cluster.local", "https://cluster.local/"),
        ] {
            let root = json!({"openapi": "3.0.0", "servers": [{"url": "https://usual.example.com"}, {"url": described}],
                "paths": {"/a": {"get": {"servers": [{"url": url}]}}}});
            let documents = Documents::read(&root.to_string()).unwrap();
            let base_url = Url::parse("https://mine.example.com").unwrap();
            let said = Said {
                base_url: Some(&base_url),
                servers: &[],
                fetched_from: None,
            };
            let item = documents.root().get("paths").and_then(|paths| paths.get("/a")).unwrap();
            let mut locations = Locations::new(&documents, said, Some(&base_url));
            let found = locations.of(item.get("get").unwrap(), item);
            assert_eq!(found, Ok(Location::default()), "{url}");
        }
    }

    #[test]
    fn what_becomes_of_the_address_of_another_server_is_told() {
        let (_, others, told) = located(&["http://upload.example.com/v1"], None, &[]);
        assert_eq!(
            (others, told),
            (vec!["upload https://upload.example.com/v1".to_owned()], 1)
        );
    }

    #[test]
    fn there_are_not_endlessly_many_servers() {
        let urls: Vec<String> = (0..20).map(|index| format!("https://s{index}.example.com")).collect();
        let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
        let (all, others, _) = located(&urls, None, &[]);
        assert_eq!(others.len(), MOST_SERVERS);
        assert!(all[MOST_SERVERS].contains("16 other servers at most"), "{all:?}");
    }
}
