//! Folding: events go from the files of all processes into the database.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use sqlx::Connection as _;
use sqlx::sqlite::SqliteConnection;

use super::{EXTENSION, file};
use crate::store::sqlite::{BEGIN_WRITE, Durability, SqliteStore, Writer, audit, audit_chain, call_logs, is_held};

/// Bytes that one transaction takes at most: a few thousand events.
const CHUNK: u64 = 1024 * 1024;

/// What a line begins with that holds the log of a call: no identifier of a call.
pub(super) const LOG: &str = "log";

/// One event, three texts; or the log of a call, four. There is a tab between them, and the end of the line. None of them
/// holds either: identifiers and times do not, and JSON writes them otherwise.
pub(super) fn line(parts: &[&str]) -> String {
    let mut line = String::with_capacity(parts.iter().map(|part| part.len() + 1).sum());
    for part in parts {
        line.push_str(part);
        line.push('\t');
    }
    line.pop();
    line.push('\n');
    line
}

/// What a line holds.
enum Entry<'a> {
    Event(audit::Event<'a>),
    Log(call_logs::Log<'a>),
}

/// A file that something is to be done about.
struct Due {
    path: PathBuf,
    /// The lock, when its process has ended. Kept until the file is gone, so that nobody else removes it meanwhile.
    abandoned: Option<File>,
}

/// Puts everything that is in the journals of all processes into the database. Waits for writers only when there is
/// something.
pub(in crate::store::sqlite) async fn fold(store: &SqliteStore) -> Result<(), sqlx::Error> {
    let due = due(store).await?;
    if due.is_empty() {
        return Ok(());
    }
    let mut writer = store.writer().await;
    for Due { path, abandoned } in due {
        let done = fold_file(&mut writer, &path).await?;
        store.journal.folded(&path, done);
        if let Some(lock) = abandoned {
            remove(&mut writer, &path, done, lock).await?;
        }
    }
    Ok(())
}

/// The same before reading: whoever opened the store to read makes do with what is there while another process holds it.
pub(in crate::store::sqlite) async fn fold_to_read(store: &SqliteStore) -> Result<(), sqlx::Error> {
    match fold(store).await {
        Err(error) if store.is_for_reading && is_held(&error) => Ok(()),
        folded => folded,
    }
}

async fn due(store: &SqliteStore) -> Result<Vec<Due>, sqlx::Error> {
    let folder = store.journal.folder().to_owned();
    let mut due = Vec::new();
    for path in blocking(move || journals(&folder)).await? {
        let file = path.clone();
        let is_own = store.journal.is_own(&path);
        let (length, abandoned) = blocking(move || {
            let abandoned = if is_own { None } else { file::lock_abandoned(&file)? };
            Ok((length(&file)?, abandoned))
        })
        .await?;
        let mut reader = store.readers.acquire().await?;
        if abandoned.is_some() || length > position(&name(&path), &mut reader).await? {
            due.push(Due { path, abandoned });
        }
    }
    Ok(due)
}

/// The files, oldest first: events of one call that two processes have written come in their order. Those of which only
/// the lock is left are among them.
fn journals(folder: &Path) -> io::Result<BTreeSet<PathBuf>> {
    let mut paths = BTreeSet::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let extension = path.extension();
        if extension.is_some_and(|extension| extension == EXTENSION || extension == file::LOCK_EXTENSION) {
            paths.insert(path.with_extension(EXTENSION));
        }
    }
    Ok(paths)
}

/// Folds one file as far as it is written. Returns how far that is, in bytes.
async fn fold_file(writer: &mut Writer, path: &Path) -> Result<u64, sqlx::Error> {
    let name = name(path);
    Durability::Process.apply(writer).await?;
    loop {
        // Forgotten until the end is known: whoever waits for this may give up in between.
        writer.audit_head = None;
        let mut transaction = writer.begin_with(BEGIN_WRITE).await?;
        let folded = position(&name, &mut transaction).await?;
        let file = path.to_owned();
        let text = blocking(move || read(&file, folded)).await?;
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        if whole == 0 {
            transaction.rollback().await?;
            return Ok(folded);
        }
        let (mut events, mut logs) = (Vec::new(), Vec::new());
        for entry in text[..whole].split(|byte| *byte == b'\n').filter_map(parse) {
            match entry {
                Entry::Event(event) => events.push(event),
                Entry::Log(log) => logs.push(log),
            }
        }
        call_logs::write_all(&logs, &mut transaction).await?;
        let head = audit_chain::head(&mut transaction).await?;
        let head = audit::append_all(head, &events, &mut transaction).await?;
        let folded = folded + whole as u64;
        sqlx::query("INSERT INTO audit_journals (name, folded) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET folded = ?2")
            .bind(&name)
            .bind(i64::try_from(folded).unwrap_or(i64::MAX))
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        writer.audit_head = Some(head);
        if (text.len() as u64) < CHUNK {
            return Ok(folded);
        }
    }
}

/// How far a file is folded, in bytes.
async fn position(name: &str, connection: &mut SqliteConnection) -> Result<u64, sqlx::Error> {
    let folded: Option<i64> = sqlx::query_scalar("SELECT folded FROM audit_journals WHERE name = ?")
        .bind(name)
        .fetch_optional(connection)
        .await?;
    Ok(folded.and_then(|folded| u64::try_from(folded).ok()).unwrap_or(0))
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn length(path: &Path) -> io::Result<u64> {
    match path.metadata() {
        Ok(metadata) => Ok(metadata.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error),
    }
}

/// What stands behind the first `folded` bytes: a chunk, or more when no event ends in it. A file that is gone has
/// nothing more.
fn read(path: &Path, folded: u64) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(text),
        Err(error) => return Err(error),
    };
    file.seek(SeekFrom::Start(folded))?;
    loop {
        let read = Read::by_ref(&mut file).take(CHUNK).read_to_end(&mut text)?;
        if (read as u64) < CHUNK || text.contains(&b'\n') {
            return Ok(text);
        }
    }
}

/// What one line holds. A power cut can leave anything in place of lines that were not on the disk yet.
fn parse(line: &[u8]) -> Option<Entry<'_>> {
    if line.is_empty() {
        return None;
    }
    let entry = std::str::from_utf8(line).ok().and_then(entry);
    if entry.is_none() {
        tracing::error!("an event of the audit log is damaged and was left out; was the power cut?");
    }
    entry
}

fn entry(line: &str) -> Option<Entry<'_>> {
    let mut parts = line.split('\t');
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    if first == LOG {
        return Some(Entry::Log(call_logs::Log {
            call_id: second,
            ended_at: third,
            text: parts.next()?,
        }));
    }
    let is_whole = third.starts_with('{') && third.ends_with('}');
    is_whole.then_some(Entry::Event(audit::Event {
        call_id: first,
        started_at: second,
        details: third,
    }))
}

/// Removes the file of a process that has ended. The file first: one without its row would be folded again.
async fn remove(writer: &mut Writer, path: &Path, folded: u64, lock: File) -> Result<(), sqlx::Error> {
    let file = path.to_owned();
    if blocking(move || length(&file)).await? > folded {
        tracing::error!(
            journal = %path.display(),
            "a journal ends within an event: its process ended before it answered the call, or wrote the event elsewhere"
        );
    }
    let gone = path.to_owned();
    blocking(move || file::remove(&gone)).await?;
    sqlx::query("DELETE FROM audit_journals WHERE name = ?")
        .bind(name(path))
        .execute(&mut **writer)
        .await?;
    drop(lock);
    Ok(())
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, sqlx::Error> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(io::Error::other(error)))
        .map_err(sqlx::Error::Io)
}
