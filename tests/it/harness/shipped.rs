//! A connector that comes with Toolgate, with the sample API running behind it.

use std::path::Path;

use toolgate::sample::{self, Running};

use super::Workspace;

/// The key of the sample API.
const KEY: &str = "key-of-the-sample-api";

/// The address in the committed files.
const COMMITTED_ADDRESS: &str = "127.0.0.1:7878";

/// An installation with a copy of the connector in the folder `name`. The API ends with what stands beside it.
pub(crate) async fn shipped(name: &str) -> (Workspace, Running) {
    let mut workspace = Workspace::new();
    workspace.set("DEMO_CRM_KEY", KEY);
    let api = sample::start(sample::ANY_LOOPBACK_PORT, KEY.to_owned()).await.unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("connectors").join(name);
    copy(&workspace, &folder, name, &api.address().to_string());
    (workspace, api)
}

fn copy(workspace: &Workspace, folder: &Path, name: &str, address: &str) {
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{name}/{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            copy(workspace, &path, &name, address);
        } else {
            let text = std::fs::read_to_string(&path).unwrap();
            workspace.write(&name, text.replace(COMMITTED_ADDRESS, address));
        }
    }
}
