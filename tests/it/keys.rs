//! Keys for remote callers, from the command line to the API behind a tool.

use std::process::Stdio;
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Child;
use tokio::sync::Semaphore;

use crate::harness::{DEADLINE, Seen, Upstream, Workspace, connector, eventually, json_answer, within};

const ACTIONS: &str = r#"
[auth]
type = "none"
[[actions]]
name = "get"
description = "Gets a thing"
method = "GET"
path = "/things"
[[actions]]
name = "create"
description = "Creates a thing"
method = "POST"
path = "/things"
body = { title = "{{title}}" }
[[actions.input]]
name = "title"
required = true
"#;

/// A server over HTTP with two connectors, `crm` and `wiki`.
struct Server {
    workspace: Workspace,
    upstream: Upstream,
    child: Child,
    url: String,
    client: reqwest::Client,
}

/// What came back.
struct Answer {
    status: u16,
    challenge: String,
    body: String,
}

impl Server {
    async fn start() -> Self {
        let upstream = Upstream::start(|_: Seen| async { json_answer(r#"{"done": true}"#) }).await;
        Self::start_in(Workspace::new(), upstream, "").await
    }

    /// With what is in `workspace` already, and more settings.
    async fn start_in(workspace: Workspace, upstream: Upstream, settings: &str) -> Self {
        for name in ["crm", "wiki"] {
            workspace.write(&format!("{name}.toml"), connector(name, &upstream.base_url(), ACTIONS));
        }
        let settings = format!("{settings}\n[approvals]\nwait_ms = 0\n[log]\nlevel = \"trace\"\n");
        workspace.config(&settings);
        let mut child = workspace
            .command(&["serve", "--http", "127.0.0.1:0"])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.as_mut().unwrap()).lines();
        let url = loop {
            let line = within("an address", lines.next_line()).await.unwrap().unwrap();
            if let Some((_, url)) = line.split_once("listening on ") {
                break url.to_owned();
            }
        };
        toolgate::crypto::install_tls_provider();
        #[expect(clippy::disallowed_methods, reason = "this is the agent, not Toolgate")]
        let client = reqwest::Client::new();
        Self {
            workspace,
            upstream,
            child,
            url,
            client,
        }
    }

    /// Makes a key for `ana` with more flags.
    async fn key(&self, flags: &[&str]) -> String {
        let made = self
            .workspace
            .run(&[&["keys", "create", "--user", "ana"], flags].concat())
            .await;
        assert_eq!(made.code, Some(0), "{}", made.stderr);
        made.stdout.trim().to_owned()
    }

    /// Sends one request of 2026-07-28.
    async fn send(&self, key: &str, method: &str, name: Option<&str>, mut parameters: Value) -> Answer {
        parameters["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": { "elicitation": {} },
            "io.modelcontextprotocol/clientInfo": { "name": "tests", "version": "1" },
        });
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": parameters });
        let mut request = self
            .client
            .post(&self.url)
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream")
            .header("mcp-protocol-version", "2026-07-28")
            .header("mcp-method", method)
            .body(message.to_string());
        if let Some(name) = name {
            request = request.header("mcp-name", name);
        }
        if !key.is_empty() {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        let answer = within("an answer", request.send()).await.unwrap();
        let challenge = answer.headers().get("www-authenticate");
        Answer {
            status: answer.status().as_u16(),
            challenge: challenge.map_or_else(String::new, |value| value.to_str().unwrap().to_owned()),
            body: within("a body", answer.text()).await.unwrap(),
        }
    }

    async fn call(&self, key: &str, tool: &str, more: Value) -> Value {
        let mut parameters = json!({ "name": tool });
        parameters
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let answer = self.send(key, "tools/call", Some(tool), parameters).await;
        serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{}: {}", answer.status, answer.body))
    }

    async fn tools(&self, key: &str) -> Vec<String> {
        let answer = self.send(key, "tools/list", None, json!({})).await;
        let listed: Value = serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{}", answer.status));
        let tools = listed["result"]["tools"].as_array().unwrap().iter();
        tools.map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
    }

    /// Ends the server; everything it said since it listens.
    async fn end(mut self) -> (Workspace, String) {
        self.child.start_kill().unwrap();
        let output = within("the end", self.child.wait_with_output()).await.unwrap();
        (self.workspace, String::from_utf8(output.stderr).unwrap())
    }
}

#[tokio::test]
async fn a_key_is_shown_once_and_recognised_ever_after() {
    let workspace = Workspace::new();
    let flags = [
        "--role",
        "admin",
        "--role",
        "call",
        "--connector",
        "wiki",
        "--expires",
        "90d",
    ];
    let made = workspace
        .run(&[&["keys", "create", "--user", "ana", "--name", "night job"], &flags[..]].concat())
        .await;
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let key = made.stdout.trim();
    assert!(key.starts_with("tgk_") && key.len() == 85, "{key}");
    assert!(made.stderr.contains("shown this once"), "{}", made.stderr);
    assert!(
        made.stderr.contains("there is no connector `wiki` here"),
        "{}",
        made.stderr
    );
    let id = &key[4..20];
    let secret = &key[21..];

    let listed = workspace.run(&["keys", "list"]).await.stdout;
    for shown in [id, "active", "ana", "local", "call,admin", "wiki", "night job"] {
        assert!(listed.contains(shown), "{shown}: {listed}");
    }
    let json = workspace.run(&["keys", "list", "--json"]).await.stdout;
    let record = &serde_json::from_str::<Value>(&json).unwrap()[0];
    assert_eq!(record["roles"], json!(["call", "admin"]));
    assert_eq!(record["created_by"], "olga");
    let hash = toolgate::crypto::sha256_hex(key.as_bytes());
    let revoked = workspace.run(&["keys", "revoke", key]).await;
    assert_eq!(revoked.code, Some(0), "{}", revoked.stderr);
    let again = workspace.run(&["keys", "revoke", id]).await;
    assert!(again.stdout.contains("was revoked before"), "{}", again.stdout);
    for (what, said) in [
        ("list", listed),
        ("json", json),
        ("revoke", revoked.stdout),
        ("again", again.stdout),
    ] {
        assert!(!said.contains(secret) && !said.contains(&hash), "{what}: {said}");
    }
    assert!(workspace.run(&["keys", "list"]).await.stdout.contains("revoked"));
    // Neither is the key in what is kept.
    for file in std::fs::read_dir(workspace.state()).unwrap() {
        let path = file.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!found, "{}", path.display());
    }
}

#[tokio::test]
async fn what_cannot_be_a_key_is_refused_with_advice_and_never_repeated() {
    let workspace = Workspace::new();
    let secret = format!("tgk_{}", "5".repeat(64));
    let cases: [(&[&str], i32, &str); 8] = [
        (&["keys", "create"], 2, "--user"),
        (&["keys", "create", "--user", "a\nb"], 2, "visible characters"),
        (
            &["keys", "create", "--user", "ana", "--role", "owner"],
            2,
            "call, author and admin",
        ),
        (
            &["keys", "create", "--user", "ana", "--connector", "My CRM"],
            2,
            "small letters",
        ),
        (&["keys", "create", "--user", "ana", "--expires", "soon"], 2, "90d"),
        (
            &["keys", "create", "--user", "ana", "--expires", "2020-01-01"],
            2,
            "has passed",
        ),
        (&["keys", "revoke", "0123456789abcdef"], 1, "toolgate keys list"),
        (&["keys", "revoke", &secret], 2, "16 digits"),
    ];
    for (arguments, code, advice) in cases {
        let finished = workspace.run(arguments).await;
        assert_eq!(finished.code, Some(code), "{arguments:?}: {}", finished.stderr);
        assert!(finished.stderr.contains(advice), "{arguments:?}: {}", finished.stderr);
        assert!(!finished.stderr.contains(&"5".repeat(64)), "{}", finished.stderr);
    }
    assert_eq!(workspace.run(&["keys", "list", "--json"]).await.stdout.trim(), "[]");
}

#[tokio::test]
async fn the_first_key_closes_a_running_server() {
    let server = Server::start().await;
    let all = ["crm__create", "crm__get", "wiki__create", "wiki__get"];
    assert_eq!(server.tools("").await, all);
    let key = server.key(&["--organisation", "acme", "--connector", "wiki"]).await;
    assert_eq!(server.tools(&key).await, all[2..]);
    let refused = server.send("", "tools/list", None, json!({})).await;
    assert_eq!(
        (refused.status, refused.challenge.as_str()),
        (401, r#"Bearer realm="toolgate""#)
    );
    let answer = server.call(&key, "crm__get", json!({})).await;
    assert_eq!(answer["error"]["data"]["error"]["code"], "UNKNOWN_API", "{answer}");
    assert!(!answer.to_string().contains("crm__create"), "{answer}");
    let answer = server.call(&key, "wiki__get", json!({})).await;
    assert_eq!(
        answer["result"]["structuredContent"],
        json!({ "done": true }),
        "{answer}"
    );

    let seen = server.upstream.seen();
    let [request] = &seen[..] else { panic!("{seen:?}") };
    assert!(
        !format!("{:?}", request.headers).contains("tgk_"),
        "{:?}",
        request.headers
    );
    assert!(!request.headers.contains_key("authorization"), "{:?}", request.headers);

    server.workspace.run(&["keys", "revoke", &key]).await;
    eventually("the key's end", async || {
        let answer = server.send(&key, "tools/list", None, json!({})).await;
        (answer.status == 401).then_some(())
    })
    .await;
    // Closed for good.
    assert_eq!(server.send("", "tools/list", None, json!({})).await.status, 401);

    let (workspace, log) = server.end().await;
    assert!(!log.contains(&key[21..]), "{log}");
    assert!(log.contains(&key[4..20]), "whose key was refused: {log}");
    let rows = workspace.rows().await;
    let callers: Vec<_> = rows
        .iter()
        .map(|row| (&*row.user, &*row.organisation, row.channel.as_str()))
        .collect();
    assert_eq!(callers, [("ana", "acme", "http"); 2]);
    assert_eq!(rows[1].client.as_deref(), Some("tests 1"));
}

#[tokio::test]
async fn nobody_uses_what_another_was_allowed() {
    let server = Server::start().await;
    let ana = server.key(&["--organisation", "acme"]).await;
    let others = [
        server.key(&["--organisation", "other"]).await,
        server.key(&["--organisation", "acme", "--connector", "wiki"]).await,
        server
            .workspace
            .run(&["keys", "create", "--user", "ben", "--organisation", "acme"])
            .await
            .stdout
            .trim()
            .to_owned(),
    ];
    let arguments = json!({ "arguments": { "title": "x" } });
    let question = server.call(&ana, "crm__create", arguments.clone()).await;
    let state = question["result"]["requestState"]
        .as_str()
        .unwrap_or_else(|| panic!("{question}"));
    let mut answered = arguments.clone();
    answered["requestState"] = json!(state);
    answered["inputResponses"] = json!({ "approval": { "action": "accept" } });
    for other in &others {
        let refused = server.call(other, "crm__create", answered.clone()).await;
        assert!(refused["error"].is_object(), "{refused}");
    }
    // An operator's yes is for the one who asked.
    let pending = server.workspace.approvals().await;
    assert_eq!(
        (pending.len(), &*pending[0].user, &*pending[0].organisation),
        (1, "ana", "acme")
    );
    let approved = server.workspace.run(&["approvals", "approve", &pending[0].id]).await;
    assert_eq!(approved.code, Some(0), "{}", approved.stderr);
    for other in [&others[0], &others[2]] {
        let asked = server.call(other, "crm__create", arguments.clone()).await;
        assert_eq!(asked["result"]["resultType"], "input_required", "{asked}");
    }
    assert_eq!(server.upstream.count(), 0);
    let done = server.call(&ana, "crm__create", arguments).await;
    assert_eq!(done["result"]["isError"], false, "{done}");
    assert_eq!(server.upstream.count(), 1);
}

#[tokio::test]
async fn settings_and_keys_must_agree() {
    let workspace = Workspace::new();
    let serve = async |arguments: &[&str]| {
        let mut command = workspace.command(&[&["serve", "--http"], arguments].concat());
        let output = tokio::time::timeout(DEADLINE, command.output()).await.unwrap().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    workspace.config("[http]\nauthentication = \"none\"\n");
    let (code, said) = serve(&["0.0.0.0:0"]).await;
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("toolgate keys create --user"), "{said}");
    let made = workspace.run(&["keys", "create", "--user", "ana"]).await;
    assert!(made.stderr.contains("authentication = \"none\""), "{}", made.stderr);
    let (code, said) = serve(&["127.0.0.1:0"]).await;
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("toolgate keys list"), "{said}");
}

#[tokio::test]
async fn one_user_does_not_keep_the_others_waiting() {
    one_user_and_another("crm__get").await;
}

#[tokio::test]
async fn nor_with_calls_of_code() {
    one_user_and_another("code__get").await;
}

async fn one_user_and_another(tool: &str) {
    let release = Arc::new(Semaphore::new(0));
    let waiting = Arc::clone(&release);
    let upstream = Upstream::start(move |_: Seen| {
        let waiting = Arc::clone(&waiting);
        async move {
            waiting.acquire().await.unwrap().forget();
            json_answer(r#"{"done": true}"#)
        }
    })
    .await;
    let settings = "[server]\nmax_concurrent_calls = 1\nmax_queued_calls = 3\n";
    let workspace = Workspace::new();
    let code =
        "[[actions]]\nname = \"get\"\ndescription = \"Gets a thing\"\neffect = \"read\"\ncode = \"actions/get.js\"\n";
    workspace.write("code/connector.toml", connector("code", &upstream.base_url(), code));
    workspace.write(
        "code/actions/get.js",
        "return (await ld.request({ url: '/things' })).json;",
    );
    let mut server = Server::start_in(workspace, upstream, settings).await;
    let mut log = BufReader::new(server.child.stderr.take().unwrap()).lines();
    let ana = server.key(&[]).await;
    let ben = server.workspace.run(&["keys", "create", "--user", "ben"]).await.stdout;
    let call = async |user, key: &str| (user, server.call(key, tool, json!({})).await);
    // Three of four places are for one user at most.
    let mut calls: FuturesUnordered<_> = (0..4).map(|_| call("ana", &ana)).collect();
    let (_, refused) = calls.next().await.unwrap();
    let text = refused["result"]["content"][0]["text"].as_str().unwrap_or_default();
    assert!(
        text.contains("this caller has as many calls running or waiting as one may have of 4"),
        "{refused}"
    );
    let mut waiting = 0;
    while waiting < 3 {
        if waiting == 2 && calls.len() == 3 {
            calls.push(call("ben", ben.trim()));
        }
        tokio::select! {
            line = within("a line", log.next_line()) => {
                waiting += usize::from(line.unwrap().unwrap().contains("a call waits for its turn"));
            }
            early = calls.next() => panic!("nothing was let: {early:?}"),
        }
    }
    let mut order = Vec::new();
    for _ in 0..4 {
        release.add_permits(1);
        let (user, answer) = within("an answer", calls.next()).await.unwrap();
        assert_eq!(
            answer["result"]["structuredContent"],
            json!({ "done": true }),
            "{answer}"
        );
        order.push(user);
    }
    assert_eq!(order, ["ana", "ben", "ana", "ana"]);
}
