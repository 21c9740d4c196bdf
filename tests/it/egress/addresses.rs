use super::api::Api;
use super::*;

/// The message of a refusal before anything was sent.
fn refusal(result: Result<UpstreamResponse, EgressError>) -> String {
    match result {
        Err(EgressError::NotAllowed { reason, sent: false }) => reason,
        other => panic!("not refused: {other:?}"),
    }
}

/// A connector without an `ip_allowlist`.
fn public(base_url: &str) -> Connector {
    let mut connector = connector(base_url);
    connector.security.ip_allowlist = None;
    connector.security.allow_http = false;
    connector
}

#[tokio::test]
async fn loopback_is_refused_by_default_in_every_notation() {
    let api = Api::ok().await;
    let port = api.address.port();
    for host in [
        "127.0.0.1",
        "127.1",
        "0x7f.1",
        "2130706433",
        "0177.0.0.1",
        "[::ffff:127.0.0.1]",
        "[::1]",
        "localhost",
    ] {
        let url = format!("https://{host}:{port}/");
        let reason = refusal(get(&route(&public(&url)), &url).await);
        assert_eq!(
            reason,
            "the API's address is not public (loopback); the connector's owner can allow its network with \
             `ip_allowlist` under `[security]`",
            "{host}"
        );
    }
    assert_eq!(api.connections(), 0);
}

#[tokio::test]
async fn a_listed_network_is_reached_by_address_and_by_name() {
    let api = Api::ok().await;
    for url in [api.url("/"), api.named_url("/")] {
        get(&route(&connector(&url)), &url).await.unwrap();
    }
    assert_eq!(api.seen().len(), 2);
}

#[tokio::test]
async fn an_address_outside_the_list_is_refused_by_address_and_by_name() {
    let api = Api::ok().await;
    for url in [api.url("/"), api.named_url("/")] {
        let mut connector = connector(&url);
        connector.security.ip_allowlist = Some(vec!["10.20.0.0/16".parse().unwrap()]);
        let reason = refusal(get(&route(&connector), &url).await);
        assert_eq!(
            reason, "the API's address is not in the connector's `ip_allowlist`",
            "{url}"
        );
    }
    assert_eq!(api.connections(), 0);
}

#[tokio::test]
async fn a_connection_opened_under_one_list_serves_no_other_list() {
    let api = Api::ok().await;
    let url = api.named_url("/");
    let egress = egress();
    let allowed = egress.route(&connector(&url)).unwrap();
    get(&allowed, &url).await.unwrap();

    let mut other = connector(&url);
    other.security.ip_allowlist = Some(vec!["10.20.0.0/16".parse().unwrap()]);
    // A name, because an address in the URL would be refused before the pool is asked.
    refusal(get(&egress.route(&other).unwrap(), &url).await);
    assert_eq!(api.seen().len(), 1);
}

#[tokio::test]
async fn plain_http_needs_both_the_switch_and_a_list() {
    let api = Api::ok().await;
    let url = api.url("/");
    let mut no_switch = connector(&url);
    no_switch.security.allow_http = false;
    let mut no_list = connector(&url);
    no_list.security.ip_allowlist = None;
    for connector in [no_switch, no_list] {
        let reason = refusal(get(&route(&connector), &url).await);
        assert_eq!(
            reason,
            "the URL is not HTTPS, and the connector does not allow plain HTTP"
        );
    }
    assert_eq!(api.connections(), 0);
}

#[tokio::test]
async fn urls_outside_the_allowlist_are_refused_before_anything_else() {
    let api = Api::ok().await;
    let mut connector = connector(&api.url("/"));
    connector.security.url_allowlist = allowing(&[&api.url("/api/*")]);
    let route = route(&connector);
    let with_user = api.url("/api/a").replace("://", "://ana:secret@");
    let not_in_it = "the URL is not in the connector's `url_allowlist`";
    let climbs = "the URL's path leads out of a segment, as `..%2f` does";
    let has_user = "the URL has credentials in it, and none may";
    for (url, expected) in [
        (api.url("/admin"), not_in_it),
        (api.url("/api/../admin"), not_in_it),
        (api.url("/api/..%2fadmin"), climbs),
        (with_user, has_user),
    ] {
        let reason = refusal(get(&route, &url).await);
        assert_eq!(reason, expected, "{url}");
        assert!(route.check(&Method::GET, &url.parse().unwrap()).is_err());
    }
    let allowed = api.url("/api/a");
    assert!(route.check(&Method::GET, &allowed.parse().unwrap()).is_ok());
    get(&route, &allowed).await.unwrap();
    assert_eq!(api.only().uri, "/api/a");
}
