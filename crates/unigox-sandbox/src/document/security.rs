//! Who may call an operation: the keys that it needs, and where they are sent.

use axum::http::{HeaderMap, header, request::Parts};
use serde_json::Value;

use super::{
    query::Query,
    tree::Tree,
    value::{items, members},
};

/// Where a key is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum KeyPlace {
    Header(String),
    Query(String),
    Cookie(String),
    /// In the header `authorization`, after the name of the scheme.
    Authorization,
}

/// Alternatives, each of which needs all of its keys. None if everybody may call.
#[derive(Clone, Debug, Default)]
pub(crate) struct Security(Vec<Vec<KeyPlace>>);

impl Security {
    /// What `security` of an operation, or of the document, asks for.
    pub(crate) fn new(tree: &Tree, security: Option<&Value>) -> Result<Self, String> {
        let alternatives = items(security).map(|alternative| {
            let names = members(alternative).map(|(name, _)| name);
            names.map(|name| key_place(tree, name)).collect::<Result<_, _>>()
        });
        Ok(Self(alternatives.collect::<Result<_, _>>()?))
    }

    /// The first key that is missing: none if the keys of an alternative are all known.
    pub(crate) fn missing(&self, head: &Parts, is_known: impl Fn(&str) -> bool) -> Option<&KeyPlace> {
        let first_missing = |places: &'_ Vec<KeyPlace>| {
            places.iter().position(|place| !place.key(head).is_some_and(|key| is_known(&key)))
        };
        let missing: Vec<_> = self.0.iter().map(|places| first_missing(places).map(|index| &places[index])).collect();
        if missing.iter().any(Option::is_none) { None } else { missing.into_iter().flatten().next() }
    }
}

impl KeyPlace {
    /// The key that a request has in this place.
    pub(crate) fn key(&self, head: &Parts) -> Option<String> {
        match self {
            Self::Header(name) => Some(head.headers.get(name)?.to_str().ok()?.to_owned()),
            Self::Query(name) => Query::new(head.uri.query()).first(name),
            Self::Cookie(name) => cookie(&head.headers, name),
            Self::Authorization => {
                let (_, key) = head.headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
                Some(key.trim().to_owned())
            }
        }
    }

    /// The places of all schemes of a document.
    pub(crate) fn all(tree: &Tree) -> Result<Vec<Self>, String> {
        let schemes = tree.root().pointer("/components/securitySchemes").into_iter().flat_map(members);
        schemes.map(|(name, _)| key_place(tree, name)).collect()
    }
}

/// The value of a cookie.
pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
}

fn key_place(tree: &Tree, scheme: &str) -> Result<KeyPlace, String> {
    let schemes = tree.root().pointer("/components/securitySchemes");
    let found = schemes.and_then(|schemes| schemes.get(scheme));
    let found = tree.resolve(found.ok_or_else(|| format!("there is no security scheme `{scheme}`"))?)?;
    let text = |name: &str| found.get(name).and_then(Value::as_str);
    if text("type") != Some("apiKey") {
        return Ok(KeyPlace::Authorization);
    }
    let name = text("name").ok_or_else(|| format!("the security scheme `{scheme}` has no name"))?.to_owned();
    Ok(match text("in") {
        Some("query") => KeyPlace::Query(name),
        Some("cookie") => KeyPlace::Cookie(name),
        _ => KeyPlace::Header(name.to_ascii_lowercase()),
    })
}

#[cfg(test)]
mod tests {
    use axum::http::Request;
    use serde_json::json;

    use super::*;

    fn check(security: Value, uri: &str, headers: &[(&str, &str)], expected: Option<KeyPlace>) {
        let tree = Tree::new(json!({"components": {"securitySchemes": {
            "Key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
            "Query": {"type": "apiKey", "in": "query", "name": "key"},
            "Cookie": {"type": "apiKey", "in": "cookie", "name": "key"},
            "Token": {"type": "http", "scheme": "bearer"},
        }}}));
        let request =
            headers.iter().fold(Request::builder().uri(uri), |request, (name, value)| request.header(*name, *value));
        let (head, ()) = request.body(()).expect("it is a request").into_parts();
        let security = Security::new(&tree, Some(&security)).expect("the schemes are there");
        assert_eq!(security.missing(&head, |key| key == "k").cloned(), expected);
    }

    #[test]
    fn all_keys_of_one_alternative_are_needed() {
        let header = || Some(KeyPlace::Header("x-api-key".to_owned()));
        check(json!([]), "/", &[], None);
        check(json!([{"Key": []}, {}]), "/", &[("x-api-key", "wrong")], None);
        check(json!([{"Key": []}]), "/", &[], header());
        check(json!([{"Key": []}]), "/", &[("x-api-key", "wrong")], header());
        check(json!([{"Key": []}]), "/", &[("X-API-Key", "k")], None);
        check(json!([{"Key": [], "Query": []}]), "/?key=k", &[], header());
        check(json!([{"Key": []}, {"Query": []}]), "/?a=b&key=%6b", &[], None);
        check(json!([{"Cookie": []}]), "/", &[("cookie", "a=b; key=k")], None);
        check(json!([{"Token": []}]), "/", &[("authorization", "Bearer k")], None);
        check(json!([{"Token": []}]), "/", &[("authorization", "k")], Some(KeyPlace::Authorization));
    }

    #[test]
    fn a_scheme_that_is_not_there_is_an_error() {
        let tree = Tree::new(json!({}));
        assert!(Security::new(&tree, Some(&json!([{"Key": []}]))).is_err_and(|problem| problem.contains("`Key`")));
    }
}
