use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use axum::serve::Listener;
use http::Version;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use toolgate::crypto::install_tls_provider;

use super::api::{Api, answer, raw};
use super::*;

/// A certificate authority, and its certificate in a file.
pub(super) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    folder: TempDir,
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(vec![]).unwrap();
        // Authorities of one name would be told apart by their signatures only.
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("ca.pem"), certificate.pem()).unwrap();
        Self {
            issuer: Issuer::new(params, key),
            folder,
        }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// A certificate that this authority signed, changed by `change` before that.
    fn certificate(&self, host: &str, change: impl FnOnce(&mut CertificateParams)) -> Identity {
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        (certificate.der().clone(), key)
    }

    /// Settings that trust this authority beside the system's.
    pub(super) fn trusted(&self) -> EgressConfig {
        EgressConfig {
            extra_ca: Some(self.file()),
            ..config()
        }
    }
}

type Identity = (CertificateDer<'static>, KeyPair);

fn self_signed(host: &str) -> Identity {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec![host.to_owned()]).unwrap();
    (params.self_signed(&key).unwrap().der().clone(), key)
}

/// Speaks TLS, and HTTP/2 with whoever wants it.
struct TlsListener {
    listener: TcpListener,
    acceptor: TlsAcceptor,
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let (stream, address) = self.listener.accept().await.unwrap();
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

async fn tls_api(identity: Identity, respond: impl Fn() -> Response + Send + Sync + 'static) -> Api {
    tls_api_on(TcpListener::bind("127.0.0.1:0").await.unwrap(), identity, respond)
}

/// Takes connections in this name, and only from clients with a certificate of `clients` if that is somebody.
fn acceptor((certificate, key): Identity, clients: Option<&Authority>) -> TlsAcceptor {
    install_tls_provider();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let verifier = match clients {
        None => WebPkiClientVerifier::no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            let pem = CertificateDer::pem_file_iter(authority.file()).unwrap();
            roots.add_parsable_certificates(pem.map(Result::unwrap));
            WebPkiClientVerifier::builder(Arc::new(roots)).build().unwrap()
        }
    };
    let mut config = ServerConfig::builder()
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![certificate], key)
        .unwrap();
    config.alpn_protocols = match clients {
        None => vec![b"h2".to_vec(), b"http/1.1".to_vec()],
        // The client's HTTP/2 keeps no more than the kind of what TLS said.
        Some(_) => vec![b"http/1.1".to_vec()],
    };
    TlsAcceptor::from(Arc::new(config))
}

fn tls_api_on(
    listener: TcpListener,
    identity: Identity,
    respond: impl Fn() -> Response + Send + Sync + 'static,
) -> Api {
    let address = listener.local_addr().unwrap();
    let acceptor = acceptor(identity, None);
    Api::start_on(TlsListener { listener, acceptor }, address, move |_| respond())
}

/// Servers on two addresses and the same port, with one certificate for both hosts.
#[cfg(target_os = "linux")]
pub(super) async fn neighbours(hosts: [&str; 2]) -> (Authority, [Api; 2]) {
    let authority = Authority::new("ours");
    let certificate = || {
        authority.certificate(hosts[0], |params| {
            let name = hosts[1].try_into().unwrap();
            params.subject_alt_names.push(rcgen::SanType::DnsName(name));
        })
    };
    loop {
        let one = TcpListener::bind("127.0.0.7:0").await.unwrap();
        let port = one.local_addr().unwrap().port();
        // Somebody may have that port there.
        if let Ok(other) = TcpListener::bind(("127.0.0.8", port)).await {
            let servers = [one, other].map(|listener| tls_api_on(listener, certificate(), ok));
            return (authority, servers);
        }
    }
}

fn ok() -> Response {
    Response::new(Body::from("ok"))
}

fn url(host: &str, api: &Api) -> String {
    format!("https://{host}:{}/", api.address.port())
}

/// A connector that may use HTTPS only.
fn secure(base_url: &str) -> Connector {
    let mut connector = connector(base_url);
    connector.security.allow_http = false;
    connector
}

async fn get_with(config: &EgressConfig, url: &str) -> Result<UpstreamResponse, EgressError> {
    let route = Egress::new(config)?.route(&secure(url))?;
    get(&route, url).await
}

fn tls_error(reason: &str) -> EgressError {
    EgressError::Tls {
        reason: reason.to_owned(),
    }
}

#[tokio::test]
async fn an_authority_of_ones_own_is_trusted_and_http_2_is_spoken_over_one_connection() {
    let authority = Authority::new("ours");
    let api = tls_api(authority.certificate("localhost", |_| {}), ok).await;
    let url = url("localhost", &api);
    let route = Egress::new(&authority.trusted()).unwrap().route(&secure(&url)).unwrap();
    for _ in 0..3 {
        get(&route, &url).await.unwrap();
    }
    assert!(api.seen().iter().all(|seen| seen.version == Version::HTTP_2));
    assert_eq!(api.connections(), 1);
}

#[tokio::test]
async fn a_body_goes_out_over_http_2() {
    let authority = Authority::new("ours");
    let api = tls_api(authority.certificate("localhost", |_| {}), ok).await;
    let url = url("localhost", &api);
    let route = Egress::new(&authority.trusted()).unwrap().route(&secure(&url)).unwrap();
    post(&route, &url).await.unwrap();
    assert_eq!(api.only().body, "{}");
    assert_eq!(api.only().header("content-length"), Some("2"));
}

#[tokio::test]
async fn the_length_of_a_body_that_does_not_come_counts_for_nothing() {
    let authority = Authority::new("ours");
    for (method, status) in [("HEAD", 200), ("GET", 304)] {
        let long = move || {
            let builder = Response::builder().status(status).header("content-length", 5_000_000);
            builder.body(Body::empty()).unwrap()
        };
        let api = tls_api(authority.certificate("localhost", |_| {}), long).await;
        let url = url("localhost", &api);
        let route = Egress::new(&authority.trusted()).unwrap().route(&secure(&url)).unwrap();
        let sent = route.send(outgoing(method, &url), &Credential::none()).await;
        let answer = sent.unwrap_or_else(|error| panic!("{method} {status}: {error}"));
        assert_eq!(api.only().version, Version::HTTP_2);
        assert_eq!((answer.status.as_u16(), answer.body.len()), (status, 0));
        assert_eq!(answer.headers["content-length"], "5000000");
    }
}

#[tokio::test]
async fn a_stream_that_was_refused_is_a_request_that_was_not_processed() {
    let authority = Authority::new("ours");
    let acceptor = acceptor(authority.certificate("localhost", |_| {}), None);
    let api = raw(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            let stream = acceptor.accept(stream).await.unwrap();
            let mut connection = h2::server::handshake(stream).await.unwrap();
            while let Some(Ok((_request, mut respond))) = connection.accept().await {
                respond.send_reset(h2::Reason::REFUSED_STREAM);
            }
        }
    })
    .await;
    let url = format!("https://localhost:{}/", api.port());
    let route = Egress::new(&authority.trusted()).unwrap().route(&secure(&url)).unwrap();
    let error = post(&route, &url).await.unwrap_err();
    assert!(matches!(error, EgressError::NotProcessed { .. }), "{error:?}");
}

#[tokio::test]
async fn a_client_certificate_that_is_wanted_cannot_come_later() {
    let authority = Authority::new("ours");
    let acceptor = acceptor(authority.certificate("localhost", |_| {}), Some(&authority));
    let api = raw(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            let refused = acceptor.accept(stream).into_fallible().await;
            std::future::pending::<()>().await;
            drop(refused);
        }
    })
    .await;
    let url = format!("https://localhost:{}/", api.port());
    let error = get_with(&authority.trusted(), &url).await.unwrap_err();
    assert!(matches!(error, EgressError::Incompatible { .. }), "{error:?}");
}

#[tokio::test]
async fn headers_over_http_2_have_a_limit_too() {
    let authority = Authority::new("ours");
    let long = || {
        let builder = Response::builder().header("x-long", "x".repeat(70_000));
        builder.body(Body::empty()).unwrap()
    };
    let api = tls_api(authority.certificate("localhost", |_| {}), long).await;
    let error = get_with(&authority.trusted(), &url("localhost", &api))
        .await
        .unwrap_err();
    assert!(matches!(error, EgressError::Broken { .. }), "{error}");
}

#[tokio::test]
async fn certificates_that_do_not_hold_are_refused_each_with_its_reason() {
    let authority = Authority::new("ours");
    let unknown =
        "the API's certificate is self-signed or from an authority that is not trusted; `extra_ca` can add one";
    let cases = [
        (self_signed("localhost"), unknown),
        (Authority::new("other").certificate("localhost", |_| {}), unknown),
        (
            authority.certificate("localhost", |params| {
                params.not_before = date_time_ymd(2001, 1, 1);
                params.not_after = date_time_ymd(2002, 1, 1);
            }),
            "the API's certificate has expired",
        ),
        (
            authority.certificate("localhost", |params| params.not_before = date_time_ymd(4000, 1, 1)),
            "the API's certificate is not valid yet; is the clock of this machine right?",
        ),
        (
            authority.certificate("other.example", |_| {}),
            "the API's certificate is for another host",
        ),
    ];
    for (identity, reason) in cases {
        let api = tls_api(identity, ok).await;
        let error = get_with(&authority.trusted(), &url("localhost", &api))
            .await
            .unwrap_err();
        assert_eq!(error, tls_error(reason));
        assert_eq!(api.seen().len(), 0);
    }
}

#[tokio::test]
async fn a_port_that_speaks_no_tls_is_a_tls_failure() {
    let http = Api::ok().await;
    let closing = raw(async |stream| drop(stream)).await;
    let garbage = raw(async |mut stream| {
        // Never a request in clear: this reads the handshake until the other side has had enough.
        tokio::io::AsyncWriteExt::write_all(&mut stream, b"220 mail.example ESMTP\r\n")
            .await
            .unwrap();
        answer(&mut stream, b"").await;
    })
    .await;
    for (port, reason) in [
        (http.address.port(), "the API does not speak TLS on this port"),
        (garbage.port(), "the API does not speak TLS on this port"),
    ] {
        let error = get_with(&config(), &format!("https://127.0.0.1:{port}/"))
            .await
            .unwrap_err();
        assert_eq!(error, tls_error(reason));
    }
    let error = get_with(&config(), &format!("https://{closing}/")).await.unwrap_err();
    assert!(
        matches!(error, EgressError::Tls { .. } | EgressError::Unreachable { .. }),
        "{error}"
    );
}

#[tokio::test]
async fn verification_is_skipped_only_where_both_sides_say_so() {
    let api = tls_api(self_signed("localhost"), ok).await;
    let url = url("localhost", &api);
    let mut connector = secure(&url);
    connector.connection.verify_ssl = false;

    let error = egress().route(&connector).unwrap_err();
    let EgressError::Setup(text) = error else {
        panic!("{error}");
    };
    assert!(
        text.contains("`allow_invalid_certificates_for = [\"localhost\"]`"),
        "{text}"
    );
    assert!(text.contains("extra_ca"), "{text}");

    let allowing = EgressConfig {
        allow_invalid_certificates_for: vec!["LocalHost".to_owned()],
        ..config()
    };
    let egress = Egress::new(&allowing).unwrap();
    let unverified = egress.route(&connector).unwrap();
    get(&unverified, &url).await.unwrap();

    // The connection that was opened without verification serves nobody who asks for it.
    let verified = egress.route(&secure(&url)).unwrap();
    assert!(matches!(
        get(&verified, &url).await.unwrap_err(),
        EgressError::Tls { .. }
    ));
}

#[tokio::test]
async fn a_redirect_from_an_unverified_host_leads_to_verified_ones_only() {
    let other = tls_api(self_signed("127.0.0.1"), ok).await;
    let target = url("127.0.0.1", &other);
    let location = target.clone();
    let redirect = move || {
        let builder = Response::builder().status(302).header("location", &location);
        builder.body(Body::empty()).unwrap()
    };
    let api = tls_api(self_signed("localhost"), redirect).await;
    let mut connector = secure(&url("localhost", &api));
    connector.connection.verify_ssl = false;
    allow_too(&mut connector, &[&format!("{target}*")]);
    let allowing = EgressConfig {
        allow_invalid_certificates_for: vec!["localhost".to_owned()],
        ..config()
    };
    let route = Egress::new(&allowing).unwrap().route(&connector).unwrap();
    let error = get(&route, &url("localhost", &api)).await.unwrap_err();
    assert!(matches!(error, EgressError::Tls { .. }), "{error}");
    assert_eq!((api.seen().len(), other.seen().len()), (1, 0));
}

#[test]
fn settings_that_cannot_be_used_are_told_at_the_start() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (path, reason) in [
        (folder.path().join("missing.pem"), "No such file"),
        (write("empty.pem", "no certificate"), "it holds no certificate"),
        (write("broken.pem", broken), "cannot be set up"),
    ] {
        let config = EgressConfig {
            extra_ca: Some(path.clone()),
            ..config()
        };
        let Err(EgressError::Setup(text)) = Egress::new(&config) else {
            panic!("{path:?} was accepted");
        };
        assert!(text.contains(reason), "{text}");
    }
    let config = EgressConfig {
        allow_invalid_certificates_for: vec!["crm.example.com:8443".to_owned()],
        ..config()
    };
    let Err(EgressError::Setup(text)) = Egress::new(&config) else {
        panic!("a port was accepted");
    };
    assert!(
        text.contains("`crm.example.com:8443`, which is not a host name"),
        "{text}"
    );
}

#[test]
fn a_machine_without_authorities_can_still_do_everything_that_needs_none() {
    let empty = TempDir::new().unwrap();
    let folder = empty.path().to_str().unwrap().to_owned();
    let file = empty.path().join("none.pem").to_str().unwrap().to_owned();
    let environment = HashMap::from([("SSL_CERT_FILE", file.as_str()), ("SSL_CERT_DIR", folder.as_str())]);
    in_own_process("egress::tls::without_authorities", &environment);
}

#[tokio::test]
#[ignore = "run by `a_machine_without_authorities_can_still_do_everything_that_needs_none`"]
async fn without_authorities() {
    let plain = Api::ok().await;
    get(&route(&connector(&plain.url("/"))), &plain.url("/")).await.unwrap();

    let authority = Authority::new("ours");
    let api = tls_api(authority.certificate("localhost", |_| {}), ok).await;
    let error = get_with(&config(), &url("localhost", &api)).await.unwrap_err();
    assert_eq!(
        error,
        tls_error(
            "this server trusts no certificate authority at all: install CA certificates on it or set `extra_ca`"
        )
    );
    get_with(&authority.trusted(), &url("localhost", &api)).await.unwrap();
}
