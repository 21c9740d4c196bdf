use bytes::Bytes;
use serde_json::json;

use super::super::fixture::{arguments, connector, inputs, response};
use super::*;

fn interpreted(action: &str, answer: &UpstreamResponse) -> Result<Interpreted, ResponseError> {
    let (connector, action) = connector("", &format!("method = \"GET\"\npath = \"/a\"\n{action}"));
    interpret(&connector, &action, &Map::new(), answer, &Scrubber::empty())
}

fn json_of(action: &str, answer: &UpstreamResponse) -> Value {
    match interpreted(action, answer) {
        Ok(Interpreted {
            content: Content::Json(value),
            warnings,
        }) => {
            assert_eq!(warnings, Vec::<String>::new());
            value
        }
        other => panic!("{other:?}"),
    }
}

const SCHEMA: &str = "response_schema = { type = \"object\", properties = { id = { type = \"integer\" }, state = { enum = [\"open\"] } }, required = [\"id\"] }";

#[test]
fn answers_become_objects() {
    let json = "application/json";
    let table = [
        (response(200, json, "{\"a\":1}"), json!({"a": 1})),
        (response(201, json, "[1,2]"), json!({"result": [1, 2]})),
        (response(200, json, "null"), json!({"result": null})),
        (response(204, "", ""), json!({"result": null})),
        (response(200, json, ""), json!({"result": null})),
        (response(200, "text/plain", "hello"), json!({"result": "hello"})),
        (response(200, "text/html", "<p>hi"), json!({"result": "<p>hi"})),
        (response(200, json, "{\"error\":\"x\"}"), json!({"error": "x"})),
    ];
    for (answer, expected) in table {
        assert_eq!(json_of("", &answer), expected, "{answer:?}");
    }
}

#[test]
fn the_answer_to_head_is_its_head() {
    let (connector, action) = connector("", "method = \"HEAD\"\npath = \"/a\"");
    let mut answer = response(200, "image/png", "");
    for (name, value) in [
        ("x-path-stat", "abc"),
        ("vary", "a"),
        ("vary", "b"),
        ("location", "https://api.example.com/v1/b"),
    ] {
        answer.headers.append(name, value.parse().unwrap());
    }
    let result = interpret(&connector, &action, &Map::new(), &answer, &Scrubber::empty()).unwrap();
    let headers = json!({"content-type": "image/png", "x-path-stat": "abc", "vary": "a, b", "location": "[API]/b"});
    assert_eq!(
        result.content,
        Content::Json(json!({"status": 200, "headers": headers}))
    );
    let missing = interpret(
        &connector,
        &action,
        &Map::new(),
        &response(404, "", ""),
        &Scrubber::empty(),
    );
    assert!(matches!(missing, Err(ResponseError::Status { status: 404, .. })));
}

/// HTTP makes the names of headers lower case (RFC 9113, section 8.2), secrets in them too.
#[test]
fn a_secret_in_the_name_of_a_header_is_hidden() {
    let (connector, action) = connector("", "method = \"HEAD\"\npath = \"/a\"");
    let mut answer = response(200, "", "");
    answer.headers.clear();
    let name = http::HeaderName::from_bytes(b"x-echo-Sk-Mixed-9876").unwrap();
    answer.headers.append(name, "1".parse().unwrap());
    let scrubber = Scrubber::new(["Sk-Mixed-9876"]);
    let result = interpret(&connector, &action, &Map::new(), &answer, &scrubber).unwrap();
    let headers = json!({"x-echo-[REDACTED]": "1"});
    assert_eq!(
        result.content,
        Content::Json(json!({"status": 200, "headers": headers}))
    );
}

#[test]
fn the_answer_to_options_is_its_body_or_else_its_head() {
    let (connector, action) = connector("", "method = \"OPTIONS\"\npath = \"/a\"");
    let mut allowed = response(204, "", "");
    allowed.headers.append("allow", "GET, PUT".parse().unwrap());
    let body = response(200, "application/json", "{\"upload_url\": \"/b\"}");
    for (answer, expected) in [
        (allowed, json!({"status": 204, "headers": {"allow": "GET, PUT"}})),
        (body, json!({"upload_url": "/b"})),
    ] {
        let result = interpret(&connector, &action, &Map::new(), &answer, &Scrubber::empty()).unwrap();
        assert_eq!(result.content, Content::Json(expected));
    }
}

#[test]
fn files_pass_as_they_are() {
    let bytes = Bytes::from_static(b"\x89PNG\r\n");
    assert_eq!(
        interpreted("", &response(200, "image/png", bytes.clone())),
        Ok(Interpreted {
            content: Content::Binary {
                name: None,
                mime_type: "image/png".to_owned(),
                bytes
            },
            warnings: Vec::new(),
        })
    );
}

#[test]
fn a_file_has_the_name_that_the_api_gives_it() {
    let named = |disposition: &str| {
        let mut answer = response(200, "application/pdf", &b"%PDF\x00"[..]);
        let disposition = disposition.parse().expect("a header");
        answer.headers.insert(http::header::CONTENT_DISPOSITION, disposition);
        match echoed(&answer, "").expect("a result").content {
            Content::Binary { name, .. } => name,
            Content::Json(value) => panic!("{value}"),
        }
    };
    let name = named("attachment; filename=\"report-2024.pdf\"");
    assert_eq!(name.as_deref(), Some("report-2024.pdf"));
    let name = named("attachment; filename*=UTF-8''..%2Fsk-12345678%0Ahunter2!%E2%80%AE%2Fa.pdf");
    assert_eq!(name.as_deref(), Some("_[REDACTED]_[REDACTED]__a.pdf"));
    assert_eq!(named("attachment"), None);
}

#[test]
fn no_quote_in_a_secret_leaves_a_part_of_it_in_a_name() {
    let (connector, action) = connector("", "method = \"GET\"\npath = \"/a\"");
    let scrubber = Scrubber::new(["sk-123\"45678", "key;98765"]);
    for (disposition, expected) in [
        ("attachment; filename=\"a-sk-123\"45678-b.pdf\"", "a-[REDACTED]-b.pdf"),
        ("attachment; filename=\"a-sk-123\\\"45678-b.pdf\"", "a-[REDACTED]-b.pdf"),
        ("attachment; filename=a-key;98765-b.pdf", "a-[REDACTED]-b.pdf"),
    ] {
        let mut answer = response(200, "application/pdf", &b"%PDF\x00"[..]);
        let header = disposition.parse().expect("a header");
        answer.headers.insert(http::header::CONTENT_DISPOSITION, header);
        let found = interpret(&connector, &action, &Map::new(), &answer, &scrubber).expect("a result");
        let Content::Binary { name, .. } = found.content else {
            panic!("{disposition}")
        };
        assert_eq!(name.as_deref(), Some(expected), "{disposition}");
    }
}

#[test]
fn damaged_text_comes_with_a_warning() {
    let found = interpreted("", &response(200, "text/plain", &b"a\xff"[..])).expect("a result");
    assert_eq!(found.content, Content::Json(json!({"result": "a\u{fffd}"})));
    assert!(found.warnings[0].contains("were replaced"), "{:?}", found.warnings);
}

#[test]
fn the_schema_is_checked_before_the_mapping() {
    let action = format!("response = \"{{n: id}}\"\n{SCHEMA}");
    assert_eq!(
        json_of(&action, &response(200, "application/json", "{\"id\":7}")),
        json!({"n": 7})
    );
    let error = interpreted(
        &action,
        &response(200, "application/json", "{\"id\":\"hunter2\",\"state\":\"hunter3\"}"),
    );
    let Err(ResponseError::SchemaMismatch { violations }) = error else {
        panic!("{error:?}")
    };
    assert_eq!(
        violations
            .iter()
            .map(|violation| (violation.pointer.as_str(), violation.message.as_str()))
            .collect::<Vec<_>>(),
        [
            ("/id", "expected integer, got a string"),
            ("/state", "expected one of \"open\", got a string")
        ]
    );
}

#[test]
fn mismatches_can_be_warnings() {
    let action = format!("validation = \"warn\"\n{SCHEMA}");
    let found = interpreted(&action, &response(200, "application/json", "{\"id\":\"hunter2\"}")).expect("a result");
    assert_eq!(found.content, Content::Json(json!({"id": "hunter2"})));
    assert_eq!(
        found.warnings,
        ["the answer does not match its schema: /id: expected integer, got a string"]
    );
    let schema = "validation = \"warn\"\nresponse_schema = { type = \"array\", items = { type = \"string\" } }";
    let found = interpreted(schema, &response(200, "application/json", "[1,2,3,4,5,6,7]")).expect("a result");
    assert!(
        found.warnings[0].ends_with("/4: expected string, got a number; and 2 more"),
        "{:?}",
        found.warnings
    );
}

#[test]
fn failures_carry_what_the_api_says() {
    let mut answer = response(
        429,
        "application/json",
        "{\"message\":\"slow down at https://api.example.com/v1/a\"}",
    );
    answer.headers.insert("retry-after", "30".parse().expect("a header"));
    assert_eq!(
        interpreted("", &answer),
        Err(ResponseError::Status {
            status: 429,
            kind: StatusKind::TooManyRequests,
            retry_after_seconds: Some(30),
            detail: Some("slow down at [API]/a".to_owned()),
        })
    );
    let broken = interpreted(SCHEMA, &response(502, "application/json", "<h1>Bad Gateway</h1>"));
    let Err(ResponseError::Status {
        status, kind, detail, ..
    }) = broken
    else {
        panic!("{broken:?}")
    };
    assert_eq!(
        (status, kind, detail.as_deref()),
        (502, StatusKind::ServerError, Some("Bad Gateway"))
    );
}

#[test]
fn declared_statuses_are_normal_answers() {
    let gone = response(404, "application/json", "{\"detail\":\"none\"}");
    assert_eq!(json_of("ok_statuses = [404]", &gone), json!({"detail": "none"}));
    let refused = interpreted("ok_statuses = [404]", &response(403, "", ""));
    assert!(
        matches!(refused, Err(ResponseError::Status { status: 403, .. })),
        "{refused:?}"
    );
    assert!(matches!(
        interpreted("", &response(302, "", "")),
        Err(ResponseError::Status { .. })
    ));
}

#[test]
fn what_is_not_json_says_so() {
    let table = [
        ("", "application/json", "{\"id\": hunter2", "expected value at line 1"),
        ("", "application/json", "<html>hunter2", "expected value at line 1"),
        (SCHEMA, "text/html", "<p>hunter2</p>", "its type is text/html"),
        (SCHEMA, "", "hunter2", "it is text"),
        (SCHEMA, "image/png", "hunter2", "its type is image/png"),
        ("response = \"id\"", "text/plain", "hunter2", "its type is text/plain"),
    ];
    for (action, content_type, body, expected) in table {
        let error = interpreted(action, &response(200, content_type, body))
            .expect_err(body)
            .to_string();
        assert!(
            error.starts_with("the API's answer is not JSON: ") && error.contains(expected),
            "{error}"
        );
        assert!(!error.contains("hunter2"), "{error}");
    }
}

#[test]
fn where_a_warning_is_enough_what_is_not_json_is_passed_on_with_one() {
    let warn = "validation = \"warn\"\n";
    let schema = format!("{warn}{SCHEMA}");
    for (action, content_type, body, warned) in [
        (
            warn,
            "application/json",
            "OK",
            "the answer is not JSON, though its type says so: expected value",
        ),
        (
            warn,
            "application/json",
            "{}\n{}",
            "the answer is not JSON, though its type says so: trailing",
        ),
        (&schema, "application/json", "OK", "the answer is not JSON"),
        (
            &schema,
            "text/html",
            "<p>hi</p>",
            "the answer does not match its schema",
        ),
    ] {
        let result = interpreted(action, &response(200, content_type, body)).unwrap();
        assert_eq!(result.content, Content::Json(json!({"result": body})), "{action}");
        assert!(result.warnings[0].starts_with(warned), "{:?}", result.warnings);
    }
    let image = interpreted(&schema, &response(200, "image/png", "png")).unwrap();
    assert!(matches!(image.content, Content::Binary { .. }), "{image:?}");
    assert_eq!(
        image.warnings,
        ["the answer is image/png, and not what its schema says"]
    );
    // Nothing can be computed from these.
    let mapped = format!("{warn}response = \"id\"");
    for content_type in ["application/json", "text/html", "image/png"] {
        let refused = interpreted(&mapped, &response(200, content_type, "hi"));
        assert!(matches!(refused, Err(ResponseError::NotJson { .. })), "{refused:?}");
    }
}

#[test]
fn json_under_another_name_is_read_where_json_is_expected() {
    let answer = response(200, "text/html", " {\"id\":7}");
    assert_eq!(json_of(SCHEMA, &answer), json!({"id": 7}));
    assert_eq!(json_of("response = \"{n: id}\"", &answer), json!({"n": 7}));
    assert_eq!(
        json_of(
            "response_schema = { type = \"string\" }",
            &response(200, "text/csv", "a,b")
        ),
        json!({"result": "a,b"})
    );
}

#[test]
fn mappings_that_do_not_fit_name_their_place() {
    let action = "response = { n = \"sum(rows)\" }";
    let error = interpreted(action, &response(200, "application/json", "{}"))
        .expect_err("an error")
        .to_string();
    assert_eq!(
        error,
        "the response mapping failed at `/n`: `sum(rows)` does not fit the answer: parameter 1 is null, not array[number]"
    );
}

/// A credential, and an argument that is secret, both of which the API echoes wherever it can.
fn echoed(answer: &UpstreamResponse, action: &str) -> Result<Interpreted, ResponseError> {
    let action = format!(
        "method = \"POST\"\npath = \"/a\"\nbody = {{ p = \"{{{{p}}}}\" }}\n{action}\n{}",
        inputs(&["p: PASSWORD"])
    );
    let (connector, action) = connector("", &action);
    let scrubber = Scrubber::new(["sk-12345678"]);
    interpret(
        &connector,
        &action,
        &arguments(json!({"p": "hunter2!"})),
        answer,
        &scrubber,
    )
}

#[test]
fn secrets_never_come_back() {
    let json = "application/json";
    let answers = [
        response(
            200,
            json,
            "{\"a\":\"sk-12345678\",\"hunter2!\":[\"x hunter2! y\"],\"b\":\"c2stMTIzNDU2Nzg=\"}",
        ),
        response(200, json, "[\"sk\\u002d12345678\",\"hunter2\\u0021\"]"),
        response(200, "text/plain", "sk-12345678 hunter2! sk%2D12345678"),
        response(200, "application/octet-stream", &b"\x00sk-12345678\xffhunter2!"[..]),
        response(400, json, "{\"message\":\"bad password hunter2! for sk-12345678\"}"),
        response(400, "text/html", "<p>hunt<b>er2!</b> sk-<i></i>12345678 hunter2!</p>"),
        response(500, "text/plain", format!("{}sk-12345678hunter2!", "x".repeat(1990))),
        response(
            500,
            json,
            format!("{{\"a\":\"{}hunter2!\"}}", "x".repeat(64 * 1024 - 12)),
        ),
    ];
    for answer in answers {
        for action in ["", "response = \"{a: @, b: keys(@)}\""] {
            let found = match echoed(&answer, action) {
                Ok(Interpreted {
                    content: Content::Binary { bytes, .. },
                    ..
                }) => String::from_utf8_lossy(&bytes).into_owned(),
                other => format!("{other:?}"),
            };
            for secret in ["sk-1", "5678", "hunt", "ter2!", "c2stMTIz"] {
                assert!(!found.contains(secret), "{secret} in {found}");
            }
        }
    }
    let strict = "response_schema = { type = \"object\", properties = {}, additionalProperties = false }";
    let error = echoed(&response(200, json, "{\"hunter2!\":1}"), strict).expect_err("a mismatch");
    assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
}

#[test]
fn short_secret_arguments_do_not_shred_answers() {
    let action = format!(
        "method = \"POST\"\npath = \"/a\"\nbody = {{ p = \"{{{{p}}}}\" }}\n{}",
        inputs(&["p: PASSWORD"])
    );
    let (connector, action) = connector("", &action);
    let answer = response(200, "application/json", "{\"a\":\"banana\"}");
    let found = interpret(
        &connector,
        &action,
        &arguments(json!({"p": "ana"})),
        &answer,
        &Scrubber::empty(),
    );
    assert_eq!(found.expect("a result").content, Content::Json(json!({"a": "banana"})));
}

#[test]
fn never_panics() {
    let (connector, action) = connector("", "method = \"GET\"\npath = \"/a\"\nresponse = \"{n: a.b}\"");
    let content_types = "(application/json|text/plain|image/png|)";
    proptest::proptest!(|(status in 100_u16..1000, body: Vec<u8>, content_type in content_types)| {
        let answer = response(status, &content_type, body);
        drop(interpret(&connector, &action, &Map::new(), &answer, &Scrubber::empty()));
    });
}

/// A type is read in lower case, where a secret with capitals would not be found.
#[test]
fn a_secret_in_a_media_type_is_shown_nowhere() {
    let strict = "response_schema = { type = \"object\" }";
    let warned = format!("{strict}\nvalidation = \"warn\"");
    for media_type in [
        "image/Sk-Mixed-9876",
        "application/x-Sk-Mixed-9876",
        "text/Sk-Mixed-9876",
    ] {
        for more in ["", strict, &warned] {
            let (connector, action) = connector("", &format!("method = \"GET\"\npath = \"/a\"\n{more}"));
            let answer = response(200, media_type, &b"\x00\xff"[..]);
            let scrubber = Scrubber::new(["Sk-Mixed-9876"]);
            let result = interpret(&connector, &action, &Map::new(), &answer, &scrubber);
            let shown = format!("{result:?}").to_lowercase();
            assert!(!shown.contains("mixed"), "{media_type}, {more}: {shown}");
        }
    }
    let answer = response(200, "image/png", &b"\x00\xff"[..]);
    let image = interpreted("", &answer).expect("an image");
    assert!(matches!(image.content, Content::Binary { mime_type, .. } if mime_type == "image/png"));
}

#[test]
fn an_empty_answer_says_where_what_was_made_is() {
    let made = |status: u16, location: Option<&str>| {
        let mut answer = response(status, "", "");
        if let Some(location) = location {
            answer.headers.insert("location", location.parse().unwrap());
        }
        answer
    };
    for (answer, expected) in [
        (
            made(201, Some("https://api.example.com/v1/orders/7?full=1")),
            json!({"status": 201, "location": "/v1/orders/7?full=1"}),
        ),
        (
            made(202, Some("/jobs/9")),
            json!({"status": 202, "location": "/jobs/9"}),
        ),
        (
            made(201, Some("https://files.example.com/7")),
            json!({"status": 201, "location": "https://files.example.com/7"}),
        ),
        (made(201, None), json!({"result": null})),
        (made(200, Some("/jobs/9")), json!({"result": null})),
    ] {
        assert_eq!(json_of("", &answer), expected, "{answer:?}");
    }
    // Whoever says what the answer is gets that.
    let described = interpreted("response = \"a\"", &made(201, Some("/orders/7"))).unwrap();
    assert_eq!(described.content, Content::Json(json!({"result": null})));
}
