//! The address of the API.

use std::{fmt, str::FromStr};

use url::{Host, Url};

use crate::Error;

/// The address of the API. Staging and production differ only in address and key.
///
/// The addresses are those that the document lists under `servers`. The names `staging` and `production`, and any URL, can
/// be parsed.
///
/// # Examples
///
/// ```
/// use unigox::{Client, Environment};
///
/// # fn main() -> Result<(), unigox::Error> {
/// let gateway = Environment::Custom("https://gateway.example.com/unigox".to_owned());
/// let unigox = Client::builder(gateway).api_key("the key").build()?;
///
/// assert_eq!("staging".parse::<Environment>()?, Environment::Staging);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Environment {
    /// `https://api-staging.unigox.com`: for tests.
    Staging,
    /// `https://api.unigox.com`: real people and real accounts.
    Production,
    /// Any other address, such as that of a gateway or a mock server: an absolute URL of host, port and path.
    ///
    /// It has to be `https`, unless its host is the loopback or
    /// [`allow_plain_http`](crate::ClientBuilder::allow_plain_http) is set.
    Custom(String),
}

impl Environment {
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

/// Reads `staging` or `production`, in upper or lower case, or a URL.
///
/// # Errors
///
/// [`Configuration`](crate::ErrorKind::Configuration) if it is not an absolute `http` or `https` URL either.
impl FromStr for Environment {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        let environment = match text.to_ascii_lowercase().as_str() {
            "staging" => Self::Staging,
            "production" => Self::Production,
            _ => Self::Custom(text.to_owned()),
        };
        environment.base_url().map(|_| environment)
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
                f.debug_tuple("Custom").field(&origin.as_deref().unwrap_or("not a valid URL")).finish()
            }
        }
    }
}

/// Whether `url` is on the loopback of this machine, so that plain HTTP is safe and no proxy is needed.
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
    fn only_names_and_urls_can_be_parsed() {
        let parse = |text: &str| text.parse::<Environment>();
        assert_eq!(parse("staging").ok(), Some(Environment::Staging));
        assert_eq!(parse(" production ").ok(), Some(Environment::Production));
        assert_eq!(parse("https://a.example/b").ok(), Some(Environment::Custom("https://a.example/b".to_owned())));
        assert_eq!(parse("Staging").ok(), Some(Environment::Staging));
        assert_eq!(parse("PRODUCTION").ok(), Some(Environment::Production));
        for text in ["", "stagin", "canary", "ftp://canary"] {
            let error = parse(text).expect_err(text).to_string();
            assert_eq!(error, "the base URL is not an absolute http or https URL", "{text}");
        }
    }

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
    fn debug_hides_the_path_of_a_url() {
        let debug = |url: &str| format!("{:?}", Environment::Custom(url.to_owned()));
        assert_eq!(debug("https://example.com/canary"), r#"Custom("https://example.com")"#);
        assert_eq!(debug("https://canary@example.com"), r#"Custom("https://example.com")"#);
        assert_eq!(debug("canary"), r#"Custom("not a valid URL")"#);
    }
}
