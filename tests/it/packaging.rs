//! What is packed around the binary: the registry's file, and the container.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use toolgate::diagnostics::Source;
use toolgate::document::{Format, parse};

use crate::committed;
use crate::harness::{Upstream, connector};

pub(crate) fn read(name: &str) -> String {
    std::fs::read_to_string(committed::path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The instructions of the Containerfile: their names and what stands behind them, lines joined.
pub(crate) fn instructions() -> Vec<(String, String)> {
    let text = read("packaging/Containerfile").replace("\\\n", " ");
    let lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (name, rest) = line.split_once(' ').unwrap();
            (name.to_owned(), rest.split_whitespace().collect::<Vec<_>>().join(" "))
        })
        .collect()
}

fn instruction(name: &str) -> String {
    let all = instructions();
    let mut found = all.iter().filter(|(found, _)| found == name);
    let (_, rest) = found.next_back().unwrap_or_else(|| panic!("no {name}"));
    rest.clone()
}

/// The rules of the registry's schema of 2025-12-11 that this file could break.
#[test]
fn the_registrys_file_is_of_this_version() {
    let file: Value = serde_json::from_str(&read("server.json")).unwrap();
    let schema = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json";
    assert_eq!(file["$schema"], schema);
    let name = file["name"].as_str().unwrap();
    let (namespace, server) = name.split_once('/').unwrap();
    let plain = |text: &str, more: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c));
    assert!(plain(namespace, ".-") && namespace.contains('.'), "{name}");
    assert!(plain(server, "._-") && server == env!("CARGO_PKG_NAME"), "{name}");
    for (key, longest) in [("description", 100), ("title", 100)] {
        let length = file[key].as_str().unwrap().chars().count();
        assert!((1..=longest).contains(&length), "`{key}` has {length} characters");
    }
    assert_eq!(file["version"], env!("CARGO_PKG_VERSION"));
    for package in file["packages"].as_array().unwrap() {
        assert_eq!(package["version"], env!("CARGO_PKG_VERSION"));
        assert_eq!(package["identifier"], env!("CARGO_PKG_NAME"));
        assert_eq!(package["transport"]["type"], "stdio");
        for argument in package["packageArguments"].as_array().unwrap() {
            match argument["type"].as_str().unwrap() {
                "positional" => assert!(argument["value"].is_string()),
                "named" => assert!(argument["name"].as_str().unwrap().starts_with("--")),
                other => panic!("{other}"),
            }
        }
        let help = String::from_utf8(toolgate(&["serve", "--help"]).stdout).unwrap();
        for variable in package["environmentVariables"].as_array().unwrap() {
            let name = variable["name"].as_str().unwrap();
            assert!(help.contains(&format!("[env: `{name}`]")), "{name}");
        }
    }
    // The registry looks for the name there, to see that both belong together.
    assert!(read("README.md").contains(&format!("mcp-name: {name}\n")));
}

fn toolgate(arguments: &[&str]) -> std::process::Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_toolgate"));
    command
        .args(arguments)
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[test]
fn the_image_is_small_unprivileged_and_asks_after_itself() {
    let all = instructions();
    let stages: Vec<&str> = all
        .iter()
        .filter(|(name, _)| name == "FROM")
        .map(|(_, rest)| rest.as_str())
        .collect();
    assert_eq!(stages.len(), 2);
    assert_eq!(stages[1], "scratch");
    assert_eq!(instruction("USER"), "65532:65532");
    assert_eq!(instruction("ENTRYPOINT"), r#"["/toolgate"]"#);
    assert_eq!(instruction("CMD"), r#"["serve"]"#);
    assert!(instruction("HEALTHCHECK").ends_with(r#"CMD ["/toolgate", "health"]"#));
    assert_eq!(instruction("VOLUME"), r#"["/state"]"#);
    // Whatever is copied from the repository is there, and no build argument could carry a secret into a layer.
    for (name, rest) in &all {
        assert_ne!(name, "ARG");
        if name == "COPY" && !rest.starts_with("--from") {
            let mut words: Vec<&str> = rest.split(' ').collect();
            words.pop();
            for source in words {
                assert!(committed::path(source).exists(), "{source}");
            }
        }
    }
    // What the build needs is what the manifest names.
    let manifest: toml::Table = toml::from_str(&read("Cargo.toml")).unwrap();
    let rust = manifest["package"]["rust-version"].as_str().unwrap();
    assert!(stages[0].starts_with(&format!("rust:{rust}-")), "{}", stages[0]);
}

#[test]
fn the_compose_file_agrees_with_the_image() {
    let text = read("packaging/compose.yaml");
    let file = committed::path("packaging/compose.yaml");
    let source = Source::new(&file, &text);
    let Ok(compose) = parse(&source, Format::Yaml) else {
        panic!("not YAML");
    };
    let compose = compose.to_json();
    let service = &compose["services"]["toolgate"];
    let folder = file.parent().unwrap();
    let context = folder.join(service["build"]["context"].as_str().unwrap());
    assert!(context.join(service["build"]["dockerfile"].as_str().unwrap()).exists());
    assert_eq!(service["user"], instruction("USER").as_str());
    assert_eq!(service["read_only"], true);
    assert_eq!(service["cap_drop"][0], "ALL");
    assert_eq!(service["security_opt"][0], "no-new-privileges:true");
    for limit in ["mem_limit", "pids_limit", "cpus"] {
        assert!(!service[limit].is_null(), "{limit}");
    }
    let environment = instruction("ENV");
    for volume in service["volumes"].as_array().unwrap() {
        let parts: Vec<&str> = volume.as_str().unwrap().split(':').collect();
        let mounted = format!("={}", parts[1]);
        assert!(
            environment.split(' ').any(|setting| setting.ends_with(&mounted)),
            "{}",
            parts[1]
        );
        if parts[0].starts_with('.') {
            assert!(folder.join(parts[0]).exists(), "{}", parts[0]);
            assert_eq!(parts.get(2), Some(&"ro"), "{}", parts[0]);
        } else {
            assert!(!compose["volumes"].as_object().unwrap()[parts[0]].is_string());
            assert_eq!(parts[1], "/state");
        }
    }
    // The port that is published is the one that the settings name.
    let settings: toml::Table = toml::from_str(&read("packaging/config.toml")).unwrap();
    let address = settings["http"]["address"].as_str().unwrap();
    let (_, port) = address.rsplit_once(':').unwrap();
    assert_eq!(instruction("EXPOSE"), port);
    assert!(service["ports"][0].as_str().unwrap().ends_with(&format!(":{port}")));
    // Calls that are running may finish before the engine kills the process.
    let grace = service["stop_grace_period"]
        .as_str()
        .unwrap()
        .trim_end_matches('s')
        .parse::<u64>()
        .unwrap();
    assert!(grace * 1000 > toolgate::config::Config::default().server.shutdown_grace_ms);
}

#[test]
fn the_settings_of_the_container_have_no_errors() {
    let folder = tempfile::tempdir().unwrap();
    let run = toolgate(&[
        "check",
        "--config",
        committed::path("packaging/config.toml").to_str().unwrap(),
        "--connectors",
        folder.path().to_str().unwrap(),
        "--state",
        folder.path().to_str().unwrap(),
    ]);
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}

/// The root file system of the image, made here, with the program running in it as its user.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_program_runs_in_the_images_root_alone() {
    use crate::harness::within;

    let is_root = Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout == b"0\n");
    let chroot = which("chroot").filter(|_| is_root && which("ldd").is_some());
    let has_authorities = Path::new("/etc/ssl/certs/ca-certificates.crt").exists();
    let Some(chroot) = chroot.filter(|_| has_authorities) else {
        eprintln!("not run: changing the root needs root, chroot, ldd and certificate authorities");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("rootfs");
    let script = committed::path("packaging/rootfs");
    let made = Command::new(script)
        .arg(env!("CARGO_BIN_EXE_toolgate"))
        .arg(&root)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let programs: Vec<String> = programs_in(&root);
    assert_eq!(programs, ["toolgate"]);

    let upstream = Upstream::fixed(r#"{"id": "1"}"#).await;
    let text = connector("crm", &upstream.base_url(), crate::cli::ACTIONS);
    std::fs::write(root.join("connectors/crm.toml"), text).unwrap();
    let owned = Command::new("chown")
        .args(["65532:65532"])
        .arg(root.join("state"))
        .status()
        .unwrap();
    assert!(owned.success());
    let run = async |arguments: &[&str]| {
        let mut command = tokio::process::Command::new(&chroot);
        command
            .args(["--userspec=65532:65532", root.to_str().unwrap(), "/toolgate"])
            .args(arguments)
            .env_clear()
            .env("CRM_KEY", "k3y-container")
            .env("TOOLGATE_CONNECTORS", "/connectors")
            .env("TOOLGATE_STATE", "/state")
            .stdin(Stdio::null());
        let output = within("the end of a run", command.output()).await.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(run(&["--version"]).await.contains(env!("CARGO_PKG_VERSION")));
    let answer = run(&["call", "crm__get_thing", "--input", r#"{"id": "1"}"#]).await;
    assert!(answer.contains("\"id\": \"1\""), "{answer}");
    assert!(root.join("state/toolgate.db").exists());
}

#[cfg(target_os = "linux")]
fn which(program: &str) -> Option<std::path::PathBuf> {
    let folders = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];
    folders
        .iter()
        .map(|folder| Path::new(folder).join(program))
        .find(|path| path.exists())
}

/// Files outside of library folders that can be run.
#[cfg(target_os = "linux")]
fn programs_in(root: &Path) -> Vec<String> {
    use std::os::unix::fs::PermissionsExt as _;
    let mut programs = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            if path.is_dir() {
                folders.push(path);
            } else if path.metadata().unwrap().permissions().mode() & 0o111 != 0 && !name.contains(".so") {
                programs.push(name);
            }
        }
    }
    programs
}
