//! Several futures at once, in one task: what a guest needs to have more than one request under way.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;

/// Waits for both: `let (customer, tickets) = both(first.send(), second.send()).await;`
pub async fn both<A: Future, B: Future>(first: A, second: B) -> (A::Output, B::Output) {
    let (mut first, mut second) = (pin!(first), pin!(second));
    let (mut of_first, mut of_second) = (None, None);
    poll_fn(|context| {
        if of_first.is_none()
            && let Poll::Ready(output) = first.as_mut().poll(context)
        {
            of_first = Some(output);
        }
        if of_second.is_none()
            && let Poll::Ready(output) = second.as_mut().poll(context)
        {
            of_second = Some(output);
        }
        match (of_first.take(), of_second.take()) {
            (Some(first), Some(second)) => Poll::Ready((first, second)),
            begun => {
                (of_first, of_second) = begun;
                Poll::Pending
            }
        }
    })
    .await
}

/// Waits for all; the outputs stand in the order of the futures. The host lets only so many requests of a run be under
/// way at once (setting `sandbox.max_concurrent_requests`), and the others wait for their turn.
pub async fn all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut waiting: Vec<Pin<Box<F>>> = futures.into_iter().map(Box::pin).collect();
    let mut outputs: Vec<Option<F::Output>> = waiting.iter().map(|_| None).collect();
    poll_fn(|context| {
        for (future, output) in waiting.iter_mut().zip(&mut outputs) {
            if output.is_none()
                && let Poll::Ready(ready) = future.as_mut().poll(context)
            {
                *output = Some(ready);
            }
        }
        if outputs.iter().all(Option::is_some) {
            Poll::Ready(outputs.iter_mut().filter_map(Option::take).collect())
        } else {
            Poll::Pending
        }
    })
    .await
}

#[cfg(test)]
pub(crate) mod tests {
    use std::cell::Cell;
    use std::task::{Context, Waker};

    use super::*;

    /// Polls a future to its end.
    pub(crate) fn finish<F: Future>(future: F) -> F::Output {
        let mut future = pin!(future);
        let mut context = Context::from_waker(Waker::noop());
        for _ in 0..100 {
            if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
                return output;
            }
        }
        panic!("it does not end");
    }

    /// Ready when it is polled for the `polls`th time.
    async fn after(polls: u32, polled: &Cell<u32>) -> u32 {
        let mut left = polls;
        poll_fn(|_| {
            polled.set(polled.get() + 1);
            left -= 1;
            if left == 0 { Poll::Ready(polls) } else { Poll::Pending }
        })
        .await
    }

    #[test]
    fn both_go_on_at_once() {
        for (first, second) in [(1, 1), (1, 3), (3, 1)] {
            let polled = Cell::new(0);
            let ended = finish(both(after(first, &polled), after(second, &polled)));
            assert_eq!(ended, (first, second));
            assert_eq!(polled.get(), first + second, "nothing is polled after its end");
        }
    }

    #[test]
    fn all_go_on_at_once_and_keep_their_order() {
        let polled = Cell::new(0);
        let ended = finish(all([3, 1, 2].map(|polls| after(polls, &polled))));
        assert_eq!((ended, polled.get()), (vec![3, 1, 2], 6));
        assert!(finish(all(Vec::<std::future::Ready<u8>>::new())).is_empty());
    }
}
