//! What a status means for the call, and when to come back.

use std::time::Duration;

use http::header::{DATE, RETRY_AFTER};
use http::{HeaderMap, StatusCode};

/// What kind of failure a status is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusKind {
    /// 401: the credential is missing, wrong or expired.
    Unauthorized,
    /// 403: the credential may not do this.
    Forbidden,
    /// 404: the API has nothing there (ruling C-25).
    NotFound,
    /// 429: too many requests.
    TooManyRequests,
    /// Any other 4xx.
    ClientError,
    /// 5xx, and the two of 4xx that ask for the same request again: 408 and 425 (RFC 9110, section 15.5.9; RFC 8470,
    /// section 5.2).
    ServerError,
    /// 501 and 505: the API does not do this, and will not do it later (RFC 9110, sections 15.6.2 and 15.6.6).
    Unsupported,
    /// Anything else, e.g. 304 or a redirect that leads nowhere.
    Other,
}

impl StatusKind {
    pub(super) fn of(status: StatusCode) -> Self {
        match status {
            StatusCode::UNAUTHORIZED => Self::Unauthorized,
            StatusCode::FORBIDDEN => Self::Forbidden,
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::TOO_MANY_REQUESTS => Self::TooManyRequests,
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY => Self::ServerError,
            StatusCode::NOT_IMPLEMENTED | StatusCode::HTTP_VERSION_NOT_SUPPORTED => Self::Unsupported,
            status if status.is_client_error() => Self::ClientError,
            status if status.is_server_error() => Self::ServerError,
            _ => Self::Other,
        }
    }
}

/// The longest wait that is told, in seconds: a day. No task of an agent lasts longer, and a clock may be wrong.
const LONGEST_WAIT: u64 = 24 * 60 * 60;

/// What `Retry-After` says, in seconds from the moment that the answer was made (RFC 9110, section 10.2.3). A date is
/// measured against the answer's own `Date`, so the API's clock need not agree with ours.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<u64> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number that is too large to be one.
        return Some(value.parse().unwrap_or(u64::MAX).min(LONGEST_WAIT));
    }
    let until = httpdate::parse_http_date(value).ok()?;
    let made = httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()?;
    // A moment that has passed means now.
    let wait = until.duration_since(made).unwrap_or(Duration::ZERO).as_secs();
    Some(wait.min(LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_have_kinds() {
        let table = [
            (401, StatusKind::Unauthorized),
            (403, StatusKind::Forbidden),
            (404, StatusKind::NotFound),
            (429, StatusKind::TooManyRequests),
            (400, StatusKind::ClientError),
            (410, StatusKind::ClientError),
            (499, StatusKind::ClientError),
            (408, StatusKind::ServerError),
            (425, StatusKind::ServerError),
            (500, StatusKind::ServerError),
            (503, StatusKind::ServerError),
            (501, StatusKind::Unsupported),
            (505, StatusKind::Unsupported),
            (304, StatusKind::Other),
            (302, StatusKind::Other),
            (999, StatusKind::Other),
        ];
        for (status, kind) in table {
            assert_eq!(
                StatusKind::of(StatusCode::from_u16(status).expect("a status")),
                kind,
                "{status}"
            );
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let date = Some("Sun, 06 Nov 1994 08:49:37 GMT");
        let table = [
            ("120", None, Some(120)),
            (" 0 ", None, Some(0)),
            ("Sun, 06 Nov 1994 08:50:07 GMT", date, Some(30)),
            ("Sunday, 06-Nov-94 08:50:07 GMT", date, Some(30)),
            ("Sun Nov  6 08:50:07 1994", date, Some(30)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", date, Some(0)),
            ("Sun, 06 Nov 1994 08:50:07 GMT", None, None),
            ("Sun, 06 Nov 1994 08:50:07 GMT", Some("soon"), None),
            ("Thu, 01 Jan 2099 00:00:00 GMT", date, Some(86_400)),
            ("2300803522", None, Some(86_400)),
            ("99999999999999999999999", None, Some(86_400)),
            ("-5", None, None),
            ("1.5", None, None),
            ("soon", date, None),
            ("", date, None),
        ];
        for (value, date, expected) in table {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, value.parse().expect("a header"));
            if let Some(date) = date {
                headers.insert(DATE, date.parse().expect("a header"));
            }
            assert_eq!(retry_after(&headers), expected, "{value}");
        }
        assert_eq!(retry_after(&HeaderMap::new()), None);
    }
}
