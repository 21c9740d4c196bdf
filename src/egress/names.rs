//! The system's resolver, and how much of this process it may hold.
//!
//! A look-up of the C library holds a thread until its name servers answer or it gives them up, which is half a minute
//! where they are silent, and nothing can end it earlier. The threads are shared with other work of the server. So the
//! names of one domain get a few of them, and an API whose name servers fail, or code that asks for thousands of
//! names, waits for itself alone.

use std::fmt;
use std::io;
use std::net::{IpAddr, ToSocketAddrs as _};
use std::sync::Arc;

use async_trait::async_trait;
use moka::sync::Cache;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::resolver::NameLookup;

/// Look-ups of one domain's names that run at a time; further ones wait until `connect_timeout_ms` is over.
const MOST_OF_ONE_DOMAIN: usize = 16;

/// Domains that are remembered: more than look-ups run at a time.
const KEPT_DOMAINS: u64 = 1024;

type LookUp = dyn Fn(&str) -> io::Result<Vec<IpAddr>> + Send + Sync;

/// The system's resolver, so that the hosts file and search domains count.
#[derive(Clone)]
pub struct SystemNames {
    look_up: Arc<LookUp>,
    domains: Cache<String, Arc<Semaphore>>,
}

impl Default for SystemNames {
    fn default() -> Self {
        Self::asking(|name| Ok((name, 0).to_socket_addrs()?.map(|address| address.ip()).collect()))
    }
}

impl SystemNames {
    fn asking(look_up: impl Fn(&str) -> io::Result<Vec<IpAddr>> + Send + Sync + 'static) -> Self {
        Self {
            look_up: Arc::new(look_up),
            domains: Cache::new(KEPT_DOMAINS),
        }
    }
}

#[async_trait]
impl NameLookup for SystemNames {
    async fn look_up(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        let places = self
            .domains
            .get_with(domain(name), || Arc::new(Semaphore::new(MOST_OF_ONE_DOMAIN)));
        let place = places.acquire_owned().await.map_err(io::Error::other)?;
        let (look_up, name) = (Arc::clone(&self.look_up), name.to_owned());
        spawn_blocking(move || {
            let found = look_up(&name);
            // Kept until here also when nobody waits any more: the thread is still held.
            drop(place);
            found
        })
        .await
        .map_err(io::Error::other)?
    }
}

impl fmt::Debug for SystemNames {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SystemNames").finish_non_exhaustive()
    }
}

/// The last two labels of `name`. Where domains have three, their names share what they get, which does no harm.
fn domain(name: &str) -> String {
    let name = name.trim_end_matches('.');
    let start = name.rmatch_indices('.').nth(1).map_or(0, |(dot, _)| dot + 1);
    name[start..].to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Condvar, Mutex};
    use std::time::Duration;

    use tokio::runtime::{Builder, Runtime};
    use tokio::task::JoinHandle;
    use tokio::time::timeout;

    use super::*;

    /// Name servers that say nothing of `silent.example` before they are let.
    #[derive(Default)]
    struct Silence {
        over: Mutex<bool>,
        ended: Condvar,
        asked: AtomicUsize,
    }

    impl Silence {
        fn answer(&self, name: &str) -> Vec<IpAddr> {
            if name.ends_with("silent.example") {
                self.asked.fetch_add(1, Ordering::SeqCst);
                let over = self.over.lock().unwrap();
                drop(self.ended.wait_while(over, |over| !*over).unwrap());
            }
            Vec::new()
        }

        fn end(&self) {
            *self.over.lock().unwrap() = true;
            self.ended.notify_all();
        }
    }

    fn ask_for_silent_names(runtime: &Runtime, names: &SystemNames) -> Vec<JoinHandle<io::Result<Vec<IpAddr>>>> {
        let ask = |number| {
            let names = names.clone();
            runtime.spawn(async move { names.look_up(&format!("{number}.silent.example")).await })
        };
        (0..3 * MOST_OF_ONE_DOMAIN).map(ask).collect()
    }

    #[test]
    fn silent_names_hold_up_no_others_even_when_nobody_waits_for_them() {
        let silence = Arc::new(Silence::default());
        let asked = Arc::clone(&silence);
        let names = SystemNames::asking(move |name| Ok(asked.answer(name)));
        // Room for a few more than one domain may hold: all of it would be held without the limit.
        let runtime = Builder::new_current_thread()
            .enable_time()
            .max_blocking_threads(MOST_OF_ONE_DOMAIN + 4)
            .build()
            .unwrap();
        let neighbour = || {
            runtime.block_on(async {
                // All that were begun before get as far as they can.
                for _ in 0..100 {
                    tokio::task::yield_now().await;
                }
                timeout(Duration::from_secs(20), names.look_up("api.other.example")).await
            })
        };
        let waiting = ask_for_silent_names(&runtime, &names);
        let beside = neighbour().is_ok();
        waiting.iter().for_each(JoinHandle::abort);
        let more = ask_for_silent_names(&runtime, &names);
        let afterwards = neighbour().is_ok();
        let held = runtime.block_on(async {
            let held = || silence.asked.load(Ordering::SeqCst);
            // A thread that was begun may not have come to its question yet.
            let all = async {
                while held() < MOST_OF_ONE_DOMAIN {
                    tokio::task::yield_now().await;
                }
            };
            timeout(Duration::from_secs(20), all).await.ok();
            held()
        });
        // Before anything may fail, or the threads would never end.
        silence.end();
        assert_eq!((beside, afterwards, held), (true, true, MOST_OF_ONE_DOMAIN));
        for answer in more {
            runtime.block_on(answer).unwrap().unwrap();
        }
    }

    #[test]
    fn names_count_for_their_domain() {
        for (name, expected) in [
            ("api.example.com", "example.com"),
            ("a.b.Example.COM.", "example.com"),
            ("example.com", "example.com"),
            ("localhost", "localhost"),
            ("", ""),
        ] {
            assert_eq!(domain(name), expected, "{name}");
        }
    }

    #[tokio::test]
    async fn the_system_knows_its_own_name() {
        let found = SystemNames::default().look_up("localhost").await.unwrap();
        assert!(found.iter().all(IpAddr::is_loopback) && !found.is_empty(), "{found:?}");
    }
}
