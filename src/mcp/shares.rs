//! A bounded number of places that users share, so that one of them cannot keep out all others.
//!
//! Must never know what a place is for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many times what is left one user may hold: alone, three of four places; a second one gets three of four of the
/// rest. Such a threshold moves with the load, as those of Choudhury and Hahne for shared buffers of switches: nobody has
/// to say beforehand how many users there will be.
const TIMES_WHAT_IS_LEFT: usize = 3;

/// Places for users. Clones share them.
#[derive(Clone)]
pub(super) struct Shares {
    most: usize,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    by_user: HashMap<Arc<str>, usize>,
}

/// There is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    /// All are taken.
    Everywhere,
    /// What is left is for others.
    ForThisUser,
}

/// One place, taken until this is dropped.
pub(super) struct Place {
    /// None for whoever runs the process.
    user: Option<Arc<str>>,
    taken: Arc<Mutex<Taken>>,
}

impl Shares {
    /// `most` places.
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            taken: Arc::default(),
        }
    }

    /// Takes a place. Without a user it is for whoever runs the process, who has no others to leave any to.
    ///
    /// # Errors
    /// [`Full`].
    pub(super) fn take(&self, user: Option<Arc<str>>) -> Result<Place, Full> {
        let mut taken = books(&self.taken);
        let left = self.most.saturating_sub(taken.all);
        if left == 0 {
            return Err(Full::Everywhere);
        }
        if let Some(user) = &user {
            let own = taken.by_user.entry(Arc::clone(user)).or_default();
            if *own >= left.saturating_mul(TIMES_WHAT_IS_LEFT) {
                return Err(Full::ForThisUser);
            }
            *own += 1;
        }
        taken.all += 1;
        Ok(Place {
            user,
            taken: Arc::clone(&self.taken),
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = books(&self.taken);
        taken.all -= 1;
        if let Some(user) = &self.user
            && let Some(own) = taken.by_user.get_mut(user)
        {
            *own -= 1;
            if *own == 0 {
                taken.by_user.remove(user);
            }
        }
    }
}

fn books(taken: &Mutex<Taken>) -> MutexGuard<'_, Taken> {
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes all places that `user` gets.
    fn greedy(shares: &Shares, user: &str) -> Vec<Place> {
        std::iter::from_fn(|| shares.take(Some(user.into())).ok()).collect()
    }

    #[test]
    fn no_user_keeps_out_another() {
        let shares = Shares::new(1_000);
        let first = greedy(&shares, "first");
        assert_eq!(first.len(), 750);
        assert_eq!(shares.take(Some("first".into())).err(), Some(Full::ForThisUser));
        let second = greedy(&shares, "second");
        assert_eq!(second.len(), 188);
        assert!(shares.take(Some("third".into())).is_ok());
        drop(first);
        assert_eq!(
            greedy(&shares, "first").len(),
            609,
            "three of four of what others leave"
        );
    }

    #[test]
    fn few_places_are_not_kept_empty() {
        for most in 1..=3 {
            let shares = Shares::new(most);
            let places = greedy(&shares, "alone");
            assert_eq!(places.len(), most);
            assert_eq!(shares.take(Some("other".into())).err(), Some(Full::Everywhere));
        }
        assert_eq!(greedy(&Shares::new(4), "alone").len(), 3);
        assert!(Shares::new(0).take(None).is_err());
    }

    #[test]
    fn whoever_runs_the_process_may_take_all() {
        let shares = Shares::new(8);
        let places: Vec<_> = (0..8).map_while(|_| shares.take(None).ok()).collect();
        assert_eq!(places.len(), 8);
        assert_eq!(shares.take(None).err(), Some(Full::Everywhere));
        drop(places);
        assert!(books(&shares.taken).by_user.is_empty());
        assert_eq!(books(&shares.taken).all, 0);
    }

    #[test]
    fn users_who_hold_nothing_are_forgotten() {
        let shares = Shares::new(8);
        drop(greedy(&shares, "someone"));
        assert!(books(&shares.taken).by_user.is_empty());
    }
}
