//! Writes and the person who is asked.

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::engine::unanswered;
use crate::store::CallScope;

/// The row is there when serving ends, which is before the process exits.
#[tokio::test]
async fn a_client_that_leaves_while_its_person_is_asked_is_not_waited_for() {
    let server = Server::start(Duration::ZERO).await;
    let (near, far) = tokio::io::duplex(64 * 1024);
    let (input, output) = tokio::io::split(far);
    let lifetime = Lifetime::new(CancellationToken::new(), Duration::from_mins(10));
    let serving = crate::mcp::stdio::serve_streams(server.handler.clone(), input, output, lifetime);
    let task = tokio::spawn(serving);
    let mut client = BufReader::new(near);
    let mut hello = initialize();
    hello["params"]["capabilities"]["elicitation"] = json!({});
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": "crm__create_ticket", "arguments": { "title": "Toner" } } });
    for message in [hello, call] {
        let line = format!("{message}\n");
        client.write_all(line.as_bytes()).await.expect("written");
        let mut answer = String::new();
        client.read_line(&mut answer).await.expect("read");
    }
    client.shutdown().await.expect("closed");
    tokio::time::timeout(Duration::from_mins(1), task)
        .await
        .expect("within the grace")
        .expect("no panic")
        .expect("served");
    assert_eq!(server.created(), 0);
    let rows = server.rows().await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!(rows[0].0, "crm__create_ticket");
}

#[tokio::test]
async fn a_write_leaves_only_when_a_person_accepts() {
    let server = Server::start(Duration::ZERO).await;
    let answers = [
        (ElicitationAction::Decline, 0),
        (ElicitationAction::Cancel, 0),
        (ElicitationAction::Accept, 1),
    ];
    for (lifecycle, before) in [(sessions(), 0), (stateless(), 1)] {
        for (answer, created) in answers.clone() {
            let person = Person::new(Some(answer.clone()));
            let client = server.connect(person.clone(), lifecycle.clone()).await;
            let result = client.call_tool(create()).await.expect("result");
            assert_eq!(server.created(), before + created, "{answer:?}: {}", text(&result));
            assert_eq!(result.is_error, Some(created == 0), "{answer:?}: {}", text(&result));
            let [question] = &person.asked()[..] else {
                panic!("asked {:?}", person.asked());
            };
            for part in ["CRM", "POST", "/tickets", "Toner"] {
                assert!(question.contains(part), "{question}");
            }
        }
    }
}

#[tokio::test]
async fn a_client_without_forms_is_never_asked() {
    let server = Server::start(Duration::ZERO).await;
    for lifecycle in [sessions(), stateless()] {
        let client = server.connect(Person::new(None), lifecycle).await;
        let CallToolResponse::Complete(result) = client.call_tool_once(create()).await.expect("result") else {
            panic!("asked");
        };
        assert!(text(&result).starts_with("APPROVAL_REQUIRED"), "{}", text(&result));
    }
    assert_eq!(server.created(), 0);
}

#[tokio::test]
async fn an_answer_counts_once_and_only_for_its_own_question() {
    let server = Server::start(Duration::ZERO).await;
    let client = server
        .connect(Person::new(Some(ElicitationAction::Accept)), stateless())
        .await;
    let CallToolResponse::InputRequired(question) = client.call_tool_once(create()).await.expect("result") else {
        panic!("not asked");
    };
    let state = question.request_state.expect("state");
    let accept = || InputResponses::from([("approval".to_owned(), json!({ "action": "accept" }))]);
    let answered = |request: CallToolRequestParams, state: &str| {
        client.call_tool_once(request.with_input_responses(accept()).with_request_state(state))
    };

    for (request, state) in [
        (create(), format!("{state}x")),
        (create(), String::new()),
        (call("crm__get_ticket", json!({})), state.clone()),
    ] {
        let tool = request.name.to_string();
        let error = protocol_error(answered(request, &state).await);
        assert_eq!(error.code, ErrorCode::INVALID_PARAMS, "{error:?}");
        assert_eq!(server.rows().await[0], (tool, "APPROVAL_DENIED".to_owned()));
    }
    assert_eq!(
        server.rows().await.len(),
        4,
        "one row for each call: {:?}",
        server.rows().await
    );
    let other_arguments = call("crm__create_ticket", json!({ "title": "Paper" }));
    let CallToolResponse::Complete(refused) = answered(other_arguments, &state).await.expect("result") else {
        panic!("asked");
    };
    assert!(text(&refused).starts_with("APPROVAL_DENIED"), "{}", text(&refused));
    assert_eq!(server.created(), 0);

    for expected in [false, true] {
        let CallToolResponse::Complete(result) = answered(create(), &state).await.expect("result") else {
            panic!("asked");
        };
        assert_eq!(result.is_error, Some(expected), "{}", text(&result));
        assert_eq!(server.created(), 1);
    }
}

/// Both happen to clients that do nothing wrong, and the model has to read what to do.
#[tokio::test]
async fn an_answer_that_comes_too_late_is_a_result_that_says_so() {
    let server = Server::start(Duration::ZERO).await;
    let person = || Person::new(Some(ElicitationAction::Accept));
    let client = server.connect(person(), stateless()).await;
    let CallToolResponse::InputRequired(question) = client.call_tool_once(create()).await.expect("result") else {
        panic!("not asked");
    };
    // The same server, started again.
    let server = Server::start(Duration::ZERO).await;
    let client = server.connect(person(), stateless()).await;
    let accept = InputResponses::from([("approval".to_owned(), json!({ "action": "accept" }))]);
    let answered = create()
        .with_input_responses(accept)
        .with_request_state(question.request_state.expect("state"));
    let CallToolResponse::Complete(refused) = client.call_tool_once(answered).await.expect("a result") else {
        panic!("asked");
    };
    assert_eq!(refused.is_error, Some(true));
    let told = text(&refused);
    assert!(
        told.starts_with("APPROVAL_DENIED") && told.contains("has expired"),
        "{told}"
    );
    assert!(told.contains("make the call again without it"), "{told}");
    assert_eq!(server.rows().await[0].1, "APPROVAL_DENIED");
    assert_eq!(server.created(), 0);
}

#[tokio::test]
async fn a_state_without_an_answer_asks_again() {
    let server = Server::start(Duration::ZERO).await;
    let client = server
        .connect(Person::new(Some(ElicitationAction::Accept)), stateless())
        .await;
    let CallToolResponse::InputRequired(question) = client.call_tool_once(create()).await.expect("result") else {
        panic!("not asked");
    };
    let again = create().with_request_state(question.request_state.expect("state"));
    let again = client.call_tool_once(again).await.expect("result");
    assert!(matches!(again, CallToolResponse::InputRequired(_)), "{again:?}");
    assert_eq!(server.created(), 0);
}

#[tokio::test]
async fn a_question_that_nobody_answers_ends_its_call() {
    let server = Server::start(Duration::ZERO).await;
    let person = || Person::new(Some(ElicitationAction::Accept));
    let client = server.connect(person(), stateless()).await;
    for title in ["Toner", "Paper"] {
        let asked = client.call_tool_once(call("crm__create_ticket", json!({ "title": title })));
        let asked = asked.await.expect("result");
        assert!(matches!(asked, CallToolResponse::InputRequired(_)), "{asked:?}");
    }
    let answered = client.call_tool(create()).await.expect("result");
    assert_eq!(answered.is_error, Some(false), "{}", text(&answered));
    let unfinished = async || {
        while server.store.add_up_calls(100).await.expect("added up") > 0 {}
        let counts = server.store.count_calls(&CallScope::default()).await.expect("counts");
        counts.unfinished
    };
    assert_eq!(unfinished().await, 2);
    let end = async |minutes: i64| {
        let then = Timestamp::now() + SignedDuration::from_mins(minutes);
        unanswered::end(&*server.store, then).await.expect("ended")
    };
    assert_eq!(end(4).await, 0, "an answer may still come");
    // The approval of the first was used, by the call that was answered.
    assert_eq!((end(6).await, end(6).await), (1, 0));
    assert_eq!((end(66).await, end(66).await), (1, 0));
    assert_eq!(unfinished().await, 0);
    let rows = server.store.read_audit(&AuditFilter::default()).await.expect("rows");
    let told: Vec<_> = rows
        .iter()
        .map(|row| (row.decision.as_str(), row.outcome.as_str()))
        .collect();
    let denied = ("denied", "APPROVAL_DENIED");
    assert_eq!(told, [("approved", "ok"), denied, denied]);
    assert!(rows.iter().all(|row| row.ended_at.is_some()), "{rows:?}");
    assert_eq!(server.created(), 1);
}
