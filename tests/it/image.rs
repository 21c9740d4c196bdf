//! The container image: what the instructions of the Containerfile make of a binary that is there already.
//!
//! Everything behind the compiler's work is done by Buildah as it is written, and the program then runs in what came out
//! of it. Buildah is not everywhere, so this test only runs when `tests/run container` asks for it.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::committed;
use crate::harness::{Upstream, connector, eventually, signal, within};
use crate::packaging::{instructions, read};

/// What the compiler's command in the Containerfile begins with.
const COMPILES: &str = "cargo ";

/// An image that Buildah made, and a container of it.
struct Image {
    folder: TempDir,
    /// The container's files.
    root: PathBuf,
    /// As Docker would read them: `User`, `Entrypoint` and the others.
    settings: Value,
}

fn succeeds(command: &mut Command) -> Output {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {complaint}");
    output
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap().trim().to_owned()
}

fn buildah(folder: &Path, arguments: &[&str]) -> Output {
    succeeds(&mut with_buildah(folder, arguments))
}

/// A command of Buildah, whose images and containers lie in `folder`.
fn with_buildah(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("buildah");
    command
        .args(["--storage-driver", "vfs", "--root"])
        .arg(folder.join("store"))
        .arg("--runroot")
        .arg(folder.join("run"))
        .args(arguments)
        .env("BUILDAH_ISOLATION", "chroot");
    command
}

impl Image {
    fn build() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path();
        let binary = place.join("toolgate");
        // Debugging information is ten times the program.
        succeeds(
            Command::new("strip")
                .arg("-o")
                .arg(&binary)
                .arg(env!("CARGO_BIN_EXE_toolgate")),
        );
        let all = instructions();
        let second = all.iter().rposition(|(name, _)| name == "FROM").unwrap();
        let (first, last) = all.split_at(second);

        // The first stage's commands around the compiler's, here in place of an image with a compiler.
        let packs: Vec<&str> = first
            .iter()
            .filter(|(name, command)| name == "RUN" && command.contains("packaging/rootfs"))
            .map(|(_, command)| command.as_str())
            .collect();
        assert_eq!(packs.len(), 1);
        assert!(
            first
                .iter()
                .any(|(name, command)| name == "RUN" && command.starts_with(COMPILES)),
        );
        let made = format!(" {}/", place.display());
        let command = packs[0]
            .replace("target/release/toolgate", binary.to_str().unwrap())
            .replace(" /rootfs", &format!("{made}rootfs"))
            .replace(" /owned", &format!("{made}owned"));
        succeeds(
            Command::new("sh")
                .args(["-euc", &command])
                .current_dir(committed::path(".")),
        );
        std::fs::create_dir(place.join("packaging")).unwrap();
        std::fs::write(place.join("packaging/config.toml"), read("packaging/config.toml")).unwrap();

        let mut text = "FROM scratch AS build\nCOPY rootfs /rootfs\nCOPY owned /owned\n".to_owned();
        for (name, rest) in last {
            text.extend([name, " ", rest, "\n"]);
        }
        let file = place.join("Containerfile");
        std::fs::write(&file, text).unwrap();
        let (file, context) = (file.to_str().unwrap(), place.to_str().unwrap());
        buildah(
            place,
            &[
                "bud", "--format", "docker", "--tag", "toolgate", "--file", file, context,
            ],
        );
        let container = said(&buildah(place, &["from", "--pull-never", "toolgate"]));
        let root = PathBuf::from(said(&buildah(place, &["mount", &container])));
        let told: Value =
            serde_json::from_str(&said(&buildah(place, &["inspect", "--type", "image", "toolgate"]))).unwrap();
        let settings = told["Docker"]["config"].clone();
        Self { folder, root, settings }
    }

    /// A command of the image in its files alone, as its user and with its environment.
    fn command(&self, words: &[&str]) -> tokio::process::Command {
        let mut command = tokio::process::Command::new("chroot");
        command
            .arg(format!("--userspec={}", self.settings["User"].as_str().unwrap()))
            .arg(&self.root)
            .args(words)
            .env_clear()
            .env("CRM_KEY", "k3y-image")
            .stdin(Stdio::null())
            .kill_on_drop(true);
        for setting in self.words("Env") {
            let (name, value) = setting.split_once('=').unwrap();
            command.env(name, value);
        }
        command
    }

    fn words(&self, name: &str) -> Vec<&str> {
        words(&self.settings[name])
    }
}

fn words(list: &Value) -> Vec<&str> {
    let words = list.as_array().unwrap_or_else(|| panic!("{list} is no list"));
    words.iter().map(|word| word.as_str().unwrap()).collect()
}

impl Drop for Image {
    fn drop(&mut self) {
        // What is mounted cannot be removed with the folder.
        let ended = with_buildah(self.folder.path(), &["umount", "--all"])
            .stdin(Stdio::null())
            .output();
        let is_over = ended.as_ref().is_ok_and(|output| output.status.success());
        // A panic on top of the test's own would end the process, and nobody would read why the test failed.
        assert!(
            is_over || std::thread::panicking(),
            "{} stays mounted: {ended:?}",
            self.root.display()
        );
    }
}

#[tokio::test]
#[ignore = "needs Buildah and root: `tests/run container`"]
async fn the_image_serves_as_its_user_and_says_that_it_does() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

    let image = Image::build();
    let state = image.root.join("state").metadata().unwrap();
    let owner = format!("{}:{}", state.uid(), state.gid());
    assert_eq!(image.settings["User"], owner.as_str());
    assert_eq!(state.permissions().mode() & 0o777, 0o700);

    let upstream = Upstream::fixed(r#"{"id": "1"}"#).await;
    let text = connector("crm", &upstream.base_url(), crate::cli::ACTIONS);
    std::fs::write(image.root.join("connectors/crm.toml"), text).unwrap();
    // A port that is free, of this machine only.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let settings = image.root.join("etc/toolgate/config.toml");
    let written = std::fs::read_to_string(&settings).unwrap();
    std::fs::write(&settings, written.replace("0.0.0.0:8080", &address.to_string())).unwrap();

    let entry = image.words("Entrypoint");
    let call = [&entry[..], &["call", "crm__get_thing", "--input", r#"{"id": "1"}"#]].concat();
    let answer = within("a call", image.command(&call).output()).await.unwrap();
    let (told, complaint) = (said(&answer), String::from_utf8_lossy(&answer.stderr));
    assert!(told.contains("\"id\": \"1\""), "{told} {complaint}");

    let asked = words(&image.settings["Healthcheck"]["Test"]);
    assert_eq!(asked[0], "CMD");
    let ask = async || {
        let answer = image.command(&asked[1..]).output();
        within("an answer about health", answer).await.unwrap().status.success()
    };
    assert!(!ask().await, "healthy before there is a server");
    let serve = [entry, image.words("Cmd")].concat();
    let mut server = image
        .command(&serve)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    eventually("health", async || ask().await.then_some(())).await;
    signal("TERM", server.id().unwrap());
    let ended = within("the end of the server", server.wait()).await.unwrap();
    assert!(ended.success(), "{ended}");
}
