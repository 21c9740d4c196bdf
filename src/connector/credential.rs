//! What requests are authenticated with: where each secret is kept and where it goes.
//!
//! Data only: whatever the scheme, a text is put together and goes to a place, so that nobody who resolves, sends, hides or
//! shows a credential has to know schemes. Must never know a secret.

use std::fmt;

use super::secret_name::SecretName;

/// What it is called that nothing is sent (contract S1-10).
pub(super) const NONE: &str = "None";

/// How requests are authenticated (ruling C-03).
#[derive(Debug)]
pub struct Auth {
    /// What this kind of authentication is called in what people read (contract S1-10).
    pub label: &'static str,
    /// What is sent, each at places of its own. Nothing when there are none.
    pub parts: Vec<Part>,
}

impl Auth {
    /// Nothing is sent.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            label: NONE,
            parts: Vec::new(),
        }
    }

    /// Whether nothing is sent.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.parts.is_empty()
    }

    /// Where the secrets are kept that requests need.
    pub fn secrets(&self) -> Vec<&SecretRef> {
        self.settings().filter_map(Setting::secret).collect()
    }

    /// Everything that values are made of.
    pub fn settings(&self) -> impl Iterator<Item = &Setting> {
        self.placements()
            .flat_map(|placement| &placement.value)
            .flat_map(Piece::settings)
    }

    /// Where on a request the values go.
    pub fn placements(&self) -> impl Iterator<Item = &Placement> {
        self.parts.iter().flat_map(|part| &part.placements)
    }
}

/// What one scheme sends.
#[derive(Debug)]
pub struct Part {
    /// Each value. A request that has one of them already is not given the others: its author sends all of it.
    pub placements: Vec<Placement>,
}

/// Where on a request one value goes.
#[derive(Debug)]
pub struct Placement {
    /// The kind of place.
    pub place: KeyPlace,
    /// Name of the header, parameter or cookie.
    pub name: String,
    /// The value, piece after piece.
    pub value: Vec<Piece>,
}

impl Placement {
    /// A value in the header `Authorization`: the name of the scheme and a space, and what follows.
    pub(super) fn authorization(scheme: &str, rest: Piece) -> Self {
        Self {
            place: KeyPlace::Header,
            name: http::header::AUTHORIZATION.as_str().to_owned(),
            value: vec![Piece::Plain(Setting::Literal(scheme.to_owned())), rest],
        }
    }

    /// The value as people may see it: with `hidden` in place of what they may not.
    #[must_use]
    pub fn shown(&self, hidden: &str) -> String {
        let shown = self.value.iter().map(|piece| match piece {
            Piece::Plain(Setting::Literal(text)) => text.as_str(),
            Piece::Plain(Setting::Secret(_)) | Piece::Base64(_) => hidden,
        });
        shown.collect()
    }
}

/// A piece of a value.
#[derive(Debug)]
pub enum Piece {
    /// As it is.
    Plain(Setting),
    /// All of them after each other, in Base64.
    Base64(Vec<Encoded>),
}

impl Piece {
    fn settings(&self) -> impl Iterator<Item = &Setting> {
        let (plain, encoded) = match self {
            Self::Plain(setting) => (Some(setting), [].as_slice()),
            Self::Base64(all) => (None, all.as_slice()),
        };
        plain.into_iter().chain(encoded.iter().map(|one| &one.setting))
    }
}

/// What is sent encoded. Encoding hides what a place cannot carry, so it is looked at before.
pub struct Encoded {
    /// The value.
    pub setting: Setting,
    /// What it is, for messages, e.g. `the password of Basic authentication`.
    pub what: &'static str,
    /// The characters that it must not hold.
    pub refuses: fn(char) -> bool,
}

/// Without the function, which is another number in every build.
impl fmt::Debug for Encoded {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Encoded")
            .field("setting", &self.setting)
            .field("what", &self.what)
            .finish_non_exhaustive()
    }
}

/// Where on a request a value goes (ruling C-30).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyPlace {
    /// A request header.
    Header,
    /// A query parameter.
    Query,
    /// A cookie.
    Cookie,
}

/// A value that may be written out or kept elsewhere.
#[derive(Debug, Clone)]
pub enum Setting {
    /// Written in the connector; not a secret.
    Literal(String),
    /// Kept elsewhere; a secret.
    Secret(SecretRef),
}

impl Setting {
    /// Where it is kept, when it is a secret.
    #[must_use]
    pub fn secret(&self) -> Option<&SecretRef> {
        match self {
            Self::Literal(_) => None,
            Self::Secret(reference) => Some(reference),
        }
    }
}

/// Where a secret is kept. Never the secret itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SecretRef {
    /// `env:NAME`.
    Environment(String),
    /// `vault://…` or `encrypted:…`.
    Vault(SecretName),
}
