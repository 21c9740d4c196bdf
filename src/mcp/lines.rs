//! Messages as lines of JSON between two byte streams, with an answer to every line that cannot be read.
//!
//! rmcp's own transport says nothing about such a line, and the client waits for as long as it cares to. This one reads
//! by itself, and writes to an outbox that others may write to as well.

use std::future::Future;
use std::io;
use std::mem;
use std::pin::Pin;
use std::time::Duration;

use rmcp::model::{ClientJsonRpcMessage, JsonRpcMessage, RequestId};
use rmcp::service::TxJsonRpcMessage;
use rmcp::transport::Transport;
use rmcp::{ErrorData, RoleServer};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, BufReader};

use super::outbox::Outbox;
use super::outline::{Kind, Outline};
use super::reading;

/// Longest line, in bytes. Equal to what rmcp's clients take.
pub(super) const LONGEST_LINE: usize = 16 * 1024 * 1024;
/// Memory that is kept for the next line.
const KEPT: usize = 64 * 1024;
/// How long a line that cannot be read may hold up the next one, when the client does not read its answers.
const COMPLAINT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long the last answers may take to leave when the client does not read them.
const CLOSE_TIME: Duration = Duration::from_secs(2);

type Sending = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A transport over two byte streams.
pub(super) struct Lines<R, W> {
    input: BufReader<R>,
    /// What has been read of the line at hand.
    line: Vec<u8>,
    longest: usize,
    /// Set while the rest of a line that is too long is passed over.
    too_long: Option<Outline>,
    output: Outbox<W>,
    /// The answer to a line that could not be read. No further line is read before it is out, so there is never more
    /// than one.
    complaint: Option<Sending>,
}

/// What a line turned out to be.
enum Line {
    /// A message for the service loop.
    Message(Box<ClientJsonRpcMessage>),
    /// No message; its sender is told.
    Refused(ErrorData, Option<RequestId>),
    /// Nothing that anybody waits for.
    Nothing,
}

impl<R, W> Lines<R, W>
where
    R: AsyncRead + Send + Unpin,
    W: AsyncWrite + Send + Unpin + 'static,
{
    /// A transport that refuses lines of more than `longest` bytes.
    pub(super) fn new(input: R, output: W, longest: usize) -> Self {
        Self {
            input: BufReader::new(input),
            line: Vec::new(),
            longest,
            too_long: None,
            output: Outbox::new(output),
            complaint: None,
        }
    }

    /// Where messages to the client go.
    pub(super) fn outbox(&self) -> Outbox<W> {
        self.output.clone()
    }

    /// Reads up to the end of a line; `None` at the end of input. May be dropped and called again at any time.
    async fn line(&mut self) -> io::Result<Option<Line>> {
        loop {
            let read = self.input.fill_buf().await?;
            if read.is_empty() {
                // The last line may lack its end.
                let rest = !self.line.is_empty() || self.too_long.is_some();
                return Ok(rest.then(|| self.end_line()));
            }
            let end = read.iter().position(|byte| *byte == b'\n');
            let piece = &read[..end.unwrap_or(read.len())];
            match &mut self.too_long {
                Some(outline) => outline.feed(piece),
                None if self.line.len() + piece.len() > self.longest => {
                    let mut outline = Outline::default();
                    outline.feed(&mem::take(&mut self.line));
                    outline.feed(piece);
                    self.too_long = Some(outline);
                }
                None => self.line.extend_from_slice(piece),
            }
            let consumed = piece.len() + usize::from(end.is_some());
            self.input.consume(consumed);
            if end.is_some() {
                return Ok(Some(self.end_line()));
            }
        }
    }

    fn end_line(&mut self) -> Line {
        if let Some(outline) = self.too_long.take() {
            let fault = format!("a message may have at most {} bytes; send less at once", self.longest);
            return refuse(outline, ErrorData::invalid_request(fault, None));
        }
        let line = read(&self.line);
        self.line.clear();
        self.line.shrink_to(KEPT);
        line
    }

    fn complain(&mut self, fault: ErrorData, id: Option<RequestId>) {
        tracing::debug!(error = %fault.message, "refused a line that is no message");
        let output = self.output.clone();
        self.complaint = Some(Box::pin(async move {
            let complaint = JsonRpcMessage::error(fault, id);
            match tokio::time::timeout(COMPLAINT_TIMEOUT, output.send(complaint)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::debug!(%error, "the client cannot be told"),
                Err(_) => tracing::warn!("the client does not read its answers"),
            }
        }));
    }
}

fn read(line: &[u8]) -> Line {
    let line = reading::without_mark(line);
    if line.trim_ascii().is_empty() {
        return Line::Nothing;
    }
    let error = match reading::message(line) {
        Ok(message) => return Line::Message(Box::new(message)),
        Err(error) => error,
    };
    let mut outline = Outline::default();
    outline.feed(line);
    refuse(outline, reading::fault(&error, line))
}

fn refuse(outline: Outline, fault: ErrorData) -> Line {
    match outline.kind() {
        Kind::Request(id) => Line::Refused(fault, id),
        Kind::Notification => {
            tracing::debug!(error = %fault.message, "dropped a notification");
            Line::Nothing
        }
        // Its identifier is one of ours, and must not be taken for one of the client's. Who asked need not wait.
        Kind::Answer(id) => Line::Message(Box::new(JsonRpcMessage::error(fault, Some(id)))),
    }
}

impl<R, W> Transport<RoleServer> for Lines<R, W>
where
    R: AsyncRead + Send + Unpin,
    W: AsyncWrite + Send + Unpin + 'static,
{
    type Error = io::Error;

    fn send(
        &mut self,
        message: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send + 'static {
        let output = self.output.clone();
        async move { output.send(message).await }
    }

    // Dropped and called again whenever rmcp has something else to do: all state is in `self`.
    async fn receive(&mut self) -> Option<ClientJsonRpcMessage> {
        loop {
            if let Some(complaint) = &mut self.complaint {
                complaint.await;
                self.complaint = None;
            }
            match self.line().await {
                Ok(Some(Line::Message(message))) => return Some(*message),
                Ok(Some(Line::Refused(fault, id))) => self.complain(fault, id),
                Ok(Some(Line::Nothing)) => {}
                Ok(None) => return None,
                Err(error) => {
                    tracing::error!(%error, "cannot read from the client");
                    return None;
                }
            }
        }
    }

    async fn close(&mut self) -> Result<(), Self::Error> {
        let closed = tokio::time::timeout(CLOSE_TIME, self.output.close()).await;
        closed.unwrap_or_else(|_| {
            tracing::warn!("the client does not read its last answers");
            Err(io::ErrorKind::TimedOut.into())
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
    use tokio::time::Instant;

    use super::*;

    const PING: &str = r#"{"jsonrpc":"2.0","method":"ping","id":99}"#;
    const LONGEST: usize = 4_096;

    /// Sends `input` and returns what the service loop gets and what the client gets.
    async fn exchange(input: Vec<u8>) -> (Vec<Value>, Vec<Value>) {
        let (output, mut client) = duplex(64 * 1024);
        let mut lines = Lines::new(io::Cursor::new(input), output, LONGEST);
        let mut received = Vec::new();
        while let Some(message) = lines.receive().await {
            received.push(serde_json::to_value(message).expect("JSON"));
        }
        lines.close().await.expect("closed");
        drop(lines);
        let mut text = String::new();
        client.read_to_string(&mut text).await.expect("read");
        let answers = text.lines().map(|line| serde_json::from_str(line).expect("JSON"));
        (received, answers.collect())
    }

    #[tokio::test]
    async fn every_line_that_cannot_be_read_is_answered() {
        let request = |params: &str| format!(r#"{{"jsonrpc":"2.0","method":"tools/call","params":{params},"id":7}}"#);
        let nested = format!("{}{}", "[".repeat(200), "]".repeat(200));
        let table = [
            (request(r#""\ud83d""#), -32700, json!(7)),
            (request("1e400"), -32700, json!(7)),
            (request(&nested), -32700, json!(7)),
            (request(&format!("\"{}\"", "x".repeat(3 * LONGEST))), -32600, json!(7)),
            (request("{"), -32700, Value::Null),
            (r#"{"id":7,"method":"#.to_owned(), -32700, json!(7)),
            (
                r#"{"jsonrpc":"1.0","id":7,"method":"ping"}"#.to_owned(),
                -32600,
                json!(7),
            ),
            (
                r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#.to_owned(),
                -32600,
                Value::Null,
            ),
            ("x".repeat(3 * LONGEST), -32600, Value::Null),
            ("rubbish".to_owned(), -32700, Value::Null),
            ("[]".to_owned(), -32600, Value::Null),
        ];
        for (line, code, id) in table {
            let (received, answers) = exchange(format!("{line}\n{PING}\n").into_bytes()).await;
            assert_eq!(received.len(), 1, "{line}");
            assert_eq!(answers.len(), 1, "{line}: {answers:?}");
            assert_eq!(answers[0]["error"]["code"], code, "{line}: {answers:?}");
            assert_eq!(answers[0]["id"], id, "{line}");
            // Without an identifier there is no member of that name: MCP does not know `null` (schema, `RequestId`).
            assert_eq!(answers[0].get("id").is_some(), !id.is_null(), "{line}");
        }
    }

    #[tokio::test]
    async fn bytes_that_are_no_text_are_answered() {
        let mut input = br#"{"jsonrpc":"2.0","id":7,"method":""#.to_vec();
        input.extend_from_slice(b"\xFF\"}\n");
        let (received, answers) = exchange(input).await;
        assert!(received.is_empty());
        assert_eq!(
            (&answers[0]["error"]["code"], &answers[0]["id"]),
            (&json!(-32700), &json!(7))
        );
    }

    #[tokio::test]
    async fn notifications_and_blank_lines_are_not_answered() {
        for line in [
            "",
            " \r",
            "\u{feff}",
            r#"{"jsonrpc":"2.0","method":"x","params":1e400}"#,
        ] {
            let (received, answers) = exchange(format!("{line}\n").into_bytes()).await;
            assert!(received.is_empty() && answers.is_empty(), "{line}: {answers:?}");
        }
    }

    #[tokio::test]
    async fn an_unreadable_answer_is_a_failed_answer() {
        let (received, answers) = exchange(br#"{"jsonrpc":"2.0","id":3,"result":{"x":"\ud83d"}}"#.to_vec()).await;
        assert!(answers.is_empty(), "{answers:?}");
        assert_eq!(
            (&received[0]["id"], &received[0]["error"]["code"]),
            (&json!(3), &json!(-32700))
        );
    }

    #[tokio::test]
    async fn messages_come_however_their_lines_end() {
        let longest = format!("{PING}{}", " ".repeat(LONGEST - PING.len()));
        for input in [
            format!("{PING}\n"),
            format!("{PING}\r\n"),
            format!("\u{feff}{PING}\n"),
            PING.to_owned(),
            format!("{longest}\n"),
        ] {
            let (received, answers) = exchange(input.clone().into_bytes()).await;
            assert_eq!((received.len(), answers.len()), (1, 0), "{input}");
        }
        let (received, answers) = exchange(format!("{longest} \n").into_bytes()).await;
        assert_eq!((received.len(), answers.len()), (0, 1));
    }

    #[tokio::test]
    async fn a_line_that_is_too_long_is_not_kept() {
        let (mut client, input) = duplex(1_024);
        let (output, _answers) = duplex(1_024);
        let mut lines: Lines<DuplexStream, _> = Lines::new(input, output, LONGEST);
        let written = tokio::spawn(async move {
            client.write_all(&vec![b'x'; 20 * LONGEST]).await.expect("written");
            client
        });
        tokio::select! {
            message = lines.receive() => panic!("{message:?}"),
            written = written => drop(written),
        }
        assert_eq!(lines.line.capacity(), 0);
    }

    #[tokio::test]
    async fn nothing_is_lost_when_receiving_is_interrupted() {
        let (mut client, input) = duplex(64);
        let (output, mut answers) = duplex(1);
        let mut lines = Lines::new(input, output, LONGEST);
        for piece in [&PING[..9], &PING[9..], "\nrubbish\n", PING] {
            client.write_all(piece.as_bytes()).await.expect("written");
            if piece.starts_with('\n') {
                assert!(lines.receive().await.is_some());
            }
            // Polled once and dropped, as rmcp does.
            let polled = futures_util::FutureExt::now_or_never(lines.receive());
            assert!(polled.is_none(), "{polled:?}");
        }
        drop(client);
        let read = tokio::spawn(async move {
            let mut text = String::new();
            answers.read_to_string(&mut text).await.map(|_| text)
        });
        assert!(lines.receive().await.is_some());
        lines.close().await.expect("closed");
        drop(lines);
        let text = read.await.expect("no panic").expect("read");
        assert_eq!(text.matches("-32700").count(), 1, "{text}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_does_not_read_holds_its_lines_up_but_not_for_ever() {
        let (output, _unread) = duplex(1);
        let mut lines = Lines::new(io::Cursor::new(format!("rubbish\n{PING}\n")), output, LONGEST);
        let start = Instant::now();
        assert!(lines.receive().await.is_some());
        assert_eq!(start.elapsed(), COMPLAINT_TIMEOUT);
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_reads_nothing_is_not_waited_for() {
        let (output, _unread) = duplex(1);
        let mut lines = Lines::new(tokio::io::empty(), output, LONGEST);
        let answer = JsonRpcMessage::error(ErrorData::internal_error("late", None), None);
        lines.outbox().put(answer).await.expect("queued");
        let start = Instant::now();
        let closed = lines.close().await;
        assert_eq!(closed.expect_err("unread").kind(), io::ErrorKind::TimedOut);
        assert_eq!(start.elapsed(), CLOSE_TIME);
    }
}
