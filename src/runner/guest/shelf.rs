//! Programs that are in use, each made once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::LoadError;
use super::program::Code;

/// Programs by what they were made of. Those that nobody uses any more are forgotten.
#[derive(Default)]
pub(super) struct Shelf {
    places: Mutex<HashMap<Key, Arc<Place>>>,
}

/// The kind of a program, and the hash of what it is made of.
pub(super) type Key = (Kind, [u8; 32]);

/// Whether a program is a component or a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Component,
    Script,
}

#[derive(Default)]
struct Place(Mutex<Weak<Code>>);

impl Shelf {
    /// The program of `key`, made by `make` when there is none. Whoever asks for the same one meanwhile waits for it;
    /// others do not.
    pub(super) fn get_or_make(
        &self,
        key: Key,
        make: impl FnOnce() -> Result<Code, LoadError>,
    ) -> Result<Arc<Code>, LoadError> {
        let place = {
            let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
            // A place that somebody holds is being filled; one that holds a live program is in use.
            places.retain(|_, place| Arc::strong_count(place) > 1 || place.is_in_use());
            Arc::clone(places.entry(key).or_default())
        };
        let mut place = place.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(program) = place.upgrade() {
            return Ok(program);
        }
        let program = Arc::new(make()?);
        *place = Arc::downgrade(&program);
        Ok(program)
    }
}

impl Place {
    fn is_in_use(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).strong_count() > 0
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use wasmtime::component::Component;

    use super::super::{check, engine, imports};
    use super::*;
    use crate::config::SandboxConfig;

    /// Makes a program, and counts that.
    fn made(count: &AtomicUsize) -> Result<Code, LoadError> {
        count.fetch_add(1, Ordering::Relaxed);
        let settings = SandboxConfig {
            max_concurrent_runs: 1,
            ..SandboxConfig::default()
        };
        let engine = engine::engine(&settings).unwrap();
        let text = include_str!("../../../wasm-guests/hostile/repeats.wat");
        let component = Component::from_binary(&engine, &wat::parse_str(text).unwrap()).unwrap();
        check::world(&engine, &imports::linker(&engine).unwrap(), "repeats", &component).map(Code::Component)
    }

    fn failed(count: &AtomicUsize) -> Result<Code, LoadError> {
        count.fetch_add(1, Ordering::Relaxed);
        Err(LoadError::NotWebAssembly { name: "a".to_owned() })
    }

    #[test]
    fn what_several_ask_for_is_made_once() {
        let (shelf, count) = (Shelf::default(), AtomicUsize::new(0));
        let ask = || shelf.get_or_make((Kind::Component, [1; 32]), || made(&count)).unwrap();
        let programs = std::thread::scope(|scope| {
            let askers = [0; 4].map(|_| scope.spawn(ask));
            askers.map(|asker| asker.join().unwrap())
        });
        assert!(programs.iter().all(|program| Arc::ptr_eq(program, &programs[0])));
        assert_eq!(count.load(Ordering::Relaxed), 1);
        drop(programs);
        // Nobody uses it any more, so it is made again for the next.
        ask();
        assert_eq!(count.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn what_could_not_be_made_is_tried_again_and_takes_no_place() {
        let (shelf, count) = (Shelf::default(), AtomicUsize::new(0));
        for key in [1, 1, 2, 3] {
            assert!(shelf.get_or_make((Kind::Script, [key; 32]), || failed(&count)).is_err());
        }
        assert_eq!(count.into_inner(), 4);
        assert_eq!(shelf.places.into_inner().unwrap().len(), 1);
    }

    #[test]
    fn others_do_not_wait_for_what_is_being_made() {
        let (shelf, count) = (Shelf::default(), AtomicUsize::new(0));
        let slow = shelf.get_or_make((Kind::Script, [1; 32]), || {
            // While this one is made, another is made from start to end.
            drop(shelf.get_or_make((Kind::Script, [2; 32]), || failed(&count)));
            failed(&count)
        });
        assert!(slow.is_err());
        assert_eq!(count.into_inner(), 2);
    }
}
