//! A bounded number of places that users share, so that one of them cannot keep out all others.
//!
//! Must never know what a place is for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many times what is left one user may hold: alone, three of four places; a second one gets three of four of the
/// rest. Such a threshold moves with the load, as those of Choudhury and Hahne for shared buffers of switches: nobody has
/// to say beforehand how many users there will be.
const TIMES_WHAT_IS_LEFT: usize = 3;

/// Whose share something is taken from; none for whoever runs the process, who has no others to leave any to.
pub type Sharer = Option<Arc<str>>;

/// Places for users. Clones share them.
#[derive(Debug, Clone)]
pub struct Shares {
    most: usize,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_user: HashMap<Arc<str>, usize>,
}

/// There is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Full {
    /// All are taken.
    Everywhere,
    /// What is left is for others.
    ForThisUser,
}

/// One place, taken until this is dropped.
#[derive(Debug)]
pub struct Place {
    sharer: Sharer,
    taken: Arc<Mutex<Taken>>,
}

/// A place that others may take meanwhile. When this is dropped it is taken again, even if there is none left then.
#[derive(Debug)]
pub struct Lent<'a>(&'a Place);

impl Shares {
    /// `most` places.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self {
            most,
            taken: Arc::default(),
        }
    }

    /// Takes a place.
    ///
    /// # Errors
    /// [`Full`].
    pub fn take(&self, sharer: Sharer) -> Result<Place, Full> {
        let mut taken = books(&self.taken);
        let left = self.most.saturating_sub(taken.all);
        if left == 0 {
            return Err(Full::Everywhere);
        }
        if let Some(user) = &sharer {
            let own = taken.by_user.get(user).copied().unwrap_or(0);
            if own >= left.saturating_mul(TIMES_WHAT_IS_LEFT) {
                return Err(Full::ForThisUser);
            }
        }
        taken.add(&sharer);
        drop(taken);
        Ok(Place {
            sharer,
            taken: Arc::clone(&self.taken),
        })
    }

    /// How many are taken.
    #[must_use]
    pub fn taken(&self) -> usize {
        books(&self.taken).all
    }
}

impl Taken {
    fn add(&mut self, sharer: &Sharer) {
        self.all += 1;
        if let Some(user) = sharer {
            *self.by_user.entry(Arc::clone(user)).or_default() += 1;
        }
    }

    fn remove(&mut self, sharer: &Sharer) {
        self.all -= 1;
        if let Some(user) = sharer
            && let Some(own) = self.by_user.get_mut(user)
        {
            *own -= 1;
            if *own == 0 {
                self.by_user.remove(user);
            }
        }
    }
}

impl Place {
    /// Whose share it is taken from.
    #[must_use]
    pub fn sharer(&self) -> &Sharer {
        &self.sharer
    }

    /// Lets others have the place for a while.
    #[must_use]
    pub fn lend(&self) -> Lent<'_> {
        books(&self.taken).remove(&self.sharer);
        Lent(self)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        books(&self.taken).remove(&self.sharer);
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        books(&self.0.taken).add(&self.0.sharer);
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

    #[test]
    fn a_place_that_was_lent_comes_back_even_where_there_is_none() {
        let shares = Shares::new(2);
        let first = shares.take(Some("first".into())).expect("free");
        let lent = first.lend();
        let others = greedy(&shares, "other");
        assert_eq!(others.len(), 2);
        drop(lent);
        assert_eq!(shares.taken(), 3);
        drop(first);
        assert!(shares.take(None).is_err());
        drop(others);
        assert_eq!(shares.taken(), 0);
    }
}
