//! The table of hosts and URLs in `tests/cases/addresses.txt`, through the front door: asked for by a connector, and
//! led to by a redirect.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use http::HeaderValue;
use toolgate::connector::reach::AddressRule;

use super::api::Api;
use super::names::Fixed;
use super::*;
use crate::committed;

struct Row {
    line: usize,
    verdict: String,
    connector: String,
    url: String,
    answers: Vec<IpAddr>,
}

impl Row {
    /// Its networks; `None` for those without a list.
    fn networks(&self) -> Option<Vec<ipnet::IpNet>> {
        match self.connector.as_str() {
            "public" | "crm" => None,
            "everything" => Some(vec!["0.0.0.0/0".parse().unwrap(), "::/0".parse().unwrap()]),
            list => Some(list.split(' ').map(|network| network.parse().unwrap()).collect()),
        }
    }

    fn connector(&self, url: &Url) -> Connector {
        let mut connector = connector("https://crm.example.com/");
        connector.security.allow_http = false;
        connector.security.ip_allowlist = self.networks();
        if self.connector != "crm" {
            allow_too(&mut connector, &[&whole_host(url)]);
        }
        connector
    }

    fn egress(&self) -> Egress {
        Egress::with_names(&config(), Arc::new(Fixed(self.answers.clone()))).unwrap()
    }
}

/// A pattern for the host of `url` and everything on it.
fn whole_host(url: &Url) -> String {
    match url.port() {
        // Refused in a pattern already, so the request has to get past another one to show what it meets.
        Some(0) | None => format!("{}://{}/*", url.scheme(), url.host_str().unwrap_or_default()),
        Some(port) => format!("{}://{}:{port}/*", url.scheme(), url.host_str().unwrap_or_default()),
    }
}

fn rows(port: u16) -> Vec<Row> {
    let text = std::fs::read_to_string(committed::path("tests/cases/addresses.txt")).unwrap();
    let lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|(index, line)| {
            let mut cells = line.split('|');
            let mut cell = || cells.next().unwrap_or_default();
            Row {
                line: index + 1,
                verdict: cell().trim().to_owned(),
                connector: cell().trim().to_owned(),
                // Spaces in front of a URL are part of some rows.
                url: unescaped(&cell()[1..].trim_end().replace("{port}", &port.to_string())),
                answers: cell()
                    .split_whitespace()
                    .map(|address| address.parse().unwrap())
                    .collect(),
            }
        })
        .collect()
}

/// `text` with `\t`, `\n`, `\\` and `\u{…}` as what they stand for.
fn unescaped(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        if character != '\\' {
            plain.push(character);
            continue;
        }
        plain.push(match rest.next().unwrap() {
            't' => '\t',
            'n' => '\n',
            'u' => {
                let digits: String = rest.by_ref().skip(1).take_while(|digit| *digit != '}').collect();
                char::from_u32(u32::from_str_radix(&digits, 16).unwrap()).unwrap()
            }
            other => other,
        });
    }
    plain
}

/// The error that a verdict stands for.
fn error(verdict: &str) -> EgressError {
    let reason = match verdict {
        "metadata" => "the API's address is that of a cloud metadata service, which is never allowed".to_owned(),
        "not listed" => "the API's address is not in the connector's `ip_allowlist`".to_owned(),
        "not allowed" => "the URL is not in the connector's `url_allowlist`".to_owned(),
        "credentials" => "the URL has credentials in it, and none may".to_owned(),
        "not https" => "the URL is not HTTPS, and the connector does not allow plain HTTP".to_owned(),
        "no name" => "the API's host name has an empty label".to_owned(),
        "no port" => "nothing can be reached at port 0".to_owned(),
        "unresolved" => {
            return EgressError::Unreachable {
                reason: "the API's host name cannot be resolved".to_owned(),
            };
        }
        kind => format!(
            "the API's address is not public ({kind}); the connector's owner can allow its network with \
             `ip_allowlist` under `[security]`"
        ),
    };
    EgressError::NotAllowed { reason, sent: false }
}

#[tokio::test]
async fn every_row_ends_as_it_says() {
    let listening = Api::ok().await;
    let rows = rows(listening.address.port());
    assert!(rows.len() >= 200, "{} rows", rows.len());
    for row in rows {
        let place = format!("line {}: {:?}", row.line, row.url);
        let Ok(url) = Url::parse(&row.url) else {
            assert_eq!(row.verdict, "no URL", "{place}");
            continue;
        };
        // Port 0 cannot be named in a pattern; what refuses it there is the allowlist.
        let expected = error(if row.verdict == "no port" {
            "not allowed"
        } else {
            &row.verdict
        });
        let route = row.egress().route(&row.connector(&url)).unwrap();
        let request = outgoing("GET", &row.url);
        if row.verdict == "passes" {
            // Nothing in a test connects to the internet.
            route
                .check(&request.method, &url)
                .unwrap_or_else(|error| panic!("{place}: {error}"));
            let rule = AddressRule::new(row.networks().as_deref());
            assert!(rule.check_url(&url).is_ok(), "{place}");
            assert_eq!(
                rule.pick(row.answers.clone()).is_ok_and(|kept| !kept.is_empty()),
                !row.answers.is_empty(),
                "{place}"
            );
        } else {
            let found = route.send(request, &Credential::none()).await.unwrap_err();
            assert_eq!(found, expected, "{place}");
        }
        if row.verdict == "no port" {
            let refusal = AddressRule::new(row.networks().as_deref()).check_url(&url).unwrap_err();
            assert_eq!(
                error("no port"),
                EgressError::NotAllowed {
                    reason: refusal.to_string(),
                    sent: false
                }
            );
        }
    }
    assert_eq!(listening.connections(), 0);
}

// Linux answers on all of 127.0.0.0/8, other systems on 127.0.0.1 only.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn no_redirect_leads_to_any_of_them() {
    let listening = Api::ok().await;
    for row in rows(listening.address.port()) {
        // A line end cannot be in a header.
        let location = HeaderValue::from_bytes(row.url.replace('\n', "").as_bytes()).unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.9:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let api = Api::start_on(listener, address, move |_| {
            Response::builder()
                .status(302)
                .header("location", location.clone())
                .body(Body::empty())
                .unwrap()
        });
        let mut connector = connector(&api.url("/"));
        connector.security.ip_allowlist = Some(vec!["127.0.0.9/32".parse().unwrap()]);
        if let Ok(url) = Url::parse(&row.url)
            && matches!(url.scheme(), "https" | "http")
        {
            allow_too(&mut connector, &[&whole_host(&url)]);
        }
        let route = row.egress().route(&connector).unwrap();
        let error = get(&route, &api.url("/")).await.unwrap_err();
        let place = format!("line {}: {:?}: {error:?}", row.line, row.url);
        let led_away = matches!(error, EgressError::NotAllowed { sent: true, .. });
        // What is no URL is a path of the same API, until the cap; or cannot be read; or a name without an address.
        let led_nowhere = matches!(
            error,
            EgressError::TooManyRedirects { .. } | EgressError::UnreadableRedirect | EgressError::Unreachable { .. }
        );
        match row.verdict.as_str() {
            "no URL" => assert!(led_nowhere || led_away, "{place}"),
            "unresolved" => assert!(led_nowhere, "{place}"),
            _ => assert!(led_away, "{place}"),
        }
    }
    assert_eq!(listening.connections(), 0);
}
