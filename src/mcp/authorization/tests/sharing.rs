//! What users with keys share. On the wall clock: a paused one runs ahead to the deadlines of idle connections.

use super::*;

#[tokio::test]
async fn one_user_does_not_keep_the_others_out_with_connections() {
    let settings = HttpSettings {
        max_connections: 4,
        ..HttpSettings::default()
    };
    let server = start_with(Authentication::Keys, settings).await;
    let ana = header(&server.key(|_| {}).await);
    let ben = header(&server.key(|record| record.user = "ben".into()).await);
    let (headers, body) = (format!("{MCP}{STATELESS}{ana}"), stateless_call(1, None).to_string());
    let mut connections = Vec::new();
    for _ in 0..4 {
        let mut connection = Connection::open(server.address).await;
        connection.send("POST", "/mcp", &headers, &body).await;
        connection.until("200 OK").await;
        connections.push(connection);
    }
    assert_eq!(status(&server.call(&ben).await), "200");
    // Beyond three times what was left, and the only one that had to go.
    let mut last = connections.pop().expect("four");
    last.until_closed().await;
    for mut connection in connections {
        connection.send("GET", "/health", "", "").await;
        connection.until("\r\n\r\nok").await;
    }
}
