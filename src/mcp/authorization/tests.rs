//! Keys over real connections, on a paused clock.

mod records;
mod sharing;

use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::extract::Request;
use axum::middleware::Next;
use axum::routing::get;
use http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tracing_subscriber::layer::SubscriberExt as _;

use super::super::Lifetime;
use super::super::http::{HttpSettings, bind, serve};
use super::super::testing::{
    Connection, MCP, Probe, STATELESS, any_port, exchange, initialize, stateless_call, status,
};
use super::attempts::{MOST, WINDOW};
use super::ring::{REFRESH, STALE};
use super::*;
use crate::policy::access_key::{NewKey, ShownKey};
use crate::store::memory::MemoryStore;
use crate::store::{KeyRecord, KeyStore as _, time};

/// Every path that is served, and one that is not.
const DOORS: [(&str, &str); 6] = [
    ("POST", "/mcp"),
    ("GET", "/mcp"),
    ("DELETE", "/mcp"),
    ("GET", "/sse"),
    ("POST", "/messages?session_id=x"),
    ("GET", "/.well-known/oauth-protected-resource"),
];

struct Server {
    address: SocketAddr,
    store: Arc<MemoryStore>,
}

async fn start(authentication: impl FnOnce(Arc<dyn Store>) -> Authentication) -> Server {
    start_with(authentication, HttpSettings::default()).await
}

async fn start_with(
    authentication: impl FnOnce(Arc<dyn Store>) -> Authentication,
    mut settings: HttpSettings,
) -> Server {
    let store = Arc::new(MemoryStore::default());
    settings.authentication = authentication(store.clone());
    let lifetime = Lifetime::new(CancellationToken::new(), Duration::from_secs(1));
    let probe = Probe::new(&lifetime);
    probe.release();
    let listener = bind(any_port(), &settings.authentication).await.expect("bound");
    let address = listener.local_addr().expect("address");
    tokio::spawn(async move { serve(listener, move |_, _| probe.clone(), &settings, lifetime).await });
    Server { address, store }
}

fn header(key: &str) -> String {
    format!("Authorization: Bearer {key}\r\n")
}

impl Server {
    /// Makes a key; `adjust` changes what is kept of it.
    async fn key(&self, adjust: impl FnOnce(&mut KeyRecord)) -> String {
        let key = NewKey::make().expect("key");
        let mut record = KeyRecord {
            id: key.id,
            name: None,
            user: "ana".into(),
            organisation: "acme".into(),
            roles: vec!["call".into()],
            connectors: None,
            hash: key.hash,
            created_at: time::rfc3339(Timestamp::now()),
            created_by: "olga".into(),
            expires_at: None,
            revoked_at: None,
        };
        adjust(&mut record);
        self.store.create_key(&record).await.expect("kept");
        key.text.expose_secret().to_owned()
    }

    async fn revoke(&self, key: &str) {
        let id = ShownKey::read(key).expect("a key").id();
        let at = time::rfc3339(Timestamp::now());
        assert!(self.store.revoke_key(id, &at).await.expect("revoked"));
    }

    async fn send(&self, method: &str, path: &str, headers: &str, body: &Value) -> String {
        let body = if *body == Value::Null {
            String::new()
        } else {
            body.to_string()
        };
        exchange(self.address, method, path, &format!("{MCP}{headers}"), &body).await
    }

    /// Makes a call of 2026-07-28.
    async fn call(&self, headers: &str) -> String {
        self.send(
            "POST",
            "/mcp",
            &format!("{STATELESS}{headers}"),
            &stateless_call(1, None),
        )
        .await
    }

    /// Opens a session of the older era and returns its header.
    async fn session(&self, headers: &str) -> String {
        let answer = self.send("POST", "/mcp", headers, &initialize()).await;
        let id = answer.lines().find_map(|line| line.strip_prefix("mcp-session-id: "));
        format!(
            "Mcp-Session-Id: {}\r\n",
            id.unwrap_or_else(|| panic!("no session: {answer}")).trim()
        )
    }

    /// Opens a stream that goes on until something ends it.
    async fn stream(&self, method: &str, path: &str, headers: &str, body: &str) -> Connection {
        let mut stream = Connection::open(self.address).await;
        stream.send(method, path, &format!("{MCP}{headers}"), body).await;
        stream.until("200 OK").await;
        stream
    }
}

fn ping() -> Value {
    json!({ "jsonrpc": "2.0", "id": 2, "method": "ping" })
}

fn challenge(answer: &str) -> Option<&str> {
    answer
        .lines()
        .find_map(|line| line.strip_prefix("www-authenticate: "))
        .map(str::trim)
}

#[tokio::test(start_paused = true)]
async fn without_a_key_nothing_is_served_but_the_probe() {
    let server = start(Authentication::Keys).await;
    for (method, path) in DOORS {
        let answer = server.send(method, path, "", &Value::Null).await;
        assert_eq!(status(&answer), "401", "{method} {path}");
        assert_eq!(
            challenge(&answer),
            Some(r#"Bearer realm="toolgate""#),
            "{method} {path}"
        );
        assert!(answer.contains("toolgate keys create"), "{answer}");
    }
    assert_eq!(status(&server.send("GET", "/health", "", &Value::Null).await), "200");
}

#[tokio::test(start_paused = true)]
async fn a_key_lets_in_what_it_names_and_nothing_else() {
    let server = start(Authentication::Keys).await;
    let key = server.key(|_| {}).await;
    let other = server.key(|_| {}).await;
    let past = time::rfc3339(Timestamp::now() - SignedDuration::from_secs(1));
    let expired = server.key(|record| record.expires_at = Some(past.clone())).await;
    let revoked = server.key(|record| record.revoked_at = Some(past.clone())).await;
    let newer = server.key(|record| record.roles.push("owner".into())).await;
    let future = time::rfc3339(Timestamp::now() + SignedDuration::from_hours(1));
    let passing = server.key(|record| record.expires_at = Some(future)).await;
    for key in [&key, &other, &passing] {
        let answer = server.call(&header(key)).await;
        assert_eq!(status(&answer), "200", "{answer}");
        assert!(answer.contains("\"done\""), "{answer}");
    }
    let unknown = NewKey::make().expect("key");
    // The identifier of one, the secret of another.
    let mixed = format!("{}{}", &key[..21], &other[21..]);
    for wrong in [
        unknown.text.expose_secret(),
        &mixed,
        &expired,
        &revoked,
        &newer,
        "x",
        "",
    ] {
        let answer = server.call(&header(wrong)).await;
        assert_eq!(status(&answer), "401", "{wrong}");
        let expected = Some(r#"Bearer realm="toolgate", error="invalid_token""#);
        assert_eq!(challenge(&answer), expected, "{wrong}");
    }
}

#[tokio::test(start_paused = true)]
async fn another_page_is_refused_before_its_key_is_looked_at() {
    let server = start(Authentication::Keys).await;
    let key = server.key(|_| {}).await;
    for headers in [String::new(), header(&key), header("wrong")] {
        let answer = server
            .call(&format!("{headers}Origin: http://evil.example.com\r\n"))
            .await;
        assert_eq!(status(&answer), "403", "{answer}");
        assert_eq!(challenge(&answer), None);
    }
}

#[tokio::test(start_paused = true)]
async fn an_allowed_page_asks_without_a_key_and_reads_that_it_needs_one() {
    let server = start(Authentication::Keys).await;
    let page = "Origin: http://localhost:6274\r\n";
    let question = format!("{page}Access-Control-Request-Method: POST\r\n");
    let answer = server.send("OPTIONS", "/mcp", &question, &Value::Null).await;
    assert_eq!(status(&answer), "204", "{answer}");
    let answer = server.call(page).await;
    assert_eq!(status(&answer), "401", "{answer}");
    for header in [
        "access-control-allow-origin: http://localhost:6274\r\n",
        "WWW-Authenticate,",
    ] {
        assert!(answer.contains(header), "{header}: {answer}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_in_the_url_is_refused() {
    let server = start(Authentication::Keys).await;
    let key = server.key(|_| {}).await;
    for (method, path) in [("POST", "/mcp"), ("GET", "/sse")] {
        for query in [format!("access_token={key}"), format!("key={key}")] {
            let answer = server
                .send(method, &format!("{path}?{query}"), &header(&key), &Value::Null)
                .await;
            assert_eq!(status(&answer), "400", "{answer}");
            assert!(!answer.contains(&key), "{answer}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_without_the_role_to_call_is_told_which_it_lacks() {
    let server = start(Authentication::Keys).await;
    for roles in [vec![], vec!["author".to_owned(), "admin".to_owned()]] {
        let key = server.key(|record| record.roles = roles).await;
        let answer = server.call(&header(&key)).await;
        assert_eq!(status(&answer), "403", "{answer}");
        let challenge = challenge(&answer).expect("challenge");
        assert!(
            challenge.contains(r#"error="insufficient_scope", scope="call""#),
            "{challenge}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_fails_too_often_waits_and_others_behind_the_address_do_not() {
    let server = start(Authentication::Keys).await;
    let key = server.key(|_| {}).await;
    assert_eq!(status(&server.call(&header(&key)).await), "200");
    for _ in 0..MOST {
        assert_eq!(status(&server.call(&header("wrong")).await), "401");
    }
    let readings = server.store.key_readings();
    let unknown = NewKey::make().expect("key");
    for wrong in ["wrong", unknown.text.expose_secret()] {
        let answer = server.call(&header(wrong)).await;
        assert_eq!(status(&answer), "429", "{answer}");
        let wait = answer.lines().find_map(|line| line.strip_prefix("retry-after: "));
        let wait: u64 = wait.expect("how long").trim().parse().expect("seconds");
        assert!((1..=WINDOW.as_secs()).contains(&wait), "{wait}");
    }
    assert_eq!(server.store.key_readings(), readings, "guesses do not reach the store");
    assert_eq!(status(&server.call(&header(&key)).await), "200");
    // Nobody has guessed anything who shows nothing.
    assert_eq!(status(&server.call("").await), "401");
    tokio::time::sleep(WINDOW).await;
    assert_eq!(status(&server.call(&header("wrong")).await), "401");
}

#[tokio::test(start_paused = true)]
async fn a_session_belongs_to_the_key_that_opened_it() {
    let server = start(Authentication::Keys).await;
    let ana = header(&server.key(|_| {}).await);
    // Of the same user: it may be allowed less.
    let other = header(&server.key(|_| {}).await);
    let session = server.session(&ana).await;
    let version = "MCP-Protocol-Version: 2026-07-28\r\n";
    for method in ["POST", "GET", "DELETE"] {
        for more in ["", version] {
            let headers = format!("{session}{other}{more}");
            let answer = server.send(method, "/mcp", &headers, &ping()).await;
            assert_eq!(status(&answer), "404", "{method} {more}: {answer}");
        }
    }
    let answer = server.send("POST", "/mcp", &format!("{session}{ana}"), &ping()).await;
    assert_eq!(status(&answer), "200", "{answer}");

    let mut stream = server.stream("GET", "/sse", &ana, "").await;
    let received = stream.until("\n\n").await;
    let endpoint = received.lines().find_map(|line| line.strip_prefix("data: "));
    let path = format!("/{}", endpoint.expect("endpoint").trim());
    for (key, expected) in [(&other, "404"), (&ana, "202")] {
        assert_eq!(status(&server.send("POST", &path, key, &initialize()).await), expected);
    }
    stream.until("\"protocolVersion\"").await;
}

#[tokio::test(start_paused = true)]
async fn what_a_key_opened_ends_soon_after_it_is_revoked() {
    let server = start(Authentication::Keys).await;
    let key = server.key(|_| {}).await;
    let ana = header(&key);
    let other = header(&server.key(|_| {}).await);
    let session = server.session(&ana).await;
    let others = server.session(&other).await;
    let mut listen = stateless_call(7, None);
    listen["method"] = "subscriptions/listen".into();
    listen["params"]["notifications"] = json!({ "toolsListChanged": true });
    let subscribing = STATELESS.replace("tools/call", "subscriptions/listen");
    let mut streams = [
        server.stream("GET", "/mcp", &format!("{session}{ana}"), "").await,
        server.stream("GET", "/sse", &ana, "").await,
        server
            .stream("POST", "/mcp", &format!("{subscribing}{ana}"), &listen.to_string())
            .await,
    ];
    let mut kept = server.stream("GET", "/mcp", &format!("{others}{other}"), "").await;
    let start = Instant::now();
    server.revoke(&key).await;
    for stream in &mut streams {
        // The answer says that the stream ends; the connection would stay.
        stream.until("\r\n0\r\n\r\n").await;
    }
    assert!(start.elapsed() <= REFRESH * 2, "{:?}", start.elapsed());
    for headers in [ana.clone(), format!("{session}{ana}")] {
        assert_eq!(status(&server.send("POST", "/mcp", &headers, &ping()).await), "401");
    }
    let open = tokio::time::timeout(REFRESH * 3, kept.until("\r\n0\r\n\r\n")).await;
    assert!(open.is_err(), "somebody else's stream ended");
    assert_eq!(
        status(&server.send("POST", "/mcp", &format!("{others}{other}"), &ping()).await),
        "200"
    );
}

#[tokio::test(start_paused = true)]
async fn the_first_key_shuts_the_door_for_good() {
    let server = start(Authentication::OnceThereIsAKey).await;
    for headers in ["", "Authorization: Bearer something\r\n"] {
        assert_eq!(status(&server.call(headers).await), "200");
    }
    let session = server.session("").await;
    let mut stream = server.stream("GET", "/mcp", &session, "").await;
    let key = server.key(|_| {}).await;
    // A key counts from its first use on.
    assert_eq!(status(&server.call(&header(&key)).await), "200");
    for headers in [String::new(), session, "Authorization: Bearer something\r\n".to_owned()] {
        assert_eq!(status(&server.call(&headers).await), "401");
    }
    stream.until("\r\n0\r\n\r\n").await;
    server.revoke(&key).await;
    tokio::time::sleep(REFRESH * 2).await;
    for headers in [String::new(), header(&key)] {
        assert_eq!(status(&server.call(&headers).await), "401");
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_expires_on_time_and_takes_with_it_what_it_opened() {
    let server = start(|_| Authentication::None).await;
    let now = Timestamp::now();
    let expires_at = Some(time::rfc3339(now + SignedDuration::from_hours(1)));
    let text = server.key(|record| record.expires_at = expires_at).await;
    let shown = ShownKey::read(&text).expect("a key");
    let moment = Arc::new(Mutex::new(now));
    let clock = Arc::clone(&moment);
    let clock: Clock = Arc::new(move || *clock.lock().expect("lock"));
    let ring = KeyRing::start(server.store.clone(), None, &CancellationToken::new(), clock);
    ring.read_anew(Instant::now()).await.expect("read");
    let Verdict::Valid(caller) = ring.known(&shown) else {
        panic!("not known");
    };
    *moment.lock().expect("lock") = now + SignedDuration::from_hours(1);
    assert!(matches!(ring.known(&shown), Verdict::Wrong));
    assert!(!caller.ended().is_cancelled());
    tokio::time::sleep(REFRESH * 2).await;
    assert!(caller.ended().is_cancelled());
}

#[tokio::test(start_paused = true)]
async fn what_was_shown_goes_no_further() {
    let server = start(|_| Authentication::None).await;
    let key = server.key(|_| {}).await;
    for authentication in [Authentication::None, Authentication::Keys(server.store.clone())] {
        let authenticator = Authenticator::start(&authentication, &CancellationToken::new());
        let echo = async |headers: HeaderMap| format!("{headers:?}");
        let authenticator = Arc::new(authenticator);
        let pass = move |request: Request, next: Next| {
            let authenticator = Arc::clone(&authenticator);
            async move {
                let (mut parts, body) = request.into_parts();
                authenticator.authenticate(&mut parts).await.expect("let in");
                next.run(Request::from_parts(parts, body)).await
            }
        };
        let routes = axum::Router::new()
            .route("/", get(echo))
            .layer(axum::middleware::from_fn(pass));
        let listener = tokio::net::TcpListener::bind(any_port()).await.expect("bound");
        let address = listener.local_addr().expect("address");
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let answer = exchange(address, "GET", "/", &header(&key), "").await;
        assert_eq!(status(&answer), "200", "{answer}");
        assert!(answer.contains("localhost") && !answer.contains("tgk_"), "{answer}");
    }
}

#[tokio::test(start_paused = true)]
async fn one_user_does_not_take_the_sessions_of_all() {
    let settings = HttpSettings {
        max_sessions: 8,
        ..HttpSettings::default()
    };
    let server = start_with(Authentication::Keys, settings).await;
    let first = header(&server.key(|_| {}).await);
    // Another key of the same user takes from the same share.
    let second = header(&server.key(|_| {}).await);
    let other = header(&server.key(|record| record.user = "ben".into()).await);
    let mut streams = Vec::new();
    for key in [&first, &second].into_iter().cycle().take(6) {
        let session = server.session(key).await;
        // A session that nobody listens to would make room for the next.
        streams.push(server.stream("GET", "/mcp", &format!("{session}{key}"), "").await);
        streams.push(server.stream("GET", "/sse", key, "").await);
    }
    for (method, path, body) in [("POST", "/mcp", initialize()), ("GET", "/sse", Value::Null)] {
        for key in [&first, &second] {
            let refused = server.send(method, path, key, &body).await;
            assert_eq!(status(&refused), "503", "{refused}");
            assert!(
                refused.contains("this user has as many sessions as one may have"),
                "{refused}"
            );
        }
    }
    let session = server.session(&other).await;
    server.stream("GET", "/sse", &other, "").await;
    // A session that ends gives its place back.
    let ended = server
        .send("DELETE", "/mcp", &format!("{session}{other}"), &Value::Null)
        .await;
    assert_eq!(status(&ended), "204", "{ended}");
    for _ in 0..2 {
        server.session(&other).await;
    }
}
