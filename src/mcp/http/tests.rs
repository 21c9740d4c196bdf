//! The HTTP server over real connections.

mod sessions;

use std::net::SocketAddr;

use tokio::task::JoinHandle;

use super::super::testing::{
    Connection, MCP, Probe, STATELESS, any_port, exchange, initialize, stateless_call, status,
};
use super::*;

const GRACE: Duration = Duration::from_secs(30);

struct Server {
    address: SocketAddr,
    probe: Probe,
    shutdown: CancellationToken,
    served: JoinHandle<Result<(), HttpError>>,
}

async fn start(adjust: impl FnOnce(&mut HttpSettings)) -> Server {
    let mut settings = HttpSettings::default();
    adjust(&mut settings);
    let shutdown = CancellationToken::new();
    let lifetime = Lifetime::new(shutdown.clone(), GRACE);
    let probe = Probe::new(&lifetime);
    let listener = bind(any_port(), &Authentication::None).await.expect("bound");
    let address = listener.local_addr().expect("address");
    let service = probe.clone();
    let served = tokio::spawn(async move { serve(listener, move |_, _| service.clone(), &settings, lifetime).await });
    Server {
        address,
        probe,
        shutdown,
        served,
    }
}

impl Server {
    async fn post(&self, headers: &str, body: &serde_json::Value) -> String {
        exchange(
            self.address,
            "POST",
            "/mcp",
            &format!("{MCP}{headers}"),
            &body.to_string(),
        )
        .await
    }

    /// Opens a session of the older era and returns its identifier.
    async fn session(&self) -> String {
        let answer = self.post("", &initialize()).await;
        assert_eq!(status(&answer), "200", "{answer}");
        let line = answer.lines().find_map(|line| line.strip_prefix("mcp-session-id: "));
        line.expect("session").trim().to_owned()
    }
}

#[tokio::test]
async fn addresses_that_others_can_reach_are_refused() {
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:80", "[::ffff:192.0.2.1]:80"] {
        let refused = bind(address.parse().expect("address"), &Authentication::None).await;
        let Err(error @ HttpError::Unprotected(_)) = refused else {
            panic!("{address}: {refused:?}");
        };
        assert!(error.to_string().contains("127.0.0.1"), "{error}");
    }
    for address in ["127.0.0.1:0", "127.1.2.3:0", "[::ffff:127.0.0.1]:0"] {
        assert!(
            bind(address.parse().expect("address"), &Authentication::None)
                .await
                .is_ok(),
            "{address}"
        );
    }
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let taken = bind(any_port(), &Authentication::None).await.expect("bound");
    let address = taken.local_addr().expect("address");
    let error = bind(address, &Authentication::None).await.expect_err("taken");
    assert!(error.to_string().contains(&address.to_string()), "{error}");
}

#[tokio::test]
async fn unreadable_patterns_stop_the_start() {
    let server = start(|settings| settings.allowed_origins = vec!["localhost".into()]).await;
    let error = server.served.await.expect("no panic").expect_err("refused");
    assert!(error.to_string().contains("`localhost`"), "{error}");
}

#[tokio::test]
async fn a_byte_order_mark_is_passed_over_as_it_is_on_lines() {
    let server = start(|_| {}).await;
    server.probe.release();
    for (headers, body) in [("", initialize()), (STATELESS, stateless_call(7, None))] {
        let headers = format!("{MCP}{headers}");
        let marked = exchange(server.address, "POST", "/mcp", &headers, &format!("\u{feff}{body}")).await;
        assert_eq!(status(&marked), "200", "{marked}");
        assert!(marked.contains("\"result\""), "{marked}");
    }
    let mut stream = Connection::open(server.address).await;
    stream.send("GET", "/sse", "Accept: text/event-stream\r\n", "").await;
    let opened = stream.until("\n\n").await;
    let place = opened.split("data: ").nth(1).and_then(|rest| rest.lines().next());
    let place = place.unwrap_or_else(|| panic!("{opened}"));
    let marked = format!("\u{feff}{}", initialize());
    let answer = exchange(
        server.address,
        "POST",
        &format!("/{place}"),
        "Content-Type: application/json\r\n",
        &marked,
    )
    .await;
    assert_eq!(status(&answer), "202", "{answer}");
    // One mark is enough.
    let twice = format!("\u{feff}\u{feff}{}", initialize());
    let answer = exchange(server.address, "POST", "/mcp", MCP, &twice).await;
    assert_eq!(status(&answer), "400", "{answer}");
}

#[tokio::test]
async fn host_and_origin_are_checked_on_every_route_but_the_probe() {
    let server = start(|_| {}).await;
    for (method, path) in [
        ("POST", "/mcp"),
        ("GET", "/mcp"),
        ("GET", "/sse"),
        ("POST", "/messages?session_id=x"),
    ] {
        for header in [
            "Host: evil.example.com\r\n",
            "Origin: http://evil.example.com\r\n",
            "Origin: null\r\n",
        ] {
            let answer = exchange(server.address, method, path, &format!("{MCP}{header}"), "").await;
            assert_eq!(status(&answer), "403", "{method} {path} {header}");
            // Clients show the message of a JSON-RPC error, and of any other body nothing.
            assert!(answer.contains("content-type: application/json"), "{answer}");
            let told = r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"Forbidden: this "#;
            assert!(answer.contains(told), "{answer}");
        }
    }
    let answer = exchange(server.address, "GET", "/health", "Host: 10.0.0.1\r\n", "").await;
    assert_eq!(status(&answer), "200");
}

#[tokio::test]
async fn pages_that_are_let_in_may_ask_and_read() {
    let server = start(|_| {}).await;
    server.probe.release();
    let page = "Origin: http://localhost:6274\r\n";
    let allowed = "access-control-allow-origin: http://localhost:6274\r\n";
    let question = "Access-Control-Request-Method: POST\r\n\
        Access-Control-Request-Headers: authorization,mcp-param-region\r\n";
    for path in ["/mcp", "/sse", "/messages?session_id=x"] {
        let answer = exchange(server.address, "OPTIONS", path, &format!("{page}{question}"), "").await;
        assert_eq!(status(&answer), "204", "{answer}");
        for header in [
            allowed,
            "access-control-allow-methods: GET, POST, DELETE\r\n",
            "access-control-allow-headers: authorization,mcp-param-region\r\n",
            "vary: origin\r\n",
        ] {
            assert!(answer.contains(header), "{header}: {answer}");
        }
        assert!(!answer.contains("allow-credentials"), "{answer}");
        let other = format!("Origin: http://evil.example.com\r\n{question}");
        let answer = exchange(server.address, "OPTIONS", path, &other, "").await;
        assert_eq!(status(&answer), "403", "{answer}");
        assert!(!answer.contains("access-control"), "{answer}");
    }
    let answer = server.post(page, &initialize()).await;
    assert_eq!(status(&answer), "200", "{answer}");
    assert!(answer.contains(allowed), "{answer}");
    assert!(
        answer.contains("access-control-expose-headers: Mcp-Session-Id,"),
        "{answer}"
    );
    let answer = server.post("", &initialize()).await;
    assert!(!answer.contains("access-control"), "{answer}");
}

#[tokio::test]
async fn the_own_address_is_always_served() {
    let server = start(|settings| settings.allowed_hosts = vec!["tools.example.com".into()]).await;
    for (host, expected) in [("127.0.0.1", "406"), ("tools.example.com", "406"), ("localhost", "403")] {
        let answer = exchange(server.address, "POST", "/mcp", &format!("Host: {host}\r\n"), "").await;
        assert_eq!(status(&answer), expected, "{host}: {answer}");
    }
}

#[tokio::test]
async fn a_plain_call_is_answered_with_json() {
    let server = start(|_| {}).await;
    server.probe.release();
    let origin = "Origin: http://localhost:6274\r\n";
    let answer = server
        .post(&format!("{STATELESS}{origin}"), &stateless_call(1, None))
        .await;
    assert_eq!(status(&answer), "200", "{answer}");
    assert!(answer.contains("content-type: application/json"), "{answer}");
    assert!(answer.contains("\"done\""), "{answer}");
}

#[tokio::test]
async fn what_comes_before_the_result_is_streamed() {
    let server = start(|_| {}).await;
    server.probe.release();
    let answer = server.post(STATELESS, &stateless_call(1, Some("token"))).await;
    assert!(answer.contains("content-type: text/event-stream"), "{answer}");
    let progress = answer.find("notifications/progress").expect("progress");
    let result = answer.find("\"done\"").expect("result");
    assert!(progress < result, "{answer}");
}

#[tokio::test]
async fn whoever_was_let_in_keeps_the_connection() {
    let server = start(|settings| settings.max_connections = 2).await;
    let mut known = Connection::open(server.address).await;
    let body = initialize().to_string();
    known.send("POST", "/mcp", MCP, &body).await;
    known.until("protocolVersion").await;
    let mut silent = Connection::open(server.address).await;
    assert_eq!(status(&server.post("", &initialize()).await), "200");
    assert_eq!(silent.until_closed().await, "");
    known.send("GET", "/health", "", "").await;
    known.until("ok").await;
}

#[tokio::test]
async fn what_is_wrong_with_a_body_is_said() {
    let server = start(|_| {}).await;
    let session = format!("Mcp-Session-Id: {}\r\n", server.session().await);
    let post = async |headers: &str, body: &str| {
        let headers = format!("{MCP}{headers}");
        exchange(server.address, "POST", "/mcp", &headers, body).await
    };
    for headers in ["", &session, STATELESS] {
        for (body, answered) in [
            (
                "{nonsense",
                r#""error":{"code":-32700,"message":"cannot read the message: key must be a string at line 1 column 2"#,
            ),
            (
                "",
                r#""error":{"code":-32700,"message":"cannot read the message: EOF while parsing a value"#,
            ),
            (
                "[]",
                r#""error":{"code":-32600,"message":"batches of messages are not read: send the messages one by one"#,
            ),
            (r#"{"id":7,"method":"ping"}"#, r#""id":7,"error":{"code":-32600"#),
            (r#"{"id":7,"result":{}}"#, r#"{"jsonrpc":"2.0","error":{"code":-32600"#),
        ] {
            let answer = post(headers, body).await;
            assert_eq!(status(&answer), "400", "{body}: {answer}");
            assert!(answer.contains("content-type: application/json"), "{body}: {answer}");
            assert!(answer.contains(answered), "{body}: {answer}");
        }
    }
    let unbegun = r#"{"jsonrpc":"2.0","id":7,"method":"initialize","params":{}}"#;
    let answer = post("", unbegun).await;
    assert!(
        answer.contains("cannot read the parameters of `initialize`: missing field"),
        "{answer}"
    );
    assert!(answer.contains("-32602"), "{answer}");
    // What is about something else is left as it is.
    let call = r#"{"jsonrpc":"2.0","id":7,"method":"tools/list"}"#;
    assert!(post("", call).await.contains("Session ID is required"));
    let text = MCP.replace("application/json\r\n", "text/plain\r\n");
    let answer = exchange(server.address, "POST", "/mcp", &text, "{nonsense").await;
    assert_eq!(status(&answer), "415", "{answer}");
}

#[tokio::test]
async fn a_refusal_does_not_repeat_all_that_it_refuses() {
    let server = start(|_| {}).await;
    let long = "ü".repeat(100_000);
    let mut named = stateless_call(1, None);
    named["params"]["name"] = long.as_str().into();
    let mut method = stateless_call(1, None);
    method["method"] = long.as_str().into();
    let mut version = stateless_call(1, None);
    version["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] = long.as_str().into();
    let mut begins = initialize();
    begins["params"]["protocolVersion"] = long.as_str().into();
    let known = "MCP-Protocol-Version: 2025-11-25\r\n";
    for (headers, body) in [
        (STATELESS, &named),
        (STATELESS, &method),
        (STATELESS, &version),
        (known, &begins),
    ] {
        let answer = server.post(headers, body).await;
        assert_eq!(status(&answer), "400", "{answer}");
        assert!(answer.contains("does not match"), "{answer}");
        assert!(answer.contains(r#""id":"#), "{answer}");
        assert!(answer.len() < 4_000, "{} bytes", answer.len());
    }
}

#[tokio::test]
async fn bodies_have_a_limit() {
    let server = start(|settings| settings.max_body_bytes = 1_000).await;
    server.probe.release();
    let mut call = stateless_call(1, None);
    assert_eq!(status(&server.post(STATELESS, &call).await), "200");
    call["params"]["arguments"]["text"] = "x".repeat(1_000).into();
    let answer = server.post(STATELESS, &call).await;
    assert_eq!(status(&answer), "413", "{answer}");
    // One that is announced is not waited for, and one that cannot be read is not too long.
    for (header, status_of_it) in [
        ("Content-Length: 1001\r\nExpect: 100-continue", "413"),
        ("Transfer-Encoding: chunked", "400"),
    ] {
        let mut connection = Connection::open(server.address).await;
        let request = format!(
            "POST /mcp HTTP/1.1\r\nHost: {}\r\n{MCP}{header}\r\n\r\n",
            server.address
        );
        connection.write(format!("{request}rubbish\r\n").as_bytes()).await;
        let answer = connection.until_closed().await;
        assert_eq!(status(&answer), status_of_it, "{answer}");
    }
}

#[tokio::test]
async fn broken_messages_are_refused_and_change_nothing() {
    let server = start(|_| {}).await;
    server.probe.release();
    for body in ["", "{", "[]", "7", "{}", "\u{0}"] {
        let answer = exchange(server.address, "POST", "/mcp", MCP, body).await;
        assert!(status(&answer).starts_with('4'), "{body:?}: {answer}");
    }
    assert_eq!(status(&server.post(STATELESS, &stateless_call(1, None)).await), "200");
}

#[tokio::test]
async fn a_client_that_leaves_cancels_its_call() {
    let server = start(|_| {}).await;
    let mut connection = Connection::open(server.address).await;
    let body = stateless_call(1, None).to_string();
    connection
        .send("POST", "/mcp", &format!("{MCP}{STATELESS}"), &body)
        .await;
    server.probe.until(|state| state.begun == 1).await;
    drop(connection);
    server.probe.until(|state| state.cancelled == 1).await;
}

#[tokio::test(start_paused = true)]
async fn connections_have_a_limit() {
    let server = start(|settings| settings.max_connections = 1).await;
    let mut first = Connection::open(server.address).await;
    first.send("POST", "/mcp", MCP, &initialize().to_string()).await;
    first.until("protocolVersion").await;
    let mut second = Connection::open(server.address).await;
    second.send("GET", "/health", "", "").await;
    let early = tokio::time::timeout(Duration::from_secs(1), second.until("ok")).await;
    assert!(early.is_err(), "{early:?}");
    drop(first);
    second.until("ok").await;
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_read_its_answer_makes_room_for_others() {
    let server = start(|settings| {
        settings.max_connections = 1;
        settings.max_body_bytes = 64 * 1024 * 1024;
    })
    .await;
    server.probe.release();
    // The answer repeats it, and is longer than what the system takes for a client that does not read.
    let mut call = stateless_call(1, None);
    call["id"] = "x".repeat(32 * 1024 * 1024).into();
    let mut lazy = Connection::open(server.address).await;
    lazy.send("POST", "/mcp", &format!("{MCP}{STATELESS}"), &call.to_string())
        .await;
    let mut next = Connection::open(server.address).await;
    next.send("GET", "/health", "", "").await;
    let room = tokio::time::timeout(Duration::from_mins(5), next.until("ok")).await;
    assert!(room.is_ok(), "{room:?}");
    drop(lazy);
}

/// Time is paused, so it jumps to the next deadline as soon as there is nothing else to do.
#[tokio::test(start_paused = true)]
async fn headers_and_bodies_must_come_in_time() {
    let server = start(|_| {}).await;
    let mut silent = Connection::open(server.address).await;
    assert_eq!(silent.until_closed().await, "");

    let mut slow = Connection::open(server.address).await;
    slow.send(
        "POST",
        "/mcp",
        &format!("{MCP}Connection: close\r\nContent-Length: 100\r\nX-Ignored: "),
        "",
    )
    .await;
    let answer = slow.until_closed().await;
    assert_eq!(status(&answer), "408", "{answer}");
}

#[tokio::test]
async fn shutdown_lets_calls_in_flight_answer() {
    let server = start(|_| {}).await;
    let mut connection = Connection::open(server.address).await;
    let body = stateless_call(1, None).to_string();
    connection
        .send("POST", "/mcp", &format!("{MCP}{STATELESS}"), &body)
        .await;
    server.probe.until(|state| state.begun == 1).await;
    server.shutdown.cancel();
    server.probe.release();
    let answer = connection.until_closed().await;
    assert!(answer.contains("\"done\""), "{answer}");
    server.served.await.expect("no panic").expect("served");
}

#[tokio::test(start_paused = true)]
async fn shutdown_does_not_wait_for_streams_or_stuck_calls() {
    let server = start(|_| {}).await;
    let session = server.session().await;
    let mut stream = Connection::open(server.address).await;
    let headers = format!("Accept: text/event-stream\r\nMcp-Session-Id: {session}\r\n");
    stream.send("GET", "/mcp", &headers, "").await;
    stream.until("200 OK").await;
    let mut sse = Connection::open(server.address).await;
    sse.send("GET", "/sse", "", "").await;
    sse.until("endpoint").await;
    let mut stuck = Connection::open(server.address).await;
    let body = stateless_call(1, None).to_string();
    stuck.send("POST", "/mcp", &format!("{MCP}{STATELESS}"), &body).await;
    server.probe.until(|state| state.begun == 1).await;
    server.shutdown.cancel();
    let start = tokio::time::Instant::now();
    server.served.await.expect("no panic").expect("served");
    assert!(
        start.elapsed() < GRACE + Duration::from_secs(5),
        "{:?}",
        start.elapsed()
    );
    server.probe.until(|state| state.cancelled == 1).await;
}

/// Nobody takes a connection here: all of them wait. One that finds no room would wait until it gives up.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn many_connections_may_wait_to_be_taken() {
    let allowed = std::fs::read_to_string("/proc/sys/net/core/somaxconn").unwrap();
    let wanted = allowed.trim().parse::<usize>().unwrap().min(400);
    for address in ["127.0.0.1:0", "[::1]:0"] {
        let Ok(listener) = bind(address.parse().unwrap(), &Authentication::None).await else {
            assert!(address.starts_with('['), "no IPv4 here");
            continue;
        };
        let address = listener.local_addr().unwrap();
        let connecting = (0..wanted).map(|_| tokio::net::TcpStream::connect(address));
        let connected =
            tokio::time::timeout(Duration::from_secs(20), futures_util::future::try_join_all(connecting)).await;
        assert_eq!(connected.expect("room for all").expect("connected").len(), wanted);
    }
}
