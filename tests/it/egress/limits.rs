use std::convert::Infallible;
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use futures_util::stream;
use tokio::io::AsyncReadExt as _;
use tokio::sync::mpsc;

use super::api::{Api, raw};
use super::*;

const LIMIT: usize = 1_000;

fn limited(base_url: &str) -> Route {
    let mut connector = connector(base_url);
    connector.security.max_response_bytes = 1_000;
    route(&connector)
}

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn encoded(encoding: &str, body: Vec<u8>) -> Response {
    Response::builder()
        .header("content-encoding", encoding)
        .body(Body::from(body))
        .unwrap()
}

#[tokio::test]
async fn the_limit_is_exact_with_and_without_an_announced_length() {
    let api = Api::start(|seen| {
        let (kind, length) = seen.uri.path().trim_start_matches('/').split_once('/').unwrap();
        let body = vec![b'x'; length.parse().unwrap()];
        match kind {
            "announced" => Response::new(Body::from(body)),
            "gzip" => encoded("gzip", gzip(&body)),
            _ => {
                let chunks: Vec<_> = body
                    .chunks(100)
                    .map(Bytes::copy_from_slice)
                    .map(Ok::<_, Infallible>)
                    .collect();
                Response::new(Body::from_stream(stream::iter(chunks)))
            }
        }
    })
    .await;
    let route = limited(&api.url("/"));
    for kind in ["announced", "chunked", "gzip"] {
        for length in [0, 1, LIMIT] {
            let answer = get(&route, &api.url(&format!("/{kind}/{length}"))).await.unwrap();
            assert_eq!(answer.body.len(), length, "{kind}");
        }
        let error = get(&route, &api.url(&format!("/{kind}/{}", LIMIT + 1)))
            .await
            .unwrap_err();
        assert_eq!(error, EgressError::TooLarge { limit: 1_000 }, "{kind}");
    }
}

#[tokio::test]
async fn an_answer_that_announces_too_much_is_not_read() {
    let api = raw(async |mut stream| {
        super::api::answer(&mut stream, b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n").await;
        // Nothing follows: whoever waits for the body waits for ever.
        std::future::pending::<()>().await;
    })
    .await;
    let url = format!("http://{api}/");
    assert_eq!(
        get(&limited(&url), &url).await.unwrap_err(),
        EgressError::TooLarge { limit: 1_000 }
    );
}

#[tokio::test]
async fn compressed_answers_are_decoded() {
    let text = "ü".repeat(300);
    let zlib = {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let bodies = HashMap::from([("gzip", gzip(text.as_bytes())), ("deflate", zlib)]);
    let api = Api::start(move |seen| {
        let encoding = seen.uri.path().trim_start_matches('/');
        encoded(encoding, bodies[encoding].clone())
    })
    .await;
    for encoding in ["gzip", "deflate"] {
        let answer = get(&limited(&api.url("/")), &api.url(&format!("/{encoding}")))
            .await
            .unwrap();
        assert_eq!(answer.body, text, "{encoding}");
        assert!(!answer.headers.contains_key("content-encoding"));
    }
}

#[tokio::test]
async fn a_damaged_compression_is_no_answer() {
    let api = Api::start(|seen| {
        encoded(
            seen.uri.path().trim_start_matches('/'),
            b"\x1f\x8b\x08\x00 no gzip".to_vec(),
        )
    })
    .await;
    let route = limited(&api.url("/"));
    for encoding in ["gzip", "deflate", "br"] {
        let error = get(&route, &api.url(&format!("/{encoding}"))).await.unwrap_err();
        let reason = "the answer's compression is damaged".to_owned();
        assert_eq!(error, EgressError::Broken { reason }, "{encoding}");
    }
}

#[tokio::test]
async fn a_gzip_bomb_is_left_after_its_first_pieces() {
    let zeros = gzip(&vec![0; 4_000_000]);
    let sent = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&sent);
    let api = Api::start(move |_| {
        let (counter, member) = (Arc::clone(&counter), Bytes::from(zeros.clone()));
        // Gzip members can follow each other: 40 gigabytes of zeros in ten thousand pieces.
        let pieces = stream::iter((0..10_000).map(move |_| {
            counter.fetch_add(1, Ordering::SeqCst);
            Ok::<_, Infallible>(member.clone())
        }));
        Response::builder()
            .header("content-encoding", "gzip")
            .body(Body::from_stream(pieces))
            .unwrap()
    })
    .await;
    let error = get(&limited(&api.url("/")), &api.url("/")).await.unwrap_err();
    assert_eq!(error, EgressError::TooLarge { limit: 1_000 });
    // What fits into the buffers between the two may have left.
    assert!(sent.load(Ordering::SeqCst) < 5_000, "{sent:?}");
}

#[tokio::test]
async fn dropping_the_exchange_closes_the_connection() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let api = raw(move |mut stream| {
        let tell = tell.clone();
        async move {
            super::api::answer(&mut stream, b"").await;
            tell.send("asked").unwrap();
            // Ends when the other side is gone.
            let closed = stream.read_u8().await.is_err();
            tell.send(if closed { "closed" } else { "more" }).unwrap();
        }
    })
    .await;
    let url = format!("http://{api}/");
    let exchange = tokio::spawn(async move { get(&limited(&url), &url).await });
    assert_eq!(told.recv().await, Some("asked"));
    exchange.abort();
    assert_eq!(told.recv().await, Some("closed"));
}

#[tokio::test]
async fn a_request_may_want_less_and_never_gets_more() {
    let api = Api::start(|_| Response::new(Body::from(vec![b'x'; 500]))).await;
    let route = limited(&api.url("/"));
    for (most, answer) in [
        (None, Ok(500)),
        (Some(500), Ok(500)),
        (Some(u64::MAX), Ok(500)),
        (Some(499), Err(EgressError::TooLarge { limit: 499 })),
        (Some(0), Err(EgressError::TooLarge { limit: 0 })),
    ] {
        let mut request = outgoing("GET", &api.url("/"));
        request.max_response_bytes = most;
        let received = route.send(request, &Credential::none()).await;
        assert_eq!(received.map(|response| response.body.len()), answer, "{most:?}");
    }
    let long = Api::start(|_| Response::new(Body::from(vec![b'x'; LIMIT + 1]))).await;
    let mut request = outgoing("GET", &long.url("/"));
    request.max_response_bytes = Some(u64::MAX);
    let refused = limited(&long.url("/")).send(request, &Credential::none()).await;
    assert_eq!(refused.unwrap_err(), EgressError::TooLarge { limit: 1_000 });
}
