//! Resolves names and keeps only addresses that the connector may reach.
//!
//! The connection is made to exactly what this returns, so a name cannot mean one address when it is checked and
//! another when it is used.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tracing::warn;

use crate::connector::reach::AddressRule;

/// Addresses of one name that are looked at: more than any API has.
const MOST_ADDRESSES: usize = 64;

/// Turns names into addresses. What it answers is checked afterwards, whoever it is.
#[async_trait]
pub trait NameLookup: Send + Sync {
    /// The addresses of `name`.
    ///
    /// # Errors
    /// Why it has none.
    async fn look_up(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

pub(super) struct GuardedResolver {
    pub(super) rule: AddressRule,
    pub(super) names: Arc<dyn NameLookup>,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (rule, names) = (self.rule.clone(), Arc::clone(&self.names));
        Box::pin(async move {
            let mut found = names.look_up(name.as_str()).await?;
            found.truncate(MOST_ADDRESSES);
            let allowed = rule.pick(found).map_err(|(address, refusal)| {
                warn!(host = name.as_str(), %address, %refusal, "an address is refused");
                refusal
            })?;
            // Port 0 is replaced by the URL's.
            Ok(Box::new(allowed.into_iter().map(|address| SocketAddr::new(address, 0))) as Addrs)
        })
    }
}

impl fmt::Debug for GuardedResolver {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("GuardedResolver")
            .field("rule", &self.rule)
            .finish_non_exhaustive()
    }
}
