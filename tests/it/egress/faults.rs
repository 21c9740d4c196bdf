use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;

use super::api::{answer, raw};
use super::*;

/// A limit short enough to be reached. All others stay at values that are not, even on a machine that is busy.
const SHORT: Duration = Duration::from_millis(200);

/// The route of a server with these settings.
fn route_with(base_url: &str, change: impl FnOnce(&mut EgressConfig, &mut Connector)) -> Route {
    let (mut config, mut connector) = (config(), connector(base_url));
    change(&mut config, &mut connector);
    Egress::new(&config).unwrap().route(&connector).unwrap()
}

fn timeout(phase: Phase, sent: bool) -> EgressError {
    let limit_ms = 200;
    EgressError::Timeout { phase, limit_ms, sent }
}

fn incompatible(reason: &str) -> EgressError {
    EgressError::Incompatible {
        reason: reason.to_owned(),
        sent: true,
    }
}

/// What comes of one request to a server that answers with `bytes` and closes.
async fn answered_with(bytes: &'static [u8]) -> EgressError {
    let api = raw(async |mut stream| answer(&mut stream, bytes).await).await;
    let url = format!("http://{api}/");
    get(&route(&connector(&url)), &url).await.unwrap_err()
}

#[tokio::test]
async fn a_closed_port_and_an_unknown_name_are_unreachable() {
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap()
    };
    // Too long for a label, so no name server is asked.
    let unknown = format!("http://{}.example/", "a".repeat(64));
    for (url, reason) in [
        (
            format!("http://{closed}/"),
            "the API refused it: nothing listens on its port",
        ),
        (unknown, "the API's host name cannot be resolved"),
    ] {
        let error = post(&route(&connector(&url)), &url).await.unwrap_err();
        let reason = reason.to_owned();
        assert_eq!(error, EgressError::Unreachable { reason });
    }
}

#[tokio::test]
async fn broken_answers_are_told_apart() {
    let cases: [(&[u8], &str); 4] = [
        (b"", "the API closed it before the answer was complete"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Le",
            "the API closed it before the answer was complete",
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
            "the API closed it before the answer was complete",
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
            "the API closed it before the answer was complete",
        ),
    ];
    for (bytes, reason) in cases {
        let reason = reason.to_owned();
        assert_eq!(answered_with(bytes).await, EgressError::Broken { reason }, "{bytes:?}");
    }
    // These do not pass by themselves.
    for bytes in [
        b"SSH-2.0-OpenSSH_9.9\r\n\r\n".as_ref(),
        b"\x15\x03\x01\x00\x02\x02\x46 not http\r\n\r\n",
    ] {
        let error = answered_with(bytes).await;
        assert_eq!(error, incompatible("the answer is not valid HTTP"), "{bytes:?}");
    }
}

#[tokio::test]
async fn a_reset_after_the_request_is_broken() {
    let api = raw(async |mut stream| {
        answer(&mut stream, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n").await;
        stream.set_zero_linger().unwrap();
    })
    .await;
    let url = format!("http://{api}/");
    let error = post(&route(&connector(&url)), &url).await.unwrap_err();
    assert!(matches!(error, EgressError::Broken { .. }), "{error}");
}

#[tokio::test]
async fn too_many_headers_and_endless_ones_end() {
    let api = raw(async |mut stream| {
        answer(&mut stream, b"HTTP/1.1 200 OK\r\n").await;
        while stream.write_all(b"X-More: and more\r\n").await.is_ok() {}
    })
    .await;
    let url = format!("http://{api}/");
    let error = get(&route(&connector(&url)), &url).await.unwrap_err();
    let too_many = incompatible("the answer has too many headers, or too long ones");
    assert_eq!(error, too_many);

    let api = raw(async |mut stream| {
        let headers = "X-More: and more\r\n".repeat(129);
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n{headers}\r\n");
        answer(&mut stream, head.as_bytes()).await;
    })
    .await;
    let url = format!("http://{api}/");
    assert_eq!(get(&route(&connector(&url)), &url).await.unwrap_err(), too_many);
}

/// Takes connections and says nothing.
async fn silent() -> String {
    let api = raw(async |stream| {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    format!("https://{api}/")
}

#[tokio::test]
async fn a_handshake_that_never_ends_is_a_connection_that_took_too_long() {
    let url = silent().await;
    let route = route_with(&url, |config, _| config.connect_timeout = SHORT);
    assert_eq!(post(&route, &url).await.unwrap_err(), timeout(Phase::Connection, false));
}

#[tokio::test]
async fn a_write_that_never_found_a_connection_was_not_sent() {
    let url = silent().await;
    // The limit of the whole exchange comes before that of connecting.
    let route = route_with(&url, |_, connector| connector.connection.timeout = SHORT);
    assert_eq!(post(&route, &url).await.unwrap_err(), timeout(Phase::Answer, false));
}

#[tokio::test]
async fn silence_within_an_answer_is_a_timeout_after_the_request_was_sent() {
    let api = raw(async |mut stream| {
        answer(&mut stream, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf").await;
        std::future::pending::<()>().await;
    })
    .await;
    let url = format!("http://{api}/");
    let route = route_with(&url, |config, _| config.read_timeout = SHORT);
    let error = post(&route, &url).await.unwrap_err();
    assert_eq!(error, timeout(Phase::Data, true));
    assert_eq!(error.to_string(), "no data within 200 ms");
}

#[tokio::test]
async fn an_answer_may_take_as_long_to_begin_as_the_whole_exchange() {
    let api = raw(async |mut stream| {
        answer(&mut stream, b"").await;
        std::future::pending::<()>().await;
    })
    .await;
    let url = format!("http://{api}/");
    let route = route_with(&url, |config, connector| {
        config.read_timeout = Duration::from_millis(1);
        connector.connection.timeout = SHORT;
    });
    assert_eq!(post(&route, &url).await.unwrap_err(), timeout(Phase::Answer, true));
}

/// What comes of one request to a server that answers with `bytes` and does not close.
async fn status_of(bytes: &'static [u8]) -> (u16, Vec<u8>) {
    let api = raw(async |mut stream| {
        answer(&mut stream, bytes).await;
        std::future::pending::<()>().await;
    })
    .await;
    let url = format!("http://{api}/");
    let route = route_with(&url, |config, connector| {
        config.read_timeout = SHORT;
        connector.security.max_response_bytes = 4;
    });
    let answer = get(&route, &url).await.unwrap_or_else(|error| panic!("{error}"));
    (answer.status.as_u16(), answer.body.to_vec())
}

#[tokio::test]
async fn a_failure_keeps_its_status_when_its_body_is_too_long_or_broken() {
    let cases: [(&[u8], u16, &[u8]); 5] = [
        (
            b"HTTP/1.1 404 Not Found\r\nContent-Length: 6\r\n\r\nlonger",
            404,
            b"long",
        ),
        (
            b"HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nlon\r\n3\r\nger\r\n0\r\n\r\n",
            404,
            b"long",
        ),
        // Silent, before and within the body.
        (b"HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\n", 503, b""),
        (b"HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nlo", 503, b"lo"),
        (
            b"HTTP/1.1 401 No\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nlo\r\nxyz\r\n",
            401,
            b"lo",
        ),
    ];
    for (bytes, status, body) in cases {
        assert_eq!(status_of(bytes).await, (status, body.to_vec()), "{bytes:?}");
    }
}

#[tokio::test]
async fn a_trickle_is_cut_off_by_the_limit_of_the_whole_exchange() {
    for begun in [
        "HTTP/1.1 200 OK\r\nX-Slow: ",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n",
    ] {
        let api = raw(async move |mut stream| {
            answer(&mut stream, begun.as_bytes()).await;
            let mut ticks = tokio::time::interval(Duration::from_millis(20));
            while stream.write_all(b"x").await.is_ok() {
                ticks.tick().await;
            }
        })
        .await;
        let url = format!("http://{api}/");
        let connectors_own = route_with(&url, |_, connector| connector.connection.timeout = SHORT);
        assert_eq!(
            get(&connectors_own, &url).await.unwrap_err(),
            timeout(Phase::Answer, true)
        );

        // A request's own limit comes first.
        let mut request = outgoing("GET", &url);
        request.timeout = Some(SHORT);
        let route = route(&connector(&url));
        let error = route.send(request, &Credential::none()).await.unwrap_err();
        assert_eq!(error, timeout(Phase::Answer, true));
    }
}

#[tokio::test]
async fn failures_name_no_host_and_no_url() {
    let url = "http://localhost:1/secret-path?q=1";
    let error = get(&route(&connector(url)), url).await.unwrap_err().to_string();
    for part in ["localhost", "127.0.0.1", ":1", "secret-path", "http"] {
        assert!(!error.contains(part), "{error}");
    }
}
