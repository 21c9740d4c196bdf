//! Resolves names and keeps only addresses that the connector may reach.
//!
//! The connection is made to exactly what this returns, so a name cannot mean one address when it is checked and
//! another when it is used.

use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::net::lookup_host;
use tracing::warn;

use super::address::{AddressRule, Refusal};

#[derive(Debug)]
pub(super) struct GuardedResolver {
    pub(super) rule: AddressRule,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let rule = self.rule.clone();
        Box::pin(async move {
            // The system's resolver, so that the hosts file and search domains count. Port 0 is replaced by the URL's.
            let found = lookup_host((name.as_str(), 0)).await?;
            let allowed = keep_allowed(&rule, name.as_str(), found)?;
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// The addresses that `rule` allows.
///
/// # Errors
/// The last refusal when none is left.
fn keep_allowed(
    rule: &AddressRule,
    name: &str,
    found: impl Iterator<Item = SocketAddr>,
) -> Result<Vec<SocketAddr>, Refusal> {
    let mut allowed = Vec::new();
    let mut refused = None;
    for address in found {
        match rule.check(address.ip()) {
            Ok(()) => allowed.push(address),
            Err(refusal) => {
                warn!(host = name, address = %address.ip(), %refusal, "an address is refused");
                refused = Some(refusal);
            }
        }
    }
    match refused {
        Some(refusal) if allowed.is_empty() => Err(refusal),
        _ => Ok(allowed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keep(rule: &AddressRule, addresses: &[&str]) -> Result<Vec<String>, Refusal> {
        let found = addresses
            .iter()
            .map(|address| SocketAddr::new(address.parse().unwrap(), 0));
        let kept = keep_allowed(rule, "crm.example.com", found)?;
        Ok(kept.iter().map(|address| address.ip().to_string()).collect())
    }

    #[test]
    fn refused_addresses_are_dropped_and_none_left_is_an_error() {
        let public = AddressRule::new(None);
        assert_eq!(
            keep(&public, &["10.0.0.1", "8.8.8.8", "::1"]),
            Ok(vec!["8.8.8.8".to_owned()])
        );
        assert_eq!(
            keep(&public, &["10.0.0.1"]),
            Err(Refusal::NotPublic { kind: "private" })
        );
        assert_eq!(keep(&public, &["169.254.169.254"]), Err(Refusal::Metadata));
        assert_eq!(keep(&public, &[]), Ok(vec![]));
    }

    #[tokio::test]
    async fn a_name_that_means_loopback_is_refused_by_default() {
        let resolver = GuardedResolver {
            rule: AddressRule::new(None),
        };
        let Err(error) = resolver.resolve("localhost".parse().unwrap()).await else {
            panic!("localhost was resolved");
        };
        assert_eq!(
            error.downcast_ref::<Refusal>(),
            Some(&Refusal::NotPublic { kind: "loopback" })
        );
    }
}
