//! What holds for every scheme in the list, so that a new one needs no test of its own for it.

use std::collections::HashSet;

use super::*;
use crate::connector::{self, SourceFile, naming};

#[test]
fn every_spelling_means_one_scheme() {
    let mut seen = HashSet::new();
    let known = KINDS.iter().map(|kind| (kind.name, kind.spellings));
    let later = postponed::ALL.iter().map(|kind| (kind.name, kind.spellings));
    for (name, spellings) in known.chain(later) {
        for &written in spellings.iter().chain([&name]) {
            assert!(seen.insert(written), "`{written}` is written twice");
            assert_eq!(
                naming::slug_of(written),
                written,
                "nothing is spelt like this once it is read"
            );
            assert_eq!(name_of(written), Some(name));
        }
    }
}

/// Messages may quote what is harmless, whichever scheme says so.
#[test]
fn no_key_of_a_secret_is_harmless() {
    for key in secret_keys() {
        assert!(!is_harmless(key), "{key}");
    }
}

#[test]
fn what_a_new_connector_begins_with_is_what_it_is_called() {
    for kind in KINDS {
        let Some(scaffold) = &kind.scaffold else { continue };
        let mut keys = scaffold.keys.to_owned();
        for secret in scaffold.secrets {
            let place = format!("{{{secret}}}");
            assert!(keys.contains(&place), "`{secret}` of `{}` has no place", kind.name);
            keys = keys.replace(&place, &format!("\"env:{}\"", secret.to_uppercase()));
        }
        let file = SourceFile {
            shown: "connector.toml".into(),
            relative: "connector.toml".into(),
            text: format!(
                "name = \"T\"\n[connection]\nbase_url = \"https://a.example.com\"\n[auth]\ntype = \"{}\"\n{keys}\
                 [[actions]]\nname = \"list_it\"\nmethod = \"GET\"\npath = \"/\"\n",
                kind.name
            ),
        };
        let auth = connector::load(&[file]).connector.expect("it loads").auth;
        assert_eq!(auth.label, kind.label);
        assert_eq!(auth.secrets().len(), scaffold.secrets.len(), "{}", kind.name);
    }
}

#[test]
fn every_scheme_tells_editors_its_keys() {
    let schema = connector::schema();
    let schemes = schema["$defs"]["Auth"]["oneOf"].as_array().expect("a list");
    for (kind, schema) in KINDS.into_iter().zip(schemes) {
        assert_eq!(schema["properties"]["type"]["const"], kind.name);
        assert!(schema["description"].is_string(), "{}", kind.name);
        for key in kind.secrets {
            assert!(schema["properties"][key].is_object(), "`{key}` of `{}`", kind.name);
        }
    }
    assert_eq!(schemes.len(), KINDS.len());
}
