//! Descriptions at a URL: fetched through the same way out as every other request (contract S1-21).

use std::time::Duration;

use anyhow::Context as _;
use http::{HeaderMap, Method, StatusCode};
use ipnet::IpNet;
use url::Url;

use super::{LARGEST, Wanted};
use crate::auth::{Credential, ScrubberCache};
use crate::cli::{Failure, Global, assemble};
use crate::connector::model::{Auth, Connector};
use crate::connector::{self, SourceFile};
use crate::egress::{Egress, OutgoingRequest, Route};
use crate::vault::{Holder, ServerSecrets};

/// Longest time for all files that a description refers to, one after the other.
pub(super) const LONGEST_TIME: Duration = Duration::from_mins(5);

/// The server of a description, and what may be fetched there: public addresses only, unless a network is named; every
/// redirect is checked. The credential goes to the origin of the description alone.
pub(super) struct Web {
    root: Url,
    route: Route,
    credential: Credential,
}

impl Web {
    /// Fetches the root document.
    pub(super) async fn open(wanted: Wanted<'_>, global: &Global, left: &mut u64) -> Result<(Self, String), Failure> {
        let spec = wanted.spec;
        let root = Url::parse(spec).map_err(|error| Failure::Usage(anyhow::anyhow!("{spec} is not a URL: {error}")))?;
        let connector = connector_of(&root, wanted.networks, wanted.headers)?;
        let config = assemble::config(&assemble::locations(global)?)?;
        let egress = Egress::new(&config.egress).map_err(|error| Failure::Setup(error.into()))?;
        let route = egress.route(&connector).map_err(|error| Failure::Setup(error.into()))?;
        let web = Self {
            credential: credential(&connector.auth, global).await?,
            root,
            route,
        };
        let text = web.fetch(&web.root, left).await.map_err(Failure::Other)?;
        Ok((web, text))
    }

    pub(super) fn root(&self) -> &Url {
        &self.root
    }

    /// The text of the file that a reference names, which takes its length from `left`.
    pub(super) async fn text(&self, name: &str, left: &mut u64) -> anyhow::Result<String> {
        let url = self
            .root
            .join(name)
            .with_context(|| format!("`{name}` is not fetched"))?;
        // Names are relative, so that this holds; a name that URL software reads otherwise must not lead elsewhere.
        if url.origin() != self.root.origin() {
            anyhow::bail!("`{name}` is not fetched: it is at another server than the description");
        }
        self.fetch(&url, left).await
    }

    async fn fetch(&self, url: &Url, left: &mut u64) -> anyhow::Result<String> {
        let request = OutgoingRequest {
            method: Method::GET,
            url: url.clone(),
            headers: HeaderMap::new(),
            body: None,
            timeout: None,
            max_response_bytes: Some(*left),
            shown_path: None,
            only_reads: true,
        };
        let answer = self
            .route
            .send(request, &self.credential)
            .await
            .with_context(|| format!("cannot fetch {url}"))?;
        if answer.status != StatusCode::OK {
            anyhow::bail!(
                "cannot fetch {url}: the server answered with status {}; when it needs a login, store the header that it \
                 asks for and name it, e.g. --header 'Authorization: vault://spec_token', or download the description and \
                 import the file",
                answer.status.as_u16()
            );
        }
        *left = left.saturating_sub(u64::try_from(answer.body.len()).unwrap_or(u64::MAX));
        String::from_utf8(answer.body.to_vec()).with_context(|| format!("{url} is not text in UTF-8"))
    }
}

/// Reads `NAME: REFERENCE`, a header and where its value is kept. The value itself is refused: arguments of commands are
/// seen by others and kept in histories.
pub(in crate::cli::import) fn header(written: &str) -> Result<(String, String), String> {
    let (name, reference) = written
        .split_once(':')
        .ok_or("write it as 'NAME: vault://SECRET' or 'NAME: env:VARIABLE'")?;
    let (name, reference) = (name.trim(), reference.trim());
    if !["vault://", "env:"].iter().any(|scheme| reference.starts_with(scheme)) {
        return Err(format!(
            "the value of `{name}` is not written here: store it with `toolgate vault set spec_token` and write \
             '{name}: vault://spec_token', or name a variable, as in '{name}: env:SPEC_TOKEN'"
        ));
    }
    Ok((name.to_owned(), reference.to_owned()))
}

async fn credential(auth: &Auth, global: &Global) -> Result<Credential, Failure> {
    if auth.is_none() {
        return Ok(Credential::none());
    }
    let (vault, _) = assemble::vault(global).await?;
    Credential::resolve(auth, &ServerSecrets::new(vault), Holder::local(), &ScrubberCache::new())
        .await
        .map_err(|error| Failure::Other(error.into()))
}

/// A connector that may fetch from the server of this URL and nothing else.
fn connector_of(url: &Url, networks: &[IpNet], headers: &[(String, String)]) -> Result<Connector, Failure> {
    let mut base = url.clone();
    base.set_path("/");
    base.set_query(None);
    base.set_fragment(None);
    let is_public = networks.is_empty();
    let networks: Vec<String> = networks.iter().map(ToString::to_string).collect();
    let mut document = serde_json::json!({
        "name": "Description",
        "description": "The description of an API",
        "connection": { "base_url": base.as_str(), "timeout_ms": 120_000 },
        "security": { "allow_http": url.scheme() == "http", "max_response_bytes": LARGEST },
        "actions": [{ "name": "fetch", "description": "Fetches it", "method": "GET", "path": "/" }],
    });
    if !networks.is_empty() {
        document["security"]["ip_allowlist"] = networks.into();
    }
    if !headers.is_empty() {
        let headers = headers
            .iter()
            .map(|(name, value)| serde_json::json!({ "name": name, "value": value }));
        document["auth"] = serde_json::json!({ "type": "custom_header", "headers": headers.collect::<Vec<_>>() });
    }
    let file = SourceFile {
        shown: url.as_str().into(),
        relative: "connector.json".into(),
        text: document.to_string(),
    };
    let loaded = connector::load(&[file]);
    let connector = loaded.connector.ok_or_else(|| {
        // The document is made here: its settings are not those of the command line.
        let found = |code: &str| loaded.diagnostics.iter().any(|finding| finding.code == code);
        let mut reasons: Vec<&str> = loaded
            .diagnostics
            .iter()
            .filter(|finding| finding.is_error())
            .map(|finding| finding.message.as_str())
            .collect();
        let mut advice = "; for a server in your own network, name the network with --network";
        if found("metadata-address") {
            advice = "";
        } else if url.scheme() == "http" && is_public {
            reasons = vec!["without TLS, only servers in a network that you name are asked"];
        }
        Failure::Usage(anyhow::anyhow!("{url} is not fetched: {}{advice}", reasons.join("; ")))
    })?;
    if connector.auth.settings().any(|setting| setting.secret().is_none()) {
        return Err(Failure::Usage(anyhow::anyhow!(
            "--header must name where the value is kept"
        )));
    }
    Ok(connector)
}
