//! The demo's connector, carried inside the binary so that the demo runs from anywhere.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::catalog::folder::{ConnectorSource, Sources};
use crate::connector::SourceFile;

/// The address in the committed connector, which stands for the sample API's usual port.
const COMMITTED_ADDRESS: &str = "127.0.0.1:7878";

const FILES: [(&str, &str); 3] = [
    (
        "connector.toml",
        include_str!("../../../connectors/demo-crm/connector.toml"),
    ),
    (
        "services/customer.toml",
        include_str!("../../../connectors/demo-crm/services/customer.toml"),
    ),
    (
        "services/ticket.toml",
        include_str!("../../../connectors/demo-crm/services/ticket.toml"),
    ),
];

/// The connector with the sample API's real address.
pub(super) fn sources(address: SocketAddr) -> Sources {
    let files = FILES
        .iter()
        .map(|(name, text)| SourceFile {
            shown: PathBuf::from("connectors/demo-crm").join(name),
            relative: PathBuf::from(name),
            text: text.replace(COMMITTED_ADDRESS, &address.to_string()),
        })
        .collect();
    Sources {
        connectors: vec![ConnectorSource {
            path: "connectors/demo-crm".into(),
            code: Vec::new(),
            files,
        }],
        problems: Vec::new(),
    }
}
