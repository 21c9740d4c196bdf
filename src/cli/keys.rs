//! `toolgate keys`: keys for callers from elsewhere.

use std::io;

use clap::{Args, Subcommand};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use secrecy::ExposeSecret as _;
use serde_json::json;

use super::{Failure, Global, assemble, output};
use crate::catalog::Loader;
use crate::config::{self, CallerAuthentication};
use crate::connector::is_slug;
use crate::diagnostics::legible_line;
use crate::policy::access_key::{self, NewKey};
use crate::policy::{Role, check_name, principal};
use crate::store::{KeyRecord, Store, time};

/// Make, list and revoke keys for callers over HTTP.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  toolgate keys create --user ana --connector my_company_crm --expires 90d
  toolgate keys list
  toolgate keys revoke 1f0c9a52d3b84e76

A caller shows its key as `Authorization: Bearer KEY`. As soon as there is a key, `toolgate serve --http`
lets nobody in without one.

Exit codes: 0 done; 1 no such key; 2 usage; 3 Toolgate cannot start.")]
pub(super) struct Keys {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Create(Create),
    /// List all keys, newest first. Shows their ids, never the keys.
    List {
        /// Print as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Take a key back: what was opened with it ends within seconds.
    Revoke {
        /// Its id.
        id: String,
        /// Print as JSON.
        #[arg(long)]
        json: bool,
    },
}

/// Make a key and print it. It is shown this once and kept nowhere.
#[derive(Debug, Args)]
struct Create {
    /// The user whom it stands for; in the audit log and in approvals.
    #[arg(long, value_name = "USER", value_parser = name)]
    user: String,
    /// The user's organisation.
    #[arg(long, value_name = "NAME", value_parser = name, default_value = principal::LOCAL)]
    organisation: String,
    /// What it allows: `call`, `author` or `admin`; none contains another. Can be given several times [default: call].
    #[arg(long = "role", value_name = "ROLE", value_parser = role)]
    roles: Vec<Role>,
    /// A connector that there is for it. Can be given several times [default: every connector].
    #[arg(long, value_name = "SLUG", value_parser = slug)]
    connector: Vec<String>,
    /// From when on it is worth nothing: a time from now such as `90d` or `12h`, or a day such as `2027-06-30`, which
    /// begins in the time zone of this machine [default: never].
    #[arg(long, value_name = "WHEN", value_parser = moment)]
    expires: Option<Timestamp>,
    /// What people call it.
    #[arg(long, value_name = "NAME", value_parser = name)]
    name: Option<String>,
    /// Print as JSON.
    #[arg(long)]
    json: bool,
}

impl Keys {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failure> {
        let locations = assemble::locations(global)?;
        let store = match self.verb {
            Verb::List { .. } => assemble::store_to_read(&locations).await?,
            Verb::Create(_) | Verb::Revoke { .. } => assemble::store(&locations).await?,
        };
        let store = store.as_ref();
        match self.verb {
            Verb::Create(create) => {
                let config = assemble::config(&locations)?;
                let known = Loader::default().load(&locations.connectors).catalog;
                let known = known.connectors().iter().map(|connector| connector.slug.as_str());
                create.warn(config.http.authentication, &known.collect::<Vec<_>>());
                create.run(store).await
            }
            Verb::List { json } => list(store, json).await,
            Verb::Revoke { id, json } => revoke(store, &id, json).await,
        }
    }
}

impl Create {
    /// Says what will not work as it looks.
    fn warn(&self, authentication: CallerAuthentication, known: &[&str]) {
        if self.user == principal::LOCAL {
            output::complain(
                "warning: over stdio and on the command line everybody is the user `local` as well; approvals asked \
                 with this key are theirs, too",
            );
        }
        if authentication == CallerAuthentication::None {
            output::complain(
                "warning: the settings say `authentication = \"none\"`: while there is a key, `serve --http` does not \
                 start with that",
            );
        }
        for slug in self.connector.iter().filter(|slug| !known.contains(&slug.as_str())) {
            output::complain(&format!(
                "warning: there is no connector `{slug}` here; the key will see one that is added later"
            ));
        }
    }

    async fn run(self, store: &dyn Store) -> Result<(), Failure> {
        let now = Timestamp::now();
        if self.expires.is_some_and(|expires| expires <= now) {
            return Err(Failure::Usage(anyhow::anyhow!(
                "--expires names a time that has passed"
            )));
        }
        let key = NewKey::make().map_err(anyhow::Error::from)?;
        let mut roles = self.roles;
        if roles.is_empty() {
            roles.push(Role::Call);
        }
        // One order, and each once.
        let roles = Role::ALL.into_iter().filter(|role| roles.contains(role));
        let mut connectors = self.connector;
        connectors.sort_unstable();
        connectors.dedup();
        let record = KeyRecord {
            id: key.id,
            name: self.name,
            user: self.user,
            organisation: self.organisation,
            roles: roles.map(|role| role.as_str().to_owned()).collect(),
            connectors: (!connectors.is_empty()).then_some(connectors),
            hash: key.hash,
            created_at: time::rfc3339(now),
            created_by: config::operator(),
            expires_at: self.expires.map(time::rfc3339),
            revoked_at: None,
        };
        store.create_key(&record).await.map_err(anyhow::Error::from)?;
        let text = key.text.expose_secret();
        let shown = if self.json {
            let mut shown = serde_json::to_value(&record).map_err(anyhow::Error::from)?;
            shown["key"] = json!(text);
            output::say_json(&shown)
        } else {
            output::complain(&format!(
                "The key {} of {}. It is shown this once; clients send it as `Authorization: Bearer KEY`:",
                record.id, record.user
            ));
            output::say(text)
        };
        match shown {
            Ok(()) => Ok(()),
            Err(error) => Err(take_back(store, &record.id, &error).await),
        }
    }
}

/// Revokes a key that nobody has: it could not be shown.
async fn take_back(store: &dyn Store, id: &str, error: &io::Error) -> Failure {
    let revoked = store.revoke_key(id, &time::rfc3339(Timestamp::now())).await;
    Failure::Other(match revoked {
        Ok(_) => anyhow::anyhow!("the key {id} could not be shown, and is revoked again: {error}; make another"),
        Err(revoking) => anyhow::anyhow!(
            "the key {id} could not be shown: {error}; nobody has it, so revoke it with `toolgate keys revoke {id}`, since \
             that failed as well: {revoking}"
        ),
    })
}

async fn list(store: &dyn Store, json: bool) -> Result<(), Failure> {
    let records = store.list_keys().await.map_err(anyhow::Error::from)?;
    if json {
        return Ok(output::say_json(&records)?);
    }
    if records.is_empty() {
        return Ok(output::say(
            "there are no keys; `toolgate keys create --user NAME` makes one",
        )?);
    }
    let now = time::rfc3339(Timestamp::now());
    let mut rows = vec![
        [
            "ID",
            "STATE",
            "USER",
            "ORGANISATION",
            "ROLES",
            "CONNECTORS",
            "EXPIRES",
            "NAME",
        ]
        .map(str::to_owned)
        .to_vec(),
    ];
    rows.extend(records.iter().map(|record| {
        vec![
            record.id.clone(),
            state(record, &now).to_owned(),
            legible_line(&record.user),
            legible_line(&record.organisation),
            record.roles.join(","),
            record
                .connectors
                .as_ref()
                .map_or_else(|| "all".to_owned(), |slugs| slugs.join(",")),
            record.expires_at.clone().unwrap_or_else(|| "never".to_owned()),
            record.name.as_deref().map(legible_line).unwrap_or_default(),
        ]
    }));
    Ok(output::say(&output::table(&rows))?)
}

async fn revoke(store: &dyn Store, id: &str, json: bool) -> Result<(), Failure> {
    // What was given may be a whole key: it is not repeated.
    let id = access_key::identifier(id).ok_or_else(|| {
        Failure::Usage(anyhow::anyhow!(
            "that is not the id of a key; `toolgate keys list` shows them: 16 digits from 0 to f"
        ))
    })?;
    let revoked = store
        .revoke_key(id, &time::rfc3339(Timestamp::now()))
        .await
        .map_err(anyhow::Error::from)?;
    let records = store.list_keys().await.map_err(anyhow::Error::from)?;
    let record = records
        .iter()
        .find(|record| record.id == id)
        .ok_or_else(|| Failure::Other(anyhow::anyhow!("there is no key {id}; `toolgate keys list` shows all")))?;
    if json {
        return Ok(output::say_json(record)?);
    }
    let at = record.revoked_at.as_deref().unwrap_or_default();
    Ok(output::say(&if revoked {
        format!("{id} revoked: what was opened with it ends within seconds")
    } else {
        format!("{id} was revoked before, at {at}")
    })?)
}

fn state(record: &KeyRecord, now: &str) -> &'static str {
    match (&record.revoked_at, &record.expires_at) {
        (Some(_), _) => "revoked",
        (None, Some(expires_at)) if expires_at.as_str() <= now => "expired",
        (None, _) => "active",
    }
}

/// Whether any of `records` opens something now.
pub(super) fn any_opens(records: &[KeyRecord]) -> bool {
    let now = time::rfc3339(Timestamp::now());
    records.iter().any(|record| state(record, &now) == "active")
}

fn name(text: &str) -> Result<String, String> {
    check_name(text).map_err(|problem| problem.to_string())?;
    Ok(text.to_owned())
}

fn role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| "the roles are call, author and admin".to_owned())
}

fn slug(text: &str) -> Result<String, String> {
    is_slug(text).then(|| text.to_owned()).ok_or_else(|| {
        "a slug has small letters and digits with single underscores between them; `toolgate tools` shows them"
            .to_owned()
    })
}

fn moment(text: &str) -> Result<Timestamp, String> {
    moment_in(&TimeZone::system(), text)
}

/// A time from now, a day that begins as it does in `zone`, or a moment.
fn moment_in(zone: &TimeZone, text: &str) -> Result<Timestamp, String> {
    let unreadable = || "write a time from now such as `90d`, a day such as `2027-06-30`, or a moment of RFC 3339";
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment);
    }
    if let Ok(day) = text.parse::<Date>() {
        let start = day.to_zoned(zone.clone()).map_err(|error| error.to_string())?;
        return Ok(start.timestamp());
    }
    let span: jiff::Span = text.parse().map_err(|_| unreadable())?;
    let now = Timestamp::now().to_zoned(zone.clone());
    now.checked_add(span)
        .map(|then| then.timestamp())
        .map_err(|_| unreadable().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        let day = 86_400;
        let ahead =
            |text: &str| moment_in(&TimeZone::UTC, text).map(|then| then.duration_since(Timestamp::now()).as_secs());
        for (text, seconds) in [("90d", 90 * day), ("12h", day / 2), ("2 weeks", 14 * day), ("P1D", day)] {
            let found = ahead(text).expect(text);
            assert!((found - seconds).abs() < 10, "{text}: {found}");
        }
        let exactly = |text: &str| moment_in(&TimeZone::UTC, text).map(time::rfc3339);
        assert_eq!(exactly("2027-06-30").as_deref(), Ok("2027-06-30T00:00:00.000Z"));
        let there = TimeZone::posix("IST-5:30").unwrap();
        let there = moment_in(&there, "2027-06-30").map(time::rfc3339);
        assert_eq!(there.as_deref(), Ok("2027-06-29T18:30:00.000Z"));
        assert_eq!(
            exactly("2027-06-30T12:00:00+02:00").as_deref(),
            Ok("2027-06-30T10:00:00.000Z")
        );
        for text in ["", "soon", "90", "2027-13-01", "9999999y"] {
            assert!(moment_in(&TimeZone::UTC, text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_slug_is_one_that_a_connector_can_have() {
        for text in ["my_company_crm2", &"x".repeat(64)] {
            assert!(slug(text).is_ok(), "{text}");
        }
        for text in ["", "My_CRM", "a-b", "a b", "a__b", "_a", "a_", &"x".repeat(65)] {
            assert!(slug(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_key_is_active_until_it_is_taken_back_or_expires() {
        let record = |expires_at: Option<&str>, revoked_at: Option<&str>| KeyRecord {
            id: "0123456789abcdef".into(),
            name: None,
            user: "ana".into(),
            organisation: "acme".into(),
            roles: Vec::new(),
            connectors: None,
            hash: String::new(),
            created_at: "2026-01-01T00:00:00.000Z".into(),
            created_by: "olga".into(),
            expires_at: expires_at.map(str::to_owned),
            revoked_at: revoked_at.map(str::to_owned),
        };
        let now = "2026-06-01T00:00:00.000Z";
        let past = Some("2026-05-01T00:00:00.000Z");
        let table = [
            (None, None, "active"),
            (Some("2026-07-01T00:00:00.000Z"), None, "active"),
            (Some(now), None, "expired"),
            (past, None, "expired"),
            (past, past, "revoked"),
            (None, past, "revoked"),
        ];
        for (expires_at, revoked_at, expected) in table {
            assert_eq!(
                state(&record(expires_at, revoked_at), now),
                expected,
                "{expires_at:?} {revoked_at:?}"
            );
        }
    }
}
