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
    let part =
        "--b\r\nContent-Type: text/plain\r\ncontent-disposition: form-data; name=\"_method\"\r\n\r\nDELETE\r\n--b--";
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
fn a_body_that_only_others_can_read_is_refused() {
    let parts = "--b\r\ncontent-disposition: form-data; name=a\r\n\r\n1\r\n--b--";
    let delete = "--b\r\ncontent-disposition: form-data; name=_method\r\n\r\nDELETE\r\n--b--";
    let unreadable = Some(UNREADABLE);
    let encoded = |name, coding| [JSON, (name, coding)];
    let typed = |kind| [("content-type", kind)];
    let of_form = "application/x-www-form-urlencoded; charset=utf-16";
    let table: [Case<'_>; 24] = [
        ("", &encoded("content-encoding", "gzip"), Some("{}"), unreadable),
        ("", &encoded("Content_Encoding", "gzip"), Some("{}"), unreadable),
        ("", &encoded("content-encoding", "identity, x"), Some("{}"), unreadable),
        ("", &encoded("content-encoding", "Identity"), Some("{}"), None),
        ("", &[("content-encoding", "gzip")], Some("{}"), unreadable),
        ("", &[("content-encoding", "gzip")], None, None),
        (
            "",
            &[("content-type", "text/plain"), ("content-encoding", "br")],
            Some("a"),
            None,
        ),
        ("", &typed("application/json; charset=utf-16be"), Some("{}"), unreadable),
        (
            "",
            &typed("application/json;charset=\"UTF-32\""),
            Some("{}"),
            unreadable,
        ),
        ("", &typed("application/json; charset=utf-7"), Some("{}"), unreadable),
        (
            "",
            &typed("application/json; charset*=utf-8''utf-7"),
            Some("{}"),
            unreadable,
        ),
        (
            "",
            &typed("application/json; charset=utf-8; charset=utf-7"),
            Some("{}"),
            unreadable,
        ),
        ("", &typed("application/json; charset=ISO-8859-1"), Some("{}"), None),
        ("", &typed("application/json; charset=us-ascii"), Some("{}"), None),
        ("", &typed(of_form), Some("a=1"), unreadable),
        ("", &[JSON], Some("\0{\0}"), unreadable),
        ("", &[JSON], Some("{\0\0\0}\0\0\0"), unreadable),
        ("", &[], Some("\0{\0}"), unreadable),
        (
            "",
            &typed("multipart/form-data; boundary*=utf-8''b"),
            Some(parts),
            unreadable,
        ),
        ("", &typed("multipart/form-data; boundary*0=b"), Some(parts), unreadable),
        (
            "",
            &typed("multipart/form-data; boundary=\"\\b\""),
            Some(parts),
            unreadable,
        ),
        ("", &typed("multipart/form-data"), Some(parts), unreadable),
        ("", &typed("multipart/form-data; boundary=\"b\""), Some(parts), None),
        (
            "",
            &typed("multipart/form-data; xboundary=b; boundary=c"),
            Some(delete),
            Some("DELETE"),
        ),
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
    let engine = include_str!("../../../wasm-guests/js-engine/src/host/http.rs");
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
