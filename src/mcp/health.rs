//! Whether a server runs: the path that says so, and asking it.
//!
//! A container has nothing but this binary in it, so the binary asks. It connects to a server of its own on this
//! machine, with a fixed request; nothing of an agent's or an API's passes here.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Answers `ok` to anybody while the server runs, and says nothing else.
pub const PATH: &str = "/health";

/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// What it answers.
pub(super) const ANSWER: &str = "ok";

/// More than the head of an answer and [`ANSWER`] take.
const LONGEST_ANSWER: u64 = 4096;

/// The server did not say that it runs.
#[derive(Debug, thiserror::Error)]
pub enum HealthError {
    /// Nobody listens, or the connection broke.
    #[error("the server on {0} cannot be reached: {1}")]
    Unreachable(SocketAddr, #[source] std::io::Error),
    /// Somebody listens and says nothing.
    #[error("the server on {0} did not answer in time")]
    Silent(SocketAddr),
    /// Somebody listens and says something else.
    #[error("what listens on {0} is not a Toolgate server: it answered `{1}`")]
    Other(SocketAddr, String),
    /// Somebody listens and answers every request well, this one with something else.
    #[error("what listens on {0} is not a Toolgate server: its answer to {PATH} is not `{ANSWER}`")]
    OtherAnswer(SocketAddr),
}

/// Asks the server that listens on `address`, or on all addresses of this machine, whether it runs.
///
/// # Errors
/// [`HealthError`] when it does not say so in time.
pub async fn ask(address: SocketAddr) -> Result<(), HealthError> {
    let target = SocketAddr::new(reachable(address.ip()), address.port());
    let exchange = tokio::time::timeout(PATIENCE, exchange(target)).await;
    let answer = exchange
        .map_err(|_| HealthError::Silent(target))?
        .map_err(|error| HealthError::Unreachable(target, error))?;
    let status = answer.lines().next().unwrap_or_default();
    if !status.starts_with("HTTP/1.1 200 ") {
        return Err(HealthError::Other(target, status.to_owned()));
    }
    match answer.split_once("\r\n\r\n") {
        Some((_, ANSWER)) => Ok(()),
        _ => Err(HealthError::OtherAnswer(target)),
    }
}

/// Where a server that listens on `address` can be reached.
fn reachable(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
        other => other,
    }
}

async fn exchange(target: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(target).await?;
    let request = format!("GET {PATH} HTTP/1.1\r\nHost: {target}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(LONGEST_ANSWER).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[test]
    fn a_server_on_all_addresses_is_asked_on_loopback() {
        for (address, expected) in [("0.0.0.0", "127.0.0.1"), ("::", "::1"), ("10.0.0.7", "10.0.0.7")] {
            let address: IpAddr = address.parse().unwrap();
            assert_eq!(reachable(address).to_string(), expected);
        }
    }

    #[tokio::test]
    async fn only_a_good_answer_counts() {
        for (answer, good) in [
            ("HTTP/1.1 200 OK\r\n\r\nok", true),
            ("HTTP/1.1 200 OK\r\n\r\nit works", false),
            ("HTTP/1.1 200 OK\r\n", false),
            ("HTTP/1.1 401 Unauthorized\r\n\r\n", false),
            ("SSH-2.0\r\n", false),
            ("", false),
        ] {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let server = tokio::spawn(async move {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = vec![0; 1024];
                let length = stream.read(&mut request).await.unwrap();
                assert!(request[..length].starts_with(b"GET /health HTTP/1.1\r\n"));
                stream.write_all(answer.as_bytes()).await.unwrap();
            });
            assert_eq!(ask(address).await.is_ok(), good, "{answer}");
            server.await.unwrap();
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_says_nothing_is_given_up() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let error = ask(listener.local_addr().unwrap()).await.unwrap_err();
        assert!(matches!(error, HealthError::Silent(_)), "{error}");
        let closed = listener.local_addr().unwrap();
        drop(listener);
        let error = ask(closed).await.unwrap_err();
        assert!(
            matches!(error, HealthError::Unreachable(..) | HealthError::Silent(_)),
            "{error}"
        );
    }
}
