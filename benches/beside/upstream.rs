//! The API behind both servers: the least of an HTTP/1.1 server, so that it takes little of the machine.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A running API.
pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Upstream {
    /// Answers every request after `delay`.
    pub(crate) async fn start(delay: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&connections);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                counter.fetch_add(1, Ordering::Relaxed);
                stream.set_nodelay(true).unwrap();
                tokio::spawn(serve(stream, delay));
            }
        });
        Self { address, connections }
    }

    /// Connections that were opened so far.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

/// Answers `GET .../<id>` with a customer of that id, until the client leaves.
async fn serve(mut stream: TcpStream, delay: Duration) {
    let mut received = Vec::with_capacity(4096);
    loop {
        let Some(end) = received.windows(4).position(|window| window == b"\r\n\r\n") else {
            match stream.read_buf(&mut received).await {
                Ok(0) | Err(_) => return,
                Ok(_) => continue,
            }
        };
        let head = std::str::from_utf8(&received[..end]).unwrap();
        let path = head.split(' ').nth(1).unwrap();
        let id = path.rsplit('/').next().unwrap();
        let body = format!(
            r#"{{"id":"{id}","name":"Ada Lovelace","email":"ada@example.com","city":"London","tickets":[1,2,3]}}"#
        );
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        received.drain(..end + 4);
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}
