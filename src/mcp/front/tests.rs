//! What the engine's questions and progress look like on the wire, on a paused clock.

use std::sync::Arc;

use rmcp::model::{CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock};
use rmcp::service::serve_server;
use rmcp::{ErrorData, ServerHandler};
use serde_json::{Map, Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::super::testing::initialize;
use super::*;

/// Asks and shows progress as the engine would.
#[derive(Clone, Default)]
struct Engine {
    shown: Arc<Notify>,
}

impl ServerHandler for Engine {
    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let front = PeerFront::new(&context, true);
        if request.name == "progress" {
            for step in 1..=3 {
                front.progress(step, 3, "working").await;
            }
            self.shown.notify_one();
        }
        let answer = match front.asking() {
            Asking::Inline => front.ask(&prompt()).await,
            Asking::Deferred | Asking::Unavailable => Answer::Unavailable,
        };
        Ok(CallToolResult::success(vec![ContentBlock::text(format!("{answer:?}"))]).into())
    }
}

fn prompt() -> ApprovalPrompt {
    ApprovalPrompt {
        approval_id: "approval-1".into(),
        call_id: "call-1".into(),
        connector: "CRM".into(),
        action: "Create ticket".into(),
        effect: "write",
        method: "POST".into(),
        path: "/tickets".into(),
        arguments: Map::new(),
        expires_in_seconds: 300,
        text: "Create ticket?".into(),
    }
}

/// A client of the older era that does what a test says.
struct Client {
    stream: BufReader<DuplexStream>,
    engine: Engine,
}

impl Client {
    /// Connects with a stream that holds `buffer` bytes in each direction.
    async fn connect(buffer: usize) -> Self {
        let (near, far) = tokio::io::duplex(buffer);
        let engine = Engine::default();
        let service = engine.clone();
        tokio::spawn(async move {
            let running = serve_server(service, far).await.expect("a handshake");
            running.waiting().await
        });
        let mut client = Self {
            stream: BufReader::new(near),
            engine,
        };
        let mut hello = initialize();
        hello["params"]["capabilities"]["elicitation"] = json!({});
        client.write(&hello).await;
        assert_eq!(client.read().await["id"], 0);
        client
    }

    async fn write(&mut self, message: &Value) {
        let line = format!("{message}\n");
        self.stream.write_all(line.as_bytes()).await.expect("written");
    }

    async fn read(&mut self) -> Value {
        let mut line = String::new();
        self.stream.read_line(&mut line).await.expect("read");
        serde_json::from_str(&line).expect("JSON")
    }

    async fn call(&mut self, tool: &str) {
        let params = json!({ "name": tool, "_meta": { "progressToken": "token" } });
        self.write(&json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params }))
            .await;
    }

    /// Answers the question of a call and returns what the engine makes of it.
    async fn outcome(&mut self, answer: Value) -> String {
        self.call("ask").await;
        let question = self.read().await;
        assert_eq!(question["method"], "elicitation/create");
        assert_eq!(question["params"]["message"], "Create ticket?");
        let mut answer = answer;
        answer["jsonrpc"] = "2.0".into();
        answer["id"] = question["id"].clone();
        self.write(&answer).await;
        self.result().await
    }

    async fn result(&mut self) -> String {
        let result = self.read().await;
        assert_eq!(result["id"], 1, "{result}");
        result["result"]["content"][0]["text"]
            .as_str()
            .expect("text")
            .to_owned()
    }
}

#[tokio::test]
async fn what_a_client_says_is_what_the_engine_hears() {
    let cases = [
        (json!({ "result": { "action": "accept", "content": {} } }), "Accepted"),
        (json!({ "result": { "action": "decline" } }), "Declined"),
        (json!({ "result": { "action": "cancel" } }), "Cancelled"),
        (
            json!({ "error": { "code": -32601, "message": "no forms here" } }),
            "Unavailable",
        ),
        (json!({ "result": { "unexpected": true } }), "Unavailable"),
    ];
    for (answer, expected) in cases {
        let mut client = Client::connect(64 * 1024).await;
        assert_eq!(client.outcome(answer.clone()).await, expected, "{answer}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_question_that_nobody_answers_is_taken_back_before_it_expires() {
    let mut client = Client::connect(64 * 1024).await;
    let start = Instant::now();
    client.call("ask").await;
    let question = client.read().await;
    let withdrawn = client.read().await;
    assert_eq!(withdrawn["method"], "notifications/cancelled");
    assert_eq!(withdrawn["params"]["requestId"], question["id"]);
    assert_eq!(client.result().await, "Late");
    assert!(start.elapsed() < Duration::from_mins(5), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_read_holds_a_call_up_only_once() {
    let mut client = Client::connect(64).await;
    client.call("progress").await;
    let start = Instant::now();
    client.engine.shown.notified().await;
    assert_eq!(start.elapsed(), PROGRESS_TIMEOUT);
}

#[test]
fn progress_always_grows_and_stays_within_its_total() {
    let mut progress = Progress::default();
    let steps = [
        (0, Some(4)),
        (1, Some(4)),
        (0, None),
        (0, None),
        (1, Some(4)),
        (2, Some(4)),
        (4, Some(4)),
        (4, Some(4)),
    ];
    let mut last = -1.0;
    for (step, steps) in steps {
        let (value, total) = progress.advance(step, steps).expect("shown");
        assert!(value > last, "{value} after {last}");
        assert!(value <= total, "{value} of {total}");
        last = value;
    }
}

#[test]
fn waiting_never_reaches_the_next_step() {
    let mut progress = Progress::default();
    progress.advance(1, Some(3));
    for _ in 0..1_000 {
        let (value, total) = progress.advance(0, None).expect("shown");
        assert!(value < 2.0 && total > 2.0, "{value} of {total}");
    }
    let (value, _) = progress.advance(2, Some(3)).expect("shown");
    assert!(value >= 2.0);
}
