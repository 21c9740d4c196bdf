use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::StatusCode;
use toolgate::auth::Credential;

use super::api::Api;
use super::*;

#[tokio::test]
async fn every_scheme_reaches_the_api() {
    let cases = [
        (api_key("header", "X-API-Key"), "x-api-key", KEY),
        (api_key("cookie", "session"), "cookie", "session=k3y/of+crm="),
        (
            auth("type = \"bearer_token\"\ntoken = \"env:KEY\""),
            "authorization",
            "Bearer k3y/of+crm=",
        ),
        (
            auth("type = \"basic_auth\"\nusername = \"me\"\npassword = \"env:KEY\""),
            "authorization",
            "Basic bWU6azN5L29mK2NybT0=",
        ),
        (
            auth("type = \"custom_header\"\nheaders = [{ name = \"X-Tenant-Key\", value = \"env:KEY\" }]"),
            "x-tenant-key",
            KEY,
        ),
    ];
    for (auth, header, expected) in cases {
        let api = Api::ok().await;
        let route = route(&connector(&api.url("/v1")));
        let answer = route
            .send(outgoing("GET", &api.url("/v1/a?b=c")), &credential(&auth).await)
            .await
            .unwrap();
        assert_eq!((answer.status, answer.body.as_ref()), (StatusCode::OK, b"ok".as_ref()));
        assert_eq!(answer.requests, 1);
        assert_eq!(api.only().header(header), Some(expected), "{auth:?}");
        assert_eq!(api.only().uri, "/v1/a?b=c", "{auth:?}");
    }
}

#[tokio::test]
async fn a_key_in_the_query_reaches_the_api() {
    let api = Api::ok().await;
    let route = route(&connector(&api.url("/")));
    let credential = credential(&api_key("query", "api_key")).await;
    let url = api.url("/a?b=c&api_key=forged");
    route.send(outgoing("GET", &url), &credential).await.unwrap();
    assert_eq!(api.only().uri, "/a?b=c&api_key=k3y%2Fof%2Bcrm%3D");
}

#[tokio::test]
async fn requests_go_out_as_they_are_with_the_headers_of_the_connection_made_here() {
    let api = Api::ok().await;
    let route = route(&connector(&api.url("/")));
    let mut post = outgoing("POST", &api.url("/tickets"));
    post.body = Some(Bytes::from_static(b"{\"title\":\"\xc3\xbc\"}"));
    for (name, value) in [
        ("content-type", "application/json"),
        ("x-version", "2026-01-01"),
        ("host", "evil.example"),
        ("content-length", "3"),
        ("transfer-encoding", "chunked"),
        ("connection", "close"),
        ("accept-encoding", "zstd"),
    ] {
        post.headers.insert(name, value.parse().unwrap());
    }
    let mut empty = outgoing("POST", &api.url("/empty"));
    empty.headers.insert("user-agent", "crm-sync/2".parse().unwrap());
    let query = outgoing("QUERY", &api.url("/query"));
    for request in [post, empty, query, outgoing("GET", &api.url("/get"))] {
        route.send(request, &Credential::none()).await.unwrap();
    }
    let [post, empty, query, get] = api.seen().try_into().unwrap();
    assert_eq!(post.body, "{\"title\":\"ü\"}");
    let host = api.address.to_string();
    for (name, value) in [
        ("content-type", Some("application/json")),
        ("x-version", Some("2026-01-01")),
        ("host", Some(host.as_str())),
        ("content-length", Some("14")),
        ("transfer-encoding", None),
        ("connection", None),
        ("accept-encoding", Some("gzip,deflate,br")),
        ("user-agent", Some(concat!("toolgate/", env!("CARGO_PKG_VERSION")))),
    ] {
        assert_eq!(post.header(name), value, "{name}");
    }
    assert_eq!(empty.header("content-length"), Some("0"));
    assert_eq!(query.header("content-length"), Some("0"));
    assert_eq!(empty.header("user-agent"), Some("crm-sync/2"));
    assert_eq!((get.method.as_str(), get.header("content-length")), ("GET", None));
    // The connection header above was not obeyed.
    assert_eq!(api.connections(), 1);
}

#[tokio::test]
async fn answers_come_with_their_status_and_without_sensitive_headers() {
    let api = Api::start(|_| {
        Response::builder()
            .status(404)
            .header("content-type", "application/json")
            .header("retry-after", "7")
            .header("set-cookie", "session=1")
            .header("www-authenticate", "Bearer realm=\"crm\"")
            .header("server", "crmd/1.2")
            .header("x-forwarded-for", "10.0.0.1")
            .header("x-node-address", "10.0.0.7:9000")
            .body(Body::from("{}"))
            .unwrap()
    })
    .await;
    let answer = get(&route(&connector(&api.url("/"))), &api.url("/")).await.unwrap();
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let mut names: Vec<_> = answer.headers.keys().map(http::HeaderName::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["content-length", "content-type", "date", "retry-after"]);
}

#[tokio::test]
async fn one_connection_serves_many_requests_and_routes_with_equal_rules() {
    let api = Api::ok().await;
    let egress = egress();
    for _ in 0..3 {
        // As when the connector is loaded again.
        let route = egress.route(&connector(&api.url("/"))).unwrap();
        for _ in 0..3 {
            get(&route, &api.url("/")).await.unwrap();
        }
    }
    assert_eq!((api.seen().len(), api.connections()), (9, 1));
}

/// Busy servers must not open and close connections all the time.
#[tokio::test]
async fn as_many_connections_are_kept_as_were_needed_at_once() {
    const AT_ONCE: usize = 100;
    let api = Api::ok().await;
    let route = route(&connector(&api.url("/")));
    let url = api.url("/");
    let round = || futures_util::future::join_all((0..AT_ONCE).map(|_| get(&route, &url)));
    assert!(round().await.iter().all(Result::is_ok));
    let needed = api.connections();
    assert!(needed > AT_ONCE / 2, "{needed} at once");
    for _ in 0..3 {
        assert!(round().await.iter().all(Result::is_ok));
    }
    // One that is just being given back may be missed now and then.
    assert!(
        api.connections() < needed + AT_ONCE / 4,
        "{needed}, then {}",
        api.connections()
    );
}

#[tokio::test]
async fn two_ways_out_share_nothing() {
    let api = Api::ok().await;
    for _ in 0..2 {
        get(&route(&connector(&api.url("/"))), &api.url("/")).await.unwrap();
    }
    assert_eq!(api.connections(), 2);
}

#[tokio::test]
async fn an_absurd_time_limit_is_no_danger() {
    let api = Api::ok().await;
    let mut request = outgoing("GET", &api.url("/"));
    request.timeout = Some(Duration::MAX);
    let route = route(&connector(&api.url("/")));
    route.send(request, &Credential::none()).await.unwrap();
}

#[test]
fn proxies_of_the_environment_are_not_used() {
    let dead = "http://127.0.0.1:9";
    let names = [
        "http_proxy",
        "HTTP_PROXY",
        "https_proxy",
        "HTTPS_PROXY",
        "all_proxy",
        "ALL_PROXY",
    ];
    let mut environment: HashMap<_, _> = names.into_iter().map(|name| (name, dead)).collect();
    environment.extend([("no_proxy", ""), ("NO_PROXY", "")]);
    in_own_process("egress::exchange::with_a_dead_proxy_in_the_environment", &environment);
}

#[tokio::test]
#[ignore = "run by `proxies_of_the_environment_are_not_used`"]
async fn with_a_dead_proxy_in_the_environment() {
    let api = Api::ok().await;
    get(&route(&connector(&api.url("/"))), &api.url("/")).await.unwrap();
}
