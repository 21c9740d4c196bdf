//! The API that the connector `conformance` calls.

use std::net::{Ipv4Addr, SocketAddr};

use axum::http::{StatusCode, header};
use axum::routing::get;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use tokio::net::TcpListener;

/// A PNG of one red pixel, as base64.
pub(crate) const IMAGE: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC";
/// A WAV file without samples, as base64.
const SOUND: &str = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";

/// Starts the API on a free port of loopback and tells its address.
pub(crate) async fn start() -> SocketAddr {
    let routes = Router::new()
        .route(
            "/text",
            get(|| async { Json(json!({ "text": "This is a simple text response for testing." })) }),
        )
        .route(
            "/image",
            get(|| async { ([(header::CONTENT_TYPE, "image/png")], bytes(IMAGE)) }),
        )
        .route(
            "/sound",
            get(|| async { ([(header::CONTENT_TYPE, "audio/wav")], bytes(SOUND)) }),
        )
        .route(
            "/error",
            get(|| async {
                let message = "This tool intentionally returns an error for testing";
                (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "message": message })))
            }),
        );
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, routes).await });
    address
}

fn bytes(base64: &str) -> Vec<u8> {
    STANDARD.decode(base64).expect("valid base64")
}
