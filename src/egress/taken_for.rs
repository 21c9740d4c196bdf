//! What a request changes by what it asks to be taken for, whatever its method says.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method};
use percent_encoding::percent_decode_str;
use serde::Deserialize as _;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use url::{Url, form_urlencoded};

use super::OutgoingRequest;
use crate::connector::{TakenFor, bare, media_type_essence, taken_for};

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
    let mut types = headers.get_all(CONTENT_TYPE).iter().peekable();
    if types.peek().is_none() {
        return in_untyped(body);
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
        in_body_of(&written, body).or_else(|| several?.find_map(|one| in_body_of(one, body)))
    })
}

fn in_untyped(body: &Bytes) -> Option<String> {
    in_json(body).or_else(|| in_form(body))
}

fn in_body_of(media_type: &str, body: &Bytes) -> Option<String> {
    let essence = media_type_essence(media_type);
    if !essence.contains('/') {
        in_untyped(body)
    } else if essence.contains("json") {
        in_json(body).or_else(|| is_unreadable(body).then(|| "a body that cannot be read".to_owned()))
    } else if essence.starts_with("application/x-www-form-urlencoded") {
        in_form(body)
    } else if essence.starts_with("multipart/") {
        boundaries(media_type).find_map(|boundary| in_parts(boundary, body))
    } else {
        None
    }
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
    let is_utf_16 = text.starts_with(&[0xfe, 0xff]) || text.starts_with(&[0xff, 0xfe]);
    let is_object = text.trim_ascii_start().starts_with(b"{");
    is_utf_16 || is_object && IgnoredAny::deserialize(&mut serde_json::Deserializer::from_slice(text)).is_err()
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

/// What the parts of a body of this type are divided by: where it is said twice, servers differ in what they read.
fn boundaries(media_type: &str) -> impl Iterator<Item = &str> {
    values_of(media_type, "boundary").filter(|boundary| !boundary.is_empty())
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
mod tests {
    use super::*;

    const FORM: (&str, &str) = ("content-type", "Application/x-www-form-urlencoded; charset=utf-8");
    const JSON: (&str, &str) = ("content-type", "application/vnd.api+json");
    const PARTS: (&str, &str) = ("content-type", "multipart/form-data; boundary=b");

    /// Query, headers and body of a request, and what it claims.
    type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], Option<&'a str>, Option<&'a str>);

    fn request(query: &str, headers: &[(&str, &str)], body: Option<&str>) -> OutgoingRequest {
        let mut url: Url = "https://crm.example.com/a".parse().unwrap();
        url.set_query(Some(query).filter(|query| !query.is_empty()));
        OutgoingRequest {
            method: Method::GET,
            url,
            headers: headers
                .iter()
                .map(|(name, value)| (name.parse::<http::HeaderName>().unwrap(), value.parse().unwrap()))
                .collect(),
            body: body.map(|body| Bytes::copy_from_slice(body.as_bytes())),
            timeout: None,
            max_response_bytes: None,
            shown_path: None,
            only_reads: true,
        }
    }

    fn check(table: &[Case<'_>]) {
        for &(query, headers, body, expected) in table {
            assert_eq!(
                claimed(&request(query, headers, body)).as_deref(),
                expected,
                "{query} {headers:?} {body:?}"
            );
        }
    }

    #[test]
    fn what_a_request_asks_to_be_taken_for_is_found_wherever_it_stands() {
        let part = "--b\r\nContent-Type: text/plain\r\ncontent-disposition: form-data; name=\"_method\"\r\n\r\nDELETE\r\n--b--";
        let file = "--b\r\nContent-Disposition: form-data; name=\"mail\"; filename=\"a.eml\"\r\n\r\n\
                    a\r\ncontent-disposition: form-data; name=\"_method\"\r\n\r\nDELETE\r\n--b--";
        let twice = "--b\r\ncontent-disposition: form-data; name=a\r\nContent-Disposition: form-data; name=c; \
                     name=_method\r\n\r\nDELETE\r\n--b--";
        let second = "--b\r\ncontent-disposition: form-data; name=a\r\n\r\n1\r\n--b\r\n\
                      content-disposition: form-data; name=_method\r\n\r\nDELETE\r\n--b--";
        let table: [Case<'_>; 35] = [
            ("", &[("x-http-method-override", "delete")], None, Some("delete")),
            ("", &[("x_method", "PUT")], None, Some("PUT")),
            (
                "",
                &[("x-http-method", "get"), ("x-http-method", "PATCH")],
                None,
                Some("PATCH"),
            ),
            (
                "",
                &[("x-http-method-override", "GET, DELETE")],
                None,
                Some("`x-http-method-override`"),
            ),
            ("", &[("x-original-url", "/other")], None, Some("`x-original-url`")),
            ("", &[("x-http-method-override", "Search")], None, None),
            ("", &[("x-version", "DELETE")], None, None),
            ("a=1&_method=DELETE", &[], None, Some("DELETE")),
            ("%5fmethod=DELETE", &[], None, Some("DELETE")),
            ("_method%5B%5D=DELETE", &[], None, Some("DELETE")),
            ("_method", &[], None, Some("`_method`")),
            ("_method=GET&method=DELETE", &[], None, None),
            ("", &[FORM], Some("a=1&_METHOD=put"), Some("put")),
            ("", &[FORM], Some("{\"_method\":\"put\"}"), None),
            (
                "",
                &[JSON],
                Some(r#"{"a":[1],"\u005fmethod":"DELETE"}"#),
                Some("DELETE"),
            ),
            (
                "",
                &[JSON],
                Some(r#"{"_method":"DELETE","_method":"GET"}"#),
                Some("DELETE"),
            ),
            (
                "",
                &[JSON],
                Some(r#"{"_method":"GET","_method":"DELETE"}"#),
                Some("DELETE"),
            ),
            ("", &[JSON], Some(r#"{"_method":["DELETE"]}"#), Some("`_method`")),
            ("", &[JSON], Some(r#"{"_method":"GET","a":{"_method":"DELETE"}}"#), None),
            ("", &[JSON], Some(r#"["_method"]"#), None),
            ("", &[PARTS], Some(part), Some("DELETE")),
            ("", &[PARTS], Some(file), None),
            ("", &[PARTS], Some(twice), Some("DELETE")),
            (
                "",
                &[("content-type", "multipart/form-data; boundary=x; boundary=b")],
                Some(second),
                Some("DELETE"),
            ),
            (
                "",
                &[PARTS],
                Some("--b\ncontent-disposition: form-data; name=_method"),
                Some("`_method`"),
            ),
            ("_method%5Bsecret%5D=1", &[], None, Some("`_method`")),
            (
                "",
                &[JSON],
                Some(r#"{"a":NaN,"_method":"DELETE"}"#),
                Some("a body that cannot be read"),
            ),
            ("", &[JSON], Some("\u{feff}{\"_method\":\"DELETE\"}"), Some("DELETE")),
            ("", &[JSON], Some("{\"a\":1}\n{\"b\":2}"), None),
            ("", &[JSON], Some("[NaN]"), None),
            (
                "",
                &[("content-type", "text/plain"), JSON],
                Some(r#"{"_method":"PUT"}"#),
                Some("PUT"),
            ),
            ("", &[], Some("{ user }"), None),
            ("", &[], Some(r#"{"_method":"DELETE"}"#), Some("DELETE")),
            ("", &[], Some("_method=DELETE"), Some("DELETE")),
            ("", &[("content-type", "text/plain")], Some("_method=DELETE"), None),
        ];
        check(&table);
    }

    #[test]
    fn what_lenient_servers_read_is_found_as_well() {
        let folded = "--b\r\nContent-Disposition: form-data;\r\n\tname=\"_method\"\r\n\r\nDELETE\r\n--b--";
        let extended = "--b\r\nContent-Disposition: form-data; name=a; name*=utf-8''%5Fmethod\r\n\r\nDELETE\r\n--b--";
        let escaped = "--b\r\nContent-Disposition: form-data; name=\"_\\method\"\r\n\r\nDELETE\r\n--b--";
        let table: [Case<'_>; 14] = [
            ("", &[("content-type", "")], Some("_method=DELETE"), Some("DELETE")),
            (
                "",
                &[("content-type", " ; charset=utf-8")],
                Some("_method=DELETE"),
                Some("DELETE"),
            ),
            (
                "",
                &[("content-type", "application/x-www-form-urlencoded, text/plain")],
                Some("_method=DELETE"),
                Some("DELETE"),
            ),
            (
                "",
                &[("content-type", "text/plain, application/json")],
                Some(r#"{"_method":"DELETE"}"#),
                Some("DELETE"),
            ),
            ("", &[FORM], Some(".method=DELETE"), Some("DELETE")),
            ("", &[FORM], Some("[method=DELETE"), Some("DELETE")),
            ("", &[FORM], Some("+_method=DELETE"), Some("DELETE")),
            ("", &[FORM], Some("_method%00x=DELETE"), Some("DELETE")),
            ("", &[FORM], Some("a=1;_method=DELETE"), Some("DELETE")),
            ("", &[FORM], Some("a=1%3B_method=DELETE"), None),
            ("a=1;.method=DELETE", &[], None, Some("DELETE")),
            ("", &[PARTS], Some(folded), Some("DELETE")),
            ("", &[PARTS], Some(extended), Some("DELETE")),
            ("", &[PARTS], Some(escaped), Some("DELETE")),
        ];
        check(&table);
    }

    #[test]
    fn a_body_is_not_read_for_any_number_of_types() {
        let many = "a,".repeat(9);
        let boundaries = format!("multipart/form-data{}", "; boundary=b".repeat(9));
        let long = format!("text/plain; charset={}", "x".repeat(LONGEST_TYPE));
        for written in [&many, &boundaries, &long] {
            let claimed = claimed(&request("", &[("content-type", written)], Some("a")));
            assert_eq!(claimed.as_deref(), Some("a body of many types"), "{written}");
        }
        let often = [("content-type", "a/b"); MOST_TYPES + 1];
        assert_eq!(claimed(&request("", &often, Some("a"))).as_deref(), Some(MANY_TYPES));
        let usual = [(
            "content-type",
            "multipart/related; type=\"a/b\"; start=\"<a>\"; boundary=b; charset=utf-8",
        )];
        assert_eq!(claimed(&request("", &usual, Some("a"))), None);
    }

    #[test]
    fn a_request_stays_the_same_with_a_slash_at_its_end_and_not_elsewhere() {
        let first: Url = "https://crm.example.com/search?a=1".parse().unwrap();
        for (method, target, expected) in [
            ("POST", "https://crm.example.com/search?a=1", true),
            ("POST", "https://crm.example.com/search/?a=1", true),
            ("POST", "https://crm.example.com/search", false),
            ("POST", "https://crm.example.com/search/all?a=1", false),
            ("POST", "https://other.example.com/search?a=1", false),
            ("DELETE", "https://crm.example.com/tickets/1", false),
            ("GET", "https://crm.example.com/anything", true),
            ("SEARCH", "https://crm.example.com/anything", true),
        ] {
            let (method, target) = (method.parse().unwrap(), target.parse().unwrap());
            assert_eq!(is_same(&first, &method, &target), expected, "{method} {target}");
        }
    }

    /// The engine of scripts waits for each request that may change something, and nobody but the host decides which
    /// those are.
    #[test]
    fn the_engine_counts_the_same_requests_as_safe() {
        let engine = include_str!("../../wasm-guests/js-engine/src/host/http.rs");
        let line = format!("const SAFE: [&str; {}] = {SAFE:?};", SAFE.len());
        assert!(engine.contains(&line), "the engine lacks {line}");
        let (_, overrides) = engine.split_once("const OVERRIDES: [&str; 3] = [").unwrap();
        let (overrides, _) = overrides.split_once(']').unwrap();
        let names: Vec<&str> = overrides.split(',').map(|name| name.trim().trim_matches('"')).collect();
        assert_eq!(names.len(), 3);
        assert!(
            names.iter().all(|name| taken_for(name) == Some(TakenFor::Method)),
            "{names:?}"
        );
    }

    /// Each part is looked through once, however many there are and however their contents look like headers.
    #[test]
    fn parts_are_read_in_time_that_grows_with_the_body_alone() {
        let line = "content-disposition: form-data; name=_method\n";
        let mut body = "--b\r\ncontent-disposition: form-data; name=file\r\n\r\n".to_owned();
        body.push_str(&line.repeat(200_000));
        body.push_str("\r\n\r\nGET\r\n--b--");
        assert_eq!(in_parts("b", body.as_bytes()), None);
        assert_eq!(in_parts("b", "--b\r\n\r\n".repeat(200_000).as_bytes()), None);
    }
}
