//! Handles: what code gets in place of secrets (design section 7, ruling C-05).
//!
//! A handle is a random text of letters and digits, made for one call. Code can join it, trim it, put it into JSON or
//! through `btoa` like the secret itself, or write it as hexadecimal digits; in a request to the API the host puts the
//! secret in its place, spelled as the place demands. Anywhere else a handle means nothing: it is not made from the secret.

mod base64_text;
mod budget;
mod hex_text;
mod place;

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use zeroize::{Zeroize as _, Zeroizing};

pub use budget::SecretBudget;

use super::{Credential, Scrubber, ScrubberCache};
use crate::connector::model::{Connector, Setting};
use crate::crypto::{RandomUnavailable, random_hex};
use crate::vault::{Holder, SecretError, SecretSource};

/// What all handles begin with: how one is noticed in a text without looking for each.
const PREFIX: &str = "tghandle";

/// Random bytes of a handle: nobody guesses one.
const RANDOM: usize = 16;

/// Characters of a handle. The random bytes are hexadecimal digits.
const LENGTH: usize = PREFIX.len() + 2 * RANDOM;

/// What stands in place of a handle where people read it.
const SHOWN: &str = "[SEALED]";

/// How a handle may be spelled where one of the [`SIGNS`] is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// As it is.
    Plain,
    /// Hexadecimal digits, the letters among them in upper case or not.
    Hex { is_upper: bool },
    /// Within base64.
    Base64,
}

/// The forms of the patterns of [`SIGNS`]: base64 at each of the three places that a byte can have in it.
const FORMS: [Form; 6] = [
    Form::Plain,
    Form::Hex { is_upper: false },
    Form::Hex { is_upper: true },
    Form::Base64,
    Form::Base64,
    Form::Base64,
];

/// Whether a form needs nothing to be taken apart around it.
fn is_itself(form: Form) -> bool {
    form != Form::Base64
}

/// Finds where a handle may stand: its beginning in each of the [`FORMS`].
static SIGNS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let prefix = PREFIX.as_bytes();
    let mut signs = vec![PREFIX.to_owned()];
    signs.extend([false, true].map(|is_upper| hex_text::digits_of(prefix, is_upper).to_string()));
    signs.extend((0..3).map(|shift| base64_text::middle_of(prefix, shift)));
    AhoCorasick::new(signs).ok()
});

/// Where in `text` a handle may stand that is spelled in one of the forms that are `sought`.
fn signs(text: &[u8], sought: impl Fn(Form) -> bool) -> impl Iterator<Item = (usize, Form)> {
    let found = SIGNS.as_ref().into_iter().flat_map(move |signs| signs.find_iter(text));
    found.filter_map(move |sign| {
        let form = FORMS.get(sign.pattern().as_usize()).copied()?;
        sought(form).then_some((sign.start(), form))
    })
}

/// The handles of one call. The secrets are wiped from memory when they are dropped.
#[derive(Default)]
pub struct Handles {
    list: Vec<(String, SecretString)>,
}

impl Handles {
    /// A handle for `secret`.
    fn seal(&mut self, secret: SecretString) -> Result<&str, RandomUnavailable> {
        let handle = format!("{PREFIX}{}", random_hex::<RANDOM>()?);
        self.list.push((handle, secret));
        Ok(self.list.last().map(|(handle, _)| handle.as_str()).unwrap_or_default())
    }

    /// Whether a handle may stand in `text`, also as hexadecimal digits or within base64.
    #[must_use]
    pub fn may_be_in(&self, text: impl AsRef<[u8]>) -> bool {
        !self.list.is_empty() && SIGNS.as_ref().is_some_and(|signs| signs.is_match(text.as_ref()))
    }

    /// Whether one of the handles stands in `text` as it is, in any case.
    #[must_use]
    pub fn are_in(&self, text: &str) -> bool {
        let text = text.to_ascii_lowercase();
        self.list.iter().any(|(handle, _)| text.contains(handle.as_str()))
    }

    /// `text` with a mark in place of handles, for people.
    #[must_use]
    pub fn hidden<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if !text.contains(PREFIX) {
            return Cow::Borrowed(text);
        }
        let hide = |text: Cow<'a, str>, (handle, _): &(String, SecretString)| {
            if text.contains(handle.as_str()) {
                Cow::Owned(text.replace(handle.as_str(), SHOWN))
            } else {
                text
            }
        };
        self.list.iter().fold(Cow::Borrowed(text), hide)
    }

    /// Puts a mark in place of handles in every text of `value`. Names of members stay: no handle stands for a name.
    pub fn hide_in(&self, value: &mut Value) {
        let mut left = if self.list.is_empty() { Vec::new() } else { vec![value] };
        while let Some(value) = left.pop() {
            match value {
                Value::String(text) => {
                    if let Cow::Owned(hidden) = self.hidden(text) {
                        *text = hidden;
                    }
                }
                Value::Array(items) => left.extend(items),
                Value::Object(members) => left.extend(members.values_mut()),
                Value::Null | Value::Bool(_) | Value::Number(_) => {}
            }
        }
    }

    /// `bytes` with what `write` makes of the secret in place of each handle, and hexadecimal digits in place of such,
    /// of the forms that are `sought`; `None` when there is none. Handles for which the budget has no room stay.
    fn replaced(
        &self,
        bytes: &[u8],
        budget: &SecretBudget,
        sought: impl Fn(Form) -> bool,
        write: impl Fn(&str, &mut Vec<u8>),
    ) -> Option<Zeroizing<Vec<u8>>> {
        let mut out: Option<Zeroizing<Vec<u8>>> = None;
        let mut kept = 0;
        for (start, form) in signs(bytes, sought) {
            let length = if form == Form::Plain { LENGTH } else { 2 * LENGTH };
            let end = start + length;
            let written = bytes.get(start..end).filter(|_| start >= kept);
            let Some(secret) = written.and_then(|written| self.secret(written, form)) else {
                continue;
            };
            if !budget.takes(secret.len()) {
                break;
            }
            let out = out.get_or_insert_with(|| Zeroizing::new(Vec::with_capacity(bytes.len() * 2)));
            grow(out, bytes.get(kept..start).unwrap_or_default());
            if let Form::Hex { is_upper } = form {
                grow(out, hex_text::digits_of(secret.as_bytes(), is_upper).as_bytes());
            } else {
                let mut spelled = Vec::new();
                write(secret, &mut spelled);
                grow(out, &spelled);
                spelled.zeroize();
            }
            kept = end;
        }
        let mut out = out?;
        grow(&mut out, bytes.get(kept..).unwrap_or_default());
        Some(out)
    }

    /// The secret whose handle is `written` in this form.
    fn secret(&self, written: &[u8], form: Form) -> Option<&str> {
        let handle = match form {
            Form::Plain => Cow::Borrowed(written),
            Form::Hex { .. } => Cow::Owned(hex_text::bytes_of(written)?),
            Form::Base64 => return None,
        };
        let found = self.list.iter().find(|(known, _)| known.as_bytes() == &*handle);
        found.map(|(_, secret)| secret.expose_secret())
    }
}

/// Writes a secret as it is.
fn append(secret: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(secret.as_bytes());
}

/// Appends, and leaves no copy behind when the memory moves.
fn grow(out: &mut Zeroizing<Vec<u8>>, more: &[u8]) {
    if out.capacity() - out.len() < more.len() {
        let mut larger = Zeroizing::new(Vec::with_capacity((out.len() + more.len()) * 2));
        larger.extend_from_slice(out);
        *out = larger;
    }
    out.extend_from_slice(more);
}

impl fmt::Debug for Handles {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} handles", self.list.len())
    }
}

/// What one call's code may know of its connection.
pub struct GuestAuth {
    handles: Handles,
    /// `data.auth` as JSON.
    json: Zeroizing<String>,
    scrubber: Scrubber,
}

impl GuestAuth {
    /// Resolves what code of `connector` reads as `data.auth`, for `holder`. `credential` is what goes on requests.
    ///
    /// # Errors
    /// [`SecretError`] when a secret is not available.
    pub async fn resolve(
        connector: &Connector,
        credential: &Credential,
        source: &dyn SecretSource,
        holder: Holder<'_>,
        scrubbers: &ScrubberCache,
    ) -> Result<Self, GuestAuthError> {
        let mut handles = Handles::default();
        let mut json = Zeroizing::new(String::with_capacity(64 + connector.fields.len() * 128));
        json.push('{');
        let mut secrets: Vec<SecretString> = Vec::with_capacity(connector.fields.len());
        for (index, (name, setting)) in connector.fields.iter().enumerate() {
            if index > 0 {
                json.push(',');
            }
            write_text(&mut json, name);
            json.push(':');
            match setting {
                Setting::Literal(text) => write_text(&mut json, text),
                Setting::Secret(reference) => {
                    let secret = source.resolve(reference, holder).await?;
                    if connector.security.sealed {
                        write_text(&mut json, handles.seal(secret.clone())?);
                    } else {
                        write_text(&mut json, secret.expose_secret());
                    }
                    secrets.push(secret);
                }
            }
        }
        json.push('}');
        let mut all = credential.secrets();
        all.extend(secrets.iter());
        let scrubber = if all.is_empty() {
            Scrubber::empty()
        } else {
            scrubbers.scrubber(&all)
        };
        Ok(Self {
            handles,
            json,
            scrubber,
        })
    }

    /// `data.auth` as JSON. Holds the secrets themselves when the connector exposes them.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.json
    }

    /// The handles in it.
    #[must_use]
    pub fn handles(&self) -> &Handles {
        &self.handles
    }

    /// Finds every secret of the connection in texts and removes it.
    #[must_use]
    pub fn scrubber(&self) -> &Scrubber {
        &self.scrubber
    }
}

impl fmt::Debug for GuestAuth {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("GuestAuth").finish_non_exhaustive()
    }
}

/// Code cannot be given what it reads as `data.auth`.
#[derive(Debug, thiserror::Error)]
pub enum GuestAuthError {
    /// A secret is not available.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// No handle can be made.
    #[error(transparent)]
    Random(#[from] RandomUnavailable),
}

/// Appends `text` as a JSON string. Escapes nothing but what RFC 8259 demands.
fn write_text(json: &mut Zeroizing<String>, text: &str) {
    let mut quoted = Value::from(text).to_string();
    json.push_str(&quoted);
    quoted.zeroize();
}

#[cfg(test)]
mod tests;
