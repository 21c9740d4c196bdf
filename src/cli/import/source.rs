//! Where a description is read from: a file with those that it refers to, or a URL.

use std::collections::HashSet;
use std::fs;
use std::io::Read as _;
use std::path::Path;

use anyhow::Context as _;
use http::{HeaderMap, Method, StatusCode};
use ipnet::IpNet;
use url::Url;

use crate::auth::Credential;
use crate::cli::{Failure, assemble, output};
use crate::config::Locations;
use crate::connector::{self, SourceFile};
use crate::crypto::sha256_hex;
use crate::egress::{Egress, OutgoingRequest};
use crate::openapi::Documents;

/// Longest description in bytes, all its files together.
const LARGEST: u64 = 100 * 1024 * 1024;

/// Most files that a description may be split over.
const MOST_FILES: usize = 1_000;

/// Endings of files that a reference may lead to: a description must not make other files readable.
const ENDINGS: [&str; 3] = ["yaml", "yml", "json"];

/// A description that was read.
pub(super) struct Source {
    pub(super) documents: Documents,
    /// The root document as it was read.
    pub(super) text: String,
    /// Name of its file.
    pub(super) file_name: String,
    /// The URL that it was fetched from.
    pub(super) fetched_from: Option<Url>,
    /// Names relative to the root document, and texts, of the others.
    others: Vec<(String, String)>,
}

impl Source {
    pub(super) async fn read(spec: &str, locations: &Locations, networks: &[IpNet]) -> Result<Self, Failure> {
        if spec.starts_with("https://") || spec.starts_with("http://") {
            let url =
                Url::parse(spec).map_err(|error| Failure::Usage(anyhow::anyhow!("{spec} is not a URL: {error}")))?;
            return Self::fetch(url, locations, networks).await;
        }
        let path = Path::new(spec);
        let mut left = LARGEST;
        let text = text_of(path, &mut left)?;
        let mut source = Self::of(text, path, None)?;
        source.read_others(path.parent().unwrap_or(Path::new("")), &mut left)?;
        Ok(source)
    }

    fn of(text: String, path: &Path, fetched_from: Option<Url>) -> Result<Self, Failure> {
        let documents = Documents::read(&text)
            .with_context(|| format!("{} cannot be imported", path.display()))
            .map_err(Failure::Other)?;
        let named = path
            .file_name()
            .and_then(|name| name.to_str())
            .filter(|name| is_readable(name));
        let begins = text.trim_start_matches('\u{feff}').trim_start();
        let usual = if begins.starts_with('{') {
            "openapi.json"
        } else {
            "openapi.yaml"
        };
        Ok(Self {
            documents,
            file_name: named.unwrap_or(usual).to_owned(),
            text,
            fetched_from,
            others: Vec::new(),
        })
    }

    /// Reads the files that the description refers to, and those that they refer to.
    fn read_others(&mut self, folder: &Path, left: &mut u64) -> Result<(), Failure> {
        let mut unusable: HashSet<String> = HashSet::new();
        loop {
            let missing = self.documents.missing();
            let wanted: Vec<String> = missing.into_iter().filter(|name| !unusable.contains(name)).collect();
            if wanted.is_empty() {
                return Ok(());
            }
            for name in wanted {
                if self.others.len() + unusable.len() >= MOST_FILES {
                    let message = format!("the description is split over more than {MOST_FILES} files");
                    return Err(Failure::Other(anyhow::anyhow!(message)));
                }
                // What refers to one that cannot be used is left out, and told; the rest can be imported.
                if let Err(error) = self.read_other(folder, &name, left) {
                    output::complain(&format!("warning: {error:#}"));
                    unusable.insert(name);
                }
            }
        }
    }

    fn read_other(&mut self, folder: &Path, name: &str, left: &mut u64) -> anyhow::Result<()> {
        if !is_readable(name) {
            anyhow::bail!("`{name}` is not read: references lead to .yaml, .yml and .json files only");
        }
        let path = folder.join(name);
        if !is_within_reach(&path, folder)? {
            anyhow::bail!(
                "`{name}` is not read: it is hidden, or more than one folder above the description's and not below the \
                 current one; import from a folder that holds both"
            );
        }
        let text = text_of(&path, left)?;
        let added = self.documents.add(name.to_owned(), &text);
        added.with_context(|| format!("{name} cannot be used"))?;
        self.others.push((name.to_owned(), text));
        Ok(())
    }

    /// Fetches a description through the same way out as every other request: public addresses only, unless a network
    /// is named; every redirect is checked (contract S1-21).
    async fn fetch(url: Url, locations: &Locations, networks: &[IpNet]) -> Result<Self, Failure> {
        let config = assemble::config(locations)?;
        let egress = Egress::new(&config.egress).map_err(|error| Failure::Setup(error.into()))?;
        let route = egress
            .route(&connector_of(&url, networks)?)
            .map_err(|error| Failure::Setup(error.into()))?;
        let request = OutgoingRequest {
            method: Method::GET,
            url: url.clone(),
            headers: HeaderMap::new(),
            body: None,
            timeout: None,
            max_response_bytes: Some(LARGEST),
            shown_path: None,
        };
        let answer = route
            .send(request, &Credential::none())
            .await
            .with_context(|| format!("cannot fetch {url}"))
            .map_err(Failure::Other)?;
        if answer.status != StatusCode::OK {
            return Err(Failure::Other(anyhow::anyhow!(
                "cannot fetch {url}: the server answered with status {}; download the description yourself when it needs a \
                 login, and import the file",
                answer.status.as_u16()
            )));
        }
        let text = String::from_utf8(answer.body.to_vec()).with_context(|| format!("{url} is not text in UTF-8"))?;
        let path = url.path().to_owned();
        Self::of(text, Path::new(&path), Some(url))
    }

    /// SHA-256 of the root document.
    pub(super) fn sha256(&self) -> String {
        sha256_hex(self.text.as_bytes())
    }

    /// Files to keep, relative to the folder `openapi`. Those from above the root's folder are kept in one called `up`.
    pub(super) fn files(&self) -> Vec<(String, &str)> {
        let others = self
            .others
            .iter()
            .map(|(name, text)| (name.replace("..", "up"), text.as_str()));
        std::iter::once((self.file_name.clone(), self.text.as_str()))
            .chain(others)
            .collect()
    }
}

/// A connector that may fetch this URL and nothing else.
fn connector_of(url: &Url, networks: &[IpNet]) -> Result<connector::model::Connector, Failure> {
    let mut base = url.clone();
    base.set_path("/");
    base.set_query(None);
    base.set_fragment(None);
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
    let file = SourceFile {
        shown: url.as_str().into(),
        relative: "connector.json".into(),
        text: document.to_string(),
    };
    let loaded = connector::load(&[file]);
    loaded.connector.ok_or_else(|| {
        let reasons: Vec<String> = loaded
            .diagnostics
            .iter()
            .map(|finding| finding.message.clone())
            .collect();
        Failure::Usage(anyhow::anyhow!(
            "{url} is not fetched: {}; for a server in your own network, name the network with --network",
            reasons.join("; ")
        ))
    })
}

fn is_readable(name: &str) -> bool {
    let ending = Path::new(name).extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.to_ascii_lowercase().as_str()))
}

/// Whether a reference may lead to `path`: below the folder that holds the description's `folder` (a common layout keeps
/// shared parts beside it) or below the current one, wherever links lead, and through nothing hidden. A description comes from elsewhere, and what it names is copied into the connector: it must
/// not choose among the files of whoever imports it.
fn is_within_reach(path: &Path, folder: &Path) -> anyhow::Result<bool> {
    let real = |path: &Path| fs::canonicalize(path).with_context(|| format!("cannot read {}", path.display()));
    let path = real(path)?;
    let folder = Path::new(".").join(folder);
    let above = folder.join("..");
    // The innermost first: that these folders may be hidden themselves does not matter.
    for root in [folder, ".".into(), above] {
        let root = real(&root)?;
        if let Ok(below) = path.strip_prefix(root) {
            let is_hidden = |part: &std::ffi::OsStr| part.to_string_lossy().starts_with('.');
            return Ok(!below.iter().any(is_hidden));
        }
    }
    Ok(false)
}

/// The text of a file, which takes its length from `left`.
fn text_of(path: &Path, left: &mut u64) -> anyhow::Result<String> {
    let shown = path.display();
    let file = fs::File::open(path).with_context(|| format!("cannot read {shown}"))?;
    let mut text = String::new();
    file.take(*left + 1)
        .read_to_string(&mut text)
        .with_context(|| format!("cannot read {shown}"))?;
    let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
    *left = left
        .checked_sub(length)
        .with_context(|| format!("{shown} is too long: descriptions of up to {LARGEST} bytes are read"))?;
    Ok(text)
}
