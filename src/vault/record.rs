//! How one secret is sealed.
//!
//! Each value has a key of its own, which the master key seals: replacing the master key touches no value. Both are
//! sealed together with the record's identity, so that a record opens only as what it was stored as: copied to another
//! name, user, organisation or version it does not.

use secrecy::SecretString;
use zeroize::Zeroizing;

use super::master_key::MasterKey;
use crate::crypto::{KEY_LENGTH, NotOpened, SealError, SealingKey};
use crate::store::{SealedSecret, SecretId};

/// A record without the moments at which it was stored.
pub(super) struct Sealed {
    pub(super) wrapped_key: Vec<u8>,
    pub(super) sealed_value: Vec<u8>,
}

/// Seals `value` as the `version` of `id`.
pub(super) fn seal(master: &MasterKey, id: &SecretId, version: u32, value: &str) -> Result<Sealed, SealError> {
    let key = SealingKey::random()?;
    Ok(Sealed {
        wrapped_key: master.wrapping().seal(key.bytes(), &identity("key", id, version))?,
        sealed_value: key.seal(value.as_bytes(), &identity("value", id, version))?,
    })
}

/// Opens a record that is sealed with `master`.
pub(super) fn open(master: &MasterKey, secret: &SealedSecret) -> Result<SecretString, NotOpened> {
    let key = data_key(master, secret)?;
    let value = key.open(&secret.sealed_value, &identity("value", &secret.id, secret.version))?;
    str::from_utf8(&value).map(SecretString::from).map_err(|_| NotOpened)
}

/// The record's key, sealed with `new` in place of `old`.
pub(super) fn rewrap(old: &MasterKey, new: &MasterKey, secret: &SealedSecret) -> Result<Vec<u8>, RewrapError> {
    let key = data_key(old, secret)?;
    let associated = identity("key", &secret.id, secret.version);
    Ok(new.wrapping().seal(key.bytes(), &associated)?)
}

fn data_key(master: &MasterKey, secret: &SealedSecret) -> Result<SealingKey, NotOpened> {
    let associated = identity("key", &secret.id, secret.version);
    let opened = master.wrapping().open(&secret.wrapped_key, &associated)?;
    let mut key = Zeroizing::new([0; KEY_LENGTH]);
    if opened.len() != KEY_LENGTH {
        return Err(NotOpened);
    }
    key.copy_from_slice(&opened);
    Ok(SealingKey::new(*key))
}

/// What a record is, as bytes. Every part's length stands in front of it, so that no two identities look alike.
fn identity(part: &str, id: &SecretId, version: u32) -> Vec<u8> {
    let shared = [u8::from(id.user.is_none())];
    let parts: [&[u8]; 6] = [
        b"toolgate vault record, version 1",
        part.as_bytes(),
        id.organisation.as_bytes(),
        &shared,
        id.user.as_deref().unwrap_or_default().as_bytes(),
        id.name.as_bytes(),
    ];
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes.extend_from_slice(&version.to_be_bytes());
    bytes
}

/// A record's key cannot be sealed anew.
#[derive(Debug, thiserror::Error)]
pub(super) enum RewrapError {
    #[error(transparent)]
    NotOpened(#[from] NotOpened),
    #[error(transparent)]
    Seal(#[from] SealError),
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use secrecy::ExposeSecret as _;

    use super::*;
    use crate::store::conformance::secrets::{id, sealed};

    fn record(master: &MasterKey, id: SecretId, version: u32, value: &str) -> SealedSecret {
        let Sealed {
            wrapped_key,
            sealed_value,
        } = seal(master, &id, version, value).unwrap();
        SealedSecret {
            wrapped_key,
            sealed_value,
            ..self::sealed(id, version, master.id())
        }
    }

    fn key() -> MasterKey {
        MasterKey::generate().unwrap().0
    }

    fn value(opened: Result<SecretString, NotOpened>) -> Option<String> {
        opened.ok().map(|value| value.expose_secret().to_owned())
    }

    #[test]
    fn a_record_opens_only_as_what_it_was_stored_as() {
        let master = key();
        let stored = record(&master, id("acme", Some("ana"), "crm/key"), 2, "canary");
        assert_eq!(value(open(&master, &stored)).as_deref(), Some("canary"));
        let elsewhere = [
            (id("acme", Some("bob"), "crm/key"), 2),
            (id("acme", None, "crm/key"), 2),
            (id("zeta", Some("ana"), "crm/key"), 2),
            (id("acme", Some("ana"), "erp/key"), 2),
            (id("acme", Some("anac"), "rm/key"), 2),
            (id("acme", Some("ana"), "crm/key"), 1),
            (id("acme", Some("ana"), "crm/key"), 3),
        ];
        for (id, version) in elsewhere {
            let copied = SealedSecret {
                id,
                version,
                ..stored.clone()
            };
            assert!(open(&master, &copied).is_err(), "{:?} {version}", copied.id);
        }
        assert!(open(&key(), &stored).is_err());
    }

    #[test]
    fn parts_of_two_records_do_not_make_a_third() {
        let master = key();
        let [first, second] = ["one", "two"].map(|value| record(&master, id("acme", None, "crm/key"), 1, value));
        let mixed = SealedSecret {
            wrapped_key: first.wrapped_key,
            ..second
        };
        assert!(open(&master, &mixed).is_err());
    }

    #[test]
    fn a_record_opens_with_the_new_master_key_and_no_longer_with_the_old_one() {
        let [old, new] = [key(), key()];
        let stored = record(&old, id("acme", None, "crm/key"), 1, "canary");
        let stored = SealedSecret {
            wrapped_key: rewrap(&old, &new, &stored).unwrap(),
            ..stored
        };
        assert_eq!(value(open(&new, &stored)).as_deref(), Some("canary"));
        assert!(open(&old, &stored).is_err());
        assert!(rewrap(&old, &new, &stored).is_err());
    }

    proptest! {
        #[test]
        fn every_value_comes_back(value in any::<String>(), organisation in any::<String>(), name in any::<String>()) {
            let master = key();
            let stored = record(&master, id(&organisation, None, &name), 1, &value);
            prop_assert_eq!(self::value(open(&master, &stored)), Some(value));
        }
    }
}
