//! The tables of patterns and addresses in the manual are what the rules do.

use http::Method;
use toolgate::connector::reach::{AddressRule, Refusal, UrlAllowlist};
use url::Url;

use super::Page;
use super::markdown::{code, rows, section};

fn security() -> String {
    Page::read("docs/security.md").text
}

#[test]
fn patterns_allow_what_the_manual_says() {
    let page = security();
    let rows = rows(section(&page, "Patterns"));
    assert!(rows.len() > 10);
    for row in rows {
        let allowlist = UrlAllowlist::compile(&[code(&row[0]).to_owned()]).unwrap();
        for (cell, allowed) in [(&row[1], true), (&row[2], false)] {
            let (method, url) = code(cell).split_once(' ').unwrap();
            let (method, url) = (method.parse::<Method>().unwrap(), Url::parse(url).unwrap());
            assert_eq!(allowlist.allows(&method, &url), allowed, "{} {cell}", row[0]);
        }
    }
}

#[test]
fn addresses_are_judged_as_the_manual_says() {
    let page = security();
    let rows = rows(section(&page, "Addresses"));
    assert!(rows.len() > 30);
    for row in rows {
        let host = code(&row[0]);
        let host = if host.contains(':') {
            format!("[{host}]")
        } else {
            host.to_owned()
        };
        let url = Url::parse(&format!("https://{host}/")).unwrap();
        let found = match AddressRule::new(None).check_url(&url) {
            Ok(()) if url.domain().is_some() => "what it resolves to",
            Ok(()) => "public",
            Err(Refusal::Metadata) => "metadata",
            Err(Refusal::NotPublic { kind }) => kind,
            Err(other) => panic!("{host}: {other}"),
        };
        assert_eq!(found, row[1], "{host}");
        if row[1] == "metadata" {
            let everything = AddressRule::new(Some(&["0.0.0.0/0".parse().unwrap(), "::/0".parse().unwrap()]));
            assert_eq!(everything.check_url(&url), Err(Refusal::Metadata), "{host}");
        }
    }
}
