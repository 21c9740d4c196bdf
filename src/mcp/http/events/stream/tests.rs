use std::time::Duration;

use futures_util::{FutureExt as _, StreamExt as _};
use tokio::sync::mpsc::{Sender, channel};

use super::super::testing::{answer, named, news, question};
use super::*;

/// A stream whose events are sent by hand, and the ways in which it has ended.
struct Request {
    events: Sender<ServerSseMessage>,
    stream: Arc<Stream>,
    ends: Arc<Mutex<Vec<End>>>,
}

impl Request {
    fn begin(capacity: usize) -> (Self, Reader) {
        let (events, source) = channel(capacity);
        let ends = Arc::<Mutex<Vec<End>>>::default();
        let noted = Arc::clone(&ends);
        let (stream, reader) = Stream::new(source, move |end| noted.lock().expect("unpoisoned").push(end));
        (Self { events, stream, ends }, reader)
    }

    async fn say(&self, event: ServerSseMessage) {
        soon(self.events.send(event)).await.expect("somebody takes it");
    }

    fn ends(&self) -> Vec<End> {
        self.ends.lock().expect("unpoisoned").clone()
    }
}

/// What this comes to, which must not take long.
async fn soon<F: Future>(future: F) -> F::Output {
    let waited = tokio::time::timeout(Duration::from_secs(10), future).await;
    waited.expect("it does not wait for what never comes")
}

async fn next(reader: &mut Reader) -> String {
    named(&soon(reader.next()).await.expect("an event"))
}

async fn rest(reader: Reader) -> Vec<String> {
    soon(reader.map(|event| named(&event)).collect()).await
}

/// Waits until there has been an event of this number.
async fn known(stream: &Stream, index: usize) {
    let known = async {
        while !stream.has(index) {
            tokio::task::yield_now().await;
        }
    };
    soon(known).await;
}

#[tokio::test]
async fn what_is_said_while_nobody_reads_is_kept_up_to_the_answer() {
    let (request, mut first) = Request::begin(1);
    request.say(news(1.0)).await;
    assert_eq!(next(&mut first).await, "1.0");
    drop(first);
    for event in [news(2.0), question(), answer(1)] {
        request.say(event).await;
    }
    let Request { events, stream, ends } = request;
    drop(events);
    known(&stream, 3).await;
    assert_eq!(*ends.lock().expect("unpoisoned"), [End::Unread]);
    let back = stream.after(0).expect("the first event is known");
    assert_eq!(rest(back).await, ["2.0", "question", "answer"]);
    assert_eq!(*ends.lock().expect("unpoisoned"), [End::Unread, End::Read]);
    assert_eq!(rest(stream.after(2).expect("known")).await, ["answer"]);
    assert!(rest(stream.after(3).expect("known")).await.is_empty());
    assert!(stream.after(4).is_none(), "there has been no such event");
    assert!(stream.has(3) && !stream.has(4));
}

#[tokio::test]
async fn whoever_comes_back_follows_what_is_still_to_come() {
    let (request, mut first) = Request::begin(4);
    request.say(news(1.0)).await;
    assert_eq!(next(&mut first).await, "1.0");
    // The server has not learned yet that this one is gone.
    let first = tokio::spawn(rest(first));
    tokio::task::yield_now().await;
    let mut back = request.stream.after(0).expect("known");
    assert!(soon(first).await.expect("no panic").is_empty(), "it has no more events");
    assert!(back.next().now_or_never().is_none(), "nothing has been said");
    let back = tokio::spawn(rest(back));
    tokio::task::yield_now().await;
    request.say(question()).await;
    request.say(answer(1)).await;
    assert!(request.ends().is_empty());
    drop(request);
    assert_eq!(soon(back).await.expect("no panic"), ["question", "answer"]);
}

#[tokio::test]
async fn an_answer_is_the_last_event_as_soon_as_it_is_handed_out() {
    let (request, mut first) = Request::begin(4);
    request.say(answer(1)).await;
    assert_eq!(next(&mut first).await, "answer");
    assert_eq!(
        request.ends(),
        [End::Unread],
        "it may lie before a client that does not read it"
    );
    assert!(
        first.next().await.is_none(),
        "though the session still has its end of the channel"
    );
    assert_eq!(request.ends(), [End::Unread, End::Read]);
}

#[tokio::test]
async fn a_request_may_end_without_an_answer() {
    let (request, first) = Request::begin(4);
    request.say(question()).await;
    let Request { events, stream, .. } = request;
    drop((events, first));
    known(&stream, 0).await;
    assert!(rest(stream.after(0).expect("known")).await.is_empty());
}

#[tokio::test]
async fn a_session_waits_for_its_first_reader_and_for_none_that_came_back() {
    let (request, mut first) = Request::begin(1);
    request.say(question()).await;
    assert!(request.events.try_send(news(0.0)).is_err(), "the reader takes it first");
    assert_eq!(next(&mut first).await, "question");
    request.say(news(0.0)).await;
    let mut back = request.stream.after(0).expect("known");
    for progress in 1..1_000 {
        request.say(news(f64::from(progress))).await;
    }
    request.say(question()).await;
    request.say(answer(1)).await;
    let Request { events, stream, .. } = request;
    drop(events);
    known(&stream, 1_002).await;
    let all: Vec<_> = stream.state().kept.iter().map(|(_, event)| named(event)).collect();
    assert_eq!(all.len(), MOST_EVENTS);
    assert_eq!(all[..2], ["question", "939.0"], "what somebody waits for stays");
    assert_eq!(next(&mut back).await, "939.0", "what is left out is passed over");
    let seen = rest(back).await;
    assert_eq!(seen[seen.len() - 3..], ["999.0", "question", "answer"]);
}
