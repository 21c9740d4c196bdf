//! Callers: so many at a time, each of which calls again as soon as it has its answer, and looks at every answer.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::{ChildStdin, ChildStdout};

/// What was asked for, and how it went.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    /// One for each call.
    pub(crate) latencies: Vec<Duration>,
}

impl Calls {
    pub(crate) fn count(&self) -> usize {
        self.latencies.len()
    }

    /// The latency that this share of the calls stays below.
    pub(crate) fn percentile(&mut self, share: f64) -> Duration {
        self.latencies.sort_unstable();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "counts"
        )]
        let index = (self.latencies.len() as f64 * share) as usize;
        self.latencies[index.min(self.latencies.len() - 1)]
    }
}

fn request(number: usize) -> String {
    format!(
        r#"{{"jsonrpc":"2.0","id":{number},"method":"tools/call","params":{{"name":"bench__get_customer","arguments":{{"customer_id":"c_{number}"}},"_meta":{{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{{"name":"bench","version":"1"}},"io.modelcontextprotocol/clientCapabilities":{{}}}}}}}}"#
    )
}

fn parse(answer: &[u8]) -> Value {
    serde_json::from_slice(answer).expect("an answer in JSON")
}

fn check(answer: &Value, number: usize) {
    assert_eq!(answer["id"], number, "{answer}");
    let customer = &answer["result"]["structuredContent"];
    assert_eq!(
        customer["id"].as_str(),
        Some(format!("c_{number}").as_str()),
        "{answer}"
    );
    assert_eq!(customer["tickets"][2], 3, "{answer}");
}

/// `width` callers over HTTP, each with a connection of its own, until `end`.
pub(crate) async fn over_http(address: SocketAddr, width: usize, first: usize, end: Instant) -> Calls {
    let callers: Vec<_> = (0..width)
        .map(|caller| tokio::spawn(http_caller(address, first + caller, width, end)))
        .collect();
    let mut calls = Calls::default();
    for caller in callers {
        calls.latencies.extend(caller.await.expect("a caller"));
    }
    calls
}

async fn http_caller(address: SocketAddr, first: usize, step: usize, end: Instant) -> Vec<Duration> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let mut latencies = Vec::new();
    let mut received = Vec::with_capacity(4096);
    let mut number = first;
    while Instant::now() < end {
        let body = request(number);
        let request = format!(
            "POST /mcp HTTP/1.1\r\nHost: {address}\r\nAccept: application/json, text/event-stream\r\n\
             Content-Type: application/json\r\nMCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\n\
             Mcp-Name: bench__get_customer\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let begun = Instant::now();
        stream.write_all(request.as_bytes()).await.unwrap();
        let (start, length) = answer(&mut stream, &mut received).await;
        latencies.push(begun.elapsed());
        check(&parse(&received[start..start + length]), number);
        received.clear();
        number += step;
    }
    latencies
}

/// Reads one answer; where its body stands in `received`.
async fn answer(stream: &mut TcpStream, received: &mut Vec<u8>) -> (usize, usize) {
    loop {
        assert_ne!(
            stream.read_buf(received).await.unwrap(),
            0,
            "the server closed the connection"
        );
        let Some(end) = received.windows(4).position(|window| window == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(&received[..end]).to_ascii_lowercase();
        assert!(
            head.starts_with("http/1.1 200") && head.contains("application/json"),
            "{head}"
        );
        let length = head.split("content-length: ").nth(1).expect("a length");
        let length: usize = length
            .lines()
            .next()
            .unwrap_or_default()
            .trim()
            .parse()
            .expect("a length");
        if received.len() >= end + 4 + length {
            return (end + 4, length);
        }
    }
}

/// A client over pipes, with `width` calls under way.
pub(crate) struct Pipes {
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Pipes {
    pub(crate) fn new((input, output): (ChildStdin, ChildStdout)) -> Self {
        Self {
            input,
            output: BufReader::with_capacity(64 * 1024, output),
        }
    }

    /// Calls until `end`, and waits for the last answers.
    pub(crate) async fn calls(&mut self, width: usize, first: usize, end: Instant) -> Calls {
        let mut calls = Calls::default();
        let mut under_way = HashMap::with_capacity(width);
        let mut number = first;
        let mut line = Vec::new();
        let mut requests = String::new();
        loop {
            while under_way.len() < width && Instant::now() < end {
                requests.push_str(&request(number));
                requests.push('\n');
                under_way.insert(number, Instant::now());
                number += 1;
            }
            if !requests.is_empty() {
                self.input.write_all(requests.as_bytes()).await.unwrap();
                requests.clear();
            }
            if under_way.is_empty() {
                return calls;
            }
            // All answers that are there, so that few calls of the system are needed.
            loop {
                line.clear();
                self.output.read_until(b'\n', &mut line).await.unwrap();
                let answer = parse(&line);
                let id = usize::try_from(answer["id"].as_u64().expect("an id")).unwrap();
                let begun = under_way.remove(&id).expect("a call that is under way");
                calls.latencies.push(begun.elapsed());
                check(&answer, id);
                if !self.output.buffer().contains(&b'\n') || under_way.is_empty() {
                    break;
                }
            }
        }
    }
}
