//! Where handles become secrets: values of headers and query parameters, bodies, and keys. Each place has its own spelling.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};
use zeroize::Zeroizing;

use super::{
    Form, Handles, LENGTH, PREFIX, RANDOM, SecretBudget, append, base64_text, grow, hex_text, is_itself, signs,
};
use crate::connector::Syntax;

/// Everything but the unreserved characters of RFC 3986.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// How a secret is spelled in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spelling {
    Plain,
    Json,
    Markup,
}

impl Handles {
    /// A header's value with secrets in place of handles; `None` when there are none in it.
    #[must_use]
    pub fn in_header(&self, value: &str, budget: &SecretBudget) -> Option<Zeroizing<Vec<u8>>> {
        self.in_text(value.as_bytes(), Spelling::Plain, budget)
    }

    /// A query, or a form's body, with secrets in place of handles in its values; `None` when there are none.
    #[must_use]
    pub fn in_query(&self, query: &str, budget: &SecretBudget) -> Option<Zeroizing<String>> {
        if !self.may_be_in(query) {
            return None;
        }
        let mut changed = false;
        let mut out = Zeroizing::new(Vec::with_capacity(query.len() * 2));
        for (index, pair) in query.split('&').enumerate() {
            if index > 0 {
                grow(&mut out, b"&");
            }
            let replaced = pair.split_once('=').and_then(|(name, value)| {
                let plain = Zeroizing::new(percent_decode(value.replace('+', " ").as_bytes()).collect::<Vec<u8>>());
                Some((name, self.in_text(&plain, Spelling::Plain, budget)?))
            });
            let Some((name, value)) = replaced else {
                grow(&mut out, pair.as_bytes());
                continue;
            };
            changed = true;
            let value = Zeroizing::new(String::from_utf8_lossy(&value).into_owned());
            grow(&mut out, name.as_bytes());
            grow(&mut out, b"=");
            for piece in utf8_percent_encode(&value, ENCODED) {
                grow(&mut out, piece.as_bytes());
            }
        }
        let text = std::str::from_utf8(&out).ok().filter(|_| changed)?;
        Some(Zeroizing::new(text.to_owned()))
    }

    /// A body of this media type with secrets in place of handles; `None` when there are none in it.
    #[must_use]
    pub fn in_body(
        &self,
        content_type: Option<&str>,
        body: &[u8],
        budget: &SecretBudget,
    ) -> Option<Zeroizing<Vec<u8>>> {
        let syntax = Syntax::of(content_type.unwrap_or_default());
        if syntax == Syntax::Form
            && let Ok(form) = std::str::from_utf8(body)
        {
            return self
                .in_query(form, budget)
                .map(|form| Zeroizing::new(form.as_bytes().to_vec()));
        }
        let spelling = match syntax {
            Syntax::Json => Spelling::Json,
            Syntax::Xml => Spelling::Markup,
            _ => Spelling::Plain,
        };
        self.in_text(body, spelling, budget)
    }

    /// What `key` is with secrets in place of handles, as they are or as code has decoded them; `None` when there is none in
    /// it. For keys of message authentication codes, which nobody sees.
    #[must_use]
    pub fn key(&self, key: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let budget = SecretBudget::of_one_request();
        self.in_text(key, Spelling::Plain, &budget)
            .or_else(|| self.decoded(key))
    }

    /// What a secret is decoded into, where `key` is what code has decoded its handle into. As base64 that gives bytes which
    /// no other handle gives; as hexadecimal digits, which the beginning of a handle is none of, the engine keeps that
    /// beginning. Like the engine, it passes over what is no base64, and ends where digits do.
    fn decoded(&self, key: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let secret = |handle: &str| self.secret(handle.as_bytes(), Form::Plain);
        if let Some(random) = key.strip_prefix(PREFIX.as_bytes()).filter(|rest| rest.len() == RANDOM) {
            let secret = secret(&format!("{PREFIX}{}", *hex_text::digits_of(random, false)))?;
            return hex_text::bytes_of(hex_text::beginning_of(secret)).map(Zeroizing::new);
        }
        if key.len() != LENGTH * 3 / 4 {
            return None;
        }
        base64_text::bytes_of(secret(&STANDARD.encode(key))?)
    }

    fn in_text(&self, text: &[u8], spelling: Spelling, budget: &SecretBudget) -> Option<Zeroizing<Vec<u8>>> {
        if !self.may_be_in(text) {
            return None;
        }
        let plain = self.replaced(text, budget, is_itself, |secret, out| spell(secret, spelling, out));
        let text = plain.as_ref().map_or(text, |plain| plain.as_slice());
        let near: Vec<usize> = signs(text, |form| form == Form::Base64)
            .map(|(start, _)| start)
            .collect();
        // Hexadecimal digits within it stay those of the handle: what an API repeats is not searched for both at once.
        let decoded = base64_text::replaced(text, near.into_iter(), |decoded| {
            self.replaced(decoded, budget, |form| form == Form::Plain, append)
        });
        decoded.or(plain)
    }
}

/// Appends a secret as it stands within a text of this kind.
fn spell(secret: &str, spelling: Spelling, out: &mut Vec<u8>) {
    match spelling {
        Spelling::Plain => out.extend_from_slice(secret.as_bytes()),
        Spelling::Json => {
            let quoted = Zeroizing::new(serde_json::Value::from(secret).to_string());
            let inside = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default();
            out.extend_from_slice(inside.as_bytes());
        }
        Spelling::Markup => {
            for character in secret.chars() {
                match character {
                    '&' => out.extend_from_slice(b"&amp;"),
                    '<' => out.extend_from_slice(b"&lt;"),
                    '>' => out.extend_from_slice(b"&gt;"),
                    '"' => out.extend_from_slice(b"&quot;"),
                    '\'' => out.extend_from_slice(b"&#39;"),
                    // Writing to a vector cannot fail.
                    other => drop(write!(out, "{other}")),
                }
            }
        }
    }
}
