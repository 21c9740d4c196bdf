//! Which connectors exist for whom (ruling C-27).

use super::Principal;
use crate::connector::model::Connector;

/// Whether `connector` exists for `principal`. One that does not must look as if it had never existed (contract S1-04).
#[must_use]
pub fn exists_for(principal: &Principal, connector: &Connector) -> bool {
    let owned = connector.owner.as_ref().is_none_or(|owner| {
        principal.sees_everybodys()
            || owner.organisation == principal.organisation
                && owner.user.as_ref().is_none_or(|user| *user == principal.user)
    });
    owned && principal.scope.contains(&connector.slug)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use super::*;
    use crate::connector::{self, SourceFile};
    use crate::policy::Scope;

    fn crm(owner: &str) -> Connector {
        let text = format!(
            "name = \"CRM\"\n{owner}\n[connection]\nbase_url = \"https://example.com\"\n[auth]\ntype = \"none\"\n\
             [[actions]]\nname = \"get\"\ndescription = \"Gets\"\nmethod = \"GET\"\npath = \"/\"\n"
        );
        let loaded = connector::load(&[SourceFile {
            shown: "crm.toml".into(),
            relative: "connector.toml".into(),
            text,
        }]);
        loaded.connector.unwrap_or_else(|| panic!("{:?}", loaded.diagnostics))
    }

    #[test]
    fn a_connector_exists_for_its_owner_within_the_scope() {
        let only = |slug: &str| Scope::Only(Arc::new(BTreeSet::from([slug.to_owned()])));
        let scoped = |scope: Scope| Principal::caller("ana", "local").within(scope);
        let free = crm("");
        let anas = crm("user_id = \"ana\"");
        let acmes_bobs = crm("user_id = \"bob\"\norganisation = \"acme\"");
        let acmes = crm("organisation = \"acme\"");
        let table = [
            (Principal::local(), [true, true, true, true]),
            (scoped(Scope::All), [true, true, false, false]),
            (scoped(only("crm")), [true, true, false, false]),
            (scoped(only("wiki")), [false, false, false, false]),
            // The name alone gives nothing: the implicit user is not somebody who is called that.
            (Principal::caller("local", "local"), [true, false, false, false]),
            // Of two who have the same name, each has an organisation.
            (Principal::caller("ana", "acme"), [true, false, false, true]),
            (Principal::caller("bob", "acme"), [true, false, true, true]),
            (Principal::caller("bob", "globex"), [true, false, false, false]),
        ];
        for (principal, expected) in table {
            let seen = [&free, &anas, &acmes_bobs, &acmes].map(|connector| exists_for(&principal, connector));
            assert_eq!(seen, expected, "{principal:?}");
        }
    }
}
