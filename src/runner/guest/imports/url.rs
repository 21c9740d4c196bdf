//! `toolgate:action/url`, after the attributes of the WHATWG URL standard's `URL` class.

use url::{Url, quirks};

use super::super::world::toolgate::action::url::{Host, Part, Parts};
use super::Run;

/// Longest URL in bytes: far longer than any server takes, and quick to read.
const LONGEST: usize = 1024 * 1024;

impl Host for Run {
    fn parse(&mut self, input: String, base: Option<String>) -> Result<Parts, String> {
        let base = base.map(|base| read(&base, None)).transpose()?;
        read(&input, base.as_ref()).map(|url| parts(&url))
    }

    fn set(&mut self, href: String, part: Part, value: String) -> Result<Parts, String> {
        let mut url = read(&href, None)?;
        if value.len() > LONGEST {
            return Err(too_long(value.len()));
        }
        // The standard's setters ignore a value that they cannot use, all but that of `href`.
        match part {
            Part::Href => quirks::set_href(&mut url, &value).map_err(|error| error.to_string())?,
            Part::Protocol => drop(quirks::set_protocol(&mut url, &value)),
            Part::Username => drop(quirks::set_username(&mut url, &value)),
            Part::Password => drop(quirks::set_password(&mut url, &value)),
            Part::Host => drop(quirks::set_host(&mut url, &value)),
            Part::Hostname => drop(quirks::set_hostname(&mut url, &value)),
            Part::Port => drop(quirks::set_port(&mut url, &value)),
            Part::Pathname => quirks::set_pathname(&mut url, &value),
            Part::Search => quirks::set_search(&mut url, &value),
            Part::Hash => quirks::set_hash(&mut url, &value),
        }
        Ok(parts(&url))
    }
}

fn read(input: &str, base: Option<&Url>) -> Result<Url, String> {
    if input.len() > LONGEST {
        return Err(too_long(input.len()));
    }
    Url::options()
        .base_url(base)
        .parse(input)
        .map_err(|error| error.to_string())
}

fn too_long(length: usize) -> String {
    format!("a URL of {length} bytes is longer than {LONGEST} bytes")
}

fn parts(url: &Url) -> Parts {
    Parts {
        href: quirks::href(url).to_owned(),
        origin: quirks::origin(url),
        protocol: quirks::protocol(url).to_owned(),
        username: quirks::username(url).to_owned(),
        password: quirks::password(url).to_owned(),
        host: quirks::host(url).to_owned(),
        hostname: quirks::hostname(url).to_owned(),
        port: quirks::port(url).to_owned(),
        pathname: quirks::pathname(url).to_owned(),
        search: quirks::search(url).to_owned(),
        hash: quirks::hash(url).to_owned(),
    }
}
