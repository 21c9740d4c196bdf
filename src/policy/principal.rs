//! Who is calling: a user, what the user may do, and which connectors there are for them.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::shares::Sharer;
pub use crate::connector::model::LOCAL;

/// Something that a caller may do. None contains another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Call tools.
    Call,
    /// Change connectors (contract S2-04).
    Author,
    /// Administer the server.
    Admin,
}

/// What a caller may do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Roles {
    call: bool,
    author: bool,
    admin: bool,
}

/// Which connectors there are for a caller.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Every one.
    All,
    /// These, by their slugs. The others look as if they had never existed (contract S1-04).
    Only(Arc<BTreeSet<String>>),
}

/// Who is calling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The user.
    pub user: String,
    /// The user's organisation.
    pub organisation: String,
    /// What the user may do.
    pub roles: Roles,
    /// Which connectors there are for the user.
    pub scope: Scope,
    /// Whether other users' connectors exist for this one as well: only for whoever runs the process.
    sees_everybodys: bool,
    /// Put together once, and not for every call.
    sharer: Sharer,
}

impl Principal {
    /// The one implicit user of a process that serves a single person (ruling C-27): may do everything.
    #[must_use]
    pub fn local() -> Self {
        Self {
            roles: Role::ALL.into_iter().collect(),
            sees_everybodys: true,
            sharer: None,
            ..Self::caller(LOCAL, LOCAL)
        }
    }

    /// A user who may call the tools of every connector that exists for them.
    #[must_use]
    pub fn caller(user: impl Into<String>, organisation: impl Into<String>) -> Self {
        let (user, organisation) = (user.into(), organisation.into());
        Self {
            sharer: Some(format!("{organisation}\n{user}").into()),
            user,
            organisation,
            roles: Roles::from_iter([Role::Call]),
            scope: Scope::All,
            sees_everybodys: false,
        }
    }

    /// The same caller with these roles instead.
    #[must_use]
    pub fn with_roles(mut self, roles: Roles) -> Self {
        self.roles = roles;
        self
    }

    /// The same caller, for whom there is nothing outside of `scope`.
    #[must_use]
    pub fn within(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }

    /// Whether this caller may do that. The one place that decides it, whichever way a request came.
    #[must_use]
    pub fn may(&self, role: Role) -> bool {
        self.roles.contains(role)
    }

    /// Whose share of the process this caller takes from.
    #[must_use]
    pub fn sharer(&self) -> Sharer {
        self.sharer.clone()
    }

    /// Whether connectors that belong to other users exist for this caller.
    #[must_use]
    pub fn sees_everybodys(&self) -> bool {
        self.sees_everybodys
    }
}

impl Scope {
    /// Whether the connector `slug` is part of it.
    #[must_use]
    pub fn contains(&self, slug: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(slugs) => slugs.contains(slug),
        }
    }
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::Call, Self::Author, Self::Admin];

    /// The role as text, e.g. `call`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Author => "author",
            Self::Admin => "admin",
        }
    }

    /// Reads what [`Role::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

impl Roles {
    /// Whether `role` is among them.
    #[must_use]
    pub fn contains(self, role: Role) -> bool {
        match role {
            Role::Call => self.call,
            Role::Author => self.author,
            Role::Admin => self.admin,
        }
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<T: IntoIterator<Item = Role>>(roles: T) -> Self {
        let mut all = Self::default();
        for role in roles {
            match role {
                Role::Call => all.call = true,
                Role::Author => all.author = true,
                Role::Admin => all.admin = true,
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_what_was_given_and_no_other() {
        for given in Role::ALL {
            let principal = Principal::caller("ana", "acme").with_roles(Roles::from_iter([given]));
            for asked in Role::ALL {
                assert_eq!(principal.may(asked), asked == given, "{given:?} {asked:?}");
            }
            assert_eq!(Role::parse(given.as_str()), Some(given));
        }
        assert_eq!(Role::parse("owner"), None);
        assert!(Role::ALL.into_iter().all(|role| Principal::local().may(role)));
        assert!(Role::ALL.into_iter().all(|role| !Roles::default().contains(role)));
    }

    #[test]
    fn a_scope_holds_what_it_names() {
        let only = Scope::Only(Arc::new(BTreeSet::from(["crm".to_owned()])));
        assert!(only.contains("crm") && !only.contains("crm_2") && !only.contains(""));
        assert!(Scope::All.contains("anything"));
    }
}
