//! The one connection that writes, and what is known of its state.

use std::ops::{Deref, DerefMut};

use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use crate::store::chain::Head;

/// The writing connection.
#[derive(Debug)]
pub(super) struct Writer {
    connection: SqliteConnection,
    options: SqliteConnectOptions,
    /// As it was set last; asking SQLite to set what is set already would cost a trip to the connection's thread.
    durability: Option<Durability>,
    /// Where the chain of audit events stood after this process's last one.
    pub(super) audit_head: Option<Head>,
}

/// How far a commit must have come before it is reported as done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Durability {
    /// With the operating system: survives the end of the process.
    Process,
    /// On the disk: survives a power cut.
    Disk,
}

impl Durability {
    /// Sets it for the next transaction. Must be called outside of one, where SQLite ignores it.
    pub(super) async fn apply(self, writer: &mut Writer) -> Result<(), sqlx::Error> {
        if writer.durability == Some(self) {
            return Ok(());
        }
        // Unknown until it is done: whoever waits for this may give up in between.
        writer.durability = None;
        let statement = match self {
            Self::Process => "PRAGMA synchronous = NORMAL",
            Self::Disk => "PRAGMA synchronous = FULL",
        };
        sqlx::query(statement).execute(&mut writer.connection).await?;
        writer.durability = Some(self);
        Ok(())
    }
}

impl Writer {
    pub(super) fn new(connection: SqliteConnection, options: SqliteConnectOptions) -> Self {
        Self {
            connection,
            options,
            durability: None,
            audit_head: None,
        }
    }

    /// Replaces a connection whose transaction SQLite has ended by itself, as it does when the disk is full: sqlx takes it
    /// for open as long as its rollback fails, and begins no other.
    pub(super) async fn leave_ended_transaction(&mut self) {
        if !self.connection.is_in_transaction() {
            return;
        }
        // Dropping a transaction only asks for its rollback. What is asked after that waits until it was tried.
        if self.connection.ping().await.is_ok() && !self.connection.is_in_transaction() {
            return;
        }
        match SqliteConnection::connect_with(&self.options).await {
            Ok(connection) => *self = Self::new(connection, self.options.clone()),
            // Whoever has it now fails with it, and the next one tries again.
            Err(error) => tracing::error!(%error, "the store cannot be opened again"),
        }
    }
}

impl Deref for Writer {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.connection
    }
}

impl DerefMut for Writer {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }
}
