//! Sessions of the older era: their limit, their requests, and clients that leave and come back.

use super::*;

/// Of the first version that has events without a message.
const KNOWS_EMPTY: &str = "MCP-Protocol-Version: 2025-11-25\r\n";

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
    let session = server.session().await;
    let _reading = server.listen(&session).await;
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

/// Clients that crash leave their sessions behind.
#[tokio::test]
async fn the_session_that_was_not_used_for_longest_makes_room_for_a_new_one() {
    let server = start(|settings| settings.max_sessions = 3).await;
    let sessions = [server.session().await, server.session().await, server.session().await];
    let ping = serde_json::json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" });
    let answered = async |session: &str| {
        let answer = server.post(&format!("Mcp-Session-Id: {session}\r\n"), &ping).await;
        status(&answer).to_owned()
    };
    let _reading = server.listen(&sessions[0]).await;
    assert_eq!(answered(&sessions[1]).await, "200");
    let new = server.session().await;
    for (session, expected) in [
        (&sessions[2], "404"),
        (&sessions[1], "200"),
        (&sessions[0], "200"),
        (&new, "200"),
    ] {
        assert_eq!(answered(session).await, expected);
    }
}

#[tokio::test]
async fn a_session_whose_stream_has_ended_makes_room() {
    let server = start(|settings| settings.max_sessions = 1).await;
    let session = server.session().await;
    let reading = server.listen(&session).await;
    assert_eq!(status(&server.post("", &initialize()).await), "503");
    drop(reading);
    let begun = async { while status(&server.post("", &initialize()).await) != "200" {} };
    let begun = tokio::time::timeout(Duration::from_secs(10), begun).await;
    begun.expect("its stream has ended");
}

#[tokio::test]
async fn a_session_whose_call_goes_on_makes_no_room() {
    let server = start(|settings| settings.max_sessions = 1).await;
    let session = format!("Mcp-Session-Id: {}\r\n", server.session().await);
    let mut call = stateless_call(1, None);
    call["params"].as_object_mut().expect("parameters").remove("_meta");
    // Its client leaves; the call goes on.
    let mut connection = Connection::open(server.address).await;
    connection
        .send("POST", "/mcp", &format!("{MCP}{session}"), &call.to_string())
        .await;
    server.probe.until(|state| state.begun == 1).await;
    drop(connection);
    for _ in 0..20 {
        assert_eq!(status(&server.post("", &initialize()).await), "503");
    }
    server.probe.release();
    let begun = async { while status(&server.post("", &initialize()).await) != "200" {} };
    let begun = tokio::time::timeout(Duration::from_secs(10), begun).await;
    begun.expect("its call has ended");
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
    // Enough of them for the server to see meanwhile that the client is gone.
    for _ in 0..200 {
        assert!(is_refused().await, "the call goes on");
    }
    let cancelled = r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#;
    let cancelled = serde_json::from_str(cancelled).expect("JSON");
    assert_eq!(status(&server.post(&session, &cancelled).await), "202");
    server.probe.until(|state| state.cancelled == 1).await;
    begin(2).await;
    assert!(is_refused().await, "the second one goes on");
    server.probe.release();
    let answered = async { while is_refused().await {} };
    let answered = tokio::time::timeout(Duration::from_secs(10), answered).await;
    answered.expect("its call has ended");
}

/// A call of a session that says something before it answers.
fn telling_call(id: u32) -> serde_json::Value {
    let mut call = stateless_call(id, None);
    call["params"]["_meta"] = serde_json::json!({ "progressToken": "p" });
    call
}

impl Server {
    /// Opens the session's own stream.
    async fn listen(&self, session: &str) -> Connection {
        let mut connection = Connection::open(self.address).await;
        let headers = format!("{MCP}Mcp-Session-Id: {session}\r\n");
        connection.send("GET", "/mcp", &headers, "").await;
        connection.until("200 OK").await;
        connection
    }

    /// Makes a call and leaves as soon as it has this event of the answer.
    async fn call_and_leave(&self, session: &str, call: &serde_json::Value, event: &str) {
        let mut connection = Connection::open(self.address).await;
        let headers = format!("{MCP}{session}");
        connection.send("POST", "/mcp", &headers, &call.to_string()).await;
        connection.until(&format!("id: {event}\n")).await;
    }

    /// Comes back for what follows on this event.
    async fn come_back(&self, session: &str, event: &str) -> Connection {
        let mut connection = Connection::open(self.address).await;
        let headers = format!("{MCP}{session}Last-Event-ID: {event}\r\nConnection: close\r\n");
        connection.send("GET", "/mcp", &headers, "").await;
        connection
    }
}

/// 2025-11-25, basic/transports: what would have been sent after the last event that the client names.
#[tokio::test]
async fn who_comes_back_is_told_what_they_have_not_seen_and_nothing_twice() {
    let server = start(|_| {}).await;
    let session = format!("{KNOWS_EMPTY}Mcp-Session-Id: {}\r\n", server.session().await);
    server.call_and_leave(&session, &telling_call(1), "1/0").await;
    // The first event carries no message.
    let mut first = server.come_back(&session, "0/0").await;
    let seen = first.until("id: 1/0").await;
    assert!(
        seen.contains("notifications/progress") && !seen.contains("id: 0/0"),
        "{seen}"
    );
    drop(first);
    let mut second = server.come_back(&session, "1/0").await;
    second.until("200 OK").await;
    server.probe.release();
    let rest = second.until_closed().await;
    assert!(
        rest.contains("done") && !rest.contains("notifications/progress"),
        "{rest}"
    );
}

/// The official clients from before 2025-11-25 report each event without a message as an error.
#[tokio::test]
async fn only_clients_that_know_events_without_a_message_get_them() {
    let server = start(|_| {}).await;
    server.probe.release();
    for (version, begins) in [
        ("", false),
        ("MCP-Protocol-Version: 2025-03-26\r\n", false),
        ("MCP-Protocol-Version: 2025-06-18\r\n", false),
        (KNOWS_EMPTY, true),
    ] {
        let begun = server.post("", &initialize()).await;
        assert!(begun.contains("data: {") && !begun.contains("data: \n"), "{begun}");
        let session = format!("{version}Mcp-Session-Id: {}\r\n", server.session().await);
        let answer = server.post(&session, &telling_call(1)).await;
        assert!(answer.contains("id: 1/0") && answer.contains("id: 2/0"), "{answer}");
        assert_eq!(answer.contains("data: \nid: 0/0\nretry: 3000\n"), begins, "{answer}");
        let mut own = Connection::open(server.address).await;
        own.send("GET", "/mcp", &format!("{MCP}{session}"), "").await;
        let beginning = own.until(if begins { "retry: 3000" } else { "\r\n\r\n" }).await;
        assert!(begins || !beginning.contains("data:"), "{beginning}");
    }
}

#[tokio::test]
async fn an_answer_that_was_made_while_nobody_was_there_is_kept() {
    let server = start(|_| {}).await;
    let session = format!("Mcp-Session-Id: {}\r\n", server.session().await);
    server.call_and_leave(&session, &telling_call(1), "1/0").await;
    server.probe.release();
    server.probe.until(|state| state.answered == 1).await;
    // What is asked after it is answered: the session has done with it.
    let ping = serde_json::json!({ "jsonrpc": "2.0", "id": 2, "method": "ping" });
    assert_eq!(status(&server.post(&session, &ping).await), "200");
    for _ in 0..2 {
        let rest = server.come_back(&session, "1/0").await.until_closed().await;
        assert!(rest.contains("id: 2/0") && rest.contains(r#""done""#), "{rest}");
        assert!(!rest.contains("notifications/progress"), "{rest}");
    }
    // The client has all of it.
    let rest = server.come_back(&session, "2/0").await.until_closed().await;
    assert_eq!(status(&rest), "200", "{rest}");
    assert!(!rest.contains("data:"), "{rest}");
}

/// The server may learn of a broken connection much later than the client.
#[tokio::test]
async fn who_comes_back_takes_the_place_of_their_older_connection() {
    let server = start(|_| {}).await;
    let session = format!("Mcp-Session-Id: {}\r\n", server.session().await);
    let mut broken = Connection::open(server.address).await;
    let headers = format!("{MCP}{session}Connection: close\r\n");
    broken
        .send("POST", "/mcp", &headers, &telling_call(1).to_string())
        .await;
    broken.until("id: 1/0").await;
    let mut back = server.come_back(&session, "1/0").await;
    back.until("200 OK").await;
    let seen = broken.until_closed().await;
    server.probe.release();
    let rest = back.until_closed().await;
    assert!(rest.contains(r#""done""#), "{rest}");
    assert!(!seen.contains(r#""done""#), "no message goes to two: {seen}");
}

#[tokio::test]
async fn nobody_comes_back_to_the_request_of_another_session() {
    let server = start(|_| {}).await;
    let one = format!("Mcp-Session-Id: {}\r\n", server.session().await);
    let other = format!("Mcp-Session-Id: {}\r\n", server.session().await);
    server.call_and_leave(&one, &telling_call(1), "1/0").await;
    server.probe.release();
    for session in [
        &other,
        &String::new(),
        &format!("{other}MCP-Protocol-Version: 2026-07-28\r\n"),
    ] {
        for event in ["0/0", "1/0"] {
            let refused = server.come_back(session, event).await.until_closed().await;
            assert!(status(&refused).starts_with('4'), "{session}{event}: {refused}");
            assert!(!refused.contains(r#""done""#), "{refused}");
        }
    }
    let rest = server.come_back(&one, "1/0").await.until_closed().await;
    assert!(rest.contains(r#""done""#), "{rest}");
}

#[tokio::test]
async fn who_comes_back_for_what_is_not_kept_is_told_so() {
    let server = start(|_| {}).await;
    server.probe.release();
    let session = format!("Mcp-Session-Id: {}\r\n", server.session().await);
    let answer = server.post(&session, &telling_call(1)).await;
    assert!(answer.contains("id: 2/0"), "{answer}");
    for event in ["3/0", "0/1", "18446744073709551615/0"] {
        let told = server.come_back(&session, event).await.until_closed().await;
        assert_eq!(status(&told), "410", "{told}");
        assert!(told.contains("content-type: application/json"), "{told}");
        let message =
            format!(r#""code":-32000,"message":"Gone: nothing is kept of the answer that event {event} belongs to"#);
        assert!(told.contains(&message), "{told}");
    }
    let ping = serde_json::json!({ "jsonrpc": "2.0", "id": 2, "method": "ping" });
    let asked = server.post(&format!("{session}Last-Event-ID: 3/0\r\n"), &ping).await;
    assert_eq!(
        status(&asked),
        "200",
        "who asks something does not come back for an answer: {asked}"
    );
    // Nobody waits for what cannot be understood.
    for event in ["x/0", "7/", "/", "-1/0"] {
        let told = server.come_back(&session, event).await.until_closed().await;
        assert!(!told.contains("data:"), "{told}");
    }
    let end = exchange(server.address, "DELETE", "/mcp", &session, "").await;
    assert_eq!(status(&end), "204", "{end}");
    let told = server.come_back(&session, "1/0").await.until_closed().await;
    assert_eq!(status(&told), "404", "{told}");
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
