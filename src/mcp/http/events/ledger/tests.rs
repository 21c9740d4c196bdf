use futures_util::StreamExt as _;
use tokio::sync::mpsc::{Sender, channel};
use tokio::time::{advance, sleep};

use super::super::testing::{answer, named, news};
use super::*;

const FIRST: usize = 0;

/// How many bytes an answer has in these tests.
const ANSWER: usize = 10_000;

fn ledger() -> Arc<Ledger> {
    let most = Most {
        unread: 50_000,
        unread_of_one: 30_000,
        read: 20_000,
    };
    let kept = Mutex::default();
    Arc::new(Ledger { most, kept })
}

fn id(session: &str) -> SessionId {
    session.into()
}

/// Begins a request, of which this event is read.
async fn begin(ledger: &Arc<Ledger>, session: &str, number: u64) -> (Sender<ServerSseMessage>, Reader) {
    let (events, source) = channel(4);
    let mut reader = ledger.open(&id(session), number, source);
    events.send(news(1.0)).await.expect("somebody takes it");
    reader.next().await.expect("an event");
    (events, reader)
}

/// A request that is answered after its client has left.
async fn miss(ledger: &Arc<Ledger>, session: &str, number: u64) {
    let (events, reader) = begin(ledger, session, number).await;
    drop(reader);
    events.send(answer(ANSWER)).await.expect("somebody takes it");
    drop(events);
    let is_over = || {
        let kept = ledger.kept();
        let entry = kept
            .sessions
            .get(session)
            .and_then(|session| session.streams.get(&number));
        // One for which there is no room is gone already.
        entry.is_none_or(|entry| entry.end.is_some())
    };
    while !is_over() {
        tokio::task::yield_now().await;
    }
}

/// A request whose client stays.
async fn read(ledger: &Arc<Ledger>, session: &str, number: u64) {
    let (events, reader) = begin(ledger, session, number).await;
    events.send(answer(ANSWER)).await.expect("somebody takes it");
    assert_eq!(reader.count().await, 1);
}

async fn rest(ledger: &Arc<Ledger>, session: &str, stream: u64) -> Option<Vec<String>> {
    let event = Event { index: FIRST, stream };
    assert_eq!(ledger.has(session, event), ledger.stream(session, stream).is_some());
    let reader = ledger.resume(session, event)?;
    Some(reader.map(|event| named(&event)).collect().await)
}

/// The numbers of the requests of a session that are kept.
fn kept(ledger: &Ledger, session: &str) -> Vec<u64> {
    let kept = ledger.kept();
    let streams = kept
        .sessions
        .get(session)
        .map(|session| session.streams.keys().copied());
    let mut numbers: Vec<_> = streams.into_iter().flatten().collect();
    numbers.sort_unstable();
    numbers
}

/// Whether nothing is left of what was kept.
fn is_empty(ledger: &Ledger) -> bool {
    let kept = ledger.kept();
    let ended = [&kept.unread, &kept.read];
    kept.sessions.is_empty() && ended.iter().all(|ended| ended.places.is_empty() && ended.weight == 0)
}

#[tokio::test(start_paused = true)]
async fn what_has_ended_is_forgotten_after_a_while() {
    let ledger = ledger();
    miss(&ledger, "a", 0).await;
    let (still, reader) = begin(&ledger, "a", 1).await;
    drop(reader);
    sleep(KEPT_FOR / 2).await;
    read(&ledger, "a", 2).await;
    sleep(KEPT_FOR / 3).await;
    assert_eq!(kept(&ledger, "a"), [0, 1, 2]);
    sleep(KEPT_FOR / 3).await;
    assert_eq!(kept(&ledger, "a"), [1, 2]);
    assert_eq!(rest(&ledger, "a", 0).await, None);
    sleep(KEPT_FOR).await;
    assert_eq!(kept(&ledger, "a"), [1], "it has not ended");
    drop(still);
    sleep(KEPT_FOR * 2).await;
    assert!(is_empty(&ledger) && !ledger.kept().sweeping);
    // And so is what ends afterwards.
    miss(&ledger, "b", 0).await;
    advance(KEPT_FOR / 2).await;
    assert_eq!(rest(&ledger, "b", 0).await, Some(vec!["answer".to_owned()]));
    sleep(KEPT_FOR * 2).await;
    assert!(is_empty(&ledger));
}

#[tokio::test]
async fn an_event_is_of_its_session_alone() {
    let ledger = ledger();
    miss(&ledger, "a", 0).await;
    read(&ledger, "b", 1).await;
    for (session, number) in [("b", 0), ("a", 1), ("c", 0), ("", 0)] {
        assert_eq!(rest(&ledger, session, number).await, None, "{session} {number}");
    }
    assert_eq!(rest(&ledger, "a", 0).await, Some(vec!["answer".to_owned()]));
}

#[tokio::test]
async fn what_was_said_in_a_session_ends_with_it() {
    let ledger = ledger();
    miss(&ledger, "a", 0).await;
    read(&ledger, "a", 1).await;
    let (events, reader) = begin(&ledger, "a", 2).await;
    ledger.forget("a");
    assert!(is_empty(&ledger));
    // It goes on for whoever reads it, and comes back to nobody.
    events.send(answer(ANSWER)).await.expect("somebody takes it");
    assert_eq!(reader.count().await, 1);
    assert!(is_empty(&ledger));
    ledger.forget("a");
}

#[tokio::test]
async fn who_reads_all_of_a_stream_makes_room_for_those_who_do_not() {
    let ledger = ledger();
    miss(&ledger, "a", 0).await;
    let weight = ledger.kept().unread.weight;
    assert!((ANSWER..ANSWER * 2).contains(&weight), "{weight}");
    rest(&ledger, "a", 0).await;
    rest(&ledger, "a", 0).await;
    let kept = ledger.kept();
    assert_eq!((kept.unread.weight, kept.read.weight), (0, weight));
    assert_eq!(kept.sessions["a"].unread.weight, 0);
}

#[tokio::test]
async fn too_much_of_one_session_or_of_all_drives_out_the_oldest() {
    let ledger = ledger();
    for number in 0..4 {
        miss(&ledger, "a", number).await;
    }
    assert_eq!(kept(&ledger, "a"), [2, 3], "a session has its share");
    for number in 0..9 {
        read(&ledger, "e", number).await;
    }
    assert_eq!(kept(&ledger, "e"), [8]);
    assert_eq!(
        kept(&ledger, "a"),
        [2, 3],
        "what was read drives out nothing that was not"
    );
    miss(&ledger, "b", 0).await;
    miss(&ledger, "c", 0).await;
    assert_eq!(kept(&ledger, "a"), [2, 3]);
    miss(&ledger, "d", 0).await;
    assert_eq!(kept(&ledger, "a"), [3], "all together have theirs");
    let (events, reader) = begin(&ledger, "f", 0).await;
    drop(reader);
    let back = ledger
        .resume(
            "f",
            Event {
                index: FIRST,
                stream: 0,
            },
        )
        .expect("known");
    events.send(answer(100_000)).await.expect("somebody takes it");
    assert_eq!(back.count().await, 1, "whoever is there has it, however long");
    assert_eq!(kept(&ledger, "f"), [0; 0]);
}
