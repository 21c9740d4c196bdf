//! Records of keys: when they are read, and what becomes of callers when they cannot be.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_key_that_is_not_used_is_noticed_as_well() {
    let server = start(Authentication::OnceThereIsAKey).await;
    assert_eq!(status(&server.call("").await), "200");
    server.key(|_| {}).await;
    tokio::time::sleep(REFRESH * 2).await;
    assert_eq!(status(&server.call("").await), "401");
}

#[tokio::test(start_paused = true)]
async fn the_store_is_not_read_for_each_call() {
    let server = start(Authentication::Keys).await;
    let key = header(&server.key(|_| {}).await);
    let start = Instant::now();
    for _ in 0..50 {
        assert_eq!(status(&server.call(&key).await), "200");
    }
    let passed = start.elapsed().as_millis() / REFRESH.as_millis();
    // At the start, for the key that was new, and once in a while.
    assert!(
        server.store.key_readings() as u128 <= 3 + passed,
        "{}",
        server.store.key_readings()
    );
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_lets_nobody_in_for_long() {
    let server = start(Authentication::Keys).await;
    let known = header(&server.key(|_| {}).await);
    assert_eq!(status(&server.call(&known).await), "200");
    server.store.set_failing(true);
    assert_eq!(status(&server.call(&known).await), "200");
    let unknown = NewKey::make().expect("key");
    assert_eq!(status(&server.call(&header(unknown.text.expose_secret())).await), "503");
    tokio::time::sleep(STALE).await;
    assert_eq!(status(&server.call(&known).await), "503");
    server.store.set_failing(false);
    assert_eq!(status(&server.call(&known).await), "200");
}

/// Counts the warnings of one thread.
#[derive(Clone, Default)]
struct Warnings(Arc<AtomicUsize>);

impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Warnings {
    fn on_event(&self, event: &tracing::Event<'_>, _context: tracing_subscriber::layer::Context<'_, S>) {
        let is_warning = *event.metadata().level() == tracing::Level::WARN;
        self.0.fetch_add(usize::from(is_warning), Ordering::Relaxed);
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_that_cannot_be_understood_is_told_of_once() {
    let server = start(|_| Authentication::None).await;
    server.key(|record| record.roles = vec!["emperor".into()]).await;
    let past = Some(time::rfc3339(Timestamp::now() - SignedDuration::from_hours(1)));
    server
        .key(|record| (record.expires_at, record.roles) = (past, vec!["king".into()]))
        .await;
    let warnings = Warnings::default();
    let subscriber = tracing_subscriber::registry().with(warnings.clone());
    let _logging = tracing::subscriber::set_default(subscriber);
    let clock: Clock = Arc::new(Timestamp::now);
    let _ring = KeyRing::start(server.store.clone(), None, &CancellationToken::new(), clock);
    tokio::time::sleep(REFRESH * 10).await;
    assert!(server.store.key_readings() >= 10);
    assert_eq!(warnings.0.load(Ordering::Relaxed), 1, "one of them has expired anyway");
    server.key(|record| record.expires_at = Some("soon".into())).await;
    tokio::time::sleep(REFRESH * 10).await;
    assert_eq!(warnings.0.load(Ordering::Relaxed), 2);
}
