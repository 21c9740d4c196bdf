//! What a request changes by what it asks to be taken for, whatever its method says.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, Method};
use percent_encoding::percent_decode_str;
use serde::Deserialize as _;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use url::{Url, form_urlencoded};

use super::OutgoingRequest;
use crate::connector::{TakenFor, bare, charsets, media_type_essence, taken_for};

/// Methods that change nothing: RFC 9110 section 9.2.1, RFC 4918 (`PROPFIND`), RFC 3253 (`REPORT`), RFC 5323
/// (`SEARCH`), RFC 10008 (`QUERY`). Whatever is not known counts as a write (ruling C-29).
const SAFE: [&str; 7] = ["GET", "HEAD", "OPTIONS", "PROPFIND", "QUERY", "REPORT", "SEARCH"];

/// Longest name of a method that is quoted; the longest that is registered has 17 characters.
const LONGEST_METHOD: usize = 20;

/// Longest `Content-Type` in bytes, and most types and parameters in one, of a request that only reads.
const LONGEST_TYPE: usize = 1_024;
const MOST_TYPES: usize = 8;
/// What a request is said to have that says more.
const MANY_TYPES: &str = "a body of many types";
/// The same of one that a server may read, and nobody can here.
const UNREADABLE: &str = "a body that cannot be read";

/// Whether requests with the method of that name change nothing.
pub(crate) fn is_safe(method: &str) -> bool {
    SAFE.contains(&method)
}

/// What keeps `request` from being one that only reads, though its own method is not: another method or another URL that
/// it asks to be taken for, in a header, in its query or in its body.
pub(crate) fn claimed(request: &OutgoingRequest) -> Option<String> {
    claims(&request.url, &request.headers, request.body.as_ref())
}

/// What somebody may read who is told why a request was not sent, as the beginning of a sentence.
pub(crate) fn refusal(change: &str) -> String {
    format!(
        "this action only reads, and {} may change something",
        change.escape_debug()
    )
}

/// [`claimed`] of the parts of a request.
pub(super) fn claims(url: &Url, headers: &HeaderMap, body: Option<&Bytes>) -> Option<String> {
    let in_headers = headers
        .iter()
        .find_map(|(name, value)| claim(name.as_str(), value.as_bytes()));
    in_headers
        .or_else(|| in_form(url.query().unwrap_or_default().as_bytes()))
        .or_else(|| in_body(headers, body?))
}

/// What `value` makes of a request that has it under `name`. What stands for a URL leads past every rule about paths.
fn claim(name: &str, value: &[u8]) -> Option<String> {
    let taken_for = taken_for(name)?;
    // What is left out of a name is said by nobody who may be trusted.
    let name = bare(name);
    match taken_for {
        TakenFor::Url => Some(format!("`{name}`")),
        TakenFor::Method if SAFE.iter().any(|safe| value.eq_ignore_ascii_case(safe.as_bytes())) => None,
        TakenFor::Method => {
            let is_name = value.len() <= LONGEST_METHOD && value.iter().all(u8::is_ascii_alphabetic);
            let shown = std::str::from_utf8(value)
                .ok()
                .filter(|shown| is_name && !shown.is_empty());
            Some(shown.map_or_else(|| format!("`{name}`"), str::to_owned))
        }
    }
}

/// Pairs end at `&`; some servers, as older ones of Ruby and Python, let them end at `;` as well.
fn in_form(form: &[u8]) -> Option<String> {
    let in_pairs = |form: &[u8]| form_urlencoded::parse(form).find_map(|(name, value)| claim(&name, value.as_bytes()));
    in_pairs(form).or_else(|| {
        let has_more = form.contains(&b';');
        has_more.then(|| form.split(|byte| *byte == b';').find_map(in_pairs))?
    })
}

/// Bodies are read as their types say. Where nothing is said, a server may take them for anything.
fn in_body(headers: &HeaderMap, body: &Bytes) -> Option<String> {
    let is_encoded = is_encoded(headers);
    let mut types = headers.get_all(CONTENT_TYPE).iter().peekable();
    if types.peek().is_none() {
        return in_body_of("", is_encoded, body);
    }
    if headers.get_all(CONTENT_TYPE).iter().count() > MOST_TYPES {
        return Some(MANY_TYPES.to_owned());
    }
    types.find_map(|written| {
        let written = String::from_utf8_lossy(written.as_bytes());
        // The body is read once for each type and boundary that is said: code may say any number of them.
        if written.len() > LONGEST_TYPE || written.matches([',', '=']).count() > MOST_TYPES {
            return Some(MANY_TYPES.to_owned());
        }
        // One type after a comma is none, but servers look at how the text begins, or which of them they know.
        let several = written.contains(',').then(|| written.split(','));
        in_body_of(&written, is_encoded, body).or_else(|| several?.find_map(|one| in_body_of(one, is_encoded, body)))
    })
}

/// Whether a body is said to be compressed, or otherwise not what its type says. Some servers take `_` for `-` in names.
fn is_encoded(headers: &HeaderMap) -> bool {
    headers.iter().any(|(name, value)| {
        name.as_str().replace('_', "-") == CONTENT_ENCODING.as_str()
            && !value.as_bytes().trim_ascii().eq_ignore_ascii_case(b"identity")
    })
}

fn in_body_of(media_type: &str, is_encoded: bool, body: &Bytes) -> Option<String> {
    let essence = media_type_essence(media_type);
    let is_untyped = !essence.contains('/');
    let is_json = essence.contains("json");
    let is_form = essence.starts_with("application/x-www-form-urlencoded");
    let is_multipart = essence.starts_with("multipart/");
    if !(is_untyped || is_json || is_form || is_multipart) {
        return None;
    }
    let unreadable = || UNREADABLE.to_owned();
    if is_encoded || !charsets(media_type).iter().all(|label| is_like_ascii(label)) {
        return Some(unreadable());
    }
    if is_untyped {
        let found = in_json(body).or_else(|| in_form(body));
        found.or_else(|| is_wide(body).then(unreadable))
    } else if is_json {
        in_json(body).or_else(|| is_unreadable(body).then(unreadable))
    } else if is_form {
        in_form(body)
    } else {
        let Some(boundaries) = boundaries(media_type) else {
            return Some(unreadable());
        };
        boundaries.into_iter().find_map(|boundary| in_parts(boundary, body))
    }
}

/// Whether a name is written with the same bytes in this character set as here. `Encoding` takes ASCII and ISO-8859-1 for
/// Windows-1252.
fn is_like_ascii(label: &str) -> bool {
    Encoding::for_label(label.as_bytes()).is_some_and(|encoding| [UTF_8, WINDOWS_1252].contains(&encoding))
}

/// The members of an object, each as often as it is written: servers differ in which one they read.
fn in_json(body: &[u8]) -> Option<String> {
    let mut found = None;
    let mut reader = serde_json::Deserializer::from_slice(object(body));
    // What makes the text no JSON further on does not unsay what came before.
    drop(reader.deserialize_any(Members(&mut found)));
    found
}

/// Whether a body is an object that lenient servers may read and nobody can here, e.g. with `NaN` in it.
fn is_unreadable(body: &[u8]) -> bool {
    let text = object(body);
    let is_object = text.trim_ascii_start().starts_with(b"{");
    is_wide(body) || is_object && IgnoredAny::deserialize(&mut serde_json::Deserializer::from_slice(text)).is_err()
}

/// Whether a body is JSON in UTF-16 or UTF-32 if it is any, which servers tell by its first bytes (RFC 4627, section 3).
fn is_wide(body: &[u8]) -> bool {
    let is_marked = body.starts_with(&[0xfe, 0xff]) || body.starts_with(&[0xff, 0xfe]);
    is_marked || body.iter().take(4).any(|byte| *byte == 0)
}

/// A body without its byte order mark.
fn object(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

/// Reads the members of an object, up to the first that claims something.
struct Members<'f>(&'f mut Option<String>);

impl<'de> Visitor<'de> for Members<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(name) = members.next_key::<String>()? {
            if taken_for(&name).is_none() {
                members.next_value::<IgnoredAny>()?;
                continue;
            }
            // What is no text is no method that changes nothing.
            let value = members.next_value_seed(Text).unwrap_or_default();
            *self.0 = claim(&name, value.as_bytes());
            if self.0.is_some() {
                break;
            }
        }
        Ok(())
    }
}

/// The text that a value is; empty when it is none.
struct Text;

impl<'de> DeserializeSeed<'de> for Text {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        let value: serde_json::Value = serde::Deserialize::deserialize(deserializer)?;
        Ok(value.as_str().unwrap_or_default().to_owned())
    }
}

/// What the parts of a body of this type are divided by: where it is said twice, servers differ in what they read, and some
/// read what only ends like the parameter. Nothing where they may read what is not found here: in pieces or in a character
/// set (RFC 2231), with escapes, or without any. Of a boundary with a delimiter in it the beginning does as well.
fn boundaries(media_type: &str) -> Option<Vec<&str>> {
    const NAME: &str = "boundary";
    let mut found = Vec::new();
    let mut is_named = false;
    for piece in media_type.split('=') {
        if is_named {
            let value = piece.split([';', ',']).next().unwrap_or_default();
            let value = value.trim_matches(|character: char| character == '"' || character.is_whitespace());
            found.extend(Some(value).filter(|value| !value.is_empty()));
        }
        let lower = piece.to_ascii_lowercase();
        is_named = lower.contains(NAME);
        if lower
            .split(NAME)
            .skip(1)
            .any(|behind| behind.trim_start().starts_with('*'))
        {
            return None;
        }
    }
    (!found.is_empty() && !media_type.contains('\\')).then_some(found)
}

/// The values of a parameter that stands behind semicolons, without quotation marks.
fn values_of<'t>(text: &'t str, name: &str) -> impl Iterator<Item = &'t str> {
    let parameters = text.split(';').skip(1).filter_map(|one| one.split_once('='));
    parameters
        .filter(move |(key, _)| key.trim().eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim().trim_matches('"'))
}

/// The parts of a form, by the headers before their contents.
fn in_parts(boundary: &str, body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let delimiter = format!("--{boundary}");
    let mut parts = text.split(&delimiter);
    parts.find_map(|part| {
        let heads = ["\r\n\r\n", "\n\n"].into_iter().filter_map(|end| part.split_once(end));
        // Where nothing ends the headers there is no value, and that is no method which changes nothing.
        let (head, content) = heads.min_by_key(|(head, _)| head.len()).unwrap_or((part, ""));
        unfolded(head)
            .lines()
            .flat_map(names)
            .find_map(|name| claim(&name, content.trim_ascii_end().as_bytes()))
    })
}

/// Headers with one line for each: a line that begins with a space goes on with the one before (RFC 5322, section 2.2.3).
fn unfolded(head: &str) -> String {
    let mut text = String::with_capacity(head.len());
    for line in head.lines() {
        text.push(if line.starts_with([' ', '\t']) { ' ' } else { '\n' });
        text.push_str(line.trim_start_matches([' ', '\t']));
    }
    text
}

/// The names that a header of a part gives it, each that a server may read.
fn names(header: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let disposition = header
        .split_once(':')
        .filter(|(header, _)| header.trim().eq_ignore_ascii_case("content-disposition"));
    disposition.into_iter().flat_map(|(_, said)| {
        let plain = values_of(said, "name").map(|name| Cow::Owned(name.replace('\\', "")));
        // A name with its character set in front (RFC 8187, section 3.2).
        let extended = values_of(said, "name*").map(|name| {
            let name = name.rsplit_once('\'').map_or(name, |(_, name)| name);
            percent_decode_str(name).decode_utf8_lossy()
        });
        plain.chain(extended)
    })
}

/// Whether a request of an action that only reads may be repeated by `method` at `target`, where a redirect of `first`
/// leads: what was declared to change nothing is the request to that path, and a slash at its end makes no other.
pub(super) fn is_same(first: &Url, method: &Method, target: &Url) -> bool {
    let path = |url: &Url| url.path().trim_end_matches('/').to_owned();
    is_safe(method.as_str())
        || first.origin() == target.origin() && path(first) == path(target) && first.query() == target.query()
}

#[cfg(test)]
mod tests;
