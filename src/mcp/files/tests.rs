use rmcp::model::ResourceContents as Contents;

use super::*;

fn files(max_embedded_bytes: u64, max_kept_bytes: u64) -> Files {
    Files::new(FilesConfig {
        max_embedded_bytes,
        max_kept_bytes,
        ..FilesConfig::default()
    })
}

fn text(name: &str, content: &str) -> File {
    File {
        name: name.to_owned(),
        mime_type: "text/csv".to_owned(),
        content: FileContent::Text(content.to_owned()),
    }
}

fn read(files: &Files, link: &Resource, principal: &Principal) -> Option<String> {
    let mut result = files.read(&link.uri, principal)?;
    match result.contents.pop()? {
        Contents::TextResourceContents { text, .. } => Some(text),
        Contents::BlobResourceContents { blob, .. } => Some(blob),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn only_a_file_past_the_bound_is_kept() {
    let files = files(4, 10_000);
    let ada = Principal::caller("ada", "acme");
    assert_eq!(files.keep(text("a.csv", "1234"), &ada), Err(text("a.csv", "1234")));
    let link = files.keep(text("ö/1.csv", "12345"), &ada).expect("kept");
    assert!(
        Files::are_at(&link.uri) && link.uri.ends_with("/%C3%B6%2F1%2Ecsv"),
        "{}",
        link.uri
    );
    assert_eq!((link.name.as_str(), link.size), ("ö/1.csv", Some(5)));
    assert_eq!(link.title.as_deref(), Some("ö/1.csv"));
    assert_eq!(link.mime_type.as_deref(), Some("text/csv"));
    assert_eq!(
        link.description.as_deref(),
        Some("Can be read for 10 minutes, by the caller of this tool.")
    );
    assert_eq!(read(&files, &link, &ada).as_deref(), Some("12345"));
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_larger_than_the_memory_for_them_lies_in_the_result() {
    let files = files(4, OVERHEAD + 8);
    let ada = Principal::caller("ada", "acme");
    assert!(files.keep(text("a", "12345678"), &ada).is_ok());
    assert!(files.keep(text("a", "123456789"), &ada).is_err());
}

#[tokio::test(start_paused = true)]
async fn nobody_reads_a_file_of_another() {
    let files = files(0, 10_000);
    let ada = Principal::caller("ada", "acme");
    let link = files.keep(text("a", "1"), &ada).expect("kept");
    let narrow = Scope::Only(Arc::new(["crm".to_owned()].into()));
    for stranger in [
        Principal::caller("bob", "acme"),
        Principal::caller("ada", "other"),
        ada.clone().within(narrow),
        Principal::local(),
    ] {
        assert_eq!(read(&files, &link, &stranger), None, "{stranger:?}");
    }
    assert!(read(&files, &link, &ada).is_some());
    let other = format!("{PREFIX}{}/a", Uuid::new_v4());
    for wrong in [
        other.as_str(),
        PREFIX,
        "toolgate://files/x/a",
        "toolgate://connectors/x",
    ] {
        assert!(files.read(wrong, &ada).is_none(), "{wrong}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_file_is_gone_when_its_time_is_over() {
    let files = files(0, 10_000);
    let ada = Principal::caller("ada", "acme");
    let first = files.keep(text("a", "1"), &ada).expect("kept");
    tokio::time::sleep(Duration::from_mins(5)).await;
    let second = files.keep(text("b", "2"), &ada).expect("kept");
    tokio::time::sleep(Duration::from_mins(5)).await;
    // Its memory as well, though nobody asked for it.
    tokio::task::yield_now().await;
    {
        let kept = files.kept();
        assert_eq!((kept.files.len(), kept.bytes), (1, OVERHEAD + 1));
    }
    assert_eq!(read(&files, &first, &ada), None);
    assert!(read(&files, &second, &ada).is_some());
}

#[tokio::test(start_paused = true)]
async fn one_task_waits_for_the_end_of_all_and_none_when_there_are_no_files() {
    let files = files(0, 2 * (OVERHEAD + 10));
    let ada = Principal::caller("ada", "acme");
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    for _ in 0..2 {
        for _ in 0..100 {
            files.keep(text("a", "1"), &ada).expect("kept");
        }
        assert_eq!(tasks(), 1);
        tokio::time::sleep(Duration::from_mins(11)).await;
        assert_eq!((tasks(), files.kept().files.len()), (0, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn the_oldest_make_room() {
    let files = files(0, 2 * (OVERHEAD + 10));
    let ada = Principal::caller("ada", "acme");
    let links: Vec<Resource> = ["first", "second", "third"]
        .map(|content| files.keep(text("a", content), &ada).expect("kept"))
        .into();
    let readable: Vec<bool> = links.iter().map(|link| read(&files, link, &ada).is_some()).collect();
    assert_eq!(readable, [false, true, true]);
}

#[test]
fn durations_are_spelled_for_people() {
    let cases = [
        (1, "a second"),
        (90, "90 seconds"),
        (60, "60 seconds"),
        (600, "10 minutes"),
    ];
    for (seconds, expected) in cases {
        assert_eq!(spelled(Duration::from_secs(seconds)), expected);
    }
}
