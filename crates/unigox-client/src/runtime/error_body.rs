//! The body of an error response, whatever its shape.

use std::fmt;

use bytes::Bytes;
use serde_json::Value;

/// The body of an error response.
///
/// | shape | read as |
/// |---|---|
/// | `{"data": {"error_key", "message"?}}` | [`key`](Self::key), [`message`](Self::message) |
/// | `{"error": {"code", "message", "details"?}}` | [`key`](Self::key), [`message`](Self::message), [`details`](Self::details) |
/// | `{"error": "a sentence"}` | [`message`](Self::message) |
/// | `{"ok": false, "error": "slug", "detail"?, …}` | [`key`](Self::key), [`message`](Self::message) |
/// | other JSON, text, HTML, nothing | [`json`](Self::json) if it is JSON, [`bytes`](Self::bytes) |
///
/// `Debug` shows the key alone, and that only if it looks like one: a message may quote what was sent.
#[derive(Clone, Default)]
pub struct ErrorBody {
    json: Option<Value>,
    bytes: Bytes,
}

impl ErrorBody {
    /// Reads a body of any shape.
    pub fn new(bytes: Bytes) -> Self {
        Self { json: serde_json::from_slice(&bytes).ok(), bytes }
    }

    /// The key of the error: `error_key`, or `code`, or the slug of the fourth shape.
    pub fn key(&self) -> Option<&str> {
        let json = self.json.as_ref()?;
        let slug = || json.get("error").filter(|_| json.get("ok").is_some());
        let key = json.pointer("/data/error_key").or_else(|| json.pointer("/error/code")).or_else(slug);
        key?.as_str()
    }

    /// The message for people. It may quote what was sent: keep it out of logs.
    pub fn message(&self) -> Option<&str> {
        let json = self.json.as_ref()?;
        let sentence = || json.get("error").filter(|_| json.get("ok").is_none());
        let places = ["/data/message", "/error/message", "/detail", "/message"];
        places.iter().find_map(|place| json.pointer(place)?.as_str()).or_else(|| sentence()?.as_str())
    }

    /// The `details` of the second shape.
    pub fn details(&self) -> Option<&Value> {
        self.json.as_ref()?.pointer("/error/details")
    }

    /// The body, if it is JSON.
    pub fn json(&self) -> Option<&Value> {
        self.json.as_ref()
    }

    /// The body as it was received; empty if there was none.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The key if it may be printed, which is if it is short, and of letters in one case and `_ - .`: some endpoints put a
    /// sentence in its place, and a name or a number may be what is wrong.
    pub fn printable_key(&self) -> Option<&str> {
        let is_mark = |c: char| matches!(c, '_' | '-' | '.');
        let is_in_one_case = |key: &str| {
            key.chars().all(|c| c.is_ascii_lowercase() || is_mark(c))
                || key.chars().all(|c| c.is_ascii_uppercase() || is_mark(c))
        };
        self.key().filter(|key| key.len() <= 64 && is_in_one_case(key))
    }
}

impl fmt::Debug for ErrorBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorBody").field("key", &self.printable_key()).field("bytes", &self.bytes.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> (Option<String>, Option<String>) {
        let body = ErrorBody::new(Bytes::copy_from_slice(body.as_bytes()));
        (body.key().map(str::to_owned), body.message().map(str::to_owned))
    }

    fn some(key: &str, message: &str) -> (Option<String>, Option<String>) {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        (some(key), some(message))
    }

    #[test]
    fn reads_every_documented_shape() {
        assert_eq!(read(r#"{"success":false,"data":{"error_key":"k"}}"#), some("k", ""));
        assert_eq!(read(r#"{"success":false,"data":{"error_key":"k","message":"m"}}"#), some("k", "m"));
        assert_eq!(read(r#"{"success":false,"error":{"code":"C","message":"m","details":{"a":1}}}"#), some("C", "m"));
        assert_eq!(read(r#"{"success":false,"error":"a sentence"}"#), some("", "a sentence"));
        assert_eq!(read(r#"{"ok":false,"source":"s","error":"slug","detail":"d"}"#), some("slug", "d"));
    }

    #[test]
    fn keeps_what_has_no_shape() {
        for body in ["", "<html>", "null", "[]", "17", "{}", r#"{"error":[]}"#] {
            assert_eq!(read(body), (None, None), "{body}");
            assert_eq!(ErrorBody::new(Bytes::copy_from_slice(body.as_bytes())).bytes(), body);
        }
    }

    #[test]
    fn debug_shows_no_sentence() {
        let body = |text: &str| format!("{:?}", ErrorBody::new(Bytes::copy_from_slice(text.as_bytes())));
        assert_eq!(
            body(r#"{"data":{"error_key":"bad_iban","message":"DE89 is bad"}}"#),
            r#"ErrorBody { key: Some("bad_iban"), bytes: 57 }"#
        );
        for key in ["DE89 is bad", "DE75512108001245126199", "37012345678", "Secretname", "ada@example.com"] {
            assert!(!body(&format!(r#"{{"error":{{"code":"{key}"}}}}"#)).contains(key), "{key}");
        }
    }
}
