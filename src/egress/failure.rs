//! What a failed exchange means. The libraries below say it in nested errors, whose texts may hold the URL: only their
//! types are looked at, and the words are ours.

use std::error::Error;
use std::io;
use std::time::Duration;

use rustls::{AlertDescription, CertificateError};

use super::{EgressError, Phase};
use crate::clock::milliseconds;
use crate::connector::reach::Refusal;

/// What is known about an exchange when it fails.
#[derive(Debug, Clone, Copy)]
pub(super) struct Circumstances {
    /// Whether the request may have reached the API.
    pub(super) sent: bool,
    /// Whether an earlier request of the same call left.
    pub(super) redirected: bool,
    /// Whether this server trusts any certificate authority.
    pub(super) has_authorities: bool,
    pub(super) connect_timeout: Duration,
}

/// The meaning of `error`.
pub(super) fn classify(error: &reqwest::Error, circumstances: Circumstances) -> EgressError {
    if let Some(refusal) = find::<Refusal>(error) {
        return EgressError::NotAllowed {
            reason: refusal.to_string(),
            sent: circumstances.redirected,
        };
    }
    if error.is_builder() {
        return EgressError::NotAllowed {
            reason: "the URL is too long, or holds a character that HTTP cannot carry".to_owned(),
            sent: circumstances.redirected,
        };
    }
    if error.is_connect() {
        return while_connecting(error, circumstances);
    }
    if let Some(reason) = misunderstanding(error) {
        let sent = circumstances.sent;
        return EgressError::Incompatible { reason, sent };
    }
    let reason = while_exchanging(error);
    if circumstances.sent {
        EgressError::Broken { reason }
    } else {
        EgressError::Unreachable { reason }
    }
}

/// A limit that was reached.
pub(super) fn timeout(phase: Phase, limit: Duration, sent: bool) -> EgressError {
    EgressError::Timeout {
        phase,
        limit_ms: milliseconds(limit),
        sent,
    }
}

/// Everything that the libraries say about `error` but the URL, for the operator's log.
pub(super) fn chain(error: &reqwest::Error) -> String {
    let mut text = if error.is_builder() {
        "cannot be built"
    } else {
        "failed"
    }
    .to_owned();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}

fn while_connecting(error: &reqwest::Error, circumstances: Circumstances) -> EgressError {
    if error.is_timeout() {
        return timeout(Phase::Connection, circumstances.connect_timeout, false);
    }
    if let Some(tls) = find::<rustls::Error>(error) {
        return EgressError::Tls {
            reason: tls_reason(tls, circumstances.has_authorities),
        };
    }
    let unreachable = |reason: &str| EgressError::Unreachable {
        reason: reason.to_owned(),
    };
    if error.is_dns() {
        return unreachable("the API's host name cannot be resolved");
    }
    match find::<io::Error>(error).map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionRefused) => unreachable("the API refused it: nothing listens on its port"),
        Some(io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable) => {
            unreachable("the API's network cannot be reached from here")
        }
        Some(io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe) => {
            unreachable("the API broke it off at once")
        }
        Some(io::ErrorKind::UnexpectedEof) => EgressError::Tls {
            reason: "the API closed it during the handshake".to_owned(),
        },
        _ => unreachable("the API cannot be reached"),
    }
}

/// Why the same request would end the same way, when it would.
fn misunderstanding(error: &reqwest::Error) -> Option<String> {
    if let Some(rustls::Error::AlertReceived(alert)) = find::<rustls::Error>(error)
        && asks_for_a_certificate(*alert)
    {
        return Some("it ended the connection with a TLS alert; it may ask for a client certificate".to_owned());
    }
    let http = find::<hyper::Error>(error)?;
    if http.is_parse_too_large() {
        return Some("the answer has too many headers, or too long ones".to_owned());
    }
    http.is_parse().then(|| "the answer is not valid HTTP".to_owned())
}

/// Alerts with which servers answer a client that shows no certificate, or one that they do not take (RFC 8446
/// section 6.2).
fn asks_for_a_certificate(alert: AlertDescription) -> bool {
    matches!(
        alert,
        AlertDescription::CertificateRequired
            | AlertDescription::HandshakeFailure
            | AlertDescription::BadCertificate
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied
    )
}

/// What it means when the API said that it did nothing with the request, which then may be sent again whatever it is.
/// Only before an answer: whoever has begun one has processed something.
pub(super) fn refused(error: &reqwest::Error) -> Option<EgressError> {
    let reason = find::<h2::Error>(error)?.reason()?;
    (reason == h2::Reason::REFUSED_STREAM).then(|| EgressError::NotProcessed {
        reason: "it was too busy for it, or is about to stop".to_owned(),
    })
}

fn while_exchanging(error: &reqwest::Error) -> String {
    if let Some(rustls::Error::AlertReceived(_)) = find::<rustls::Error>(error) {
        return "the API ended it with a TLS alert".to_owned();
    }
    let Some(http) = find::<hyper::Error>(error) else {
        return "the answer could not be read".to_owned();
    };
    if http.is_incomplete_message() {
        return "the API closed it before the answer was complete".to_owned();
    }
    match find::<io::Error>(http).map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe) => {
            "the API reset it".to_owned()
        }
        Some(io::ErrorKind::UnexpectedEof) => "the API closed it before the answer was complete".to_owned(),
        _ => "the answer could not be read".to_owned(),
    }
}

fn tls_reason(error: &rustls::Error, has_authorities: bool) -> String {
    use rustls::Error as Tls;
    match error {
        Tls::InvalidCertificate(certificate) => certificate_reason(certificate, has_authorities),
        Tls::InvalidMessage(_) => "the API does not speak TLS on this port".to_owned(),
        Tls::AlertReceived(_) => "the API refused the handshake".to_owned(),
        Tls::PeerIncompatible(_) => "the API offers no protocol version or cipher that is safe enough".to_owned(),
        _ => "the API broke the protocol".to_owned(),
    }
}

fn certificate_reason(error: &CertificateError, has_authorities: bool) -> String {
    use CertificateError as Certificate;
    match error {
        Certificate::Expired | Certificate::ExpiredContext { .. } => "the API's certificate has expired",
        Certificate::NotValidYet | Certificate::NotValidYetContext { .. } => {
            "the API's certificate is not valid yet; is the clock of this machine right?"
        }
        Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => {
            "the API's certificate is for another host"
        }
        Certificate::UnknownIssuer if !has_authorities => {
            "this server trusts no certificate authority at all: install CA certificates on it or set `extra_ca`"
        }
        Certificate::UnknownIssuer => {
            "the API's certificate is self-signed or from an authority that is not trusted; `extra_ca` can add one"
        }
        Certificate::Revoked => "the API's certificate has been revoked",
        Certificate::InvalidPurpose | Certificate::InvalidPurposeContext { .. } => {
            "the API's certificate is not made for servers"
        }
        Certificate::BadSignature => "the signature of the API's certificate is wrong",
        _ => "the API's certificate is not valid",
    }
    .to_owned()
}

/// The first error of type `T` in the chain. An `io::Error` hides the error that it wraps from `source`.
fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if let Some(found) = wrapped.and_then(|wrapped| find::<T>(wrapped)) {
            return Some(found);
        }
        next = error.source();
    }
    None
}
