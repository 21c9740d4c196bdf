//! Messages to a client as lines of JSON on one stream. What is to be sent while a write is under way goes out together
//! with the next one.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use rmcp::model::ServerJsonRpcMessage;
use tokio::io::{AsyncWrite, AsyncWriteExt as _};

use super::backlog::Backlog;
use super::writing;

/// Longest run of messages that are put together, in bytes. Longer ones stay as they are: neither are they copied, nor is
/// memory kept for them.
const TOGETHER: usize = 64 * 1024;

/// What most messages have room in, in bytes.
const USUAL: usize = 1024;

/// Where messages to one client go. Clones share the stream.
pub(super) struct Outbox<W> {
    shared: Arc<Shared<W>>,
}

struct Shared<W> {
    /// Whole lines that nobody has begun to write.
    waiting: Mutex<VecDeque<Vec<u8>>>,
    /// All that is not out.
    backlog: Backlog,
    stream: tokio::sync::Mutex<Stream<W>>,
}

struct Stream<W> {
    /// `None` once it was closed.
    output: Option<W>,
    /// What is being written. It stays here until it is out, so that whoever writes may give up at any time without
    /// leaving half a line.
    batch: Vec<u8>,
    /// How much of the batch is out.
    written: usize,
}

impl<W> Clone for Outbox<W> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
        }
    }
}

impl<W: AsyncWrite + Send + Unpin + 'static> Outbox<W> {
    pub(super) fn new(output: W) -> Self {
        Self {
            shared: Arc::new(Shared {
                waiting: Mutex::default(),
                backlog: Backlog::default(),
                stream: tokio::sync::Mutex::new(Stream {
                    output: Some(output),
                    batch: Vec::new(),
                    written: 0,
                }),
            }),
        }
    }

    /// What waits to be read.
    pub(super) fn backlog(&self) -> &Backlog {
        &self.shared.backlog
    }

    /// Sends `message`; returns when it is out.
    ///
    /// # Errors
    /// When the message cannot be written as JSON, or the stream is closed or broken.
    pub(super) async fn send(&self, message: ServerJsonRpcMessage) -> io::Result<()> {
        self.put(message).await?;
        self.flush().await
    }

    /// Puts `message` with what is to be sent at the next flush. Its text is enough while the client does not read it.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub(super) async fn put(&self, message: ServerJsonRpcMessage) -> io::Result<()> {
        let length = writing::length_of_message(&message);
        let line = writing::by_length(length, move || line(&message)).await?;
        self.add(line);
        Ok(())
    }

    fn add(&self, line: Vec<u8>) {
        self.shared.backlog.add(line.len());
        let mut waiting = self.shared.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        match waiting.back_mut() {
            Some(last) if last.len() + line.len() <= TOGETHER => last.extend_from_slice(&line),
            _ => waiting.push_back(line),
        }
    }

    /// Sends what waits; returns when all that was queued before is out.
    ///
    /// # Errors
    /// When the stream is closed or broken.
    pub(super) async fn flush(&self) -> io::Result<()> {
        self.write_waiting(&mut *self.shared.stream.lock().await).await
    }

    /// Sends what waits, and closes the stream.
    pub(super) async fn close(&self) -> io::Result<()> {
        let mut stream = self.shared.stream.lock().await;
        if stream.output.is_none() {
            return Ok(());
        }
        let written = self.write_waiting(&mut stream).await;
        match stream.output.take() {
            Some(mut output) => written.and(output.shutdown().await),
            None => written,
        }
    }

    async fn write_waiting(&self, stream: &mut Stream<W>) -> io::Result<()> {
        let output = stream.output.as_mut().ok_or(io::ErrorKind::NotConnected)?;
        loop {
            while stream.written < stream.batch.len() {
                let written = output.write(&stream.batch[stream.written..]).await?;
                if written == 0 {
                    return Err(io::ErrorKind::WriteZero.into());
                }
                stream.written += written;
                self.shared.backlog.remove(written);
            }
            let mut waiting = self.shared.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            let next = waiting.pop_front();
            drop(waiting);
            stream.written = 0;
            let Some(next) = next else {
                stream.batch = Vec::new();
                break;
            };
            stream.batch = next;
        }
        output.flush().await
    }
}

/// `message` as it is sent.
fn line(message: &ServerJsonRpcMessage) -> io::Result<Vec<u8>> {
    let mut line = Vec::with_capacity(USUAL);
    serde_json::to_writer(&mut line, message)?;
    line.push(b'\n');
    if line.len() > TOGETHER {
        line.shrink_to_fit();
    }
    Ok(line)
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use rmcp::ErrorData;
    use rmcp::model::{JsonRpcMessage, RequestId};
    use tokio::io::{AsyncReadExt as _, duplex};

    use super::super::backlog;
    use super::*;

    fn message(id: i64, text: &str) -> ServerJsonRpcMessage {
        JsonRpcMessage::error(
            ErrorData::internal_error(text.to_owned(), None),
            Some(RequestId::Number(id)),
        )
    }

    async fn lines(mut client: impl tokio::io::AsyncRead + Unpin) -> Vec<i64> {
        let mut text = String::new();
        client.read_to_string(&mut text).await.expect("read");
        let id = |line| {
            let value: serde_json::Value = serde_json::from_str(line).expect("JSON");
            value["id"].as_i64().expect("an id")
        };
        text.lines().map(id).collect()
    }

    #[tokio::test]
    async fn lines_stay_whole_and_in_order_whoever_gives_up() {
        let (output, client) = duplex(16);
        let outbox = Outbox::new(output);
        // Both are begun, and dropped before the client has read anything.
        assert!(outbox.send(message(1, &"x".repeat(100))).now_or_never().is_none());
        assert!(outbox.send(message(2, "y")).now_or_never().is_none());
        let read = tokio::spawn(lines(client));
        outbox.send(message(3, "z")).await.expect("sent");
        outbox.close().await.expect("closed");
        assert_eq!(read.await.expect("no panic"), [1, 2, 3]);
    }

    #[tokio::test]
    async fn many_at_once_are_all_sent() {
        let (output, client) = duplex(64);
        let outbox = Outbox::new(output);
        let read = tokio::spawn(lines(client));
        let senders: Vec<_> = (0..100)
            .map(|id| {
                let outbox = outbox.clone();
                tokio::spawn(async move { outbox.send(message(id, "x")).await })
            })
            .collect();
        for sender in senders {
            sender.await.expect("no panic").expect("sent");
        }
        outbox.close().await.expect("closed");
        let mut read = read.await.expect("no panic");
        read.sort_unstable();
        assert_eq!(read, (0..100).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn everybody_learns_that_the_client_is_gone() {
        let (output, client) = duplex(16);
        drop(client);
        let outbox = Outbox::new(output);
        for id in 0..2 {
            assert!(outbox.send(message(id, "x")).await.is_err());
        }
        assert!(outbox.close().await.is_err());
        assert!(outbox.send(message(2, "x")).await.is_err());
        assert!(outbox.close().await.is_ok());
    }

    #[tokio::test]
    async fn large_messages_are_not_kept() {
        let outbox = Outbox::new(tokio::io::sink());
        outbox.send(message(1, &"x".repeat(4 * TOGETHER))).await.expect("sent");
        let stream = outbox.shared.stream.lock().await;
        let waiting = outbox.shared.waiting.lock().expect("whole");
        assert_eq!((stream.batch.capacity(), waiting.len()), (0, 0));
    }

    #[tokio::test]
    async fn what_is_not_out_is_known() {
        let (output, client) = duplex(16);
        let outbox = Outbox::new(output);
        let long = backlog::MOST - 1;
        outbox.add(line(&message(1, &"x".repeat(long))).expect("JSON"));
        assert!(outbox.backlog().is_full());
        assert!(outbox.flush().now_or_never().is_none());
        assert!(outbox.backlog().left() >= 16);
        let read = tokio::spawn(lines(client));
        outbox.flush().await.expect("sent");
        assert!(!outbox.backlog().is_full());
        assert!(outbox.backlog().left() > long as u64);
        outbox.close().await.expect("closed");
        assert_eq!(read.await.expect("no panic"), [1]);
    }

    #[tokio::test]
    async fn short_messages_leave_together() {
        let outbox = Outbox::new(tokio::io::sink());
        for id in 0..100 {
            outbox.add(line(&message(id, "x")).expect("JSON"));
        }
        assert_eq!(outbox.shared.waiting.lock().expect("whole").len(), 1);
    }
}
