use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use zeroize::Zeroizing;

use super::super::world::toolgate::action::{clock, crypto, progress, random, url};
use super::*;
use crate::config::SandboxConfig;
use crate::runner::guest::{GuestLogLevel, GuestRequest, GuestResponse, SendFailure};

/// How far something was, of how much, and what that is called.
type Report = (f64, Option<f64>, Option<String>);

/// Knows one handle, and remembers reports.
#[derive(Default)]
struct World {
    reports: Mutex<Vec<Report>>,
}

#[async_trait]
impl Outside for World {
    async fn send(&self, _: GuestRequest) -> Result<GuestResponse, SendFailure> {
        Err(SendFailure::Refused("no".to_owned()))
    }

    fn log(&self, _: GuestLogLevel, _: &str, _: usize) {}

    fn progress(&self, done: f64, total: Option<f64>, message: Option<&str>) {
        let report = (done, total, message.map(str::to_owned));
        self.reports.lock().unwrap().push(report);
    }

    fn secret_key(&self, key: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        (key == b"handle").then(|| Zeroizing::new(b"Jefe".to_vec()))
    }
}

fn run_in(world: &Arc<World>) -> Run {
    let outside: Arc<dyn Outside> = world.clone();
    Run::new(
        outside,
        &GuestLimits::from(&SandboxConfig::default()),
        &TotalMemory::new(0),
    )
}

fn run() -> Run {
    run_in(&Arc::default())
}

#[test]
fn urls_are_read_as_the_standard_reads_them() {
    // After examples of the WHATWG URL standard, section 4.5 and the `URL` class.
    let table: [(&str, Option<&str>, Result<&str, &str>); 6] = [
        ("https:example.org", None, Ok("https://example.org/")),
        ("hello:world", Some("https://example.com"), Ok("hello:world")),
        (
            "\\example\\..\\demo/.\\",
            Some("https://example.com/"),
            Ok("https://example.com/demo/"),
        ),
        ("https://EXAMPLE.com/../x", None, Ok("https://example.com/x")),
        ("https://exa%23mple.org", None, Err("invalid international domain name")),
        ("/path", None, Err("relative URL without a base")),
    ];
    for (input, base, expected) in table {
        let read = url::Host::parse(&mut run(), input.to_owned(), base.map(str::to_owned));
        let href = read.map(|parts| parts.href);
        assert_eq!(href, expected.map(str::to_owned).map_err(str::to_owned), "{input}");
    }
    let text = "https://u:p@example.com:8443/a/b?c=d#e";
    let parts = url::Host::parse(&mut run(), text.to_owned(), None).unwrap();
    let url::Parts {
        href,
        origin,
        protocol,
        username,
        password,
        host,
        hostname,
        port,
        pathname,
        search,
        hash,
    } = parts;
    assert_eq!((&*href, &*origin), (text, "https://example.com:8443"));
    assert_eq!((&*protocol, &*username, &*password), ("https:", "u", "p"));
    assert_eq!(
        (&*host, &*hostname, &*port),
        ("example.com:8443", "example.com", "8443")
    );
    assert_eq!((&*pathname, &*search, &*hash), ("/a/b", "?c=d", "#e"));
}

#[test]
fn each_setter_changes_its_part_or_nothing() {
    let start = "https://u:p@example.com:8443/a?b#c";
    let table = [
        (url::Part::Href, "http://b/", Ok("http://b/")),
        (url::Part::Href, "no", Err("relative URL without a base")),
        (url::Part::Protocol, "http", Ok("http://u:p@example.com:8443/a?b#c")),
        (url::Part::Protocol, "data", Ok(start)),
        (url::Part::Username, "v", Ok("https://v:p@example.com:8443/a?b#c")),
        (url::Part::Password, "", Ok("https://u@example.com:8443/a?b#c")),
        (url::Part::Host, "b:1", Ok("https://u:p@b:1/a?b#c")),
        (url::Part::Hostname, "b", Ok("https://u:p@b:8443/a?b#c")),
        (url::Part::Port, "443", Ok("https://u:p@example.com/a?b#c")),
        (url::Part::Port, "x", Ok(start)),
        (url::Part::Pathname, "d/e", Ok("https://u:p@example.com:8443/d/e?b#c")),
        (url::Part::Search, "", Ok("https://u:p@example.com:8443/a#c")),
        (url::Part::Hash, "d", Ok("https://u:p@example.com:8443/a?b#d")),
    ];
    for (part, value, expected) in table {
        let set = url::Host::set(&mut run(), start.to_owned(), part, value.to_owned());
        let href = set.map(|parts| parts.href);
        assert_eq!(
            href,
            expected.map(str::to_owned).map_err(str::to_owned),
            "{part:?} {value}"
        );
    }
}

#[test]
fn urls_of_any_length_are_no_way_to_use_up_time() {
    let long = format!("https://example.com/{}", "a".repeat(1024 * 1024));
    let error = url::Host::parse(&mut run(), long.clone(), None).unwrap_err();
    assert_eq!(error, "a URL of 1048596 bytes is longer than 1048576 bytes");
    assert!(url::Host::set(&mut run(), "https://example.com".to_owned(), url::Part::Pathname, long).is_err());
}

#[test]
fn randomness_comes_in_bounded_pieces() {
    for (count, expected) in [(0, 0), (16, 16), (65_536, 65_536), (65_537, 0), (u32::MAX, 0)] {
        assert_eq!(
            random::Host::bytes(&mut run(), count).unwrap().len(),
            expected,
            "{count}"
        );
    }
    let mut run = run();
    let mut bytes = || random::Host::bytes(&mut run, 32).unwrap();
    assert_ne!(bytes(), bytes());
}

#[test]
fn the_clock_gives_microseconds() {
    // From 2020 to 2100.
    let now = clock::Host::now(&mut run());
    assert!((1_577_836_800_000_000..4_102_444_800_000_000).contains(&now), "{now}");
}

#[tokio::test]
async fn a_handle_as_a_key_counts_as_its_secret() {
    // RFC 4231, case 2.
    let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    for key in ["handle", "Jefe"] {
        let data = b"what do ya want for nothing?".to_vec();
        let code = crypto::Host::hmac(&mut run(), crypto::Algorithm::Sha256, key.into(), data).await;
        assert_eq!(crate::crypto::hex(&code), expected, "{key}");
    }
}

#[tokio::test]
async fn digests_of_much_data_are_made_in_pieces() {
    // FIPS 180-2, appendix B.3: a million times "a".
    let million = vec![b'a'; 1_000_000];
    let mut run = run();
    let mut turns = 0;
    let digest = {
        let mut digest = std::pin::pin!(crypto::Host::digest(&mut run, crypto::Algorithm::Sha256, million));
        std::future::poll_fn(|context| {
            let polled = digest.as_mut().poll(context);
            turns += usize::from(polled.is_pending());
            polled
        })
        .await
    };
    assert_eq!(
        crate::crypto::hex(&digest),
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    );
    assert!(turns > 0, "others had no turn");
}

#[tokio::test(start_paused = true)]
async fn progress_is_told_ten_times_a_second_at_most() {
    let world = Arc::new(World::default());
    let mut run = run_in(&world);
    for done in [1.0, 2.0, 3.0] {
        progress::Host::report(&mut run, done, Some(9.0), Some("half".to_owned()));
        progress::Host::report(&mut run, done + 0.5, None, None);
        tokio::time::advance(Duration::from_millis(100)).await;
    }
    let reports = world.reports.lock().unwrap();
    let done: Vec<f64> = reports.iter().map(|(done, ..)| *done).collect();
    assert_eq!(done, [1.0, 2.0, 3.0]);
    assert_eq!(reports[0].2.as_deref(), Some("half"));
}
