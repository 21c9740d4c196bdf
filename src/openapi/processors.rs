//! Work that is done on all processors at once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// What `worker` makes of `count` things, in their order. It runs on every processor, and each takes the next thing that
/// none has taken; it gives what it made of a thing together with the thing's number.
pub(super) fn shared_out<T, W>(count: usize, worker: W) -> Vec<T>
where
    T: Send,
    W: Fn(&mut dyn Iterator<Item = usize>) -> Vec<(usize, T)> + Sync,
{
    let next = AtomicUsize::new(0);
    let work = || {
        let mut taken =
            std::iter::from_fn(|| Some(next.fetch_add(1, Ordering::Relaxed)).filter(|index| *index < count));
        worker(&mut taken)
    };
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let others = processors.min(count).saturating_sub(1);
    let mut made = thread::scope(|scope| {
        let others: Vec<_> = (0..others).map(|_| scope.spawn(work)).collect();
        let mut made = work();
        for other in others {
            // Only a bug panics, and what is missing then must not be mistaken for the whole.
            made.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        made
    });
    made.sort_by_key(|(index, _)| *index);
    made.into_iter().map(|(_, one)| one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_done_once_and_comes_in_order() {
        for count in [0, 1, 2, 1000] {
            let made = shared_out(count, |taken| taken.map(|index| (index, index * 2)).collect());
            assert_eq!(made, (0..count).map(|index| index * 2).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_bug_of_one_worker_is_not_lost() {
        let broken = std::panic::catch_unwind(|| {
            shared_out(100, |taken| {
                taken
                    .map(|index| {
                        assert_ne!(index, 70, "the bug");
                        (index, ())
                    })
                    .collect()
            })
        });
        assert!(broken.is_err());
    }
}
