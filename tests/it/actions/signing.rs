//! What code computes of secrets that it has only handles of: codes with them as keys, and no digests.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::{SEALED, content, desk, failure};
use crate::harness::Upstream;

/// The engine knows a handle by its looks, which are the host's.
#[tokio::test]
async fn a_handle_has_no_digest() {
    let workspace = desk(
        "http://127.0.0.1:9/v1",
        SEALED,
        &[(
            "digest",
            "read",
            "return { of: ld.hash('sha256', `a${data.auth.api_key}b`) };",
        )],
    );
    let mut session = workspace.serve().await;
    let answer = session.call("desk__digest", json!({})).await;
    assert!(failure(&answer).contains("a digest of a handle"), "{answer}");
}

/// Signs with a secret that the code decodes first, in each way that there is to write it.
const SIGNING: &str = r#"
const { client_secret, password } = data.auth;
const text = "what do ya want for nothing?";
const bytes = Uint8Array.from(atob(client_secret), (character) => character.charCodeAt(0));
const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
const signed = await crypto.subtle.sign("HMAC", key, Buffer.from(text));
const sent = ld.request({ method: "POST", url: "/never", body: Buffer.from(password, "hex") });
return {
  base64: ld.hmac("sha256", Buffer.from(client_secret, "base64"), text),
  imported: Buffer.from(signed).toString("hex"),
  hex: ld.hmac("sha256", Buffer.from(password, "hex"), text),
  sent: await sent.catch((error) => error.message),
};
"#;

/// RFC 4231, test case 2.
#[tokio::test]
async fn a_secret_that_code_decodes_first_may_be_the_key_of_an_hmac() {
    let upstream = Upstream::fixed("{}").await;
    let settings = format!("{SEALED}client_secret = \"env:DESK_BASE64\"\npassword = \"env:DESK_HEX\"\n");
    let mut workspace = desk(&upstream.base_url(), &settings, &[("sign", "write", SIGNING)]);
    workspace.set("DESK_BASE64", &STANDARD.encode("Jefe"));
    workspace.set("DESK_HEX", "4A656665");
    let mut session = workspace.serve().await;
    let answer = session.call("desk__sign", json!({})).await;
    let answer = content(&answer);
    for way in ["base64", "imported", "hex"] {
        let code = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(answer[way], code, "{way}");
    }
    let told = answer["sent"].as_str().unwrap();
    assert!(told.starts_with("what is decoded of a handle"), "{told}");
    assert_eq!(upstream.count(), 0);
}
