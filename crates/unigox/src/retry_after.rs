//! The header `Retry-After`.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, header::RETRY_AFTER};

/// How long the server asks to wait: seconds or a date (RFC 9110, 10.2.3). A date in the past means no wait; a value that
/// is neither is ignored.
pub(crate) fn read(headers: &HeaderMap) -> Option<Duration> {
    parse(headers.get(RETRY_AFTER)?.to_str().ok()?, SystemTime::now())
}

fn parse(text: &str, now: SystemTime) -> Option<Duration> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    // All three forms of RFC 9110, 5.6.7.
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_seconds_and_dates() {
        let now = httpdate::parse_http_date("Mon, 23 Nov 2026 12:00:00 GMT").expect("a date");
        let seconds = |text| parse(text, now).map(|time| time.as_secs());
        assert_eq!(seconds("0"), Some(0));
        assert_eq!(seconds(" 120 "), Some(120));
        assert_eq!(seconds("99999999999999999999999"), Some(u64::MAX));
        assert_eq!(seconds("Mon, 23 Nov 2026 12:00:30 GMT"), Some(30));
        assert_eq!(seconds("Mon, 23 Nov 2026 11:00:00 GMT"), Some(0));
        assert_eq!(seconds("Monday, 23-Nov-26 12:00:30 GMT"), Some(30));
        assert_eq!(seconds("Mon Nov 23 12:00:30 2026"), Some(30));
        for text in ["", "-1", "1.5", "soon", "+3", "Mon, 99 Nov 2026 12:00:30 GMT"] {
            assert_eq!(seconds(text), None, "{text:?}");
        }
    }
}
