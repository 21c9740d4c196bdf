//! One connector's way out: everything about it that can be prepared before a call, and the exchange itself.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CONTENT_LENGTH, LINK};
use http::{HeaderMap, Method, StatusCode};
use tokio::time::{Instant, timeout_at};
use tracing::warn;
use url::{Host, Origin, Url};

use super::body::{self, Bounds, ReadError, Sent};
use super::client::RuledClient;
use super::coding;
use super::failure::{self, Circumstances};
use super::log::{Exchange, Target, UNSHOWN_PATH};
use super::redirect::Hop;
use super::{Departure, EgressError, OutgoingRequest, Phase, UpstreamResponse, headers, taken_for};
use crate::auth::Credential;
use crate::connector::reach::{AddressRule, UrlAllowlist};
use crate::template::climbs;

/// Redirects that one request may be sent through.
const MAX_REDIRECTS: u32 = 5;
/// No exchange takes longer, whatever the settings say: a time too far away cannot even be counted.
const LONGEST_EXCHANGE: Duration = Duration::from_hours(24);

/// One connector's way out, made by [`super::Egress::route`] when its definition is loaded.
#[derive(Debug)]
pub struct Route {
    /// The connector's slug, for logs.
    pub(super) connector: String,
    /// Whether one of its actions has arguments that nobody may see.
    pub(super) hides_arguments: bool,
    pub(super) allowlist: UrlAllowlist,
    /// What changes nothing although its method may.
    pub(super) safe_requests: UrlAllowlist,
    pub(super) addresses: AddressRule,
    pub(super) plain_http: bool,
    /// Requests to these origins carry the credential, requests to others never do.
    pub(super) credential_origins: Vec<Origin>,
    pub(super) timeout: Duration,
    pub(super) connect_timeout: Duration,
    pub(super) read_timeout: Duration,
    pub(super) max_response_bytes: u64,
    pub(super) client: RuledClient,
    /// Used for this host alone, and only when connector and server agreed not to verify its certificate.
    pub(super) unverified: Option<(Host, RuledClient)>,
}

impl Route {
    /// Whether a request with `method` to `url`, which may hold any argument, would be let out, as far as that can be said
    /// without resolving its name.
    ///
    /// # Errors
    /// [`EgressError::NotAllowed`].
    pub fn check(&self, method: &Method, url: &Url) -> Result<(), EgressError> {
        self.check_hop(method, url, None, false)
    }

    /// [`Self::check`] of a request that knows how its path is shown.
    ///
    /// # Errors
    /// [`EgressError::NotAllowed`].
    pub fn check_request(&self, request: &OutgoingRequest) -> Result<(), EgressError> {
        let shown = request.shown_path.as_deref().unwrap_or(request.url.path());
        self.check_hop(&request.method, &request.url, Some(shown), false)
    }

    /// Sends one request, puts `credential` on it (only towards origins that the connector names for it), follows
    /// redirects within the same rules, and reads the whole answer. Dropping the future closes the connection.
    ///
    /// # Errors
    /// [`EgressError`].
    pub async fn send(
        &self,
        request: OutgoingRequest,
        credential: &Credential,
    ) -> Result<UpstreamResponse, EgressError> {
        self.send_watched(request, credential, &Departure::default()).await
    }

    /// [`Self::send`] of a request of the call whose `departure` this is.
    ///
    /// # Errors
    /// [`EgressError`].
    pub async fn send_watched(
        &self,
        request: OutgoingRequest,
        credential: &Credential,
        departure: &Departure,
    ) -> Result<UpstreamResponse, EgressError> {
        let writes = !request.method.is_safe();
        let limit = request.timeout.unwrap_or(self.timeout).min(LONGEST_EXCHANGE);
        let deadline = Deadline {
            at: Instant::now() + limit,
            limit,
        };
        let longest = request
            .max_response_bytes
            .map_or(self.max_response_bytes, |most| most.min(self.max_response_bytes));
        let mut shown_path = request.shown_path;
        let mut hop = Hop {
            with_credential: self.credential_origins.contains(&request.url.origin()),
            method: request.method,
            url: request.url,
            headers: request.headers,
            body: request.body,
        };
        headers::clean_request(&mut hop.headers);
        let read_from = request.only_reads.then(|| hop.url.clone());
        let mut requests = 0;
        loop {
            self.check_hop(&hop.method, &hop.url, shown_path.as_deref(), requests > 0)?;
            if let Some(first) = &read_from {
                self.check_reading(first, &hop, shown_path.as_deref(), requests > 0)?;
            }
            let exchange = Exchange {
                connector: &self.connector,
                method: &hop.method,
                url: &hop.url,
                shown_path: shown_path.as_deref(),
                number: requests + 1,
            };
            let started = Instant::now();
            exchange.leaves(hop.body.as_ref().map_or(0, Bytes::len));
            let answer = self
                .exchange(&hop, credential, &deadline, departure, requests > 0)
                .await;
            let (mut response, circumstances) =
                answer.map_err(|error| after_redirect(error, writes && requests > 0))?;
            requests += 1;
            let status = response.status();
            let next = hop.redirected(status, response.headers());
            if !matches!(next, Ok(None)) {
                exchange.is_answered(status, None, started.elapsed());
            }
            if let (Err(EgressError::NotAllowed { reason, .. }), Some(target)) = (&next, hop.target(response.headers()))
            {
                let shown = shown_path.as_ref().map(|_| UNSHOWN_PATH);
                self.tell_refused(&target, shown, reason, true);
            }
            let Some(next) = next? else {
                let reading = self.read(&mut response, &hop.method, longest, &deadline, circumstances);
                let (body, cut) = reading.await?;
                exchange.is_answered(status, Some(body.len()), started.elapsed());
                let mut headers = std::mem::take(response.headers_mut());
                let links = headers.get_all(LINK).iter().cloned().collect();
                headers::decoded(&mut headers);
                headers::clean_answer(&mut headers, &hop.url);
                return Ok(UpstreamResponse {
                    status,
                    headers,
                    body,
                    cut,
                    requests,
                    url: hop.url,
                    links,
                });
            };
            if requests > MAX_REDIRECTS {
                return Err(EgressError::TooManyRedirects { limit: MAX_REDIRECTS });
            }
            if let Some(shown) = &mut shown_path {
                // The API may have put the hidden argument anywhere in its target.
                UNSHOWN_PATH.clone_into(shown);
            }
            hop = next;
        }
    }

    /// Why a request that the allowlist does not allow is not allowed.
    fn not_allowed(&self, method: &Method, url: &Url) -> String {
        if self.allowlist.mentions(url) {
            format!("the connector's `url_allowlist` allows no {method} requests to this URL")
        } else if !url.username().is_empty() || url.password().is_some() {
            "the URL has credentials in it, and none may".to_owned()
        } else if climbs(url.path()) {
            "the URL's path leads out of a segment, as `..%2f` does".to_owned()
        } else {
            "the URL is not in the connector's `url_allowlist`".to_owned()
        }
    }

    fn check_hop(
        &self,
        method: &Method,
        url: &Url,
        shown_path: Option<&str>,
        redirected: bool,
    ) -> Result<(), EgressError> {
        let refused = if !self.allowlist.allows(method, url) {
            Some(self.not_allowed(method, url))
        } else if url.scheme() != "https" && !self.plain_http {
            Some("the URL is not HTTPS, and the connector does not allow plain HTTP".to_owned())
        } else {
            self.addresses.check_url(url).err().map(|refusal| refusal.to_string())
        };
        let Some(rule) = refused else {
            return Ok(());
        };
        Err(self.refuse(url, shown_path, rule, redirected))
    }

    /// Refuses what an action that only reads may not send. Nobody was asked about it, and whatever code and templates
    /// made of the request, and the API of its redirects, this is the last place to look.
    fn check_reading(
        &self,
        first: &Url,
        hop: &Hop,
        shown_path: Option<&str>,
        redirected: bool,
    ) -> Result<(), EgressError> {
        let rule = if let Some(change) = taken_for::claims(&hop.url, &hop.headers, hop.body.as_ref()) {
            // A target may hold anything, and nobody is told the others.
            let change = if redirected {
                "the request that it leads to"
            } else {
                &change
            };
            taken_for::refusal(change)
        } else if taken_for::is_same(first, &hop.method, &hop.url) || self.safe_requests.allows(&hop.method, &hop.url) {
            return Ok(());
        } else {
            let change = format!("{} at another path", hop.method);
            format!(
                "{}; `safe_requests` under [security] does not list it",
                taken_for::refusal(&change)
            )
        };
        Err(self.refuse(&hop.url, shown_path, rule, redirected))
    }

    /// Why a request to `url` is not sent, which the operator is told as well.
    fn refuse(&self, url: &Url, shown_path: Option<&str>, rule: String, redirected: bool) -> EgressError {
        self.tell_refused(url, shown_path, &rule, redirected);
        EgressError::NotAllowed {
            reason: if redirected {
                format!("a redirect of the API cannot be followed: {rule}")
            } else {
                rule
            },
            sent: redirected,
        }
    }

    /// Tells the operator, who alone may know it, where a request would have gone that is refused.
    fn tell_refused(&self, url: &Url, shown_path: Option<&str>, rule: &str, redirected: bool) {
        let target = Target {
            url,
            // A host that nobody wrote down may hold what must not be seen: an API may have put it into its redirect, and
            // code into its URL. Values of credentials are taken out of every line of the log.
            shows_host: !self.hides_arguments || self.allowlist.mentions(url),
            path: match shown_path {
                Some(path) => path,
                None if self.hides_arguments => UNSHOWN_PATH,
                None => url.path(),
            },
        };
        warn!(
            connector = self.connector,
            %target, rule, redirected, "a request is refused"
        );
    }

    /// Sends one request and waits for the head of its answer.
    async fn exchange(
        &self,
        hop: &Hop,
        credential: &Credential,
        deadline: &Deadline,
        departure: &Departure,
        redirected: bool,
    ) -> Result<(reqwest::Response, Circumstances), EgressError> {
        let client = self.client_for(&hop.url);
        let (request, sent) = prepare(hop, credential, departure)?;
        let circumstances = || Circumstances {
            sent: sent.is(),
            redirected,
            has_authorities: client.has_authorities,
            connect_timeout: self.connect_timeout,
        };
        match timeout_at(deadline.at, client.client.execute(request)).await {
            Ok(Ok(response)) => {
                // Whatever answers has had the request.
                departure.make();
                Ok((
                    response,
                    Circumstances {
                        sent: true,
                        ..circumstances()
                    },
                ))
            }
            Ok(Err(error)) => {
                let meaning = explain(&error, &hop.url, circumstances());
                Err(failure::refused(&error).unwrap_or(meaning))
            }
            Err(_) => Err(failure::timeout(Phase::Answer, deadline.limit, redirected || sent.is())),
        }
    }

    /// Reads the body of an answer. Of a failure, whatever can be had: its status says most, and must not be lost because
    /// its body is.
    async fn read(
        &self,
        response: &mut reqwest::Response,
        method: &Method,
        limit: u64,
        deadline: &Deadline,
        circumstances: Circumstances,
    ) -> Result<(Bytes, Option<EgressError>), EgressError> {
        let status = response.status();
        let has_body = *method != Method::HEAD && !matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        let bounds = Bounds {
            bytes: limit,
            deadline: deadline.at,
            silence: self.read_timeout,
        };
        let (body, read) = body::read(response, has_body, bounds).await;
        let Err(error) = read else {
            return Ok((body, None));
        };
        let error = match error {
            ReadError::TooLarge => EgressError::TooLarge { limit },
            ReadError::Failed(error) => explain(&error, response.url(), circumstances),
            ReadError::Damaged => EgressError::Broken {
                reason: "the answer's compression is damaged".to_owned(),
            },
            ReadError::UnknownCoding => EgressError::Incompatible {
                reason: "the answer is compressed in a way that was not asked for".to_owned(),
                sent: true,
            },
            ReadError::Silent => failure::timeout(Phase::Data, self.read_timeout, true),
            ReadError::Late => failure::timeout(Phase::Answer, deadline.limit, true),
        };
        if status.is_success() {
            return Err(error);
        }
        warn!(connector = self.connector, status = status.as_u16(), %error, "the body of a failure was not read to its end");
        Ok((body, Some(error)))
    }

    fn client_for(&self, url: &Url) -> &RuledClient {
        match &self.unverified {
            Some((host, client)) if url.host().is_some_and(|found| found == *host) => client,
            _ => &self.client,
        }
    }
}

/// When the whole exchange has to be over, and how long that was from its start.
struct Deadline {
    at: Instant,
    limit: Duration,
}

/// The request as it leaves, with the credential if it is for this hop.
fn prepare(hop: &Hop, credential: &Credential, departure: &Departure) -> Result<(reqwest::Request, Sent), EgressError> {
    let mut url = hop.url.clone();
    let mut headers: HeaderMap = hop.headers.clone();
    if hop.with_credential {
        credential.apply(&mut url, &mut headers)?;
    }
    let (sent, body) = Sent::watch(hop.body.clone(), departure);
    let mut request = reqwest::Request::new(hop.method.clone(), url);
    if let Some((body, length)) = body {
        // Without it the body would be sent in chunks, which some servers refuse.
        headers.insert(CONTENT_LENGTH, length.into());
        *request.body_mut() = Some(body);
    } else if matches!(hop.method, Method::POST | Method::PUT | Method::PATCH | Method::QUERY) {
        // RFC 9110 section 8.6: a method that has a body says so when it is empty.
        headers.insert(CONTENT_LENGTH, 0.into());
    }
    headers.insert(ACCEPT_ENCODING, coding::ASKED_FOR);
    *request.headers_mut() = headers;
    Ok((request, sent))
}

/// What a failure means, with its details in the operator's log.
fn explain(error: &reqwest::Error, url: &Url, circumstances: Circumstances) -> EgressError {
    warn!(host = url.host_str(), cause = failure::chain(error), "a request failed");
    failure::classify(error, circumstances)
}

/// Failures to connect say that nothing was sent. After a redirect of a request that changes data something was, and
/// what became of it was to be learned at the target.
fn after_redirect(error: EgressError, wrote: bool) -> EgressError {
    match error {
        EgressError::Tls { reason } | EgressError::Unreachable { reason } | EgressError::NotProcessed { reason }
            if wrote =>
        {
            EgressError::Broken {
                reason: format!("the API answered with a redirect that cannot be followed: {reason}"),
            }
        }
        EgressError::Timeout { phase, limit_ms, .. } if wrote => EgressError::Timeout {
            phase,
            limit_ms,
            sent: true,
        },
        EgressError::Incompatible { reason, .. } if wrote => EgressError::Incompatible { reason, sent: true },
        other => other,
    }
}
