//! The pairs of a query, or of a form, as they were sent: values are decoded after they are split.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// Pairs of decoded names and values that are not decoded.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query<'q>(Vec<(String, &'q str)>);

impl<'q> Query<'q> {
    pub(crate) fn new(query: Option<&'q str>) -> Self {
        let pairs = query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
        let pair = |pair: &'q str| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decode(name)?, value))
        };
        Self(pairs.filter_map(pair).collect())
    }

    /// The values of a name.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &'q str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| *value)
    }

    /// The first value of a name, decoded.
    pub(crate) fn first(&self, name: &str) -> Option<String> {
        decode(self.all(name).next()?)
    }

    /// The names and values of `name[…]`: what stands in the brackets, and the value.
    pub(crate) fn members_of(&self, name: &str) -> Vec<(String, &'q str)> {
        let inner = |known: &str| Some(known.strip_prefix(name)?.strip_prefix('[')?.strip_suffix(']')?.to_owned());
        self.0.iter().filter_map(|(known, value)| Some((inner(known)?, *value))).collect()
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }
}

/// The text of a name or a value in a query, if it is UTF-8.
pub(crate) fn decode(text: &str) -> Option<String> {
    let text = if text.contains('+') { Cow::Owned(text.replace('+', " ")) } else { Cow::Borrowed(text) };
    percent_decode_str(&text).decode_utf8().ok().map(Cow::into_owned)
}
