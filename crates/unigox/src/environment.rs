//! Where the API is.

use std::fmt;

use url::{Host, Url};

use crate::Error;

/// Where the API is. Staging and production differ in address and key, and in nothing else.
///
/// The addresses are those that the document lists under `servers`.
///
/// # Examples
///
/// ```
/// use unigox::{Client, Environment};
///
/// # fn main() -> Result<(), unigox::Error> {
/// let gateway = Environment::Custom("https://gateway.example.com/unigox".to_owned());
/// let unigox = Client::builder(gateway).api_key("the key").build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Environment {
    /// `https://api-staging.unigox.com`: for trying things out.
    Staging,
    /// `https://api.unigox.com`: real people and real accounts.
    Production,
    /// Anywhere else, such as a gateway or a sandbox: an absolute URL of host, port and path.
    ///
    /// It has to be `https`, unless its host is the loopback or
    /// [`allow_plain_http`](crate::ClientBuilder::allow_plain_http) says otherwise.
    Custom(String),
}

impl Environment {
    /// Reads what `UNIGOX_BASE_URL` holds: `staging`, `production`, or a URL.
    pub(crate) fn parse(text: &str) -> Self {
        match text.trim() {
            "staging" => Self::Staging,
            "production" => Self::Production,
            url => Self::Custom(url.to_owned()),
        }
    }

    pub(crate) fn base_url(&self) -> Result<Url, Error> {
        let text = match self {
            Self::Staging => "https://api-staging.unigox.com",
            Self::Production => "https://api.unigox.com",
            Self::Custom(url) => url,
        };
        let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        url.ok_or_else(|| Error::configuration("the base URL", "is not an absolute http or https URL"))
    }
}

/// Shows a custom URL without its path, which may name a tenant or hold a token.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Staging => f.write_str("Staging"),
            Self::Production => f.write_str("Production"),
            Self::Custom(url) => {
                let origin = Url::parse(url).map(|url| url.origin().ascii_serialization());
                f.debug_tuple("Custom").field(&origin.as_deref().unwrap_or("not a URL")).finish()
            }
        }
    }
}

/// Whether `url` leads to this machine, where nobody listens in and no proxy is in between.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_loopback_from_everything_else() {
        let is_loopback = |url: &str| is_loopback(&Url::parse(url).expect("a URL"));
        for url in
            ["http://127.0.0.1:80", "http://127.3.2.1", "http://[::1]:9", "http://localhost", "http://a.localhost"]
        {
            assert!(is_loopback(url), "{url}");
        }
        for url in ["http://10.0.0.1", "http://localhost.example.com", "http://127.0.0.1.example.com", "http://sandbox"]
        {
            assert!(!is_loopback(url), "{url}");
        }
    }

    #[test]
    fn debug_keeps_the_path_of_a_url_to_itself() {
        let debug = |url: &str| format!("{:?}", Environment::Custom(url.to_owned()));
        assert_eq!(debug("https://example.com/canary"), r#"Custom("https://example.com")"#);
        assert_eq!(debug("https://canary@example.com"), r#"Custom("https://example.com")"#);
        assert_eq!(debug("canary"), r#"Custom("not a URL")"#);
    }
}
