//! Whatever text becomes a URL: nothing panics, and what the checks let through is what is connected to.

use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use toolgate::connector::reach::AddressRule;
use toolgate::egress::NameLookup;

use super::api::Api;
use super::*;

/// Gives every name the address of a test's server, and remembers the names.
struct Remembering {
    answer: IpAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

#[async_trait]
impl NameLookup for Remembering {
    async fn look_up(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        self.asked.lock().unwrap().push(name.to_owned());
        Ok(vec![self.answer])
    }
}

const SCHEMES: &[&str] = &[
    "http://",
    "http://",
    "http:",
    "HTTP://",
    "ht\ttp://",
    "https://",
    "http:\\\\",
    "http:///",
    "file://",
    "",
];
const HOSTS: &[&str] = &[
    "crm.example.com",
    "crm.example.com",
    "CRM.Example.COM",
    "crm.example.com.",
    "c%72m.example.com",
    "ⓒrm。example．com",
    "crm.exam\tple.com",
    "crm.example.com@127.0.0.1",
    "127.0.0.1@crm.example.com",
    "evil.example",
    "127.0.0.1",
    "0x7f.1",
    "[::ffff:127.0.0.1]",
    "localhost",
    "xn--crm-example",
    "*.example.com",
];
const JUNK: &[&str] = &[
    "@",
    ".",
    "\\",
    "/",
    "?",
    "#",
    "%",
    "%00",
    "%2f",
    ":",
    "user:password@",
    "\n",
    " ",
    "ü",
    "\u{202e}",
    "-",
    "*",
];
const PATHS: &[&str] = &[
    "/v1/", "v1", "/", "a", "..", "%2e%2e", "%2f", "%5c", "\\", ";", "//", "%252e", "?a=b", "#c", "*", " ", "%", "ü",
    "\t",
];

/// A URL, more or less.
fn spelling(port: u16) -> impl Strategy<Value = String> {
    let maybe_junk = || prop_oneof![4 => Just(String::new()), 1 => select(JUNK).prop_map(str::to_owned)];
    let ports = vec![
        format!(":{port}"),
        format!(":{port}"),
        format!(":0{port}"),
        String::new(),
        ":80".to_owned(),
    ];
    let paths = vec(select(PATHS), 0..6).prop_map(|pieces| format!("/v1/{}", pieces.concat()));
    (
        select(SCHEMES),
        maybe_junk(),
        select(HOSTS),
        maybe_junk(),
        select(ports),
        paths,
    )
        .prop_map(|(scheme, before, host, after, port, path)| [scheme, &before, host, &after, &port, &path].concat())
}

#[test]
fn what_passes_the_checks_is_what_is_connected_to() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let api = runtime.block_on(Api::ok());
    let port = api.address.port();
    let asked = Arc::<Mutex<Vec<String>>>::default();
    let names = Remembering {
        answer: api.address.ip(),
        asked: Arc::clone(&asked),
    };
    let mut connector = connector(&format!("http://crm.example.com:{port}/v1"));
    connector.security.url_allowlist = allowing(&[&format!("http://crm.example.com:{port}/v1/*")]);
    // Only names lead to the server: no URL with an address in it matches the pattern.
    let route = runtime.block_on(async {
        Egress::with_names(&config(), Arc::new(names))
            .unwrap()
            .route(&connector)
            .unwrap()
    });
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let result = runner.run(&spelling(port), |text| {
        let Ok(url) = Url::parse(&text) else { return Ok(()) };
        let before = api.seen().len();
        let allowed = route.check(&Method::GET, &url).is_ok();
        let outcome = runtime.block_on(get(&route, url.as_str()));
        let seen = api.seen().split_off(before);
        prop_assert_eq!(outcome.is_ok(), allowed, "{}", &text);
        prop_assert_eq!(seen.len(), usize::from(allowed), "{}", &text);
        if let Some(seen) = seen.first() {
            let host = seen.header("host").unwrap_or_default();
            prop_assert!(
                host == format!("crm.example.com:{port}") || host == format!("crm.example.com.:{port}"),
                "{}",
                host
            );
            prop_assert_eq!(seen.uri.path(), url.path());
            prop_assert_eq!(seen.uri.query(), url.query());
            prop_assert!(seen.uri.path().starts_with("/v1/"));
        }
        Ok(())
    });
    result.unwrap();
    assert!(api.seen().len() > 10, "too few spellings passed to say anything");
    let asked = asked.lock().unwrap();
    assert!(
        asked.iter().all(|name| name.trim_end_matches('.') == "crm.example.com"),
        "{asked:?}"
    );
}

proptest! {
    #[test]
    fn no_text_makes_the_rules_panic(pattern in ".{0,60}", text in ".{0,60}", address in any::<[u8; 16]>()) {
        let url = Url::parse(&text).or_else(|_| Url::parse(&format!("https://{text}")));
        if let (Ok(allowlist), Ok(url)) = (toolgate::connector::reach::UrlAllowlist::compile(&[pattern]), &url) {
            prop_assert!(!allowlist.allows(&Method::GET, url) || allowlist.mentions(url));
        }
        let listed = AddressRule::new(Some(&["10.0.0.0/8".parse().unwrap()]));
        for rule in [AddressRule::new(None), listed] {
            if let Ok(url) = &url {
                rule.check_url(url).ok();
            }
            rule.check(IpAddr::from(address)).ok();
        }
    }

    /// An address is judged the same in a URL and as an answer of a resolver, in IPv4 and as a mapped one.
    #[test]
    fn an_address_is_judged_by_what_it_is(octets in any::<[u8; 4]>()) {
        let address = std::net::Ipv4Addr::from(octets);
        let rule = AddressRule::new(None);
        let verdict = rule.check(address.into());
        prop_assert_eq!(rule.check(address.to_ipv6_mapped().into()), verdict);
        let number = u32::from(address);
        for spelling in [
            format!("{address}"),
            format!("{number}"),
            format!("{number:#x}"),
            format!("0{number:o}"),
            format!("{}.{}", octets[0], number & 0x00ff_ffff),
            format!("{:#x}.{}.{}", octets[0], octets[1], number & 0xffff),
            format!("[::ffff:{address}]"),
            format!("[64:ff9b::{address}]"),
        ] {
            let url = Url::parse(&format!("https://{spelling}/")).unwrap();
            prop_assert_eq!(rule.check_url(&url), verdict, "{}", spelling);
        }
    }
}
