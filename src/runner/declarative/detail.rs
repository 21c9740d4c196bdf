//! The API's own words about a failure: a model that reads them can repair its call.

use std::borrow::Cow;

use serde_json::{Map, Value};
use url::Url;

use super::decode::Decoded;
use super::markup::{find_ignoring_case, without_markup};
use crate::diagnostics::is_disruptive;
use crate::runner::Redaction;

/// Longest detail, in characters.
const LONGEST: usize = 2000;

/// How many characters of a failure are looked at: failures may be megabytes long.
const LONGEST_READ: usize = 64 * 1024;

/// Most single errors that one detail lists.
const MOST_LISTED: usize = 20;

/// Deepest nesting that is searched for words.
const DEEPEST: usize = 6;

/// Keys that hold the main message, best first: RFC 9457, then what APIs are seen to use.
const MESSAGES: [&str; 15] = [
    "detail",
    "message",
    "error_description",
    "error_message",
    "errorMessage",
    "msg",
    "description",
    "reason",
    "title",
    "error",
    "fault",
    "faultstring",
    "Message",
    "text",
    "code",
];

/// Keys that hold single errors beside the main message.
const LISTS: [&str; 11] = [
    "errorMessages",
    "errors",
    "details",
    "invalid_params",
    "invalid-params",
    "invalidParams",
    "issues",
    "violations",
    "fieldViolations",
    "field_violations",
    "fields",
];

/// Keys that say which part of the request an error is about.
const PLACES: [&str; 9] = [
    "field",
    "loc",
    "path",
    "pointer",
    "param",
    "parameter",
    "property",
    "name",
    "source",
];

/// What a failure's body says, without secrets and without the API's addresses, at most 2000 characters. `is_cut`: the
/// body is not all of what the API sent, or meant to.
pub(super) fn detail<'u>(
    body: &Decoded,
    is_cut: bool,
    base_urls: impl IntoIterator<Item = &'u Url>,
    redaction: &Redaction,
) -> Option<String> {
    let said = match body {
        // Of all that JSON is, only a number may go on.
        Decoded::Json(Value::Number(_)) if is_cut && !redaction.is_empty() => String::new(),
        Decoded::Json(value) => {
            let mut lines = Vec::new();
            collect(value, 0, &mut lines);
            if lines.is_empty() && !is_blank(value) {
                value.to_string()
            } else {
                lines.join("; ")
            }
        }
        // Secrets first, the length next: a secret that is cut in two would no longer be found.
        Decoded::Text { text, .. } => {
            let text = without_disruptive(text);
            let clean = if is_cut {
                redaction.text_before_cut(&text)
            } else {
                redaction.text(&text)
            };
            without_markup(cut(&clean, LONGEST_READ))
        }
        Decoded::Empty | Decoded::Binary { .. } => String::new(),
    };
    // Before the search, since what is left out here may stand within a secret; and once more for text, in which markup
    // may have parted one.
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let said = redaction.text(&without_disruptive(&said));
    let said = without_addresses(cut(&said, LONGEST_READ), base_urls);
    let short = cut(&said, LONGEST);
    match (short.is_empty(), short.len() < said.len()) {
        (true, _) => None,
        (false, false) => Some(said),
        (false, true) => Some(format!("{short}…")),
    }
}

/// `text` without what would disrupt a line of text. White space stays, so that no words are joined.
fn without_disruptive(text: &str) -> Cow<'_, str> {
    let disrupts = |character: char| is_disruptive(character) && !character.is_whitespace();
    if text.contains(disrupts) {
        Cow::Owned(text.replace(disrupts, ""))
    } else {
        Cow::Borrowed(text)
    }
}

/// The first `length` characters of `text`.
fn cut(text: &str, length: usize) -> &str {
    let end = text.char_indices().nth(length).map_or(text.len(), |(end, _)| end);
    text.get(..end).unwrap_or(text)
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(elements) => elements.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

/// Adds what `value` says, one line for each thing.
fn collect(value: &Value, depth: usize, lines: &mut Vec<String>) {
    if depth > DEEPEST || lines.len() >= MOST_LISTED {
        return;
    }
    match value {
        Value::String(text) if !is_blank(value) => lines.push(text.trim().to_owned()),
        Value::Number(_) | Value::Bool(_) if depth > 0 => lines.push(value.to_string()),
        Value::Array(elements) => {
            for element in elements {
                collect(element, depth + 1, lines);
            }
        }
        Value::Object(members) => collect_object(members, depth, lines),
        _ => {}
    }
}

fn collect_object(members: &Map<String, Value>, depth: usize, lines: &mut Vec<String>) {
    // Nothing but fields and their complaints: `{"title": ["cannot be blank"]}`.
    let names_a_list = LISTS.iter().any(|key| members.contains_key(*key));
    if !members.is_empty() && !names_a_list && members.values().all(is_list_of_texts) {
        return collect_fields(members, depth, lines);
    }
    let before = lines.len();
    if let Some(message) = MESSAGES
        .iter()
        .find_map(|key| members.get(*key).filter(|value| !is_blank(value)))
    {
        collect(message, depth + 1, lines);
    }
    // RFC 9457: the title names the kind of problem, the detail this one.
    if members.contains_key("detail")
        && let Some(Value::String(title)) = members.get("title")
        && let Some(first) = lines.get_mut(before)
    {
        *first = format!("{title}: {first}");
    }
    if lines.len() == before + 1
        && let Some(place) = PLACES.iter().find_map(|key| place(members.get(*key)?))
        && let Some(line) = lines.last_mut()
    {
        *line = format!("{place}: {line}");
    }
    for list in LISTS.iter().filter_map(|key| members.get(*key)) {
        match list {
            // Fields may be called `title` or `description`, which are messages elsewhere.
            Value::Object(fields)
                if fields.values().any(is_list_of_texts) || !MESSAGES.iter().any(|key| fields.contains_key(*key)) =>
            {
                collect_fields(fields, depth + 1, lines);
            }
            list => collect(list, depth + 1, lines),
        }
    }
}

fn is_list_of_texts(value: &Value) -> bool {
    value
        .as_array()
        .is_some_and(|elements| !elements.is_empty() && elements.iter().all(Value::is_string))
}

fn collect_fields(fields: &Map<String, Value>, depth: usize, lines: &mut Vec<String>) {
    for (field, complaints) in fields {
        let mut said = Vec::new();
        collect(complaints, depth + 1, &mut said);
        if !said.is_empty() && lines.len() < MOST_LISTED {
            lines.push(format!("{field}: {}", said.join(", ")));
        }
    }
}

/// Where an error is, as text: `title`, `["body", "title"]`, `{"pointer": "/data/title"}`.
fn place(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Array(segments) if !segments.is_empty() => {
            let segments = segments.iter().map(|segment| match segment {
                Value::String(segment) => Some(segment.clone()),
                Value::Number(segment) => Some(segment.to_string()),
                _ => None,
            });
            Some(segments.collect::<Option<Vec<_>>>()?.join("."))
        }
        Value::Object(members) => ["pointer", "parameter", "header"]
            .iter()
            .find_map(|key| place(members.get(*key)?)),
        _ => None,
    }
}

/// What stands where the API's address stood (contract S1-34, ruling C-06).
const ADDRESS: &str = "[API]";

/// `text` without any of the API's addresses.
pub(super) fn without_addresses<'u>(text: &str, base_urls: impl IntoIterator<Item = &'u Url>) -> String {
    base_urls
        .into_iter()
        .fold(text.to_owned(), |text, base_url| without_address(&text, base_url))
}

/// `text` without the base URL, its origin, and its host, however they are cased.
fn without_address(text: &str, base_url: &Url) -> String {
    let Some(host) = base_url.host_str() else {
        return text.to_owned();
    };
    let authority = base_url
        .port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let origin = format!("{}://{authority}", base_url.scheme());
    let whole = format!("{origin}{}", base_url.path().trim_end_matches('/'));
    let mut clean = text.to_owned();
    for address in [&whole, &origin, &authority, host] {
        clean = replace_ignoring_case(&clean, address);
    }
    clean
}

/// Replaces an address. One without dots and colons, such as `crm`, only where it is no part of a longer word.
fn replace_ignoring_case(text: &str, address: &str) -> String {
    let is_plain = !address.contains(['.', ':']);
    let is_word = |character: char| is_plain && (character.is_alphanumeric() || character == '_');
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(found) = find_ignoring_case(rest, address) {
        let (before, after) = (&rest[..found], &rest[found + address.len()..]);
        let part_of_word = before.ends_with(is_word) || after.starts_with(is_word);
        replaced.push_str(before);
        replaced.push_str(if part_of_word {
            &rest[found..found + address.len()]
        } else {
            ADDRESS
        });
        rest = after;
    }
    replaced.push_str(rest);
    replaced
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::auth::Scrubber;
    use crate::runner::guest::SEARCHED_BEYOND;

    /// Redaction of an answer to a call without secret arguments.
    fn quoting_nothing(credential: &Scrubber) -> Redaction {
        Redaction::of(credential, &[], &serde_json::Map::new())
    }

    fn said(body: &Decoded) -> Option<String> {
        let base_url = Url::parse("https://api.acme.com:8443/v1").expect("a URL");
        detail(body, false, [&base_url], &quoting_nothing(&Scrubber::empty()))
    }

    fn text(text: &str) -> Option<String> {
        said(&Decoded::Text {
            text: text.to_owned(),
            damaged: false,
        })
    }

    #[test]
    fn finds_the_apis_own_words() {
        let table = [
            (json!({"message": "Not found"}), "Not found"),
            (
                json!({"type": "about:blank", "title": "Bad Request", "detail": "limit is too large", "status": 400}),
                "Bad Request: limit is too large",
            ),
            (json!({"title": "Forbidden"}), "Forbidden"),
            (
                json!({"error": "invalid_grant", "error_description": "expired"}),
                "expired",
            ),
            (json!({"error": "boom"}), "boom"),
            (json!({"error": {"code": 7, "message": "bad id"}}), "bad id"),
            (json!({"error": {"type": "x", "code": "E42"}}), "E42"),
            (json!({"errors": ["a", "b"]}), "a; b"),
            (
                json!({"message": "Validation Failed", "errors": [{"field": "title", "code": "missing"}]}),
                "Validation Failed; title: missing",
            ),
            (
                json!({"detail": [{"loc": ["body", "items", 0], "msg": "field required", "type": "x"}]}),
                "body.items.0: field required",
            ),
            (
                json!({"errors": [{"source": {"pointer": "/data/title"}, "detail": "too long", "title": "Invalid"}]}),
                "/data/title: Invalid: too long",
            ),
            (
                json!({"errors": {"title": ["can't be blank", "is short"], "age": "must be a number"}}),
                "title: can't be blank, is short; age: must be a number",
            ),
            (
                json!({"title": ["can't be blank"], "age": ["is wrong"]}),
                "title: can't be blank; age: is wrong",
            ),
            (json!("plain"), "plain"),
            (json!(["a", {"message": "b"}]), "a; b"),
            (json!({"status": 7, "ok": false}), "{\"status\":7,\"ok\":false}"),
            (json!({"message": "line\n  two\u{1b}[31m"}), "line two[31m"),
            (json!({"message": "", "error": "x"}), "x"),
            (
                json!({"error": {"code": 400, "message": "Invalid value.", "status": "INVALID_ARGUMENT", "details": [
                    {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [
                        {"field": "event.start", "description": "Missing end time."}]}]}}),
                "Invalid value.; event.start: Missing end time.",
            ),
            (
                json!({"errorMessages": ["The issue is closed."], "errors": {"summary": "Summary is required."}}),
                "The issue is closed.; summary: Summary is required.",
            ),
            (
                json!({"errorMessages": ["No such issue."], "errors": {}}),
                "No such issue.",
            ),
        ];
        for (body, expected) in table {
            assert_eq!(said(&Decoded::Json(body.clone())).as_deref(), Some(expected), "{body}");
        }
        for nothing in [json!(null), json!({}), json!([]), json!("")] {
            assert_eq!(said(&Decoded::Json(nothing.clone())), None, "{nothing}");
        }
        assert_eq!(said(&Decoded::Empty), None);
    }

    #[test]
    fn the_apis_address_is_left_out() {
        let table = [
            ("no route https://api.acme.com:8443/v1/users", "no route [API]/users"),
            ("at HTTPS://API.ACME.COM:8443/v2", "at [API]/v2"),
            ("host api.acme.com:8443 or api.acme.com", "host [API] or [API]"),
            ("https%3A%2F%2Fapi.acme.com%2Fv1", "https%3A%2F%2F[API]%2Fv1"),
            (
                "see docs.acme.com and https://other.example/v1",
                "see docs.acme.com and https://other.example/v1",
            ),
        ];
        for (body, expected) in table {
            assert_eq!(text(body).as_deref(), Some(expected), "{body}");
        }
        let named = Url::parse("http://crm/api").expect("a URL");
        let body = Decoded::Json(json!("the crm at http://crm/api/x, not scrm or crm_id"));
        assert_eq!(
            detail(&body, false, [&named], &quoting_nothing(&Scrubber::empty())).as_deref(),
            Some("the [API] at [API]/x, not scrm or crm_id")
        );
    }

    #[test]
    fn what_is_left_out_of_a_text_hides_no_secret() {
        let redaction = quoting_nothing(&Scrubber::new(["s3cr3t-key"]));
        let base_url = Url::parse("https://api.acme.com").expect("a URL");
        let wide: String = "bad key s3cr3t-key".chars().flat_map(|one| [one, '\0']).collect();
        let long = format!("{}s3cr3t\u{200b}-key", "x".repeat(LONGEST_READ - 8));
        for said in [
            "<p>bad key s3cr3t&#8203;-key</p>",
            &wide,
            "bad key s3cr3t\u{2060}-key",
            "<p>https&#8203;://api.ac&#x200b;me.com/v1</p>",
            &long,
        ] {
            let text = Decoded::Text {
                text: said.to_owned(),
                damaged: false,
            };
            // Markup within JSON is shown as it is.
            let json = Decoded::Json(json!({ "message": said }));
            let bodies = if said.starts_with('<') {
                vec![text]
            } else {
                vec![text, json]
            };
            for body in bodies {
                let shown = detail(&body, false, [&base_url], &redaction).expect("a detail");
                let hidden = ["s3cr3t", "acme"].iter().all(|part| !shown.contains(part));
                assert!(hidden, "{said}: {shown}");
            }
        }
    }

    /// Its beginning is not found, and is hidden all the same.
    #[test]
    fn a_secret_that_the_end_of_a_body_cuts_in_two_is_not_shown() {
        let redaction = quoting_nothing(&Scrubber::new(["s3cr3t-key", "123456789"]));
        let base_url = Url::parse("https://api.acme.com").expect("a URL");
        let text = |text: String| Decoded::Text { text, damaged: true };
        let told = |body: &Decoded, redaction: &Redaction| detail(body, true, [&base_url], redaction);
        let escaped = format!("{{\"error\":\"bad key {}", "\\u0073\\u0033\\u0063".repeat(3));
        for body in [
            text("{\"error\":\"bad key s3cr3t-k".to_owned()),
            text("<b>s3c</b>r3t-ke".to_owned()),
            text(escaped),
            Decoded::Json(json!(12_345_678)),
        ] {
            assert_eq!(told(&body, &redaction), None, "{body:?}");
            let shown = told(&body, &quoting_nothing(&Scrubber::empty()));
            assert!(shown.is_some(), "where nothing is secret, all of it is told: {body:?}");
        }
        let long = format!("no such route, s3cr3t-key; {}s3cr3t-k", "x".repeat(SEARCHED_BEYOND));
        let shown = told(&text(long), &redaction).expect("a detail");
        assert!(shown.starts_with("no such route, [REDACTED]; xxx"), "{shown}");
        let whole = told(&Decoded::Json(json!({"error": "bad key s3cr3t-key"})), &redaction);
        assert_eq!(whole.as_deref(), Some("bad key [REDACTED]"));
    }

    #[test]
    fn long_failures_are_cut() {
        let long = said(&Decoded::Json(json!({"message": "é".repeat(1_000_000)}))).expect("a detail");
        assert_eq!((long.chars().count(), long.ends_with('…')), (LONGEST + 1, true));
        assert_eq!(text(&"x".repeat(LONGEST)).map(|said| said.len()), Some(LONGEST));
        let many: Vec<_> = (0..1000).map(|index| format!("error {index}")).collect();
        let listed = said(&Decoded::Json(json!({"errors": many}))).expect("a detail");
        assert!(listed.ends_with("error 19"), "{listed}");
        let deep = (0..100).fold(json!("deep"), |inner, _| json!({"error": inner}));
        assert!(said(&Decoded::Json(deep)).is_some());
    }

    proptest::proptest! {
        #[test]
        fn never_panics(body in "(?s)(<|</|script|style|!--|-->|>|&amp;|é|api.acme.com|:8443|https://| |a){0,40}") {
            let found = text(&body).unwrap_or_default();
            proptest::prop_assert!(!found.contains("api.acme.com"), "{}", found);
        }
    }
}
