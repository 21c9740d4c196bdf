use axum::body::Body;
use axum::response::Response;
use toolgate::connector::model::Server;

use super::api::{Api, raw};
use super::*;

fn redirect(status: u16, location: &str) -> Response {
    Response::builder()
        .status(status)
        .header("location", location)
        .body(Body::empty())
        .unwrap()
}

/// An API that sends everything under `/from` to `location`.
async fn redirecting(status: u16, location: String) -> Api {
    Api::start(move |seen| {
        if seen.uri.path().starts_with("/from") {
            redirect(status, &location)
        } else {
            Response::new(Body::from("arrived"))
        }
    })
    .await
}

/// A connector for `api` that may call `other` too.
fn connector_for_both(api: &Api, other: &Api) -> Connector {
    let mut connector = connector(&api.url("/"));
    allow_too(&mut connector, &[&other.url("/*")]);
    connector
}

#[tokio::test]
async fn within_the_api_the_whole_request_is_repeated() {
    let api = redirecting(307, "/to?x=1".to_owned()).await;
    let mut request = outgoing("POST", &api.url("/from"));
    request.body = Some("{\"title\":1}".into());
    request.headers.insert("x-version", "7".parse().unwrap());
    let credential = credential(&api_key("header", "X-API-Key")).await;
    let answer = route(&connector(&api.url("/")))
        .send(request, &credential)
        .await
        .unwrap();
    assert_eq!((answer.body.as_ref(), answer.requests), (b"arrived".as_ref(), 2));
    let seen = api.seen();
    assert_eq!(seen[1].uri, "/to?x=1");
    for request in seen {
        assert_eq!(request.method, Method::POST);
        assert_eq!(request.body, "{\"title\":1}");
        assert_eq!(request.header("x-api-key"), Some(KEY));
        assert_eq!(request.header("x-version"), Some("7"));
    }
}

#[tokio::test]
async fn a_key_in_the_query_is_put_on_the_target_too() {
    let api = redirecting(302, "/to".to_owned()).await;
    let credential = credential(&api_key("query", "key")).await;
    let request = outgoing("GET", &api.url("/from"));
    route(&connector(&api.url("/")))
        .send(request, &credential)
        .await
        .unwrap();
    assert_eq!(api.seen()[1].uri, "/to?key=k3y%2Fof%2Bcrm%3D");
}

#[tokio::test]
async fn no_credential_reaches_another_origin() {
    for auth in [
        api_key("header", "X-API-Key"),
        api_key("query", "api_key"),
        api_key("cookie", "session"),
        auth("type = \"bearer_token\"\ntoken = \"env:KEY\""),
    ] {
        let other = Api::ok().await;
        let api = redirecting(302, other.url("/to")).await;
        let mut request = outgoing("GET", &api.url("/from"));
        for (name, value) in [
            ("accept", "text/csv"),
            ("cookie", "a=b"),
            ("x-tenant", "acme"),
            ("authorization", "own"),
        ] {
            request.headers.insert(name, value.parse().unwrap());
        }
        let route = route(&connector_for_both(&api, &other));
        let answer = route.send(request, &credential(&auth).await).await.unwrap();
        assert_eq!(answer.requests, 2);
        let seen = other.only();
        assert_eq!(seen.uri, "/to", "{auth:?}");
        let mut names: Vec<_> = seen.headers.keys().map(http::HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["accept", "accept-encoding", "host", "user-agent"], "{auth:?}");
        assert_eq!(seen.header("accept"), Some("text/csv"));
    }
}

#[tokio::test]
async fn a_request_to_another_origin_than_the_base_url_carries_no_credential() {
    let (api, other) = (Api::ok().await, Api::ok().await);
    let credential = credential(&api_key("header", "X-API-Key")).await;
    let request = outgoing("GET", &other.url("/"));
    route(&connector_for_both(&api, &other))
        .send(request, &credential)
        .await
        .unwrap();
    assert_eq!(other.only().header("x-api-key"), None);
}

/// Another server of the API at `other`.
fn server(other: &Api, credentials: bool) -> std::sync::Arc<Server> {
    std::sync::Arc::new(Server {
        name: "other".to_owned(),
        base_url: other.url("/").parse().unwrap(),
        credentials,
    })
}

#[tokio::test]
async fn the_credential_goes_to_the_servers_that_are_named_for_it() {
    let credential = credential(&api_key("header", "X-API-Key")).await;
    for (credentials, expected) in [(true, Some(KEY)), (false, None)] {
        let (api, other, third) = (Api::ok().await, Api::ok().await, Api::ok().await);
        let mut connector = connector_for_both(&api, &other);
        allow_too(&mut connector, &[&third.url("/*")]);
        connector.connection.servers.push(server(&other, credentials));
        let route = route(&connector);
        for one in [&api, &other, &third] {
            let request = outgoing("GET", &one.url("/"));
            route.send(request, &credential).await.unwrap();
        }
        assert_eq!(api.only().header("x-api-key"), Some(KEY));
        assert_eq!(other.only().header("x-api-key"), expected);
        assert_eq!(third.only().header("x-api-key"), None);
    }
}

#[tokio::test]
async fn a_redirect_does_not_carry_the_credential_to_another_server_of_the_api() {
    let credential = credential(&api_key("header", "X-API-Key")).await;
    let other = Api::ok().await;
    let api = redirecting(302, other.url("/to")).await;
    let mut connector = connector_for_both(&api, &other);
    connector.connection.servers.push(server(&other, true));
    let answer = route(&connector)
        .send(outgoing("GET", &api.url("/from")), &credential)
        .await
        .unwrap();
    assert_eq!(answer.requests, 2);
    assert_eq!(api.only().header("x-api-key"), Some(KEY));
    assert_eq!(other.only().header("x-api-key"), None);
}

#[tokio::test]
async fn what_a_redirect_leads_to_is_checked_like_a_first_request() {
    let other = Api::ok().await;
    let targets = [
        (other.url("/to"), "the URL is not in the connector's `url_allowlist`"),
        (
            "http://169.254.169.254/latest".to_owned(),
            "the API's address is that of a cloud metadata service, which is never allowed",
        ),
        (
            "http://192.168.0.1/".to_owned(),
            "the API's address is not in the connector's `ip_allowlist`",
        ),
        (
            "file:///etc/passwd".to_owned(),
            "the URL is not in the connector's `url_allowlist`",
        ),
    ];
    for (target, rule) in targets {
        let api = redirecting(302, target.clone()).await;
        let mut connector = connector(&api.url("/"));
        allow_too(&mut connector, &["http://169.254.169.254/*", "http://192.168.0.1/*"]);
        let error = get(&route(&connector), &api.url("/from")).await.unwrap_err();
        let reason = format!("a redirect of the API cannot be followed: {rule}");
        assert_eq!(error, EgressError::NotAllowed { reason, sent: true }, "{target}");
    }
    assert_eq!(other.connections(), 0);
}

// Linux answers on all of 127.0.0.0/8, other systems on 127.0.0.1 only.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_redirect_to_a_name_is_checked_when_it_is_resolved() {
    let other = Api::ok().await;
    let location = other.named_url("/to");
    let listener = tokio::net::TcpListener::bind("127.0.0.2:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let api = Api::start_on(listener, address, move |_| redirect(302, &location));
    let mut connector = connector_for_both(&api, &other);
    allow_too(&mut connector, &[&other.named_url("/*")]);
    connector.security.ip_allowlist = Some(vec!["127.0.0.2/32".parse().unwrap()]);
    let error = get(&route(&connector), &api.url("/from")).await.unwrap_err();
    let reason = "the API's address is not in the connector's `ip_allowlist`".to_owned();
    assert_eq!(error, EgressError::NotAllowed { reason, sent: true });
    assert_eq!((api.seen().len(), other.connections()), (1, 0));
}

#[tokio::test]
async fn five_redirects_are_followed_and_a_loop_is_ended() {
    let api = Api::start(|seen| {
        let left: u32 = seen.uri.path().trim_start_matches('/').parse().unwrap();
        match left {
            0 => Response::new(Body::from("arrived")),
            left => redirect(302, &format!("/{}", left - 1)),
        }
    })
    .await;
    let route = route(&connector(&api.url("/")));
    assert_eq!(get(&route, &api.url("/5")).await.unwrap().requests, 6);
    for far in ["/6", "/30", "/4294967295"] {
        let error = get(&route, &api.url(far)).await.unwrap_err();
        assert_eq!(error, EgressError::TooManyRedirects { limit: 5 });
    }
    assert_eq!(api.seen().len(), 6 * 4);
}

#[tokio::test]
async fn a_redirect_needs_a_pattern_for_its_own_method() {
    let api = redirecting(303, "/to".to_owned()).await;
    let mut connector = connector(&api.url("/"));
    connector.security.url_allowlist = allowing(&[&format!("POST {}", api.url("/*"))]);
    let error = post(&route(&connector), &api.url("/from")).await.unwrap_err();
    let reason = "a redirect of the API cannot be followed: the connector's `url_allowlist` allows no GET requests to \
                  this URL";
    assert_eq!(
        error,
        EgressError::NotAllowed {
            reason: reason.to_owned(),
            sent: true
        }
    );
    allow_too(&mut connector, &[&format!("GET {}", api.url("/to"))]);
    assert_eq!(
        post(&route(&connector), &api.url("/from")).await.unwrap().body,
        "arrived"
    );
}

#[tokio::test]
async fn a_target_with_odd_bytes_is_read_as_a_url_or_refused() {
    let other = Api::ok().await;
    let port = other.address.port();
    for location in [
        b"\xff\xfe://127.0.0.1/".to_vec(),
        b"/to\xff".to_vec(),
        format!("//user:password@127.0.0.1:{port}/to").into_bytes(),
        format!("http:127.0.0.1:{port}/to").into_bytes(),
        format!("\\\\127.0.0.1:{port}\\to").into_bytes(),
        format!("\thttp://127.0.0.1:{port}/to").into_bytes(),
        format!("ht\ttp://127.0.0.1:{port}/to").into_bytes(),
        format!("http://127.0.0.1:{port}@[::1]/to").into_bytes(),
    ] {
        let shown = String::from_utf8_lossy(&location).into_owned();
        let value = http::HeaderValue::from_bytes(&location).unwrap();
        let api = Api::start(move |_| {
            let mut answer = redirect(302, "/");
            answer.headers_mut().insert("location", value.clone());
            answer
        })
        .await;
        let error = get(&route(&connector(&api.url("/"))), &api.url("/from"))
            .await
            .unwrap_err();
        assert!(
            matches!(
                error,
                EgressError::UnreadableRedirect
                    | EgressError::NotAllowed { sent: true, .. }
                    | EgressError::TooManyRedirects { .. }
            ),
            "{shown:?}: {error:?}"
        );
        assert!(!error.to_string().contains("password"), "{error}");
    }
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn other_headers_that_lead_elsewhere_are_not_followed() {
    let other = Api::ok().await;
    let elsewhere = other.url("/to");
    let port = other.address.port();
    let api = Api::start(move |_| {
        Response::builder()
            .header("refresh", format!("0; url={elsewhere}"))
            .header("alt-svc", format!("h2=\":{port}\", h3=\":{port}\"; ma=86400"))
            .header("content-location", &elsewhere)
            .header("location", &elsewhere)
            .header("link", format!("<{elsewhere}>; rel=preload"))
            .body(Body::empty())
            .unwrap()
    })
    .await;
    let route = route(&connector_for_both(&api, &other));
    for _ in 0..3 {
        assert_eq!(get(&route, &api.url("/")).await.unwrap().requests, 1);
    }
    assert_eq!((api.seen().len(), other.connections()), (3, 0));
}

#[tokio::test]
async fn a_write_is_not_repeated_at_another_origin() {
    let other = Api::ok().await;
    for status in [307, 308] {
        let api = redirecting(status, other.url("/to")).await;
        let error = post(&route(&connector_for_both(&api, &other)), &api.url("/from"))
            .await
            .unwrap_err();
        assert!(matches!(error, EgressError::NotAllowed { sent: true, .. }), "{error}");
    }
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn a_write_whose_redirect_cannot_be_followed_is_not_taken_for_one_that_never_left() {
    let silent = raw(async |stream| {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    let mut config = config();
    config.connect_timeout = Duration::from_millis(300);
    let dead = "http://127.0.0.1:1/".to_owned();
    // A handshake that is never answered.
    let slow = format!("https://{silent}/");
    let limit_ms = 300;
    let phase = Phase::Connection;
    let cases = [
        (
            dead,
            EgressError::Unreachable {
                reason: "the API refused it: nothing listens on its port".to_owned(),
            },
            EgressError::Broken {
                reason:
                    "the API answered with a redirect that cannot be followed: the API refused it: nothing listens \
                         on its port"
                        .to_owned(),
            },
        ),
        (
            slow,
            EgressError::Timeout {
                phase,
                limit_ms,
                sent: false,
            },
            EgressError::Timeout {
                phase,
                limit_ms,
                sent: true,
            },
        ),
    ];
    for (location, after_read, after_write) in cases {
        let api = redirecting(303, location.clone()).await;
        let mut connector = connector(&api.url("/"));
        allow_too(&mut connector, &[&format!("{location}*")]);
        let route = Egress::new(&config).unwrap().route(&connector).unwrap();
        assert_eq!(get(&route, &api.url("/from")).await.unwrap_err(), after_read);
        assert_eq!(post(&route, &api.url("/from")).await.unwrap_err(), after_write);
    }
}
