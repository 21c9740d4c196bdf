//! The way out against real servers on loopback.

mod addresses;
pub(crate) mod api;
mod codings;
mod exchange;
mod faults;
mod limits;
mod names;
mod properties;
mod redirects;
mod table;
mod tls;

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use http::{HeaderMap, Method};
use secrecy::SecretString;
use toolgate::auth::{Credential, ScrubberCache};
use toolgate::config::EgressConfig;
use toolgate::connector::model::{Auth, CodeRules, Connection, Connector, RateLimit, SecretRef, Security, Tier};
use toolgate::connector::reach::UrlAllowlist;
use toolgate::connector::{self, SourceFile};
use toolgate::egress::{Egress, EgressError, OutgoingRequest, Phase, Route, UpstreamResponse};
use toolgate::vault::{Holder, SecretError, SecretSource};
use url::Url;

const KEY: &str = "k3y/of+crm=";

/// Settings with limits that no working exchange on loopback comes near.
fn config() -> EgressConfig {
    EgressConfig {
        connect_timeout: Duration::from_secs(20),
        read_timeout: Duration::from_secs(20),
        extra_ca: None,
        allow_invalid_certificates_for: vec![],
    }
}

fn egress() -> Egress {
    Egress::new(&config()).unwrap()
}

/// A connector for an API on loopback, over plain HTTP.
fn connector(base_url: &str) -> Connector {
    Connector {
        slug: "crm".to_owned(),
        id: None,
        owner: None,
        name: "CRM".to_owned(),
        description: String::new(),
        icon: None,
        tier: Tier::Lite,
        enabled: true,
        variables: Vec::new(),
        skill: None,
        connection: Connection {
            base_url: base_url.parse().unwrap(),
            timeout: Duration::from_secs(20),
            retry_attempts: 0,
            verify_ssl: true,
            headers: vec![],
            servers: vec![],
        },
        auth: Auth::none(),
        fields: vec![],
        code: CodeRules {
            aliases: false,
            returned_errors_fail: true,
        },
        security: Security {
            url_allowlist: allowing(&[&format!("{}*", Url::parse(base_url).unwrap().join("/").unwrap())]),
            ip_allowlist: Some(vec!["127.0.0.0/8".parse().unwrap()]),
            allow_http: true,
            sealed: true,
            safe_requests: allowing(&[]),
            max_response_bytes: 100_000,
            rate_limit: RateLimit::default(),
        },
        actions: vec![],
    }
}

/// An allowlist of these patterns.
fn allowing(patterns: &[&str]) -> UrlAllowlist {
    UrlAllowlist::compile(&patterns.iter().map(ToString::to_string).collect::<Vec<_>>()).unwrap()
}

/// Adds patterns to a connector's allowlist.
fn allow_too(connector: &mut Connector, patterns: &[&str]) {
    let written = connector.security.url_allowlist.patterns();
    let all: Vec<&str> = written.chain(patterns.iter().copied()).collect();
    connector.security.url_allowlist = allowing(&all);
}

fn route(connector: &Connector) -> Route {
    egress().route(connector).unwrap()
}

fn outgoing(method: &str, url: &str) -> OutgoingRequest {
    OutgoingRequest {
        method: Method::from_bytes(method.as_bytes()).unwrap(),
        url: url.parse().unwrap(),
        headers: HeaderMap::new(),
        body: None,
        timeout: None,
        max_response_bytes: None,
        shown_path: None,
        only_reads: false,
    }
}

async fn get(route: &Route, url: &str) -> Result<UpstreamResponse, EgressError> {
    route.send(outgoing("GET", url), &Credential::none()).await
}

/// As a connector writes it.
fn auth(written: &str) -> Auth {
    let text = format!(
        "name = \"CRM\"\n[connection]\nbase_url = \"https://crm.example.com\"\n[auth]\n{written}\n[[actions]]\n\
         name = \"list_it\"\nmethod = \"GET\"\npath = \"/\"\n"
    );
    let file = SourceFile {
        shown: "connector.toml".into(),
        relative: "connector.toml".into(),
        text,
    };
    connector::load(&[file]).connector.unwrap().auth
}

fn api_key(place: &str, name: &str) -> Auth {
    auth(&format!(
        "type = \"api_key\"\nin = \"{place}\"\nname = \"{name}\"\nkey = \"env:KEY\""
    ))
}

/// The credential of `auth`, where every secret is [`KEY`].
async fn credential(auth: &Auth) -> Credential {
    struct Fixed;

    #[async_trait]
    impl SecretSource for Fixed {
        async fn resolve(&self, _reference: &SecretRef, _holder: Holder<'_>) -> Result<SecretString, SecretError> {
            Ok(SecretString::from(KEY))
        }
    }

    Credential::resolve(auth, &Fixed, Holder::local(), &ScrubberCache::new())
        .await
        .unwrap()
}

/// One request that changes data.
async fn post(route: &Route, url: &str) -> Result<UpstreamResponse, EgressError> {
    let mut request = outgoing("POST", url);
    request.body = Some("{}".into());
    route.send(request, &Credential::none()).await
}

/// Runs one test of this binary again in a process of its own, with these variables in its environment.
fn in_own_process(name: &str, environment: &HashMap<&str, &str>) {
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--ignored", "--nocapture"])
        .envs(environment)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}
