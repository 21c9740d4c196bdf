//! Content codings (RFC 9110 section 8.4) as servers really use them.

use std::convert::Infallible;
use std::io::Write as _;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use futures_util::stream;
use http::StatusCode;

use super::api::Api;
use super::*;

const DAMAGED: &str = "the connection broke: the answer's compression is damaged";

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn zlib(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn raw_deflate(data: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// What comes of an answer with this body under these codings, which the server sends in pieces of this length.
async fn answered(status: u16, codings: &str, body: Vec<u8>, piece: usize) -> Result<UpstreamResponse, EgressError> {
    let codings = codings.to_owned();
    let api = Api::start(move |_| {
        let pieces: Vec<_> = body
            .chunks(piece)
            .map(Bytes::copy_from_slice)
            .map(Ok::<_, Infallible>)
            .collect();
        Response::builder()
            .status(status)
            .header("content-encoding", &codings)
            .body(Body::from_stream(stream::iter(pieces)))
            .unwrap()
    })
    .await;
    get(&route(&connector(&api.url("/"))), &api.url("/")).await
}

#[tokio::test]
async fn every_member_of_a_gzip_answer_counts_however_it_arrives() {
    let first = gzip(b"one ");
    let members = [first.clone(), gzip(b""), gzip(b"two")].concat();
    for piece in [1, 7, first.len(), members.len()] {
        let answer = answered(200, "gzip", members.clone(), piece).await.unwrap();
        assert_eq!(answer.body, "one two", "{piece}");
    }
}

#[tokio::test]
async fn codings_are_read_in_any_case_under_their_old_names_and_in_lists() {
    let text = "ü".repeat(300);
    let plain = text.as_bytes();
    for (codings, body) in [
        ("GZIP", gzip(plain)),
        ("x-gzip", gzip(plain)),
        ("Identity", plain.to_vec()),
        ("identity, gzip", gzip(plain)),
        ("", plain.to_vec()),
        ("gzip, gzip", gzip(&gzip(plain))),
        // They were applied in the order in which they are listed.
        ("deflate,  gzip", gzip(&zlib(plain))),
        ("Deflate", zlib(plain)),
        ("deflate", raw_deflate(plain)),
    ] {
        for piece in [1, body.len()] {
            let answer = answered(200, codings, body.clone(), piece).await;
            let answer = answer.unwrap_or_else(|error| panic!("{codings}: {error}"));
            assert_eq!(answer.body, text, "{codings}");
            assert!(!answer.headers.contains_key("content-encoding"));
            assert!(!answer.headers.contains_key("content-length"));
        }
    }
    let hello = b"\x8f\x02\x80hello\x0a\x03".to_vec();
    assert_eq!(answered(200, "BR", hello, 3).await.unwrap().body, "hello\n");
}

#[tokio::test]
async fn what_is_cut_short_or_goes_on_after_its_end_is_damaged() {
    let cut = |mut bytes: Vec<u8>| {
        bytes.truncate(bytes.len() - 1);
        bytes
    };
    let hello = b"\x8f\x02\x80hello\x0a\x03".to_vec();
    for (coding, body) in [
        ("gzip", gzip(b"one")),
        ("deflate", zlib(b"one")),
        ("deflate", raw_deflate(b"one")),
        ("br", hello),
    ] {
        for damaged in [cut(body.clone()), [body.clone(), b"more".to_vec()].concat()] {
            for piece in [1, body.len(), damaged.len()] {
                let error = answered(200, coding, damaged.clone(), piece).await.unwrap_err();
                assert_eq!(error.to_string(), DAMAGED, "{coding} {piece}");
            }
        }
    }
    let error = answered(200, "gzip, gzip", gzip(&cut(gzip(b"one"))), 7)
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), DAMAGED);
}

#[tokio::test]
async fn a_bomb_within_a_bomb_is_left() {
    let zeros = vec![0; 4_000_000];
    for (codings, body) in [
        ("gzip, gzip", gzip(&gzip(&zeros))),
        ("deflate, gzip", gzip(&zlib(&zeros))),
        ("deflate", raw_deflate(&zeros)),
    ] {
        let error = answered(200, codings, body, usize::MAX).await.unwrap_err();
        assert_eq!(error, EgressError::TooLarge { limit: 100_000 }, "{codings}");
    }
}

#[tokio::test]
async fn a_coding_that_nobody_asked_for_hides_no_status() {
    for codings in ["zstd", "gzip, zstd", "gzip, gzip, gzip, gzip"] {
        let error = answered(200, codings, b"abc".to_vec(), 3).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "the API cannot be understood: the answer is compressed in a way that was not asked for",
            "{codings}"
        );
        let answer = answered(404, codings, b"abc".to_vec(), 3).await.unwrap();
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert_eq!(answer.body, "");
        let empty = answered(200, codings, Vec::new(), 3).await.unwrap();
        assert_eq!(empty.body, "", "{codings}");
    }
}
