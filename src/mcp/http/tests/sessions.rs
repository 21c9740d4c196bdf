//! Sessions of the older era: their limit, their requests, and clients that leave and come back.

use super::*;

#[tokio::test]
async fn a_session_of_the_older_era_is_served() {
    let server = start(|_| {}).await;
    server.probe.release();
    let session = server.session().await;
    let call = serde_json::json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": "wait" } });
    let answer = server.post(&format!("Mcp-Session-Id: {session}\r\n"), &call).await;
    assert!(answer.contains("\"done\""), "{answer}");
    let unknown = server.post("Mcp-Session-Id: unknown\r\n", &call).await;
    assert_eq!(status(&unknown), "404", "{unknown}");
    // The official Python client takes any other status than this one and 200 for a failure.
    let end = format!("Mcp-Session-Id: {session}\r\n");
    let ended = exchange(server.address, "DELETE", "/mcp", &end, "").await;
    assert_eq!(status(&ended), "204", "{ended}");
    let over = server.post(&end, &call).await;
    assert_eq!(status(&over), "404", "{over}");
}

#[tokio::test]
async fn sessions_have_a_limit_and_calls_without_session_do_not() {
    let server = start(|settings| settings.max_sessions = 1).await;
    server.probe.release();
    server.session().await;
    let answer = server.post("", &initialize()).await;
    assert_eq!(status(&answer), "503", "{answer}");
    assert!(answer.contains("retry-after: 60"), "{answer}");
    assert!(
        answer.contains(r#""message":"Service Unavailable: too many sessions"#),
        "{answer}"
    );
    let mut disguised = initialize();
    disguised["params"]["protocolVersion"] = "2026-07-28".into();
    let answer = server.post("MCP-Protocol-Version: 2026-07-28\r\n", &disguised).await;
    assert_eq!(status(&answer), "503", "{answer}");
    let answer = server.post(STATELESS, &stateless_call(1, None)).await;
    assert_eq!(status(&answer), "200", "{answer}");
}

#[tokio::test]
async fn a_session_has_one_request_of_each_identifier_in_flight() {
    let server = start(|_| {}).await;
    let session = format!("Mcp-Session-Id: {}\r\n", server.session().await);
    let mut call = stateless_call(1, None);
    call["params"].as_object_mut().expect("parameters").remove("_meta");
    let (first, second) = tokio::join!(server.post(&session, &call), async {
        server.probe.until(|state| state.begun == 1).await;
        let second = tokio::time::timeout(Duration::from_secs(10), server.post(&session, &call)).await;
        server.probe.release();
        second.expect("it waits for no call")
    });
    assert_eq!(status(&first), "200", "{first}");
    assert!(first.contains("done"), "{first}");
    assert_eq!(status(&second), "400", "{second}");
    assert!(second.contains(r#""id":1,"error":{"code":-32600"#), "{second}");
    assert_eq!(status(&server.post(&session, &call).await), "200", "it is answered");
}

/// To leave is not to cancel (2025-06-18 and 2025-11-25, basic/transports): the call goes on, and its answer belongs to it.
#[tokio::test]
async fn an_identifier_whose_client_has_left_is_in_use_until_its_call_ends() {
    let server = start(|_| {}).await;
    let session = format!("Mcp-Session-Id: {}\r\n", server.session().await);
    let mut call = stateless_call(1, None);
    call["params"].as_object_mut().expect("parameters").remove("_meta");
    let begin = async |begun: u32| {
        let mut connection = Connection::open(server.address).await;
        connection
            .send("POST", "/mcp", &format!("{MCP}{session}"), &call.to_string())
            .await;
        server.probe.until(|state| state.begun == begun).await;
        drop(connection);
    };
    let is_refused = async || {
        let answer = tokio::time::timeout(Duration::from_secs(10), server.post(&session, &call)).await;
        status(&answer.expect("it waits for no call")) == "400"
    };
    begin(1).await;
    // Time enough for the server to see that the client is gone.
    for _ in 0..20 {
        assert!(is_refused().await, "the call goes on");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let cancelled = r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#;
    let cancelled = serde_json::from_str(cancelled).expect("JSON");
    assert_eq!(status(&server.post(&session, &cancelled).await), "202");
    server.probe.until(|state| state.cancelled == 1).await;
    begin(2).await;
    assert!(is_refused().await, "the second one goes on");
    server.probe.release();
    while is_refused().await {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// 2025-11-25, basic/transports: what would have been sent after the last event that the client names.
#[tokio::test]
async fn who_comes_back_is_told_what_they_have_not_seen_and_nothing_twice() {
    let server = start(|_| {}).await;
    let session = format!("Mcp-Session-Id: {}\r\n", server.session().await);
    let mut call = stateless_call(1, None);
    call["params"]["_meta"] = serde_json::json!({ "progressToken": "p" });
    let mut connection = Connection::open(server.address).await;
    let headers = format!("{MCP}{session}");
    connection.send("POST", "/mcp", &headers, &call.to_string()).await;
    connection.until("id: 1/0").await;
    drop(connection);
    let resume = async |last: &str| {
        let mut connection = Connection::open(server.address).await;
        let headers = format!("{MCP}{session}Last-Event-ID: {last}\r\nConnection: close\r\n");
        connection.send("GET", "/mcp", &headers, "").await;
        connection
    };
    // The first event carries no message.
    let mut first = resume("0/0").await;
    let seen = first.until("id: 1/0").await;
    assert!(
        seen.contains("notifications/progress") && !seen.contains("id: 0/0"),
        "{seen}"
    );
    drop(first);
    let mut second = resume("1/0").await;
    second.until("200 OK").await;
    server.probe.release();
    let rest = second.until_closed().await;
    assert!(
        rest.contains("done") && !rest.contains("notifications/progress"),
        "{rest}"
    );
}

#[tokio::test(start_paused = true)]
async fn silent_sessions_are_closed() {
    let server = start(|settings| settings.session_idle = Duration::from_hours(1)).await;
    let session = server.session().await;
    let ping = serde_json::json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" });
    let header = format!("Mcp-Session-Id: {session}\r\n");
    tokio::time::sleep(Duration::from_mins(50)).await;
    assert_eq!(status(&server.post(&header, &ping).await), "200");
    tokio::time::sleep(Duration::from_mins(50)).await;
    assert_eq!(status(&server.post(&header, &ping).await), "200");
    tokio::time::sleep(Duration::from_mins(70)).await;
    assert_eq!(status(&server.post(&header, &ping).await), "404");
}
