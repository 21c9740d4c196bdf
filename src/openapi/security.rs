//! How requests are authenticated, as a description says and as a connector can do it.

mod requirements;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

pub(super) use requirements::Asking;
use requirements::{declared, requirements};

use super::documents::{Documents, Place};
use crate::connector::authentication::{Described, KINDS, Kind, described_as};

/// Names of parameters that are the credential itself, without `-` and `_`.
const CREDENTIALS: [&str; 6] = ["token", "accesstoken", "authtoken", "oauthtoken", "apikey", "xapikey"];

/// What is said about a parameter that is the token of `Authorization: Bearer` once more.
const OF_TOKENS: [&str; 5] = ["authenticat", "authoriz", "access token", "bearer", "oauth"];

/// Most scopes that are listed by name.
const MOST_SCOPES: usize = 20;

/// How a connector authenticates.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Authentication {
    /// Not at all.
    None,
    /// A key in a header, a query parameter or a cookie.
    ApiKey {
        /// `header`, `query` or `cookie`.
        place: &'static str,
        /// Name of the header, parameter or cookie.
        name: String,
    },
    /// The scheme of this name, which fills the header `Authorization`.
    Scheme(&'static str),
    /// Several keys at once, all in headers, by name.
    Headers(Vec<String>),
    /// Several of the others at once, each at a place of its own.
    Combined(Vec<Authentication>),
}

impl Authentication {
    /// Where it puts its value, when that is one place.
    fn place(&self) -> Option<(&'static str, String)> {
        match self {
            Self::ApiKey { place: "header", name } => Some(("header", name.to_ascii_lowercase())),
            Self::ApiKey { place, name } => Some((place, name.clone())),
            Self::Scheme(_) => Some(("header", "authorization".to_owned())),
            Self::None | Self::Headers(_) | Self::Combined(_) => None,
        }
    }

    /// The single ways that it is made of.
    fn parts(&self) -> Vec<Self> {
        let key = |name: &String| Self::ApiKey {
            place: "header",
            name: name.clone(),
        };
        match self {
            Self::Headers(names) => names.iter().map(key).collect(),
            Self::Combined(parts) => parts.clone(),
            one => vec![one.clone()],
        }
    }

    /// What is known of the scheme that it is, when it is one with a name.
    pub(super) fn kind(&self) -> Option<(&'static Kind, &'static Described)> {
        let Self::Scheme(name) = self else {
            return None;
        };
        let kind = KINDS.into_iter().find(|kind| kind.name == *name)?;
        Some((kind, kind.described.as_ref()?))
    }

    /// Whether what it sends is called a token.
    fn is_token(&self) -> bool {
        self.kind().is_some_and(|(kind, _)| kind.secrets.contains(&"token"))
    }

    /// Whether whoever sends this also sends `other`.
    fn covers(&self, other: &Self) -> bool {
        self == other
            || match (self, other) {
                (Self::Combined(parts), Self::Combined(others)) => others.iter().all(|one| parts.contains(one)),
                (Self::Combined(parts), one) => parts.contains(one),
                (Self::Headers(names), Self::ApiKey { place: "header", name }) => names.contains(name),
                _ => false,
            }
    }
}

/// What a description asks for, and what is made of it.
pub(super) struct Security {
    /// What the connector does.
    pub(super) chosen: Authentication,
    /// What its user should know.
    pub(super) notes: Vec<String>,
    schemes: HashMap<String, Scheme>,
}

/// One security scheme.
struct Scheme {
    /// What a connector does about it.
    kind: Option<Authentication>,
    /// What it is, for people.
    described: String,
    /// What to do about it, when there is something.
    advice: Option<String>,
    /// Whether its tokens are for some things and not for others.
    has_scopes: bool,
}

impl Security {
    /// Chooses what serves most of `operations`.
    pub(super) fn of(documents: &Documents, operations: &[Asking<'_>]) -> Self {
        let schemes: HashMap<String, Scheme> = declared(documents)
            .map(|(name, scheme)| (name.to_owned(), Scheme::of(scheme)))
            .collect();
        let mut security = Self {
            chosen: Authentication::None,
            notes: Vec::new(),
            schemes,
        };
        security.choose(documents, operations);
        security
    }

    fn choose(&mut self, documents: &Documents, operations: &[Asking<'_>]) {
        let mut counts: HashMap<Authentication, usize> = HashMap::new();
        let mut asked: Vec<(Vec<&str>, Option<Authentication>)> = Vec::new();
        let mut scopes: BTreeSet<&str> = BTreeSet::new();
        for operation in operations {
            scopes.extend(scopes_of(documents, operation.place));
            for names in requirements(documents, *operation) {
                let kind = self.kind_of(&names);
                if let Some(kind) = &kind {
                    *counts.entry(kind.clone()).or_default() += 1;
                }
                if !names.is_empty() && !asked.iter().any(|(other, _)| *other == names) {
                    asked.push((names, kind));
                }
            }
        }
        counts.remove(&Authentication::None);
        if asked.is_empty() && self.schemes.len() == 1 {
            // Declared and forgotten: a credential that is not needed does no harm.
            if let Some((name, kind)) = self
                .schemes
                .iter()
                .find_map(|(name, one)| Some((name, one.kind.clone()?)))
            {
                self.notes.push(format!(
                    "no operation asks for `{name}`, which is the only scheme: it is used for all"
                ));
                self.chosen = kind;
            }
            return;
        }
        let best = counts
            .into_iter()
            .max_by_key(|(kind, count)| (*count, preference(kind), name_of(kind)));
        if let Some((kind, _)) = best {
            self.chosen = kind;
        }
        for (names, kind) in &asked {
            let described = self.describe(names);
            match kind {
                None => self.notes.push(format!(
                    "{described} cannot be set up from the description: write `[auth]` by hand, or actions with code that \
                     authenticates itself"
                )),
                Some(kind) if *kind == self.chosen => {
                    let advice = names.iter().filter_map(|name| self.schemes.get(*name)?.advice.clone());
                    self.notes.extend(advice);
                    if names.iter().any(|name| self.schemes.get(*name).is_some_and(|one| one.has_scopes)) && !scopes.is_empty() {
                        self.notes.push(format!("the operations ask for tokens with the scopes {}", listed(&scopes)));
                    }
                }
                Some(_) => self.notes.push(format!("{described} is not used: a connector authenticates in one way")),
            }
        }
        // Schemes may differ in what the connector does not need to know.
        let mut told = Vec::new();
        self.notes.retain(|note| {
            let is_new = !told.contains(note);
            told.push(note.clone());
            is_new
        });
        if asked.is_empty() {
            self.notes
                .push("the description asks for no authentication: write `[auth]` if the API does".to_owned());
        }
    }

    /// What keeps the chosen way from being enough for `operation`, if anything does, and what to do. `selected` are the
    /// options that select the operation.
    pub(super) fn lacks(&self, documents: &Documents, operation: Asking<'_>, selected: &str) -> Option<String> {
        let requirements = requirements(documents, operation);
        let is_met = requirements.is_empty()
            || requirements
                .iter()
                .any(|names| names.is_empty() || self.kind_of(names).is_some_and(|kind| self.chosen.covers(&kind)));
        if is_met {
            return None;
        }
        let wanted: Vec<String> = requirements.iter().map(|names| self.describe(names)).collect();
        let advice = if requirements.iter().any(|names| self.kind_of(names).is_some()) {
            format!("import it as a connector of its own, with {selected}")
        } else {
            "its request has to be made by code that authenticates itself".to_owned()
        };
        Some(format!(
            "asks for {}, which the connector does not send: {advice}",
            wanted.join(" or ")
        ))
    }

    /// Whether anybody may call `operation`, so that it goes without the credential: it says so itself, or lets requests
    /// without any through and otherwise wants another one than the chosen (`OpenAPI` 3.1, section 4.8.10.1).
    pub(super) fn is_open(&self, documents: &Documents, operation: Asking<'_>) -> bool {
        if self.chosen == Authentication::None {
            return false;
        }
        let requirements = requirements(documents, operation);
        let own = operation.place.value.get("security").and_then(Value::as_array);
        if own.is_some_and(Vec::is_empty) && requirements.is_empty() {
            return true;
        }
        let is_chosen = |names: &Vec<&str>| {
            let kind = self.kind_of(names);
            kind.is_some_and(|kind| self.chosen.covers(&kind))
        };
        requirements.iter().any(Vec::is_empty) && !requirements.iter().any(is_chosen)
    }

    /// Why an operation's parameter is not for agents, who must not be asked for a credential: `None` for one that is, for
    /// nothing else would send it. `place` is where it goes, and `described` what is said about it.
    pub(super) fn takes(&self, place: &str, name: &str, is_required: bool, described: &str) -> Option<String> {
        let written = match place {
            "header" => name.to_ascii_lowercase(),
            _ => name.to_owned(),
        };
        let parts = self.chosen.parts();
        let places: Vec<(&str, String)> = parts.iter().filter_map(Authentication::place).collect();
        if places.iter().any(|(own, key)| *own == place && *key == written) {
            return Some(format!("the {place} `{name}` is left to `[auth]`"));
        }
        // Some descriptions declare the credential once more as a parameter of every operation. One that must be given
        // may be another: an invitation has a token, too.
        let plain = name.to_ascii_lowercase().replace(['-', '_'], "");
        let is_spelt_out = matches!(place, "query" | "header") && CREDENTIALS.contains(&plain.as_str());
        let described = described.to_ascii_lowercase();
        let is_the_token =
            parts.iter().any(Authentication::is_token) && OF_TOKENS.iter().any(|one| described.contains(one));
        let is_it = !places.is_empty() && (!is_required || is_the_token) || places.iter().any(|(own, _)| *own == place);
        (is_spelt_out && is_it).then(|| {
            format!(
                "the {place} `{name}` is left out: by its name it is the credential, and `[auth]` sends that elsewhere"
            )
        })
    }

    /// What a connector does about a requirement, all of whose schemes must be met.
    fn kind_of(&self, names: &[&str]) -> Option<Authentication> {
        let kinds: Option<Vec<&Authentication>> = names
            .iter()
            .map(|name| self.schemes.get(*name)?.kind.as_ref())
            .collect();
        match kinds?.as_slice() {
            [] => Some(Authentication::None),
            [only] => Some((*only).clone()),
            several => {
                // Two schemes for one place are two ways to fill it: OAuth 2.0 with two flows, for example.
                let mut by_place: BTreeMap<_, &Authentication> = BTreeMap::new();
                for kind in several {
                    let kept = by_place.entry(kind.place()).or_insert(kind);
                    if preference(kind) > preference(kept) {
                        *kept = kind;
                    }
                }
                let kinds: Vec<Authentication> = by_place.into_values().cloned().collect();
                let headers: Option<Vec<String>> = kinds.iter().map(key_header).collect();
                match (kinds.as_slice(), headers) {
                    ([only], _) => Some(only.clone()),
                    (_, Some(headers)) => Some(Authentication::Headers(headers)),
                    _ => Some(Authentication::Combined(kinds)),
                }
            }
        }
    }

    fn describe(&self, names: &[&str]) -> String {
        let described: Vec<String> = names
            .iter()
            .map(|name| match self.schemes.get(*name) {
                Some(scheme) => format!("`{name}` ({})", scheme.described),
                None => format!("`{name}` (which is not declared)"),
            })
            .collect();
        if described.is_empty() {
            "nothing".to_owned()
        } else {
            described.join(" with ")
        }
    }
}

impl Scheme {
    fn of(scheme: Place<'_>) -> Self {
        let text = |key| scheme.text(key).unwrap_or_default();
        let scheme_name = text("scheme").to_ascii_lowercase();
        let named = described_as(text("type"), &scheme_name);
        let known = named.map(|(kind, _)| Authentication::Scheme(kind.name));
        let (kind, described, advice) = match (text("type"), scheme_name.as_str(), named) {
            ("apiKey", _, _) => {
                let place = match text("in") {
                    "query" => Some("query"),
                    "cookie" => Some("cookie"),
                    "header" => Some("header"),
                    _ => None,
                };
                let name = text("name").to_owned();
                let described = format!("a key in the {} `{name}`", place.unwrap_or("unknown place"));
                let can_be_sent = |place: &&str| !name.is_empty() && (*place != "header" || is_token(&name));
                let kind = place.filter(can_be_sent).map(|place| Authentication::ApiKey {
                    place,
                    name: name.clone(),
                });
                let advice = name.eq_ignore_ascii_case("authorization").then(|| {
                    "the key is the whole header `Authorization`: if the API wants a word in front, such as `Bearer`, \
                     write it as `prefix` in `[auth]`"
                        .to_owned()
                });
                (kind, described, advice)
            }
            ("oauth2", _, _) => {
                let advice = format!(
                    "the API uses OAuth 2.0{}: this version sends an access token that you get yourself, as a bearer token",
                    flows(scheme)
                );
                (known, "OAuth 2.0".to_owned(), Some(advice))
            }
            ("openIdConnect", _, _) => {
                let place = match text("openIdConnectUrl") {
                    "" => String::new(),
                    url => format!(" ({url})"),
                };
                let advice = format!(
                    "the API uses OpenID Connect{place}: this version sends a token that you get yourself, as a bearer token"
                );
                (known, "OpenID Connect".to_owned(), Some(advice))
            }
            (_, _, Some((_, described))) => (known, described.words.to_owned(), None),
            ("http", other, _) => (None, format!("HTTP authentication `{other}`"), None),
            ("mutualTLS", _, _) => (None, "a client certificate".to_owned(), None),
            (other, _, _) => (None, format!("the unknown type `{other}`"), None),
        };
        Self {
            kind,
            described,
            advice,
            has_scopes: matches!(text("type"), "oauth2" | "openIdConnect"),
        }
    }
}

/// The flows that tokens are got by, and where.
fn flows(scheme: Place<'_>) -> String {
    let written = scheme.get("flows").into_iter().flat_map(Place::members);
    // Swagger 2.0 has one, which is the scheme itself.
    let own = scheme.text("flow").map(|name| (name, scheme));
    let told: Vec<String> = written
        .map(|(name, flow)| (name.as_str(), flow))
        .chain(own)
        .map(|(name, flow)| {
            let places = [
                ("authorizationUrl", "login at"),
                ("deviceAuthorizationUrl", "device login at"),
                ("tokenUrl", "tokens from"),
            ];
            let places = places
                .into_iter()
                .filter_map(|(key, what)| Some(format!("{what} {}", flow.text(key)?)));
            let places: Vec<String> = places.collect();
            if places.is_empty() {
                name.to_owned()
            } else {
                format!("{name}: {}", places.join(", "))
            }
        })
        .collect();
    if told.is_empty() {
        String::new()
    } else {
        format!(" ({})", told.join("; "))
    }
}

/// The scopes that tokens for `operation` must have, over all alternatives.
fn scopes_of<'d>(documents: &'d Documents, operation: Place<'d>) -> impl Iterator<Item = &'d str> {
    let list = operation.get("security").or_else(|| documents.root().get("security"));
    let schemes = list.into_iter().flat_map(Place::items).flat_map(Place::members);
    schemes
        .flat_map(|(_, scopes)| scopes.items())
        .filter_map(|scope| scope.value.as_str())
}

fn listed(scopes: &BTreeSet<&str>) -> String {
    let shown: Vec<String> = scopes
        .iter()
        .take(MOST_SCOPES)
        .map(|scope| format!("`{scope}`"))
        .collect();
    match scopes.len().saturating_sub(MOST_SCOPES) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Whether `name` can be the name of a header (RFC 9110, section 5.6.2). Some descriptions have a title there.
fn is_token(name: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_part)
}

/// The header that a key goes to.
fn key_header(kind: &Authentication) -> Option<String> {
    match kind {
        Authentication::ApiKey { place: "header", name } => Some(name.clone()),
        _ => None,
    }
}

/// Among ways that serve as many operations: what is least trouble to set up, and shows least in logs of others.
fn preference(kind: &Authentication) -> usize {
    match kind {
        Authentication::None => 0,
        Authentication::Headers(_) | Authentication::Combined(_) => 1,
        Authentication::Scheme(_) => kind.kind().map_or(0, |(_, described)| described.preference),
        Authentication::ApiKey { place: "cookie", .. } => 3,
        Authentication::ApiKey { place: "query", .. } => 4,
        Authentication::ApiKey { .. } => 6,
    }
}

/// So that equal ways are chosen from alike every time.
fn name_of(kind: &Authentication) -> String {
    match kind {
        Authentication::ApiKey { name, .. } => name.clone(),
        Authentication::Headers(names) => names.join(","),
        Authentication::Combined(parts) => parts.iter().map(name_of).collect::<Vec<_>>().join(","),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests;
