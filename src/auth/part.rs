//! One part of a credential with its secrets resolved: what it puts on a request.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::{CredentialError, place};
use crate::connector::model::{self, Encoded, KeyPlace, Piece, Placement, Setting};
use crate::vault::{Holder, SecretError, SecretSource};

/// What one scheme sends.
pub(super) struct Part {
    values: Vec<Value>,
}

impl Part {
    pub(super) async fn resolve(
        part: &model::Part,
        source: &dyn SecretSource,
        holder: Holder<'_>,
    ) -> Result<Self, SecretError> {
        let mut values = Vec::with_capacity(part.placements.len());
        for placement in &part.placements {
            values.push(Value::resolve(placement, source, holder).await?);
        }
        Ok(Self { values })
    }

    /// Puts the values on a request.
    pub(super) fn apply(&self, url: &mut Url, headers: &mut HeaderMap) -> Result<(), CredentialError> {
        self.values.iter().try_for_each(|value| value.apply(url, headers))
    }

    /// Whether a request carries a value of its own where this puts one.
    pub(super) fn is_on(&self, url: &Url, headers: &HeaderMap) -> bool {
        let mut values = self.values.iter();
        values.any(|value| place::is_taken(value.place, &value.name, url, headers))
    }

    /// Every value that nobody outside may see. Values written in the connector's file are not among them.
    pub(super) fn secrets(&self) -> impl Iterator<Item = &SecretString> {
        self.values
            .iter()
            .flat_map(|value| value.encoded.iter().chain(&value.pieces))
            .filter_map(Resolved::if_secret)
    }
}

/// What goes to one place.
struct Value {
    place: KeyPlace,
    name: String,
    /// One after the other they are what is sent.
    pieces: Vec<Resolved>,
    /// What the pieces hold that are sent encoded, and all of it decoded: an API that echoes what it got shows these.
    encoded: Vec<Resolved>,
    /// What cannot be sent, if anything: the first that holds a character that it must not.
    refused: Option<&'static str>,
}

impl Value {
    async fn resolve(
        placement: &Placement,
        source: &dyn SecretSource,
        holder: Holder<'_>,
    ) -> Result<Self, SecretError> {
        let mut value = Self {
            place: placement.place,
            name: placement.name.clone(),
            pieces: Vec::with_capacity(placement.value.len()),
            encoded: Vec::new(),
            refused: None,
        };
        for piece in &placement.value {
            match piece {
                Piece::Plain(setting) => value.pieces.push(Resolved::of(setting, source, holder).await?),
                Piece::Base64(parts) => {
                    let mut all = Vec::with_capacity(parts.len());
                    for Encoded { setting, what, refuses } in parts {
                        let one = Resolved::of(setting, source, holder).await?;
                        if one.value.expose_secret().contains(*refuses) {
                            value.refused.get_or_insert(*what);
                        }
                        all.push(one);
                    }
                    value.add_base64(all);
                }
            }
        }
        Ok(value)
    }

    fn add_base64(&mut self, all: Vec<Resolved>) {
        // What is made with a secret gives it away.
        let secret = all.iter().any(|one| one.secret);
        let decoded = joined(&all);
        self.pieces.push(Resolved {
            value: SecretString::from(STANDARD.encode(decoded.expose_secret())),
            secret,
        });
        self.encoded.extend(all);
        self.encoded.push(Resolved { value: decoded, secret });
    }

    fn apply(&self, url: &mut Url, headers: &mut HeaderMap) -> Result<(), CredentialError> {
        if let Some(what) = self.refused {
            return Err(CredentialError { place: what.to_owned() });
        }
        let text = joined(&self.pieces);
        place::put(self.place, &self.name, text.expose_secret(), url, headers)
    }
}

/// A setting's value, and whether it has to be kept from everybody.
struct Resolved {
    value: SecretString,
    secret: bool,
}

impl Resolved {
    async fn of(setting: &Setting, source: &dyn SecretSource, holder: Holder<'_>) -> Result<Self, SecretError> {
        Ok(match setting {
            Setting::Literal(text) => Self {
                value: SecretString::from(text.as_str()),
                secret: false,
            },
            Setting::Secret(reference) => Self {
                value: source.resolve(reference, holder).await?,
                secret: true,
            },
        })
    }

    fn if_secret(&self) -> Option<&SecretString> {
        self.secret.then_some(&self.value)
    }
}

/// All of them after each other.
fn joined(all: &[Resolved]) -> SecretString {
    // With all of its room from the beginning: a text that grows leaves copies behind that nobody wipes.
    let length = all.iter().map(|one| one.value.expose_secret().len()).sum();
    let mut text = String::with_capacity(length);
    for one in all {
        text.push_str(one.value.expose_secret());
    }
    SecretString::from(text)
}
