//! Calls, their mistakes, progress and end.

use super::*;

#[tokio::test]
async fn a_read_is_answered_and_signed() {
    let server = Server::start(Duration::ZERO).await;
    for (lifecycle, signed) in [(sessions(), false), (stateless(), true)] {
        let client = server.connect(Person::new(None), lifecycle).await;
        let result = client
            .call_tool(call("crm__get_ticket", json!({})))
            .await
            .expect("result");
        assert_eq!(result.structured_content, Some(json!({ "id": 7, "title": "Printer" })));
        assert_eq!(
            serde_json::from_str::<Value>(text(&result)).ok(),
            result.structured_content
        );
        let info = result.meta.as_ref().and_then(|meta| meta.0.get(SERVER_INFO_KEY));
        assert_eq!(info.is_some_and(|info| info["name"] == "our-tools"), signed);
    }
}

#[tokio::test]
async fn mistakes_are_told_where_a_model_reads_them() {
    let server = Server::start(Duration::ZERO).await;
    for lifecycle in [sessions(), stateless()] {
        let client = server.connect(Person::new(None), lifecycle).await;
        for (tool, code) in [
            ("crn__get_ticket", "UNKNOWN_API"),
            ("crm__get_tickets", "ENDPOINT_NOT_FOUND"),
        ] {
            let error = protocol_error(client.call_tool(call(tool, json!({}))).await);
            assert_eq!(error.code, ErrorCode::INVALID_PARAMS, "{error:?}");
            assert_eq!(error.data.expect("data")["error"]["code"], code);
        }
        let result = client
            .call_tool(call("crm__create_ticket", json!({ "titel": "x" })))
            .await
            .expect("result");
        assert_eq!(result.is_error, Some(true));
        assert!(text(&result).starts_with("INVALID_REQUEST"), "{}", text(&result));
        assert_eq!(
            result.structured_content.expect("structured")["error"]["code"],
            "INVALID_REQUEST"
        );
    }
    assert_eq!(server.created(), 0);
}

#[tokio::test]
async fn progress_goes_to_those_who_asked_for_it() {
    let server = Server::start(Duration::ZERO).await;
    let person = Person::new(None);
    let client = server.connect(person.clone(), sessions()).await;
    // rmcp's client puts a progress token into every request.
    client
        .call_tool(call("crm__get_ticket", json!({})))
        .await
        .expect("result");
    let shown = person.progress.lock().expect("lock").clone();
    assert!(
        shown.len() >= 2 && shown.is_sorted_by(|before, after| before < after),
        "{shown:?}"
    );
}

#[tokio::test]
async fn a_cancelled_call_gives_up_its_request() {
    let server = Server::start(Duration::ZERO).await;
    let client = server.connect(Person::new(None), sessions()).await;
    let request =
        rmcp::model::ClientRequest::CallToolRequest(rmcp::model::CallToolRequest::new(call("crm__slow", json!({}))));
    let handle = client
        .send_cancellable_request(request, PeerRequestOptions::no_options())
        .await
        .expect("sent");
    let mut slow = server.journal.slow.subscribe();
    slow.wait_for(|slow| slow.begun == 1).await.expect("begun");
    handle.cancel(None).await.expect("cancelled");
    slow.wait_for(|slow| slow.dropped == 1).await.expect("dropped");
}

#[tokio::test]
async fn a_call_that_cannot_be_read_is_told_why() {
    use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};

    let server = Server::start(Duration::ZERO).await;
    let (near, far) = tokio::io::duplex(64 * 1024);
    let (input, output) = tokio::io::split(far);
    let service = server.handler.on(Channel::Stdio);
    tokio::spawn(crate::mcp::stdio::serve_streams(
        service,
        input,
        output,
        server.lifetime.clone(),
    ));
    let (read, mut write) = tokio::io::split(near);
    let mut lines = BufReader::new(read).lines();
    let handshake = crate::mcp::testing::initialize().to_string();
    write
        .write_all(format!("{handshake}\n").as_bytes())
        .await
        .expect("written");
    lines.next_line().await.expect("read").expect("a line");
    for (params, code, cause) in [
        (
            r#"{"name":"crm__get_ticket","arguments":[]}"#,
            -32602,
            "invalid type: sequence",
        ),
        (r#"{"name":7}"#, -32602, "invalid type: integer"),
        (r#"{"arguments":{}}"#, -32602, "missing field `name`"),
        (
            r#"{"name":"crm__get_ticket","name":"crm__create_ticket"}"#,
            -32602,
            "a key stands twice",
        ),
    ] {
        let call = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{params}}}"#);
        write.write_all(format!("{call}\n").as_bytes()).await.expect("written");
        let line = lines.next_line().await.expect("read").expect("a line");
        let answer: Value = serde_json::from_str(&line).expect("JSON");
        assert_eq!(answer["error"]["code"], code, "{line}");
        let message = answer["error"]["message"].as_str().unwrap_or_default();
        assert!(message.contains(cause), "{line}");
    }
    assert_eq!(server.created(), 0);
}
