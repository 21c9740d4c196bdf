//! URLs, read by the host.

use rquickjs::{Ctx, Exception, Object, Result};

use crate::imports::url;
use crate::text::Text;

/// The parts of a URL; `undefined` when it is none.
pub(crate) fn parse(ctx: Ctx<'_>, input: Text, base: Option<Text>) -> Result<Option<Object<'_>>> {
    let base = base.map(|base| base.0);
    url::parse(&input.0, base.as_deref())
        .ok()
        .map(|parts| object(&ctx, parts))
        .transpose()
}

/// The parts of `href` with one of them changed; `undefined` when the host refuses it.
pub(crate) fn set(ctx: Ctx<'_>, href: Text, part: String, value: Text) -> Result<Option<Object<'_>>> {
    let part = match part.as_str() {
        "href" => url::Part::Href,
        "protocol" => url::Part::Protocol,
        "username" => url::Part::Username,
        "password" => url::Part::Password,
        "host" => url::Part::Host,
        "hostname" => url::Part::Hostname,
        "port" => url::Part::Port,
        "pathname" => url::Part::Pathname,
        "search" => url::Part::Search,
        "hash" => url::Part::Hash,
        _ => return Err(Exception::throw_type(&ctx, "a URL has no such part")),
    };
    url::set(&href.0, part, &value.0)
        .ok()
        .map(|parts| object(&ctx, parts))
        .transpose()
}

fn object<'js>(ctx: &Ctx<'js>, parts: url::Parts) -> Result<Object<'js>> {
    let object = Object::new(ctx.clone())?;
    let fields = [
        ("href", parts.href),
        ("origin", parts.origin),
        ("protocol", parts.protocol),
        ("username", parts.username),
        ("password", parts.password),
        ("host", parts.host),
        ("hostname", parts.hostname),
        ("port", parts.port),
        ("pathname", parts.pathname),
        ("search", parts.search),
        ("hash", parts.hash),
    ];
    for (name, value) in fields {
        object.set(name, value)?;
    }
    Ok(object)
}
