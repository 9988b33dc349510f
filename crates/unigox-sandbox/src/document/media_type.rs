//! Media types: how their content is read and written.

/// How the content of a media type is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Json,
    /// `application/x-www-form-urlencoded`.
    Fields,
    /// `multipart/form-data`.
    Multipart,
    Text,
    Bytes,
}

impl Kind {
    pub(crate) fn of(media_type: &str) -> Self {
        match essence(media_type).as_str() {
            "application/json" | "*/*" | "application/*" => Self::Json,
            "application/x-www-form-urlencoded" => Self::Fields,
            "multipart/form-data" => Self::Multipart,
            name if name.ends_with("+json") => Self::Json,
            name if name.starts_with("text/") => Self::Text,
            _ => Self::Bytes,
        }
    }
}

/// A media type in lower case, without parameters.
pub(crate) fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether `sent` is of the documented media type, which may be a range. The higher, the more precisely.
pub(crate) fn precision(documented: &str, sent: &str) -> Option<u8> {
    let (documented, sent) = (essence(documented), essence(sent));
    match documented.strip_suffix("/*") {
        _ if documented == sent && !sent.is_empty() => Some(2),
        Some("*") if sent.contains('/') => Some(0),
        Some(kind) if sent.strip_prefix(kind).is_some_and(|rest| rest.starts_with('/')) => Some(1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_have_a_kind() {
        for (media_type, kind) in [
            ("application/json", Kind::Json),
            ("Application/Problem+JSON; charset=utf-8", Kind::Json),
            ("application/x-www-form-urlencoded", Kind::Fields),
            ("multipart/form-data; boundary=x", Kind::Multipart),
            ("text/plain", Kind::Text),
            ("application/pdf", Kind::Bytes),
        ] {
            assert_eq!(Kind::of(media_type), kind, "{media_type}");
        }
    }

    #[test]
    fn the_most_precise_media_type_is_meant() {
        assert_eq!(precision("application/json", "Application/JSON ; charset=utf-8"), Some(2));
        assert_eq!(precision("image/*", "image/png"), Some(1));
        assert_eq!(precision("*/*", "image/png"), Some(0));
        assert_eq!(precision("*/*", ""), None);
        assert_eq!(precision("application/json", "application/jsonp"), None);
    }
}
