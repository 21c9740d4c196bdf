//! A bare MCP client over stdio: every message is in the test's hands, every byte of the server is kept.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;

use super::within;

/// A server process and its client.
pub(crate) struct Session {
    child: Child,
    input: Option<ChildStdin>,
    lines: Lines<BufReader<ChildStdout>>,
    /// Messages that nobody has waited for yet.
    waiting: Vec<Value>,
    next_id: u64,
    answer: Option<&'static str>,
    /// The prompts of all questions so far.
    pub(crate) prompts: Vec<String>,
    output: String,
    complaints: Arc<Mutex<String>>,
    reader: JoinHandle<()>,
}

/// What a server said until its end.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Session {
    /// Starts `command` and shakes hands; `answer` is what the client's person says to every question.
    pub(crate) async fn open(command: Command, answer: Option<&'static str>) -> Self {
        let mut session = Self::start(command, answer);
        let capabilities = if answer.is_some() {
            json!({ "elicitation": {} })
        } else {
            json!({})
        };
        let hello = json!({ "protocolVersion": "2025-11-25", "capabilities": capabilities,
            "clientInfo": { "name": "tests", "version": "1" } });
        let welcome = session.request("initialize", hello).await;
        assert_eq!(welcome["result"]["protocolVersion"], "2025-11-25", "{welcome}");
        session.notify("notifications/initialized").await;
        session
    }

    /// Starts `command` and says nothing yet, as a client of 2026-07-28 does.
    pub(crate) fn start(mut command: Command, answer: Option<&'static str>) -> Self {
        let mut child = command.stdin(std::process::Stdio::piped()).spawn().unwrap();
        let complaints = Arc::<Mutex<String>>::default();
        let mut errors = BufReader::new(child.stderr.take().unwrap()).lines();
        let heard = Arc::clone(&complaints);
        let reader = tokio::spawn(async move {
            while let Ok(Some(line)) = errors.next_line().await {
                let mut heard = heard.lock().unwrap();
                heard.push_str(&line);
                heard.push('\n');
            }
        });
        Self {
            input: child.stdin.take(),
            lines: BufReader::new(child.stdout.take().unwrap()).lines(),
            child,
            waiting: Vec::new(),
            next_id: 1,
            answer,
            prompts: Vec::new(),
            output: String::new(),
            complaints,
            reader,
        }
    }

    /// Sends a request; its answer is awaited by [`Session::response`].
    pub(crate) async fn send(&mut self, method: &str, parameters: Value) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        self.write(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": parameters }))
            .await;
        id
    }

    /// Sends a notification that says nothing more.
    pub(crate) async fn notify(&mut self, method: &str) {
        self.write(&json!({ "jsonrpc": "2.0", "method": method })).await;
    }

    /// Sends a request and waits for its answer.
    pub(crate) async fn request(&mut self, method: &str, parameters: Value) -> Value {
        let id = self.send(method, parameters).await;
        self.response(id).await
    }

    /// Begins a tool call.
    pub(crate) async fn begin(&mut self, tool: &str, arguments: Value) -> u64 {
        self.send("tools/call", json!({ "name": tool, "arguments": arguments }))
            .await
    }

    /// Calls a tool and waits for its answer, result or error.
    pub(crate) async fn call(&mut self, tool: &str, arguments: Value) -> Value {
        let id = self.begin(tool, arguments).await;
        self.response(id).await
    }

    /// Sends a request of 2026-07-28, whose client can show forms.
    pub(crate) async fn stateless(&mut self, method: &str, mut parameters: Value) -> Value {
        parameters["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": { "elicitation": {} },
            "io.modelcontextprotocol/clientInfo": { "name": "tests", "version": "1" },
        });
        self.request(method, parameters).await
    }

    /// The answer to the request `id`.
    pub(crate) async fn response(&mut self, id: u64) -> Value {
        self.message(&format!("the answer to request {id}"), |message| {
            message.get("method").is_none() && message["id"] == id
        })
        .await
    }

    /// The answer to any of these requests, whichever comes first.
    pub(crate) async fn any_response(&mut self, ids: &[u64]) -> Value {
        self.message("any answer", |message| {
            message.get("method").is_none() && message["id"].as_u64().is_some_and(|id| ids.contains(&id))
        })
        .await
    }

    /// The names of the tools that are listed now.
    pub(crate) async fn tools(&mut self) -> Vec<String> {
        let list = self.request("tools/list", json!({})).await;
        let tools = list["result"]["tools"].as_array().unwrap();
        let names = tools.iter().map(|tool| tool["name"].as_str().unwrap().to_owned());
        names.collect()
    }

    /// The next notification of this kind.
    pub(crate) async fn notification(&mut self, method: &str) -> Value {
        self.message(method, |message| {
            message["method"] == method && message.get("id").is_none()
        })
        .await
    }

    /// Tells the server that nobody waits for the request `id` any more.
    pub(crate) async fn cancel(&mut self, id: u64) {
        self.write(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": id } }))
            .await;
    }

    /// What the server has said on stderr so far.
    pub(crate) fn complaints(&self) -> String {
        self.complaints.lock().unwrap().clone()
    }

    pub(crate) fn process(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// Closes the server's input and waits for its end.
    pub(crate) async fn close(mut self) -> Ended {
        self.input = None;
        self.ended().await
    }

    /// Ends the server without a word, as a crash does.
    pub(crate) async fn kill(mut self) -> Ended {
        self.child.start_kill().unwrap();
        self.ended().await
    }

    /// Waits for the end of a server that was told to end some other way.
    pub(crate) async fn ended(mut self) -> Ended {
        let mut output = std::mem::take(&mut self.output);
        let code = within("the server's end", async {
            while let Ok(Some(line)) = self.lines.next_line().await {
                output.push_str(&line);
                output.push('\n');
            }
            self.child.wait().await.unwrap().code()
        })
        .await;
        within("the end of stderr", &mut self.reader).await.unwrap();
        Ended {
            code,
            stdout: output,
            stderr: self.complaints(),
        }
    }

    async fn message(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(found) = self.waiting.iter().position(&wanted) {
            return self.waiting.remove(found);
        }
        loop {
            let Some(message) = within(what, self.next()).await else {
                panic!("the server ended before {what}: {}", self.complaints());
            };
            if wanted(&message) {
                return message;
            }
            self.waiting.push(message);
        }
    }

    /// The next message; questions are answered on the way.
    async fn next(&mut self) -> Option<Value> {
        let line = self.lines.next_line().await.unwrap()?;
        self.output.push_str(&line);
        self.output.push('\n');
        let message: Value = serde_json::from_str(&line).unwrap();
        if message["method"] == "elicitation/create" {
            let prompt = message["params"]["message"].as_str().unwrap();
            self.prompts.push(prompt.to_owned());
            let action = self.answer.expect("a client that said it could ask");
            let mut result = json!({ "action": action });
            if action == "accept" {
                result["content"] = json!({});
            }
            self.write(&json!({ "jsonrpc": "2.0", "id": message["id"], "result": result }))
                .await;
        }
        Some(message)
    }

    async fn write(&mut self, message: &Value) {
        let line = format!("{message}\n");
        let input = self.input.as_mut().expect("an open input");
        within("writing to the server", input.write_all(line.as_bytes()))
            .await
            .unwrap();
    }
}
