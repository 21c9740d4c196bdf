//! Names that say by themselves that they are not public, before anybody is asked what they resolve to.

/// Domains that belong to one network or machine, and what they are called in messages.
const LOCAL: &[(&str, &str)] = &[
    // RFC 6761 section 6.3
    ("localhost", "loopback"),
    ("localdomain", "loopback"),
    // RFC 6762
    ("local", "link-local"),
    // Reserved by ICANN for private use in 2024
    ("internal", "private"),
    // RFC 8375
    ("home.arpa", "private"),
    // RFC 6762 appendix G, and what ICANN will never delegate
    ("intranet", "private"),
    ("private", "private"),
    ("corp", "private"),
    ("home", "private"),
    ("mail", "private"),
    ("lan", "private"),
    // RFC 7686: must never be asked for in the public DNS
    ("onion", "not a name of the internet"),
    // RFC 9476
    ("alt", "not a name of the internet"),
];

/// The name without the dot that may end it: `crm.example.com.` is the same host.
pub(super) fn without_final_dot(name: &str) -> &str {
    name.strip_suffix('.').unwrap_or(name)
}

/// Whether every label of a name without its final dot holds something (RFC 1035 section 2.3.1). Systems disagree about
/// what `localhost..` is. Names that are too long are left to the resolver, which finds nothing.
pub(super) fn is_well_formed(name: &str) -> bool {
    name.split('.').all(|label| !label.is_empty())
}

/// What a name is called when it belongs to one network or machine; `None` when it may be public. `name` is in lower
/// case and without its final dot.
pub(super) fn not_public(name: &str) -> Option<&'static str> {
    let listed = LOCAL.iter().find(|(domain, _)| {
        name.strip_suffix(domain)
            .is_some_and(|front| front.is_empty() || front.ends_with('.'))
    });
    match listed {
        Some((_, kind)) => Some(kind),
        // The system's search domains decide what it means.
        None if !name.contains('.') => Some("a name without a domain"),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_domains_are_told_from_names_that_only_look_like_them() {
        for (name, kind) in [
            ("localhost", "loopback"),
            ("a.b.localhost", "loopback"),
            ("crm.internal", "private"),
            ("printer.local", "link-local"),
            ("box.home.arpa", "private"),
            ("crm", "a name without a domain"),
        ] {
            assert_eq!(not_public(name), Some(kind), "{name}");
        }
        for name in [
            "localhost.example.com",
            "crm.internal.example",
            "notlocal.com",
            "mylocalhost.com",
            "arpa.example",
        ] {
            assert_eq!(not_public(name), None, "{name}");
        }
    }

    #[test]
    fn no_label_is_empty() {
        for (name, well_formed) in [
            ("crm.example.com", true),
            ("", false),
            ("a..b", false),
            (".a", false),
            ("a.", false),
        ] {
            assert_eq!(is_well_formed(name), well_formed, "{name}");
        }
    }
}
