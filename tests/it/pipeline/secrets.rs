//! Not one byte of a credential comes out anywhere, whatever a hostile API does with it (contract S1-34, S1-46).

use std::path::Path;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use hyper::ext::ReasonPhrase;

use crate::harness::{Seen, Upstream, Workspace, connector, json_answer};

/// Every way to authenticate, with the secret that it sends.
const KINDS: [(&str, &str, &str); 7] = [
    (
        "header",
        "cAn4ry-h/+&=%\"\\x",
        "type = \"api_key\"\nheader_name = \"X-Key\"\nkey = \"env:CANARY_HEADER\"",
    ),
    (
        "prefix",
        "cAn4ry-f/+&=%\"\\x",
        "type = \"api_key\"\nheader_name = \"Authorization\"\nprefix = \"ApiKey \"\nkey = \"env:CANARY_PREFIX\"",
    ),
    (
        "query",
        "cAn4ry-q/+&=%\"\\x",
        "type = \"api_key\"\nin = \"query\"\nname = \"key\"\nkey = \"env:CANARY_QUERY\"",
    ),
    (
        "cookie",
        "cAn4ry-c/+&=%x",
        "type = \"api_key\"\nin = \"cookie\"\nname = \"key\"\nkey = \"env:CANARY_COOKIE\"",
    ),
    (
        "bearer",
        "cAn4ry-b/+&=%x",
        "type = \"bearer_token\"\ntoken = \"env:CANARY_BEARER\"",
    ),
    (
        "basic",
        "cAn4ry-p/+&=%\"\\x",
        "type = \"basic_auth\"\nusername = \"ana\"\npassword = \"env:CANARY_BASIC\"",
    ),
    (
        "custom",
        "cAn4ry-u/+&=%\"\\x",
        "type = \"custom_header\"\nheaders = [{ name = \"X-One\", value = \"env:CANARY_CUSTOM\" }]",
    ),
];

const ACTIONS: &str = r#"
[[actions]]
name = "tell"
description = "Answers with everything that it was sent"
method = "GET"
path = "/tell/{how}"
[[actions.input]]
name = "how"
required = true
"#;

/// How the API tells what it was sent.
const WAYS: [&str; 10] = [
    "json", "keys", "text", "problem", "headers", "redirect", "back", "reason", "mismatch", "broken",
];

/// A text that holds `secret` in every way in which it may be written down.
fn spellings(secret: &str) -> Vec<String> {
    let each = |written: fn(u8) -> String| secret.bytes().map(written).collect::<Vec<_>>().concat();
    let escaped = each(|byte| format!("\\u{byte:04x}"));
    let hexadecimal = each(|byte| format!("{byte:02x}"));
    let percent = each(|byte| format!("%{byte:02X}"));
    let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    vec![
        secret.to_owned(),
        STANDARD.encode(secret),
        URL_SAFE_NO_PAD.encode(secret),
        STANDARD.encode(format!("ana:{secret}")),
        json!(secret).to_string(),
        escaped,
        hexadecimal,
        percent,
        form,
    ]
}

async fn tell(request: Seen) -> Response {
    let mut parts = request.uri.path().trim_start_matches("/v1/").split('/');
    let kind = parts.next().unwrap();
    let way = parts.nth(1).unwrap();
    let (_, secret, _) = KINDS.iter().find(|(name, ..)| *name == kind).unwrap();
    let all = spellings(secret);
    let text = all.join(" ");
    match way {
        "json" => json_answer(json!({ "all": all, "nested": { "deep": [text] } }).to_string()),
        "keys" => {
            let keys: serde_json::Map<String, Value> = all.into_iter().map(|key| (key, Value::from(1))).collect();
            json_answer(json!({ "keys": keys }).to_string())
        }
        "text" => ([(header::CONTENT_TYPE, "text/plain")], text).into_response(),
        "problem" => (
            StatusCode::BAD_REQUEST,
            [(header::CONTENT_TYPE, "application/problem+json")],
            json!({ "title": text, "detail": text }).to_string(),
        )
            .into_response(),
        "headers" => (
            [
                ("set-cookie", format!("session={}", all[3])),
                ("x-echo", all[1].clone()),
                ("content-type", format!("text/plain; x={}", all[6])),
            ],
            "nothing",
        )
            .into_response(),
        "redirect" => (
            StatusCode::FOUND,
            [("location", format!("https://elsewhere.test/{}?k={}", all[7], all[8]))],
        )
            .into_response(),
        // To another path of the same API, which is followed and shown in the log.
        "back" if !request.uri.path().contains("%63%41%6E") => (
            StatusCode::FOUND,
            [(
                "location",
                format!("/v1/{kind}/tell/back/{}?{}={}&{}", all[7], all[8], all[8], all[7]),
            )],
        )
            .into_response(),
        "reason" => {
            let mut answer = (StatusCode::BAD_GATEWAY, text).into_response();
            let reason = ReasonPhrase::try_from(all[0].as_bytes()).unwrap();
            answer.extensions_mut().insert(reason);
            answer
        }
        "mismatch" => json_answer(json!([text]).to_string()),
        _ => json_answer(format!("{{\"broken\": {}", all[4])),
    }
}

/// Every file below `folder`, with its path.
fn files(folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
}

#[tokio::test]
async fn no_spelling_of_a_credential_comes_out_anywhere() {
    let upstream = Upstream::start(tell).await;
    let mut workspace = Workspace::new();
    let home = workspace.path().join("home").display().to_string();
    workspace.set("HOME", &home);
    workspace.config("[log]\nlevel = \"trace\"\n");
    for (kind, secret, auth) in KINDS {
        workspace.set(&format!("CANARY_{}", kind.to_uppercase()), secret);
        let rest = format!("[auth]\n{auth}\n{ACTIONS}");
        let base_url = format!("{}/{kind}", upstream.base_url());
        workspace.write(&format!("{kind}.toml"), connector(kind, &base_url, &rest));
        // The same once more with a secret of the vault.
        let sealed = format!("sealed_{kind}");
        let rest = rest.replace("env:CANARY_", "vault://canary/");
        workspace.write(&format!("{sealed}.toml"), connector(&sealed, &base_url, &rest));
        let name = format!("canary/{}", kind.to_uppercase());
        workspace.store_secret(&name, secret).await;
    }
    let mut session = workspace.serve().await;
    for (kind, secret, _) in KINDS {
        for way in WAYS {
            let requests = if way == "back" { 2 } else { 1 };
            for connector in [kind.to_owned(), format!("sealed_{kind}")] {
                let count = upstream.count();
                let answer = session.call(&format!("{connector}__tell"), json!({ "how": way })).await;
                assert_eq!(upstream.count(), count + requests, "{connector} {way}: {answer}");
            }
        }
        // What was sent did hold the secret: what follows looks for something that was there.
        let sent = upstream.seen().pop().unwrap();
        let sent = format!("{:?} {:?}", sent.uri, sent.headers)
            .replace("\\\\", "\\")
            .replace("\\\"", "\"");
        let found = spellings(secret)
            .iter()
            .any(|spelling| sent.contains(spelling.as_str()));
        assert!(found, "{kind}: {sent}");
    }
    // While it runs, much of the database is in its write-ahead log.
    let mut places: Vec<(String, Vec<u8>)> = Vec::new();
    files(workspace.path(), &mut places);
    for name in ["toolgate.db", "toolgate.db-wal", "toolgate.db-shm"] {
        assert!(places.iter().any(|(place, _)| place.ends_with(name)), "{name}");
    }
    let ended = session.close().await;
    assert!(
        ended.stderr.contains(" DEBUG ") && ended.stderr.contains("response"),
        "{}",
        ended.stderr
    );
    places.push(("stdout".to_owned(), ended.stdout.into_bytes()));
    places.push(("stderr".to_owned(), ended.stderr.into_bytes()));
    for arguments in [
        ["logs", "--json"].as_slice(),
        &["logs"],
        &["tools", "--json"],
        &["check"],
        &["vault", "list"],
        &["vault", "list", "--json"],
        &["vault", "rotate-key"],
        // Twice: the second time, a backup is made.
        &["install", "claude-desktop"],
        &["install", "claude-desktop", "--name", "again"],
        &["apis", "list", "--json"],
        &["apis", "delete", "header", "--yes"],
    ] {
        let run = workspace.run(arguments).await;
        assert_eq!(run.code, Some(0), "{arguments:?}: {}", run.stderr);
        places.push((arguments.join(" "), (run.stdout + &run.stderr).into_bytes()));
    }
    // Database, trash, a client's settings and their backup.
    files(workspace.path(), &mut places);
    for (kind, secret, _) in KINDS {
        for spelling in spellings(secret)
            .iter()
            .map(String::as_str)
            .chain(["cAn4ry", "Y0FuNHJ5"])
        {
            for (place, bytes) in &places {
                let found = bytes
                    .windows(spelling.len())
                    .position(|part| part == spelling.as_bytes());
                let around =
                    found.map(|at| String::from_utf8_lossy(&bytes[at.saturating_sub(200)..bytes.len().min(at + 100)]));
                assert_eq!(around, None, "{kind}: {spelling} in {place}");
            }
        }
    }
}

#[tokio::test]
async fn a_secret_argument_may_be_worked_with_and_is_hidden_all_the_same() {
    let upstream = Upstream::fixed("{}").await;
    let workspace = Workspace::with(
        &upstream.base_url(),
        r#"
[[actions]]
name = "set_pin"
description = "Sets a PIN"
method = "PUT"
path = "/pin/{{pin | int + 1}}"
body = { pin = "{{pin | int}}" }
confirm = false
[[actions.input]]
name = "pin"
type = "PASSWORD"
required = true
"#,
    );
    let input = json!({ "pin": "482915" }).to_string();
    let run = workspace
        .run(&["call", "crm__set_pin", "--input", &input, "--dry-run"])
        .await;
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.stdout.starts_with("PUT http://") && !run.stdout.contains("48291"),
        "{}",
        run.stdout
    );
    let run = workspace.run(&["call", "crm__set_pin", "--input", &input]).await;
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(upstream.seen()[0].body, r#"{"pin":482915}"#);
    assert_eq!(upstream.seen()[0].uri.path(), "/v1/pin/482916");
    let path = workspace.row().await.path.unwrap();
    assert!(!path.contains("48291"), "{path}");
}

/// An answer is searched for it in some twenty spellings, which takes memory for each of its bytes.
#[tokio::test]
async fn a_secret_argument_has_a_longest_length() {
    let upstream = Upstream::fixed("{}").await;
    let actions = LOGIN.replacen("[[actions.input]]", "confirm = false\n[[actions.input]]", 1);
    let workspace = Workspace::with(&upstream.base_url(), &actions);
    for (length, is_sent) in [(4096, true), (4097, false)] {
        let input = json!({ "user": "ana", "password": "x".repeat(length) }).to_string();
        let run = workspace.run(&["call", "crm__set_password", "--input", &input]).await;
        assert_eq!(run.code, Some(i32::from(!is_sent)), "{run:?}");
        let told = "/password: secret arguments may be 4096 bytes long together, and these are 4097";
        assert_eq!(
            format!("{}{}", run.stdout, run.stderr).contains(told),
            !is_sent,
            "{run:?}"
        );
    }
    assert_eq!(upstream.count(), 1);
}

const LOGIN: &str = r#"
[[actions]]
name = "set_password"
description = "Sets a password"
method = "PUT"
path = "/users/{user}/{password}"
body = { password = "{{password}}", repeated = { again = "{{password}}" } }
[[actions.input]]
name = "user"
required = true
[[actions.input]]
name = "password"
type = "PASSWORD"
required = true
"#;

#[tokio::test]
async fn what_a_person_typed_into_a_password_field_is_written_down_nowhere() {
    const PASSWORD: &str = "hUnter2/é";
    // The API repeats it in what it refuses.
    let upstream = Upstream::start(|request| async move {
        let said = json!({ "title": format!("{PASSWORD} is too weak: {}", request.uri) });
        (
            StatusCode::UNPROCESSABLE_ENTITY,
            [(header::CONTENT_TYPE, "application/problem+json")],
            said.to_string(),
        )
            .into_response()
    })
    .await;
    let workspace = Workspace::with(&upstream.base_url(), LOGIN);
    workspace.config("[log]\nlevel = \"trace\"\n[approvals]\nwait_ms = 0\n");
    let arguments = json!({ "user": "ana", "password": PASSWORD });

    let mut unattended = workspace.serve().await;
    unattended.call("crm__set_password", arguments.clone()).await;
    let mut attended = workspace.serve_to_person("accept").await;
    attended.call("crm__set_password", arguments.clone()).await;
    attended
        .call("crm__set_password", json!({ "user": 1, "password": PASSWORD }))
        .await;
    assert_eq!(upstream.count(), 1);
    assert!(String::from_utf8_lossy(&upstream.seen()[0].body).contains(PASSWORD));
    assert!(
        attended.prompts[0].contains("password: \"[HIDDEN]\""),
        "{:?}",
        attended.prompts
    );

    assert!(
        attended.prompts[0].contains("Request: PUT /v1/users/ana/[HIDDEN]\n"),
        "{:?}",
        attended.prompts
    );

    let mut places = vec![("prompt", attended.prompts.join("\n").into_bytes())];
    for session in [unattended, attended] {
        places.push(("stderr", session.close().await.stderr.into_bytes()));
    }
    for entry in std::fs::read_dir(workspace.state()).unwrap() {
        places.push(("state", std::fs::read(entry.unwrap().path()).unwrap()));
    }
    let id = workspace.approvals().await[0].id.clone();
    let input = arguments.to_string();
    for run in [
        ["approvals", "list", "--all", "--json"].as_slice(),
        &["approvals", "show", &id],
        &["approvals", "show", &id, "--json"],
        &["logs", "--json"],
        &["call", "crm__set_password", "--dry-run", "--input", &input],
    ] {
        let run = workspace.run(run).await;
        assert_eq!(run.code, Some(0), "{run:?}");
        places.push(("a verb", (run.stdout + &run.stderr).into_bytes()));
    }
    for (place, bytes) in places {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("hUnter2"), "{place}: {text}");
        assert!(!text.contains("%5BHIDDEN%5D"), "{place}: {text}");
    }
}
