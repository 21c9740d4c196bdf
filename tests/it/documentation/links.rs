//! Links of the manual lead somewhere, and every page can be reached from the README.

use std::path::Path;

use super::markdown::{anchors, links};
use super::{Page, pages};
use crate::committed;

#[test]
fn every_link_leads_somewhere() {
    for page in pages() {
        let folder = Path::new(&page.name).parent().unwrap();
        for target in links(&page.text) {
            if target.starts_with("https://") {
                continue;
            }
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let path = if file.is_empty() {
                page.name.clone()
            } else {
                folder.join(file).to_str().unwrap().to_owned()
            };
            assert!(committed::path(&path).exists(), "{}: {target} leads nowhere", page.name);
            if !anchor.is_empty() {
                let known = anchors(&std::fs::read_to_string(committed::path(&path)).unwrap());
                assert!(
                    known.iter().any(|known| known == anchor),
                    "{}: {target} is none of {known:?}",
                    page.name
                );
            }
        }
    }
}

#[test]
fn every_page_is_linked_from_the_readme() {
    let readme = Page::read("README.md");
    let linked = links(&readme.text);
    for page in pages().iter().filter(|page| page.name != "README.md") {
        assert!(
            linked.contains(&page.name.as_str()),
            "{} is not linked from the README",
            page.name
        );
    }
}
