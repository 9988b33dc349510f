//! The header `Retry-After`.

use std::time::Duration;

use chrono::{DateTime, Utc};
use http::{HeaderMap, header::RETRY_AFTER};

/// How long the server asks to wait: seconds or a date (RFC 9110, 10.2.3). A date in the past means no wait; a value that
/// is neither is ignored.
pub(crate) fn read(headers: &HeaderMap) -> Option<Duration> {
    parse(headers.get(RETRY_AFTER)?.to_str().ok()?, Utc::now())
}

fn parse(text: &str, now: DateTime<Utc>) -> Option<Duration> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    // The `IMF-fixdate` of HTTP is a date of RFC 2822. The obsolete forms are not supported.
    let date = DateTime::parse_from_rfc2822(text).ok()?;
    Some((date.to_utc() - now).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_seconds_and_dates() {
        let now = DateTime::parse_from_rfc3339("2026-11-23T12:00:00Z").expect("a date").to_utc();
        let seconds = |text| parse(text, now).map(|time| time.as_secs());
        assert_eq!(seconds("0"), Some(0));
        assert_eq!(seconds(" 120 "), Some(120));
        assert_eq!(seconds("99999999999999999999999"), Some(u64::MAX));
        assert_eq!(seconds("Mon, 23 Nov 2026 12:00:30 GMT"), Some(30));
        assert_eq!(seconds("Mon, 23 Nov 2026 11:00:00 GMT"), Some(0));
        for text in ["", "-1", "1.5", "soon", "+3", "Mon, 99 Nov 2026 12:00:30 GMT"] {
            assert_eq!(seconds(text), None, "{text:?}");
        }
    }
}
