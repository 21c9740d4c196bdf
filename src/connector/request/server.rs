//! The server that an action's request goes to.

use std::sync::Arc;

use super::Request;
use crate::connector::document::ActionDocument;
use crate::connector::model::{Connection, Server};
use crate::document::{Node, closest};

impl Request<'_> {
    /// The server that the action names; `None` for the connection's own. `connection` is `None` when it has errors of
    /// its own.
    pub(super) fn server(
        &mut self,
        node: &Node,
        document: &ActionDocument,
        connection: Option<&Connection>,
    ) -> Option<Arc<Server>> {
        let (name, connection) = document.server.as_ref().zip(connection)?;
        let Some(server) = connection.servers.iter().find(|server| server.name == *name) else {
            let known = connection.servers.iter().map(|server| server.name.as_str());
            let help = match closest(name, known) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("say where it is: [connection.servers.{name}] with a base_url"),
            };
            let message = format!("the connection has no server `{name}`");
            self.refuse_with_help("unknown-server", node.value_span("server"), message, &help);
            return None;
        };
        if document.credentials == Some(true) && !server.credentials {
            let message = format!("the server `{name}` gets no credential");
            let help = format!("write credentials = true under [connection.servers.{name}], or remove it here");
            self.refuse_with_help("no-credential", node.value_span("credentials"), message, &help);
        }
        Some(Arc::clone(server))
    }
}
