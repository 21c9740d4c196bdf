//! Names that mean what a test wants, and what a connection is then made to.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::response::Response;
use toolgate::egress::NameLookup;

use super::api::Api;
use super::*;

/// Every name has these addresses.
pub(super) struct Fixed(pub(super) Vec<IpAddr>);

#[async_trait]
impl NameLookup for Fixed {
    async fn look_up(&self, _name: &str) -> io::Result<Vec<IpAddr>> {
        if self.0.is_empty() {
            return Err(io::Error::other("no such name"));
        }
        Ok(self.0.clone())
    }
}

/// Each name has an address of its own.
struct PerName(HashMap<&'static str, IpAddr>);

#[async_trait]
impl NameLookup for PerName {
    async fn look_up(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        self.0
            .get(name)
            .map(|address| vec![*address])
            .ok_or_else(|| io::Error::other("no such name"))
    }
}

/// The first question is answered with one address, every later one with another.
struct Flipping {
    asked: Arc<AtomicUsize>,
    first: IpAddr,
    then: IpAddr,
}

#[async_trait]
impl NameLookup for Flipping {
    async fn look_up(&self, _name: &str) -> io::Result<Vec<IpAddr>> {
        let first = self.asked.fetch_add(1, Ordering::SeqCst) == 0;
        Ok(vec![if first { self.first } else { self.then }])
    }
}

/// Servers on two addresses and the same port, which close every connection after its answer.
#[cfg(target_os = "linux")]
async fn neighbours() -> (Api, Api) {
    let closing = |name: &'static str| {
        move |_: &super::api::Seen| {
            let builder = Response::builder().header("connection", "close");
            builder.body(Body::from(name)).unwrap()
        }
    };
    loop {
        let one = tokio::net::TcpListener::bind("127.0.0.5:0").await.unwrap();
        let address = one.local_addr().unwrap();
        let other = (IpAddr::from([127, 0, 0, 6]), address.port());
        // Somebody may have that port there.
        if let Ok(other) = tokio::net::TcpListener::bind(other).await {
            let second = other.local_addr().unwrap();
            return (
                Api::start_on(one, address, closing("one")),
                Api::start_on(other, second, closing("other")),
            );
        }
    }
}

// Linux answers on all of 127.0.0.0/8, other systems on 127.0.0.1 only.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_address_that_was_checked_is_the_one_that_is_connected_to() {
    let (one, other) = neighbours().await;
    let asked = Arc::new(AtomicUsize::new(0));
    let names = Flipping {
        asked: Arc::clone(&asked),
        first: one.address.ip(),
        then: other.address.ip(),
    };
    let url = format!("http://crm.example.com:{}/", one.address.port());
    let mut connector = connector(&url);
    connector.security.ip_allowlist = Some(vec!["127.0.0.5/32".parse().unwrap()]);
    let route = Egress::with_names(&config(), Arc::new(names))
        .unwrap()
        .route(&connector)
        .unwrap();

    assert_eq!(get(&route, &url).await.unwrap().body, "one");
    assert_eq!(asked.load(Ordering::SeqCst), 1, "one question for one connection");

    // The name now means the other server, and a new connection is needed.
    let error = get(&route, &url).await.unwrap_err();
    let reason = "the API's address is not in the connector's `ip_allowlist`".to_owned();
    assert_eq!(error, EgressError::NotAllowed { reason, sent: false });
    assert_eq!((one.connections(), other.connections()), (1, 0));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn of_several_addresses_only_listed_ones_are_tried() {
    let (one, other) = neighbours().await;
    let url = format!("http://crm.example.com:{}/", one.address.port());
    let mut connector = connector(&url);
    connector.security.ip_allowlist = Some(vec!["127.0.0.5/32".parse().unwrap()]);
    for answers in [
        [other.address.ip(), one.address.ip()],
        [one.address.ip(), other.address.ip()],
    ] {
        let egress = Egress::with_names(&config(), Arc::new(Fixed(answers.to_vec()))).unwrap();
        let route = egress.route(&connector).unwrap();
        assert_eq!(get(&route, &url).await.unwrap().body, "one");
    }
    // Not even when there is no other.
    let egress = Egress::with_names(&config(), Arc::new(Fixed(vec![other.address.ip()]))).unwrap();
    get(&egress.route(&connector).unwrap(), &url).await.unwrap_err();
    assert_eq!(other.connections(), 0);
}

/// Two hosts with one certificate are two servers: a connection to one is never used for the other (RFC 9113 section
/// 9.1.1 would allow that).
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_connection_serves_only_the_host_that_it_was_opened_for() {
    let hosts = ["one.example.com", "other.example.com"];
    let (authority, [one, other]) = super::tls::neighbours(hosts).await;
    let port = one.address.port();
    let names = PerName(HashMap::from([
        (hosts[0], one.address.ip()),
        (hosts[1], other.address.ip()),
    ]));
    let mut connector = connector(&format!("https://{}:{port}/", hosts[0]));
    allow_too(&mut connector, &[&format!("https://{}:{port}/*", hosts[1])]);
    let egress = Egress::with_names(&authority.trusted(), Arc::new(names)).unwrap();
    let route = egress.route(&connector).unwrap();
    for _ in 0..2 {
        for host in hosts {
            get(&route, &format!("https://{host}:{port}/")).await.unwrap();
        }
    }
    for (server, host) in [(&one, hosts[0]), (&other, hosts[1])] {
        let seen = server.seen();
        assert_eq!((seen.len(), server.connections()), (2, 1), "{host}");
        assert!(seen.iter().all(|seen| seen.version == http::Version::HTTP_2));
        assert!(seen.iter().all(|seen| seen.uri.host() == Some(host)), "{seen:?}");
    }
}
