//! Scripts as people write them: loops over pages, settled promises, forms, polling, files.

use axum::http::{HeaderValue, StatusCode};
use axum::response::IntoResponse as _;
use serde_json::{Value, json};

use super::{SEALED, content, desk, failure};
use crate::harness::{Seen, Upstream, eventually, json_answer};

const SCRIPTS: &[(&str, &str)] = &[
    (
        "pages",
        "const all = [];\nfor (let page = 1; page <= 50; page += 1) {\n\
         const response = await ld.request({ method: 'GET', url: data.input.url + '/items', params: { page, per_page: 2, skip: undefined } });\n\
         all.push(...response.json.items);\nif (!response.json.next) break;\n}\nreturn { count: all.length, last: all.at(-1) };",
    ),
    (
        "settled",
        "const urls = ['/ok', '/missing', '/ok'].map((path) => data.input.url + path);\n\
         const settled = await Promise.allSettled(urls.map(async (url) => {\n\
         const response = await ld.request({ method: 'GET', url });\nif (!response.ok) throw Object.assign(new Error('no'), { status: response.status });\n\
         return response.json.name; }));\n\
         return settled.map((one) => one.status === 'fulfilled' ? one.value : one.reason.status);",
    ),
    (
        "polling",
        "for (let attempt = 0; attempt < 10; attempt += 1) {\n\
         const { json } = await ld.request({ method: 'GET', url: data.input.url + '/job' });\n\
         if (json.state === 'done') return { attempts: attempt + 1, result: json.result };\nawait ld.wait(5);\n}\nthrow new Error('never done');",
    ),
    (
        "token",
        "const token = await ld.request({ method: 'POST', url: data.input.url + '/token',\n\
         headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: { grant_type: 'client_credentials', scope: 'a b' } });\n\
         const me = await ld.request({ method: 'GET', url: data.input.url + '/me', headers: { Authorization: `Bearer ${token.json.access_token}` } });\n\
         return me.json;",
    ),
    (
        "webdav",
        "const response = await ld.request({ method: 'PROPFIND', url: data.input.url + '/dav/', headers: { Depth: '1' },\n\
         body: '<propfind/>', responseType: 'text' });\nreturn { status: response.status, hrefs: [...response.text.matchAll(/<href>(.*?)<\\/href>/g)].map((m) => m[1]) };",
    ),
    (
        "retried",
        "for (let attempt = 1; ; attempt += 1) {\n\
         const response = await ld.request({ method: 'GET', url: data.input.url + '/busy' });\n\
         if (response.status !== 429) return { attempt, status: response.status };\n\
         await ld.wait(Math.min(Number(response.headers['Retry-After']) * 1, 30000));\n}",
    ),
    (
        "copied",
        "const file = data.input.document;\nconst text = Buffer.from(file.base64, 'base64').toString('utf8');\n\
         if (file.size !== 5) throw new Error(`size ${file.size}`);\n\
         return { files: [{ fileName: file.fileName.toUpperCase(), mimeType: file.mimeType, base64: Buffer.from(text.toUpperCase()).toString('base64') }], size: text.length };",
    ),
    (
        "thrown",
        "function inner() {\n  throw new TypeError('no ' + data.input.title);\n}\nreturn inner();",
    ),
    ("nothing", "const a = 1;"),
    ("empty", "return null;"),
    (
        "deep",
        "let levels = []; for (let n = 1; n < Number(data.input.title); n++) levels = [levels];\nreturn levels;",
    ),
    (
        "endless",
        "const made = () => ({ get next() { return made(); } });\nreturn { title: { toJSON: () => 'a' }, ...made() , last: made() };",
    ),
    (
        "slow",
        "await ld.request({ method: 'GET', url: data.input.url + '/slow', timeout: 100 });\nreturn 1;",
    ),
    (
        "progress",
        "ld.progress(1, 4, 'first quarter');\nawait ld.wait(20);\nreturn { done: true };",
    ),
    (
        "links",
        "let url = data.input.url + '/listed'; let pages = 0;\n\
         while (url) { const { headers } = await ld.request({ method: 'GET', url }); pages += 1;\n\
         url = /<([^>]+)>; rel=\"next\"/.exec(headers.link ?? '')?.[1]; }\nreturn { pages };",
    ),
    (
        "excessive",
        "const attempts = [{ headers: Object.fromEntries(Array.from({ length: 40000 }, (_, n) => [`x-${n}`, 'y'])) },\n\
         { url: `${data.input.url}/${'x'.repeat(1e6)}` }, { method: 'X'.repeat(65) }];\n\
         return Promise.all(attempts.map((attempt) => ld.request({ url: data.input.url, ...attempt }).catch((error) => error.message)));",
    ),
    ("who", "return { user: data.user, keys: Object.keys(data) };"),
];

async fn api() -> Upstream {
    let jobs = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    Upstream::start(move |seen: Seen| {
        let jobs = jobs.clone();
        async move {
            let count = || jobs.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            match seen.uri.path().trim_start_matches("/v1") {
                "/items" => {
                    let query = seen.uri.query().unwrap_or_default();
                    assert!(query.ends_with("&per_page=2"), "{query}");
                    let page: u32 = query["page=".len()..].split('&').next().unwrap().parse().unwrap();
                    json_answer(json!({ "items": [page * 2 - 1, page * 2], "next": page < 3 }).to_string())
                }
                "/ok" => json_answer(r#"{"name": "ok"}"#),
                "/job" if count() < 2 => json_answer(r#"{"state": "running"}"#),
                "/job" => json_answer(r#"{"state": "done", "result": 7}"#),
                "/token" => {
                    assert_eq!(seen.body, b"grant_type=client_credentials&scope=a+b".as_slice());
                    json_answer(r#"{"access_token": "t0ken"}"#)
                }
                "/me" => {
                    json_answer(json!({ "authorization": seen.headers["authorization"].to_str().unwrap() }).to_string())
                }
                "/dav/" => {
                    assert_eq!(
                        (seen.method.as_str(), &seen.headers["depth"]),
                        ("PROPFIND", &"1".parse().unwrap())
                    );
                    (StatusCode::MULTI_STATUS, "<href>/a</href><href>/b</href>").into_response()
                }
                "/listed" if seen.uri.query().is_none() => {
                    let here = seen.headers["host"].to_str().unwrap();
                    let next = format!("<http://{here}/v1/listed?page=2>; rel=\"next\"");
                    ([("link", next)], "{}").into_response()
                }
                "/busy" if count() < 4 => (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "1")], "").into_response(),
                "/busy" | "/listed" => json_answer("{}"),
                "/slow" => std::future::pending().await,
                _ => StatusCode::NOT_FOUND.into_response(),
            }
        }
    })
    .await
}

#[tokio::test]
async fn scripts_run_as_their_authors_expect() {
    let upstream = api().await;
    let actions: Vec<(&str, &str, &str)> = SCRIPTS.iter().map(|(name, code)| (*name, "write", *code)).collect();
    let workspace = desk(&upstream.base_url(), SEALED, &actions);
    let mut session = workspace.serve().await;
    let url = upstream.base_url();
    for (name, expected) in [
        ("pages", json!({ "count": 6, "last": 6 })),
        ("settled", json!({ "result": ["ok", 404, "ok"] })),
        ("polling", json!({ "attempts": 3, "result": 7 })),
        ("token", json!({ "authorization": "Bearer t0ken" })),
        ("webdav", json!({ "status": 207, "hrefs": ["/a", "/b"] })),
        ("retried", json!({ "attempt": 2, "status": 200 })),
        ("progress", json!({ "done": true })),
        ("links", json!({ "pages": 2 })),
        (
            "excessive",
            json!({ "result": (["it has more than 1000 headers", "its URL is longer than 65534 bytes",
                "its method is longer than 64 characters"].map(|problem| format!("this is not an HTTP request: {problem}"))) }),
        ),
        (
            "who",
            json!({ "user": { "id": "local", "email": null, "organisation": "local" }, "keys": ["input", "auth", "user"] }),
        ),
    ] {
        let answer = session.call(&format!("desk__{name}"), json!({ "url": url })).await;
        assert_eq!(content(&answer), &expected, "{name}");
    }
    let file =
        |base64: &str| json!({ "document": { "fileName": "a.txt", "mimeType": "text/plain", "base64": base64 } });
    let refused = session.call("desk__copied", file("!!!notb64")).await;
    let told = failure(&refused);
    assert!(
        told.starts_with("INVALID_REQUEST") && told.contains("nothing was sent"),
        "{told}"
    );
    assert!(
        told.contains("- /document/base64: the content of a file is not base64"),
        "{told}"
    );
    let file = file("aGVsbG8=");
    let copied = session.call("desk__copied", file).await;
    assert_eq!(
        content(&copied),
        &json!({ "files": [{ "fileName": "A.TXT", "mimeType": "text/plain", "size": 5 }], "size": 5 })
    );
    assert_eq!(copied["result"]["content"][1]["resource"]["blob"], "SEVMTE8=");

    let thrown = session.call("desk__thrown", json!({ "title": "way" })).await;
    let told = failure(&thrown);
    assert!(
        told.starts_with("ACTION_FAILED") && told.contains("no way") && told.contains("actions/thrown.js:2:"),
        "{told}"
    );
    let nothing = session.call("desk__nothing", json!({})).await;
    assert!(failure(&nothing).contains("the code returned nothing"), "{nothing}");
    // The last of them is deeper than the engine can write down.
    for levels in ["128", "10000"] {
        let deep = session.call("desk__deep", json!({ "title": levels })).await;
        assert!(
            failure(&deep).contains("the code's result is nested more than 127 levels deep: return fewer levels"),
            "{deep}"
        );
    }
    let endless = session.call("desk__endless", json!({})).await;
    assert!(
        failure(&endless).contains("the code's result is nested more than 127 levels deep"),
        "{endless}"
    );
    // What there is of the body of a 204 is a result: what the request did must not look as if it had failed.
    let empty = session.call("desk__empty", json!({})).await;
    assert_eq!(content(&empty), &json!({ "result": null }));
    let slow = session.call("desk__slow", json!({ "url": url })).await;
    assert!(failure(&slow).starts_with("TIMEOUT"), "{slow}");

    let rows = workspace.rows().await;
    let row = |action: &str| rows.iter().find(|row| row.action.as_deref() == Some(action)).unwrap();
    assert_eq!(
        (row("pages").requests, row("pages").path.as_deref()),
        (3, Some("/v1/items"))
    );
    assert_eq!(row("thrown").outcome.as_str(), "ACTION_FAILED");
    let log = workspace
        .run(&["logs", "--call", &row("webdav").call_id, "--json"])
        .await;
    let log: Value = serde_json::from_str(&log.stdout).unwrap();
    assert_eq!(log[0]["log"][0]["method"], "PROPFIND", "{log:#}");
    assert_eq!(log[0]["log"][0]["status"], 207);
    // What is too large is not looked at, nor kept.
    let log = workspace.run(&["logs", "--call", &row("excessive").call_id]).await;
    assert_eq!(log.stdout.matches("this is not an HTTP request").count(), 3, "{log:?}");
    assert!(log.stdout.len() < 4_000, "{log:?}");
}

#[tokio::test]
async fn names_of_files_in_headers_keep_their_letters_in_the_old_encoding_too() {
    let api = Upstream::start(|_| async move {
        let name = HeaderValue::from_bytes(b"attachment; filename=\"r\xe9port.bin\"").unwrap();
        let utf8 = HeaderValue::from_bytes("réport".as_bytes()).unwrap();
        let headers = [("content-disposition", name), ("x-name", utf8)];
        (headers, "x").into_response()
    })
    .await;
    let code = "const { headers } = await ld.request({ url: data.input.url });\n\
                return { old: headers['content-disposition'], now: headers['x-name'] };";
    let workspace = desk(&api.base_url(), SEALED, &[("named", "read", code)]);
    let mut session = workspace.serve().await;
    let url = format!("{}/file", api.base_url());
    let answer = session.call("desk__named", json!({ "url": url })).await;
    assert_eq!(
        content(&answer),
        &json!({ "old": "attachment; filename=\"réport.bin\"", "now": "réport" })
    );
}

#[tokio::test]
async fn a_large_file_is_a_link_that_can_be_read() {
    let api = Upstream::fixed("{}").await;
    let code = "const text = 'line\\n'.repeat(100000);\n\
         return { files: [{ fileName: 'all.csv', mimeType: 'text/csv', text }, { fileName: 'few.csv', mimeType: 'text/csv', text: 'line' }] };";
    let workspace = desk(&api.base_url(), SEALED, &[("exported", "read", code)]);
    let mut session = workspace.serve().await;
    let exported = session.call("desk__exported", json!({})).await;
    assert_eq!(
        content(&exported)["files"][0],
        json!({ "fileName": "all.csv", "mimeType": "text/csv", "size": 500_000 })
    );
    let blocks = &exported["result"]["content"];
    assert_eq!(
        (&blocks[1]["type"], &blocks[1]["size"]),
        (&json!("resource_link"), &json!(500_000))
    );
    assert_eq!(blocks[2]["resource"]["text"], "line");
    assert!(
        exported.to_string().len() < 2_000,
        "the content of the large file is in the result"
    );

    let uri = blocks[1]["uri"].as_str().unwrap();
    let read = session.request("resources/read", json!({ "uri": uri })).await;
    let contents = &read["result"]["contents"][0];
    assert_eq!(
        (&contents["uri"], &contents["mimeType"]),
        (&json!(uri), &json!("text/csv"))
    );
    assert_eq!(contents["text"].as_str().unwrap().len(), 500_000);

    let gone = session
        .request("resources/read", json!({ "uri": "toolgate://files/0/a.csv" }))
        .await;
    assert_eq!(
        gone["error"]["message"],
        "there is no file of that URI: files of results can be read for 10 minutes; call the tool again"
    );
    session.close().await;
}

#[tokio::test]
async fn a_script_that_is_broken_in_an_edit_goes_on_as_it_was() {
    let upstream = Upstream::fixed("{}").await;
    let workspace = desk(
        &upstream.base_url(),
        SEALED,
        &[("speaks", "read", "return { said: 1 };")],
    );
    let mut session = workspace.serve().await;
    assert_eq!(content(&session.call("desk__speaks", json!({})).await)["said"], 1);
    workspace.write("desk/actions/speaks.js", "return { said: ;");
    let kept = "`desk` is served as it last worked";
    eventually(kept, async || session.complaints().contains(kept).then_some(())).await;
    assert!(
        session.complaints().contains("connectors/desk/actions/speaks.js:1:"),
        "{}",
        session.complaints()
    );
    assert_eq!(content(&session.call("desk__speaks", json!({})).await)["said"], 1);
    workspace.write("desk/actions/speaks.js", "return { said: 2 };");
    eventually("the mended script", async || {
        let answer = session.call("desk__speaks", json!({})).await;
        (content(&answer)["said"] == 2).then_some(())
    })
    .await;
}
