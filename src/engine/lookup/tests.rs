use std::fmt::Write as _;

use super::*;
use crate::connector::{self, SourceFile};

/// A catalog of connectors, each with the methods and names of its actions.
fn catalog(connectors: &[(&str, &[(&str, &str)])]) -> Catalog {
    let connectors = connectors.iter().map(|(name, actions)| {
        let mut text = format!("name = \"{name}\"\n[connection]\nbase_url = \"https://{name}.example.com\"\n");
        for (method, action) in *actions {
            _ = writeln!(
                text,
                "[[actions]]\nname = \"{action}\"\nmethod = \"{method}\"\npath = \"/{action}\""
            );
        }
        let file = SourceFile {
            shown: "connector.toml".into(),
            relative: "connector.toml".into(),
            text,
        };
        Arc::new(connector::load(&[file]).connector.expect("a connector"))
    });
    Catalog::assemble(connectors.collect()).0
}

/// What is told to do instead of calling this.
fn advice(catalog: &Catalog, name: &str) -> String {
    let error = find(catalog, name, &Principal::local()).expect_err("there is no such tool");
    error.resolution
}

#[test]
fn only_what_is_really_alike_is_offered() {
    let catalog = catalog(&[
        ("lab", &[("GET", "hang"), ("GET", "leak"), ("POST", "write")]),
        (
            "crm",
            &[
                ("GET", "get_customer"),
                ("GET", "search_customers"),
                ("POST", "create_ticket"),
                ("POST", "set_ticket"),
            ],
        ),
        ("erp", &[("GET", "get_customer"), ("GET", "get_costumes")]),
        ("figma", &[("GET", "get_comments")]),
    ]);
    let nothing = "list the tools again and call one of them by its exact name";
    let meant = |names: &str| format!("call {names} if that is what you mean, or list the tools again");
    for (called, expected) in [
        ("two__a", nothing.to_owned()),
        ("find_actions", nothing.to_owned()),
        ("", nothing.to_owned()),
        ("__", nothing.to_owned()),
        ("crn__get_customer", meant("`crm__get_customer`")),
        ("crm_get_customer", meant("`crm__get_customer`")),
        ("mcp__toolgate__erp__get_customer", meant("`erp__get_customer`")),
        ("getCustomer", meant("`crm__get_customer` or `erp__get_customer`")),
        // The connector comes first, and of others only what has the very name.
        ("crn__get_costumer", meant("`crm__get_customer`")),
        (
            "sales__get_customer",
            meant("`crm__get_customer` or `erp__get_customer`"),
        ),
        ("sales__get_costumer", nothing.to_owned()),
        ("crate_ticket", meant("`crm__create_ticket`")),
        // What writes is not offered to somebody who wants to read.
        ("get_ticket", nothing.to_owned()),
    ] {
        assert_eq!(advice(&catalog, called), expected, "{called}");
    }
    for (called, expected) in [
        ("crm__get_custumer", "call `crm__get_customer` instead"),
        ("crm__get_customers", "call `crm__get_customer` instead"),
        ("custom.crm.create_tickets", "call `crm__create_ticket` instead"),
        (
            "lab__read",
            "its actions are `hang`, `leak`, `write`; list the tools for their exact names",
        ),
        (
            "crm__get_ticket",
            "its actions are `get_customer`, `search_customers`, `create_ticket`, `set_ticket`; list the tools for their \
             exact names",
        ),
    ] {
        assert_eq!(advice(&catalog, called), expected, "{called}");
    }
}

#[test]
fn a_list_of_actions_that_is_cut_says_so() {
    let names: Vec<String> = (0..12)
        .map(|index| format!("act_{index}_of_{}", "x".repeat(index + 1)))
        .collect();
    let actions: Vec<(&str, &str)> = names.iter().map(|name| ("GET", name.as_str())).collect();
    let eight = names[..8].join("`, `");
    for (count, listed) in [(8, format!("`{eight}`")), (12, format!("`{eight}` and 4 more"))] {
        let catalog = catalog(&[("big", &actions[..count])]);
        assert_eq!(
            advice(&catalog, "big__zzz"),
            format!("its actions are {listed}; list the tools for their exact names")
        );
    }
}

#[test]
fn a_name_of_any_length_is_compared_in_no_time() {
    let catalog = catalog(&[("crm", &[("GET", "get_customer")])]);
    let long = "x".repeat(1_000_000);
    for name in [long.clone(), format!("crm__{long}")] {
        assert!(!advice(&catalog, &name).contains(&long));
    }
}
