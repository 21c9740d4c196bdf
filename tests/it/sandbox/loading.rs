//! What may be run at all.

use toolgate::runner::guest::LoadError;

use super::{bytes, sandbox};

fn refusal(program: &[u8]) -> LoadError {
    sandbox(|_| ()).component(program, "actions/a.wasm").unwrap_err()
}

fn component(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap()
}

#[test]
fn what_is_no_component_is_refused() {
    let table = [
        (
            b"not code".to_vec(),
            "actions/a.wasm is not WebAssembly: it does not begin with the bytes of a WebAssembly file",
        ),
        (
            Vec::new(),
            "actions/a.wasm is not WebAssembly: it does not begin with the bytes of a WebAssembly file",
        ),
        (
            component("(module)"),
            "actions/a.wasm is a core WebAssembly module, not a component: make a component of it, e.g. with `wasm-tools \
             component new`",
        ),
    ];
    for (program, expected) in table {
        assert_eq!(refusal(&program).to_string(), expected);
    }
    let mut broken = bytes("repeats.wat");
    broken.truncate(broken.len() / 2);
    assert!(matches!(refusal(&broken), LoadError::Unreadable { .. }));
}

#[test]
fn an_import_of_anything_else_is_refused_by_its_name() {
    for import in [
        "wasi:http/outgoing-handler@0.2.0",
        "wasi:sockets/tcp@0.2.0",
        "wasi:cli/run@0.2.0",
        "wasi:filesystem/preopens@0.3.0",
        "toolgate:action/files@0.1.0",
        "toolgate:action/http@0.2.0",
        "toolgate:action/http",
        "other:package/http@0.1.0",
    ] {
        let program = component(&format!("(component (import \"{import}\" (instance)))"));
        let error = refusal(&program);
        assert_eq!(
            error,
            LoadError::Import {
                name: "actions/a.wasm".to_owned(),
                import: import.to_owned()
            }
        );
        assert!(error.to_string().contains(&format!("`{import}`")), "{error}");
    }
    let function = component("(component (import \"fetch\" (func)))");
    assert!(matches!(refusal(&function), LoadError::Import { import, .. } if import == "fetch"));
}

#[test]
fn a_component_of_another_world_is_refused() {
    let core = "(core module $code (func (export \"run\")) (memory (export \"memory\") 1))
        (core instance $code (instantiate $code))";
    let table = [
        ("(component)".to_owned(), "it has no export `run`"),
        (
            format!("(component {core} (func (export \"run\") (canon lift (core func $code \"run\"))))"),
            "its export `run` is not `async func(data: string) -> result<string, failure>`",
        ),
        (
            "(component (import \"toolgate:action/clock@0.1.0\" (instance (export \"now\" (func (result string))))))"
                .to_owned(),
            "toolgate:action/clock@0.1.0",
        ),
    ];
    for (text, expected) in table {
        let error = refusal(&component(&text));
        assert!(matches!(error, LoadError::World { .. }), "{error:?}");
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn a_component_that_needs_more_than_any_run_gets_is_refused() {
    let error = refusal(&bytes("large_memory.wat"));
    assert!(matches!(error, LoadError::Unreadable { .. }), "{error:?}");
    assert!(error.to_string().contains("sandbox.max_memory_bytes"), "{error}");
}

/// An operator who raises a setting that does not decide would wait for nothing.
#[test]
fn a_setting_is_named_only_where_it_decides() {
    let within = |what: &str| {
        component(&format!(
            "(component (core module $m {what}) (core instance (instantiate $m)))"
        ))
    };
    let table = refusal(&within("(table 10000000 funcref)")).to_string();
    assert!(table.ends_with("(setting sandbox.max_table_elements)"), "{table}");
    let memory = refusal(&within("(memory 65536)")).to_string();
    assert!(memory.ends_with("(setting sandbox.max_memory_bytes)"), "{memory}");
    let tuples: String = (1..8).fold("(type $t0 (tuple u8))".to_owned(), |types, index| {
        let before = format!(" $t{}", index - 1).repeat(8);
        format!("{types} (type $t{index} (tuple{before}))")
    });
    let deep = component(&format!("(component {tuples} (import \"x\" (func (param \"a\" $t7))))"));
    let deep = refusal(&deep).to_string();
    assert!(
        deep.contains("exceeds the limit") && !deep.contains("setting"),
        "{deep}"
    );
}
