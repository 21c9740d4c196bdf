//! Opening, creating and migrating the file, and saying plainly why that failed.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{SqliteAutoVacuum, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions};
use sqlx::{ConnectOptions, Connection};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::{BEGIN_WRITE, Journal, SqliteStore, Writer, audit_chain};
use super::{HELD, sqlite_code};
use crate::store::StoreError;

/// Name of the file in the state folder.
const FILE_NAME: &str = "toolgate.db";

/// How long one statement waits for another process to let go of the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The same for whoever only reads, and could do without what waits to be written.
const READING_TIMEOUT: Duration = Duration::from_millis(250);

/// How long opening is repeated while another process creates or migrates the same file. SQLite does not apply the
/// busy timeout to the switch to WAL mode.
const OPEN_TIMEOUT: Duration = Duration::from_secs(10);

const OPEN_RETRY_INTERVAL: Duration = Duration::from_millis(20);

/// Enough for a few people who read the log while calls run.
const READERS: u32 = 4;

/// Scripts that build the schema, in order. Each ends by setting `user_version` to its own number.
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_audit_and_approvals.sql"),
    include_str!("migrations/0002_audit_chain.sql"),
    include_str!("migrations/0003_rate_windows.sql"),
    include_str!("migrations/0004_apis.sql"),
    include_str!("migrations/0005_vault.sql"),
    include_str!("migrations/0006_call_totals.sql"),
    include_str!("migrations/0007_keys.sql"),
    include_str!("migrations/0008_audit_journals.sql"),
    include_str!("migrations/0009_call_logs.sql"),
    include_str!("migrations/0010_approval_arguments.sql"),
];

/// The version whose script leaves events without a hash, which SQL cannot compute.
const AUDIT_CHAIN: usize = 2;

const ADVICE_FOLDER: &str = "name a folder that this user can write to with --state";
const ADVICE_CORRUPT: &str = "restore the file from a backup, or move it away to start with an empty store";
const ADVICE_NEWER: &str = "run the Toolgate that wrote it or a newer one, or name another folder with --state";
const ADVICE_BUSY: &str =
    "try again when the process that holds the file is done, and end that one only if it never is";
const ADVICE_FULL: &str = "free some space on the disk";

impl SqliteStore {
    /// Whether `folder` holds a file to open.
    ///
    /// # Errors
    /// [`StoreError::Open`] when one may not look.
    pub(in crate::store) fn exists(folder: &Path) -> Result<bool, StoreError> {
        let file = file(folder);
        file.try_exists().map_err(|source| cannot_open(&file, source))
    }

    /// Opens `toolgate.db` in `folder`; creates both when they are missing, readable for this user only, and brings
    /// the schema up to date. Several processes may do so at once.
    ///
    /// # Errors
    /// [`StoreError::Open`] with the path, the cause and what to do: the folder cannot be written, the file is not a
    /// database or is damaged, another process holds it locked, or a newer Toolgate wrote it.
    pub async fn open(folder: &Path) -> Result<Self, StoreError> {
        let file = make(folder).await?;
        // SQLite itself would open a file that cannot be written, and fail at the first call.
        for path in [file.as_path(), folder] {
            may_write(path).map_err(|source| cannot_open(path, source))?;
        }
        Self::connect(folder, options(&file), false).await
    }

    /// Like [`Self::open`], for whoever reads. What lies in journals is left there while another process holds the file.
    ///
    /// # Errors
    /// [`StoreError::Open`] with the path, the cause and what to do.
    pub async fn open_to_read(folder: &Path) -> Result<Self, StoreError> {
        let file = make(folder).await?;
        Self::connect(folder, options(&file).busy_timeout(READING_TIMEOUT), true).await
    }

    async fn connect(folder: &Path, options: SqliteConnectOptions, is_for_reading: bool) -> Result<Self, StoreError> {
        let file = file(folder);
        let mut first = options.clone();
        if file.metadata().is_ok_and(|found| found.len() == 0) {
            // Counts for a new file alone, and would wait for those who write to another.
            first = first.auto_vacuum(SqliteAutoVacuum::Incremental);
        }
        let writer = open_writer(&first).await.map_err(|error| error.at(&file))?;
        let writer = Writer::new(writer, options.clone());
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            // Connections to a file do not go stale: no need to ask them first or to replace them.
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_lazy_with(options.busy_timeout(BUSY_TIMEOUT).pragma("query_only", "ON"));
        Ok(Self {
            writer: Mutex::new(writer),
            readers,
            journal: Journal::new(folder),
            is_for_reading,
        })
    }
}

/// The file in `folder`.
pub(super) fn file(folder: &Path) -> PathBuf {
    folder.join(FILE_NAME)
}

/// For a connection that changes nothing. By itself it could not be told of what lies in the log beside the file, which is
/// why it is not opened for reading alone.
pub(super) fn options_to_look(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(false)
        .busy_timeout(BUSY_TIMEOUT)
        .pragma("query_only", "ON")
        .disable_statement_logging()
}

pub(super) fn options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Wal)
        .busy_timeout(BUSY_TIMEOUT)
        .foreign_keys(true)
        .disable_statement_logging()
}

/// Makes the folder and its file, where they are missing.
async fn make(folder: &Path) -> Result<PathBuf, StoreError> {
    let file = file(folder);
    create_folder(folder)
        .await
        .map_err(|source| cannot_open(folder, source))?;
    create_file(&file).await.map_err(|source| cannot_open(&file, source))?;
    Ok(file)
}

/// Whether this process may write there. It asks, and opens nothing: to close a file would end SQLite's locks on it.
#[cfg(unix)]
fn may_write(path: &Path) -> io::Result<()> {
    Ok(rustix::fs::access(path, rustix::fs::Access::WRITE_OK)?)
}

/// Elsewhere only trying tells.
#[cfg(not(unix))]
fn may_write(_path: &Path) -> io::Result<()> {
    Ok(())
}

async fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = tokio::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    builder.mode(0o700);
    builder.create(folder).await
}

/// SQLite gives the files that it puts beside a database the mode of the database.
async fn create_file(file: &Path) -> io::Result<()> {
    let mut options = tokio::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    match options.open(file).await {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        Ok(_) | Err(_) => Ok(()),
    }
}

#[derive(Debug, thiserror::Error)]
pub(super) enum OpenError {
    #[error(transparent)]
    Sqlite(#[from] sqlx::Error),
    #[error("its schema has version {found}, and this Toolgate knows versions up to {known}")]
    Newer { found: i64, known: usize },
}

impl OpenError {
    fn sqlite_code(&self) -> Option<i32> {
        match self {
            Self::Sqlite(error) => sqlite_code(error),
            Self::Newer { .. } => None,
        }
    }

    fn is_busy(&self) -> bool {
        self.sqlite_code().is_some_and(|code| HELD.contains(&code))
    }

    /// Result codes: <https://www.sqlite.org/rescode.html>.
    fn advice(&self) -> &'static str {
        match self.sqlite_code() {
            None if matches!(self, Self::Newer { .. }) => ADVICE_NEWER,
            Some(code) if HELD.contains(&code) => ADVICE_BUSY,
            Some(11 | 26) => ADVICE_CORRUPT,
            Some(13) => ADVICE_FULL,
            _ => ADVICE_FOLDER,
        }
    }

    pub(super) fn at(self, file: &Path) -> StoreError {
        StoreError::Open {
            path: file.display().to_string(),
            advice: self.advice(),
            source: Box::new(self),
        }
    }
}

fn cannot_open(path: &Path, source: io::Error) -> StoreError {
    StoreError::Open {
        path: path.display().to_string(),
        advice: ADVICE_FOLDER,
        source: Box::new(source),
    }
}

pub(super) async fn open_writer(options: &SqliteConnectOptions) -> Result<SqliteConnection, OpenError> {
    let deadline = Instant::now() + OPEN_TIMEOUT;
    loop {
        match connect_and_migrate(options).await {
            Err(error) if error.is_busy() && Instant::now() < deadline => {
                tokio::time::sleep(OPEN_RETRY_INTERVAL).await;
            }
            result => return result,
        }
    }
}

async fn connect_and_migrate(options: &SqliteConnectOptions) -> Result<SqliteConnection, OpenError> {
    let mut connection = SqliteConnection::connect_with(options).await?;
    migrate(&mut connection).await?;
    Ok(connection)
}

/// The version of the schema, if it is known.
pub(super) async fn version(connection: &mut SqliteConnection) -> Result<i64, OpenError> {
    let found: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(connection).await?;
    match usize::try_from(found) {
        Ok(done) if done <= MIGRATIONS.len() => Ok(found),
        _ => Err(OpenError::Newer {
            found,
            known: MIGRATIONS.len(),
        }),
    }
}

/// Runs the scripts that the file has not seen yet, all in one transaction: of processes that start at once, the
/// first migrates and the others find it done. Where nothing is to be done, nobody who writes is waited for.
async fn migrate(connection: &mut SqliteConnection) -> Result<(), OpenError> {
    if usize::try_from(version(connection).await?) == Ok(MIGRATIONS.len()) {
        return Ok(());
    }
    let mut transaction = connection.begin_with(BEGIN_WRITE).await?;
    let version = version(&mut transaction).await?;
    let pending = usize::try_from(version).ok().and_then(|done| MIGRATIONS.get(done..));
    let pending = pending.unwrap_or_default();
    for (version, script) in (MIGRATIONS.len() - pending.len() + 1..).zip(pending) {
        sqlx::raw_sql(*script).execute(&mut *transaction).await?;
        if version == AUDIT_CHAIN {
            audit_chain::chain_earlier_rows(&mut transaction).await?;
        }
    }
    transaction.commit().await?;
    Ok(())
}
