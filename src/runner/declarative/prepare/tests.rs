use http::Method;
use serde_json::json;

use super::super::fixture::{arguments, connector, inputs};
use super::*;

mod bodies;

fn built(settings: &str, action: &str, given: Value) -> Result<OutgoingRequest, PrepareError> {
    let (connector, action) = connector(settings, action);
    prepare(
        &connector,
        &action,
        action.request().expect("a request"),
        &arguments(given),
    )
}

fn url(base: &str, action: &str, given: Value) -> String {
    let settings = format!("[connection]\nbase_url = \"{base}\"");
    built(&settings, action, given)
        .unwrap_or_else(|error| panic!("{error}"))
        .url
        .into()
}

fn body(request: &OutgoingRequest) -> &str {
    std::str::from_utf8(request.body.as_deref().expect("a body")).expect("text")
}

fn header<'a>(request: &'a OutgoingRequest, name: &str) -> Option<&'a str> {
    let values: Vec<_> = request.headers.get_all(name).iter().collect();
    assert!(values.len() < 2, "{name}: {values:?}");
    values.first().map(|value| value.to_str().expect("text"))
}

#[test]
fn the_path_is_appended_to_the_base_url() {
    let action = format!("method = \"GET\"\npath = \"/a/{{x}}\"\n{}", inputs(&["x"]));
    for (base, expected) in [
        ("https://api.acme.com", "https://api.acme.com/a/1"),
        ("https://api.acme.com/", "https://api.acme.com/a/1"),
        ("https://api.acme.com/v1", "https://api.acme.com/v1/a/1"),
        ("https://api.acme.com/v1/", "https://api.acme.com/v1/a/1"),
        ("https://api.acme.com:8443/v1/x", "https://api.acme.com:8443/v1/x/a/1"),
    ] {
        assert_eq!(url(base, &action, json!({"x": 1})), expected, "{base}");
    }
    let hostile = url("https://api.acme.com/v1", &action, json!({"x": "b/admin?a=1#b"}));
    assert_eq!(hostile, "https://api.acme.com/v1/a/b%2Fadmin%3Fa%3D1%23b");
    for climbing in ["../../admin", "..\\", "..;"] {
        let error = built("", &action, json!({"x": climbing})).expect_err("a path that climbs");
        assert_eq!(error.pointer.as_deref(), Some("/x"), "{climbing}: {error}");
    }
}

#[test]
fn the_server_of_an_action_takes_the_place_of_the_base_url() {
    let settings = "[connection]\nbase_url = \"https://api.acme.com/v1\"\n\
                    [connection.servers.upload]\nbase_url = \"https://upload.acme.com/up/\"\ncredentials = false";
    for (server, expected) in [
        ("", "https://api.acme.com/v1/a"),
        ("server = \"upload\"", "https://upload.acme.com/up/a"),
    ] {
        let request = built(
            settings,
            &format!("method = \"GET\"\npath = \"/a\"\n{server}"),
            json!({}),
        )
        .unwrap();
        assert_eq!(request.url.as_str(), expected);
    }
}

/// The example of `docs/connectors.md`.
#[test]
fn xml_is_written_as_the_manual_says() {
    let manual = include_str!("../../../../docs/connectors.md");
    let (_, section) = manual.split_once("### XML\n").unwrap();
    let (_, action) = section.split_once("description = \"Sends an order\"\n").unwrap();
    let (action, text) = action.split_once("```").unwrap();
    let quoted: Vec<&str> = text.split('`').collect();
    let (given, expected) = (quoted[1], quoted[3]);
    let request = built("", action, serde_json::from_str(given).unwrap()).unwrap();
    assert_eq!(header(&request, "content-type"), Some("application/xml"));
    let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    assert_eq!(body(&request), format!("{declaration}{expected}"));
}

#[test]
fn urls_have_a_longest_length() {
    let action = format!(
        "method = \"GET\"\npath = \"/a/{{x}}\"\nquery = {{ y = \"{{{{y}}}}\" }}\n{}",
        inputs(&["x", "y"])
    );
    for long in [
        json!({"x": "é".repeat(10_001)}),
        json!({"x": 1, "y": "a".repeat(1_000_000)}),
    ] {
        let error = built("", &action, long).expect_err("too long");
        assert!(error.message.contains("longer than 60000 bytes"), "{error}");
    }
    assert!(built("", &action, json!({"x": "a".repeat(50_000)})).is_ok());
}

#[test]
fn paths_that_would_climb_are_refused() {
    let action = format!("method = \"GET\"\npath = \"/a/{{{{x}}}}/b\"\n{}", inputs(&["x"]));
    for value in [json!(".."), json!("."), json!(""), json!(null), json!([1])] {
        let error = built("", &action, json!({"x": value})).expect_err("refused");
        assert_eq!(error.pointer.as_deref(), Some("/x"), "{value}");
    }
}

#[test]
fn query_parameters_repeat_for_arrays_and_drop_nulls() {
    let action = format!(
        "method = \"GET\"\npath = \"/a\"\n[actions.query]\n\"filter[state]\" = \"{{{{x}}}}\"\n\"$top\" = 5\nfixed = \"a b&c=d+e\"\n{}",
        inputs(&["x: OBJECT"])
    );
    let fixed = "%24top=5&fixed=a%20b%26c%3Dd%2Be".replace("%24", "$");
    for (value, expected) in [
        (json!("open"), "filter%5Bstate%5D=open&"),
        (json!(""), "filter%5Bstate%5D=&"),
        (
            json!("ä&b=c#d?e/f%20"),
            "filter%5Bstate%5D=%C3%A4%26b%3Dc%23d%3Fe%2Ff%2520&",
        ),
        (json!("x\r\ny\u{0}"), "filter%5Bstate%5D=x%0D%0Ay%00&"),
        (json!("{{7*7}}"), "filter%5Bstate%5D=%7B%7B7%2A7%7D%7D&"),
        (
            json!(18_446_744_073_709_551_615_u64),
            "filter%5Bstate%5D=18446744073709551615&",
        ),
        (json!(1.5), "filter%5Bstate%5D=1.5&"),
        (json!(true), "filter%5Bstate%5D=true&"),
        (json!(null), ""),
        (json!([]), ""),
        (
            json!(["a", null, 2, ["b"]]),
            "filter%5Bstate%5D=a&filter%5Bstate%5D=2&filter%5Bstate%5D=%5B%22b%22%5D&",
        ),
        (json!({"a": "b"}), "filter%5Bstate%5D=%7B%22a%22%3A%22b%22%7D&"),
    ] {
        let query = url("https://api.acme.com", &action, json!({"x": value}));
        assert_eq!(query, format!("https://api.acme.com/a?{expected}{fixed}"), "{value}");
    }
    assert_eq!(
        url("https://api.acme.com", &action, json!({})),
        format!("https://api.acme.com/a?{fixed}")
    );
    let without = format!(
        "method = \"GET\"\npath = \"/a\"\nquery = {{ q = \"{{{{x}}}}\" }}\n{}",
        inputs(&["x"])
    );
    assert_eq!(
        url("https://api.acme.com", &without, json!({})),
        "https://api.acme.com/a"
    );
}

#[test]
fn values_come_back_from_the_query_as_they_went_in() {
    let action = format!(
        "method = \"GET\"\npath = \"/a\"\nquery = {{ q = \"{{{{x}}}}\" }}\n{}",
        inputs(&["x"])
    );
    let (connector, action) = connector("", &action);
    proptest::proptest!(|(value in "(?s).{0,60}")| {
        let request = prepare(&connector, &action, action.request().expect("a request"), &arguments(json!({"x": value}))).expect("a request");
        let pairs: Vec<_> = request.url.query_pairs().collect();
        proptest::prop_assert_eq!(pairs, [("q".into(), value.into())]);
    });
}

#[test]
fn json_bodies_keep_types_and_drop_what_is_missing() {
    let action = format!(
        "method = \"POST\"\npath = \"/a\"\nbody = {{ title = \"{{{{t}}}}\", n = \"{{{{n}}}}\", o = \"{{{{o}}}}\", gone = \"{{{{gone}}}}\", list = [\"{{{{gone}}}}\"], text = \"is {{{{t}}}}\" }}\n{}",
        inputs(&["t", "n: NUMBER", "o: OBJECT", "gone"])
    );
    let hostile = "\"quotes\"\n\u{0}\\ {{7*7}} 𝄞 ";
    let request = built(
        "",
        &action,
        json!({"t": hostile, "n": u64::MAX, "o": {"z": [1.5, null], "a": {}}}),
    )
    .expect("a request");
    let sent: Value = serde_json::from_str(body(&request)).expect("JSON");
    assert_eq!(
        sent,
        json!({"title": hostile, "n": u64::MAX, "o": {"z": [1.5, null], "a": {}}, "list": [], "text": format!("is {hostile}")})
    );
    assert_eq!(header(&request, "content-type"), Some("application/json"));
    assert_eq!(request.method, Method::POST);
    let long = "x".repeat(1_000_000);
    assert!(body(&built("", &action, json!({"t": long})).expect("a request")).contains(&long));
}

#[test]
fn a_body_that_is_not_given_is_not_sent() {
    let action = format!(
        "method = \"POST\"\npath = \"/a\"\nbody = \"{{{{o}}}}\"\n{}",
        inputs(&["o: OBJECT"])
    );
    let request = built("", &action, json!({})).expect("a request");
    assert_eq!((request.body.as_ref(), header(&request, "content-type")), (None, None));
    assert_eq!(body(&built("", &action, json!({"o": [1]})).expect("a request")), "[1]");
}

#[test]
fn forms_and_texts_are_encoded_as_such() {
    let form = format!(
        "method = \"POST\"\npath = \"/a\"\ncontent_type = \"application/x-www-form-urlencoded\"\nbody = {{ a = \"{{{{x}}}}\", b = \"{{{{y}}}}\", c = 1 }}\n{}",
        inputs(&["x", "y: OBJECT"])
    );
    let request = built("", &form, json!({"x": "a b&c=é+\n", "y": [1, null, {"k": "v"}]})).expect("a request");
    assert_eq!(
        body(&request),
        "a=a+b%26c%3D%C3%A9%2B%0A&b=1&b=%7B%22k%22%3A%22v%22%7D&c=1"
    );
    assert_eq!(
        header(&request, "content-type"),
        Some("application/x-www-form-urlencoded")
    );
    let text = format!(
        "method = \"PUT\"\npath = \"/a\"\ncontent_type = \"text/csv\"\nbody = \"id,{{{{x}}}}\\n\"\n{}",
        inputs(&["x"])
    );
    let request = built("", &text, json!({"x": "é"})).expect("a request");
    assert_eq!(
        (body(&request), header(&request, "content-type")),
        ("id,é\n", Some("text/csv"))
    );
}

#[test]
fn headers_are_rendered_and_guarded() {
    let settings = "[connection]\nbase_url = \"https://api.acme.com\"\nheaders = { \"Stripe-Version\" = \"2024-01-01\", \"X-Team\" = \"a\" }";
    let action = format!(
        "method = \"GET\"\npath = \"/a\"\nheaders = {{ \"X-Team\" = \"{{{{x}}}}\", \"X-Two\" = \"{{{{x}}}}-{{{{y}}}}\" }}\n{}",
        inputs(&["x: OBJECT", "y"])
    );
    let request = built(settings, &action, json!({"x": ["b", null, 3]})).expect("a request");
    assert_eq!(header(&request, "stripe-version"), Some("2024-01-01"));
    assert_eq!(header(&request, "x-team"), Some("b, 3"));
    assert_eq!(header(&request, "x-two"), None);
    assert_eq!(header(&request, "accept"), Some("application/json, */*;q=0.5"));
    assert_eq!(
        header(&request, "user-agent"),
        Some(concat!("toolgate/", env!("CARGO_PKG_VERSION")))
    );
    assert_eq!(
        header(&built(settings, &action, json!({})).expect("a request"), "x-team"),
        Some("a")
    );
    for hostile in [
        "a\r\nX-Admin: 1",
        "a\nb",
        "a\rb",
        "a\u{0}b",
        "a\tb",
        "\u{7f}",
        "é",
        "\u{2028}",
    ] {
        let error = built(settings, &action, json!({"x": hostile})).expect_err(hostile);
        assert_eq!(error.pointer.as_deref(), Some("/x"));
        assert!(
            error.message.contains("the header `x-team`") && !error.message.contains("Admin"),
            "{error}"
        );
        let error = built(settings, &action, json!({"x": "fine", "y": hostile})).expect_err(hostile);
        assert_eq!(error.pointer, None);
    }
}

#[test]
fn an_action_may_ask_for_other_content() {
    let action = "method = \"GET\"\npath = \"/a\"\nheaders = { Accept = \"text/csv\", \"User-Agent\" = \"ours\" }";
    let request = built("", action, json!({})).expect("a request");
    assert_eq!(
        (header(&request, "accept"), header(&request, "user-agent")),
        (Some("text/csv"), Some("ours"))
    );
}

#[test]
fn cookies_cannot_add_cookies() {
    let action = format!(
        "method = \"GET\"\npath = \"/a\"\ncookies = {{ a = \"{{{{x}}}}\", b = \"2\", c = \"{{{{gone}}}}\" }}\n{}",
        inputs(&["x", "gone"])
    );
    let request = built("", &action, json!({"x": "1; admin=true\r\n\"é,%\\"})).expect("a request");
    assert_eq!(
        header(&request, "cookie"),
        Some("a=1%3B%20admin=true%0D%0A%22%C3%A9%2C%25%5C; b=2")
    );
}

#[test]
fn the_actions_timeout_goes_with_the_request() {
    let request = built("", "method = \"GET\"\npath = \"/a\"\ntimeout_ms = 1234", json!({})).expect("a request");
    assert_eq!(request.timeout, Some(std::time::Duration::from_millis(1234)));
}

/// An input with a style, as TOML.
fn styled(name: &str, place: &str, more: &str) -> String {
    format!(
        "[[actions.input]]\nname = \"{name}\"\ndescription = \"An input\"\nin = \"{place}\"\nschema = {{}}\n{more}\n"
    )
}

#[test]
fn styles_are_written_byte_for_byte() {
    let action = [
        "method = \"GET\"\npath = \"/a/{m}/{l}/{s}\"".to_owned(),
        styled("m", "path", "style = \"matrix\"\nexplode = true"),
        styled("l", "path", "style = \"label\""),
        styled("s", "path", "style = \"simple\""),
        styled("q", "query", "style = \"form\"\nexplode = false"),
        styled("deep", "query", "sent_as = \"filter\"\nstyle = \"deepObject\""),
        styled("pipe", "query", "style = \"pipeDelimited\""),
        styled("raw", "query", "allow_reserved = true"),
        styled("json", "query", "style = \"json\""),
        styled("h", "header", "sent_as = \"X-List\"\nstyle = \"simple\""),
        styled("c", "cookie", "style = \"form\"\nexplode = false"),
    ]
    .join("\n");
    let arguments = json!({"m": ["a/b", "c"], "l": 1, "s": {"x": 1}, "q": ["1,2", "3"], "deep": {"a b": {"c": "&"}},
        "pipe": ["x", "y"], "raw": "a/b?c=d&e#f+g", "json": {"k": [1]}, "h": ["a", "b"], "c": ["1;2", "3"]});
    let request = built("", &action, arguments).expect("a request");
    assert_eq!(
        request.url.as_str(),
        "https://api.example.com/v1/a/;m=a%2Fb;m=c/.1/x,1\
         ?q=1%2C2,3&filter%5Ba%20b%5D%5Bc%5D=%26&pipe=x%7Cy&raw=a/b?c=d%26e%23f%2Bg&json=%7B%22k%22%3A%5B1%5D%7D"
    );
    assert_eq!(header(&request, "x-list"), Some("a,b"));
    assert_eq!(header(&request, "cookie"), Some("c=1%3B2,3"));
    // What is not given is not there.
    let request = built("", &action, json!({"m": "a", "l": 1, "s": 2})).expect("a request");
    assert_eq!(request.url.as_str(), "https://api.example.com/v1/a/;m=a/.1/2");
    assert_eq!((header(&request, "x-list"), header(&request, "cookie")), (None, None));
}

#[test]
fn a_style_cannot_lead_out_of_its_segment() {
    for (style, value) in [
        ("label", json!(".")),
        ("simple", json!([".."])),
        ("label", json!(["", ""])),
        ("matrix", json!([])),
    ] {
        let action = format!(
            "method = \"GET\"\npath = \"/a/{{x}}/b\"\n{}",
            styled("x", "path", &format!("style = \"{style}\"\nexplode = true"))
        );
        let error = built("", &action, json!({ "x": value })).expect_err("leads out");
        assert_eq!(error.pointer.as_deref(), Some("/x"), "{style} {value}");
    }
    let action = format!(
        "method = \"GET\"\npath = \"/a/{{x}}\"\n{}",
        styled("x", "header", "style = \"simple\"")
    );
    let action = action.replace("{x}", "b");
    let error = built("", &action, json!({"x": ["a\r\nX-Admin: 1"]})).expect_err("a line break");
    assert_eq!(error.pointer.as_deref(), Some("/x"));
}

#[test]
fn forms_have_nested_names_where_their_author_says_so() {
    let action = [
        "method = \"POST\"\npath = \"/a\"\ncontent_type = \"application/x-www-form-urlencoded\"".to_owned(),
        styled("amount", "body", ""),
        styled("items", "body", "style = \"deepObject\""),
        styled("tags", "body", "style = \"form\"\nexplode = false"),
    ]
    .join("\n");
    let arguments = json!({"items": [{"price": "p 1"}, {"price": "p2"}], "amount": 5, "tags": ["a", "b"]});
    let request = built("", &action, arguments).expect("a request");
    assert_eq!(
        body(&request),
        "amount=5&items%5B0%5D%5Bprice%5D=p+1&items%5B1%5D%5Bprice%5D=p2&tags=a%2Cb"
    );
    assert_eq!(
        header(&request, "content-type"),
        Some("application/x-www-form-urlencoded")
    );
}

#[test]
fn files_are_sent_as_parts_or_as_they_are() {
    let input = |name: &str, place: &str| {
        format!("[[actions.input]]\nname = \"{name}\"\ndescription = \"A file\"\ntype = \"FILE\"\n{place}\n")
    };
    let file = json!({"fileName": "a.txt", "mimeType": "text/plain", "base64": "aGVsbG8="});
    let parts = format!(
        "method = \"POST\"\npath = \"/a\"\ncontent_type = \"multipart/form-data\"\n{}{}",
        input("file", "in = \"body\""),
        styled("note", "body", "")
    );
    let request = built("", &parts, json!({"file": file, "note": "hi"})).expect("a request");
    let content_type = header(&request, "content-type").expect("a type").to_owned();
    let boundary = content_type
        .strip_prefix("multipart/form-data; boundary=")
        .expect("a boundary");
    assert_eq!(
        body(&request),
        format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\nhello\r\n\
             --{boundary}\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhi\r\n--{boundary}--\r\n"
        )
    );
    let whole = format!(
        "method = \"PUT\"\npath = \"/a\"\ncontent_type = \"image/png\"\nbody = \"{{{{file}}}}\"\n{}",
        input("file", "")
    );
    let request = built("", &whole, json!({ "file": file })).expect("a request");
    assert_eq!(
        (body(&request), header(&request, "content-type")),
        ("hello", Some("image/png"))
    );
    let error = built("", &whole, json!({"file": {"base64": "!"}})).expect_err("not base64");
    assert_eq!(error.pointer.as_deref(), Some("/file"));
    let without = built("", &whole, json!({})).expect("a request");
    assert_eq!((&without.body, header(&without, "content-type")), (&None, None));
    // Where several types are taken the file says which one it is.
    let several = whole.replace("image/png", "image/png, text/*");
    let request = built("", &several, json!({ "file": file })).expect("a request");
    assert_eq!(header(&request, "content-type"), Some("text/plain"));
    let error = built("", &several.replace("text/*", "image/*"), json!({ "file": file })).expect_err("no image");
    assert_eq!(
        (error.pointer.as_deref(), error.message.as_str()),
        (
            Some("/file"),
            "the file is `text/plain` by its `mimeType`, and the API takes image/png, image/*"
        )
    );
}

#[test]
fn yaml_that_is_made_of_values_is_json() {
    let action = "method = \"POST\"\npath = \"/\"\ncontent_type = \"application/yaml; charset=utf-8\"\n\
                  input = [{ name = \"x\", in = \"body\" }]";
    let request = built("", action, json!({"x": "a: b"})).unwrap();
    assert_eq!(body(&request), r#"{"x":"a: b"}"#);
    assert_eq!(
        header(&request, "content-type"),
        Some("application/yaml; charset=utf-8")
    );
}

#[test]
fn without_any_of_what_is_needed_there_is_no_request() {
    let action = "method = \"PATCH\"\npath = \"/\"\nany_of = [\"id\", [\"folder\", \"name\"]]\n\
                  input = [{ name = \"id\", in = \"body\" }, { name = \"folder\", in = \"body\" }, { name = \"name\", in = \"body\" }]";
    for given in [json!({}), json!({"folder": "a"})] {
        let error = built("", action, given).expect_err("nothing that is needed");
        assert_eq!(
            error.message,
            "at least one of these has to be given: `id`, or `folder` with `name`"
        );
        assert_eq!(error.pointer, None);
    }
    for given in [json!({"id": "a"}), json!({"folder": "a", "name": "b"})] {
        assert_eq!(body(&built("", action, given.clone()).unwrap()), given.to_string());
    }
}
