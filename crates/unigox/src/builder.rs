//! The builder of a client.

use std::{env, fmt, sync::Arc, time::Duration};

use http::HeaderValue;
use reqwest::{Proxy, redirect, retry};
use unigox_client::Client as Generated;
use zeroize::Zeroizing;

use crate::{
    ApiKey, CallOptions, Client, Environment, Error, HttpSettings, HttpTransport, Result, RetryBudget,
    added::Added,
    attempt::Connection,
    client::{Server, Shared},
    environment::is_loopback,
    metrics::Counters,
    payment_details::Turns,
    retry_budget::RetryTokens,
};

const KEY_VARIABLE: &str = "UNIGOX_API_KEY";
const URL_VARIABLE: &str = "UNIGOX_BASE_URL";

/// How long an idle connection is kept. Usual servers close theirs after 5 s or more; a request that crosses with that may
/// have arrived or not, and not every call may be repeated.
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(4);

/// A builder of a [`Client`].
///
/// # Examples
///
/// ```no_run
/// # fn f(key: String, ca: &[u8]) -> Result<(), unigox::Error> {
/// use std::time::Duration;
///
/// use unigox::{CallOptions, Client, Environment, RetryPolicy};
///
/// let unigox = Client::builder(Environment::Production)
///     .api_key(key)
///     .connect_timeout(Duration::from_secs(2))
///     .options(CallOptions::new().retries(RetryPolicy::new().attempts(5)))
///     .proxy("http://proxy.internal:3128")
///     .root_certificates(ca)
///     .application("payouts/1.4")
///     .http(|http| http.pool_idle_timeout(Duration::from_secs(20)))
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[must_use]
pub struct ClientBuilder {
    environment: Environment,
    key: Option<ApiKey>,
    connect_timeout: Duration,
    options: CallOptions,
    retry_budget: RetryBudget,
    proxy: ProxyChoice,
    root_certificates: Vec<Vec<u8>>,
    client_certificate: Option<Zeroizing<Vec<u8>>>,
    headers: Vec<(String, Zeroizing<String>)>,
    transport: Option<Box<dyn HttpTransport>>,
    application: Option<String>,
    allow_plain_http: bool,
    http: Option<Box<dyn FnOnce(HttpSettings) -> HttpSettings + Send>>,
}

enum ProxyChoice {
    /// Configured by environment variables.
    Environment,
    None,
    Url(String),
}

impl ClientBuilder {
    pub(crate) fn new(environment: Environment) -> Self {
        Self {
            environment,
            key: None,
            connect_timeout: Duration::from_secs(5),
            options: CallOptions::new(),
            retry_budget: RetryBudget::default(),
            proxy: ProxyChoice::Environment,
            root_certificates: Vec::new(),
            client_certificate: None,
            headers: Vec::new(),
            transport: None,
            application: None,
            allow_plain_http: false,
            http: None,
        }
    }

    pub(crate) fn from_env() -> Result<Self> {
        Self::from_variables(read)
    }

    fn from_variables(read: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let url = read(URL_VARIABLE).ok_or_else(|| {
            Error::configuration("UNIGOX_BASE_URL", "is not set: set it to `staging`, `production` or a URL")
        })?;
        let key = read(KEY_VARIABLE).ok_or_else(|| Error::configuration("UNIGOX_API_KEY", "is not set"))?;
        Ok(Self::new(url.parse()?).api_key(key))
    }

    /// The key. If it is not set, the environment variable `UNIGOX_API_KEY` has to hold one.
    pub fn api_key(mut self, key: impl Into<ApiKey>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// The time-out for connecting, TLS included; 5 s by default.
    pub fn connect_timeout(mut self, time: Duration) -> Self {
        self.connect_timeout = time;
        self
    }

    /// The options of all calls, unless a call has options of its own.
    pub fn options(mut self, options: CallOptions) -> Self {
        self.options = options;
        self
    }

    /// How many retries all calls may make together; [`RetryBudget::default`] by default.
    pub fn retry_budget(mut self, budget: RetryBudget) -> Self {
        self.retry_budget = budget;
        self
    }

    /// Sends everything through the proxy at `url`, which may hold a user and a password.
    ///
    /// If no proxy is set, the environment variables `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` apply, except
    /// for the loopback.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = ProxyChoice::Url(url.into());
        self
    }

    /// Uses no proxy, whatever the environment variables.
    pub fn no_proxy(mut self) -> Self {
        self.proxy = ProxyChoice::None;
        self
    }

    /// Trusts the certificates in `pem` as well, for instance those of a gateway.
    pub fn root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.root_certificates.push(pem.into());
        self
    }

    /// Identifies the client by a certificate, as some gateways want: `pem` has the certificate, with those of its issuers if
    /// the server lacks them, and its private key in PKCS #8. `Debug` hides it.
    pub fn client_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.client_certificate = Some(pem.into().into());
        self
    }

    /// Adds a header to all requests, such as the token of a gateway. `Debug` and traces hide its value.
    /// [`Client::with_header`] adds one to some calls.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into().into()));
        self
    }

    /// Sends requests by `transport`, in place of the HTTP client of this crate. Settings of connections have no effect then,
    /// such as proxy, certificates and `User-Agent`.
    pub fn transport(mut self, transport: impl HttpTransport) -> Self {
        self.transport = Some(Box::new(transport));
        self
    }

    /// The name of the application in the header `User-Agent`, such as `payouts/1.4`.
    pub fn application(mut self, name: impl Into<String>) -> Self {
        self.application = Some(name.into());
        self
    }

    /// Allows a base URL with `http` that is not on the loopback.
    ///
    /// The key and personal data are then sent unencrypted. It is meant for a mock server in a private network.
    pub fn allow_plain_http(mut self) -> Self {
        self.allow_plain_http = true;
        self
    }

    /// Adjusts the settings of connections. Redirects are never followed, and the connection itself never retries,
    /// whatever the settings.
    pub fn http(mut self, adjust: impl FnOnce(HttpSettings) -> HttpSettings + Send + 'static) -> Self {
        self.http = Some(Box::new(adjust));
        self
    }

    /// Builds the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration) if there is no key, or a setting is not valid. The message names the
    /// setting.
    pub fn build(self) -> Result<Client> {
        let missing = || Error::configuration("the API key", "is missing: give one, or set `UNIGOX_API_KEY`");
        let key = self.key.or_else(|| read(KEY_VARIABLE).map(ApiKey::from)).ok_or_else(missing)?;
        let key = key.checked_header()?;
        let mut added = Added::default();
        for (name, value) in &self.headers {
            added.add_header(name, value)?;
        }
        let url = self.environment.base_url()?;
        let is_loopback = is_loopback(&url);
        if url.scheme() == "http" && !is_loopback && !self.allow_plain_http {
            let problem = "is not https, so the key would be sent unencrypted; see `allow_plain_http`";
            return Err(Error::configuration("the base URL", problem));
        }
        if url.scheme() == "https" && !cfg!(any(feature = "rustls", feature = "native-tls")) {
            let problem = "is https, for which the feature `rustls` or `native-tls` is needed";
            return Err(Error::configuration("the base URL", problem));
        }

        let user_agent = HeaderValue::try_from(user_agent(self.application.as_deref()))
            .map_err(|_| Error::configuration("the name of the application", "can't be sent in a header"))?;
        let mut http = reqwest::Client::builder().user_agent(user_agent).pool_idle_timeout(POOL_IDLE_TIMEOUT);
        http = match self.proxy {
            ProxyChoice::Url(url) => {
                let proxy = Proxy::all(url).map_err(|_| Error::configuration("the proxy", "is not a valid URL"))?;
                http.no_proxy().proxy(proxy)
            }
            ProxyChoice::None => http.no_proxy(),
            ProxyChoice::Environment if is_loopback => http.no_proxy(),
            ProxyChoice::Environment => http,
        };
        http = trusting(http, &self.root_certificates)?;
        if let Some(pem) = &self.client_certificate {
            http = identified(http, pem)?;
        }
        if let Some(adjust) = self.http {
            http = adjust(HttpSettings(http)).0;
        }
        // After the settings of the caller, so that these can't be undone.
        let http = http
            .connect_timeout(self.connect_timeout)
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .build()
            .map_err(|error| {
                let problem = "can't be used for connections; see the source of this error";
                Error::configuration("the combination of settings", problem).with_source(error.without_url())
            })?;

        let connection = Connection { http, transport: self.transport, key: key.into() };
        let api = Generated::new(url.as_str(), Arc::new(connection))
            .map_err(|_| Error::configuration("the base URL", "has more in it than host, port and path"))?;
        let shared = Shared {
            api,
            server: Server::of(&url),
            options: self.options,
            tokens: RetryTokens::new(self.retry_budget),
            counters: Counters::default(),
            turns: Turns::default(),
        };
        Ok(Client::new(shared, added))
    }
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
fn trusting(http: reqwest::ClientBuilder, pems: &[Vec<u8>]) -> Result<reqwest::ClientBuilder> {
    #[cfg(feature = "rustls")]
    let mut http = http.tls_backend_rustls();
    #[cfg(not(feature = "rustls"))]
    let mut http = http.tls_backend_native();
    for pem in pems {
        let certificates = reqwest::Certificate::from_pem_bundle(pem).ok().filter(|found| !found.is_empty());
        let problem = "are not PEM with at least one certificate";
        http =
            http.tls_certs_merge(certificates.ok_or_else(|| Error::configuration("the root certificates", problem))?);
    }
    Ok(http)
}

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
fn trusting(http: reqwest::ClientBuilder, pems: &[Vec<u8>]) -> Result<reqwest::ClientBuilder> {
    match pems {
        [] => Ok(http),
        _ => Err(Error::configuration("the root certificates", "need the feature `rustls` or `native-tls`")),
    }
}

/// `http` with the certificate and the key that are in `pem`.
fn identified(http: reqwest::ClientBuilder, pem: &[u8]) -> Result<reqwest::ClientBuilder> {
    #[cfg(feature = "rustls")]
    let identity = reqwest::Identity::from_pem(pem).ok();
    #[cfg(all(feature = "native-tls", not(feature = "rustls")))]
    let identity = reqwest::Identity::from_pkcs8_pem(pem, pem).ok();
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    return match identity {
        Some(identity) => Ok(http.identity(identity)),
        None => {
            Err(Error::configuration("the client certificate", "is not PEM with a certificate and its private key"))
        }
    };
    #[cfg(not(any(feature = "rustls", feature = "native-tls")))]
    {
        let _ = (http, pem);
        Err(Error::configuration("the client certificate", "needs the feature `rustls` or `native-tls`"))
    }
}

fn user_agent(application: Option<&str>) -> String {
    let this = concat!("unigox-rust/", env!("CARGO_PKG_VERSION"));
    application.map_or_else(|| this.to_owned(), |application| format!("{application} {this}"))
}

fn read(variable: &str) -> Option<String> {
    env::var(variable).ok().filter(|value| !value.is_empty())
}

/// Shows the environment and the options. The key and the proxy are hidden.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("environment", &self.environment)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    fn custom(url: &str) -> ClientBuilder {
        Client::builder(Environment::Custom(url.to_owned())).api_key("canary-key")
    }

    #[test]
    fn refuses_settings_that_are_not_valid_and_names_them() {
        let url = "https://api.example.com";
        for (builder, message) in [
            (custom(url).api_key(" "), "the API key is empty, or has characters in it that a header can't hold"),
            (custom(url).api_key("a\nb"), "the API key is empty, or has characters in it that a header can't hold"),
            (custom("canary"), "the base URL is not an absolute http or https URL"),
            (custom("ftp://canary"), "the base URL is not an absolute http or https URL"),
            (custom("https://canary:canary@x"), "the base URL has more in it than host, port and path"),
            (custom("https://x?canary"), "the base URL has more in it than host, port and path"),
            (
                custom("http://canary"),
                "the base URL is not https, so the key would be sent unencrypted; see `allow_plain_http`",
            ),
            (custom(url).proxy("http://"), "the proxy is not a valid URL"),
            (custom(url).application("canary\r\nx: y"), "the name of the application can't be sent in a header"),
            (custom(url).header("canary name", "x"), "a header has a name that HTTP does not allow"),
            (custom(url).header("x-canary", "canary\n"), "a header has a value that HTTP does not allow"),
            (custom(url).header("X-API-Key", "canary"), "a header is one that the client sets itself"),
            (custom(url).header("content-length", "7"), "a header is one that the client sets itself"),
            (
                custom(url).client_certificate(*b"canary"),
                "the client certificate is not PEM with a certificate and its private key",
            ),
            (
                custom(url).root_certificates(*b"canary"),
                "the root certificates are not PEM with at least one certificate",
            ),
        ] {
            let error = builder.build().expect_err(message);
            assert_eq!(error.to_string(), message);
            assert_eq!((error.kind(), error.attempts()), (ErrorKind::Configuration, 0));
            assert!(!format!("{error:?}").contains("canary"), "{error:?}");
        }
    }

    #[test]
    fn https_is_allowed_anywhere_and_http_on_the_loopback_or_if_it_is_set() {
        for url in ["https://gateway.example.com/unigox", "http://127.0.0.1:8080", "http://localhost", "http://[::1]"] {
            assert!(custom(url).build().is_ok(), "{url}");
        }
        assert!(custom("http://sandbox:8080").allow_plain_http().build().is_ok());
        for environment in [Environment::Staging, Environment::Production] {
            assert!(Client::builder(environment).api_key("key").build().is_ok());
        }
    }

    #[test]
    fn both_environment_variables_are_needed() {
        let from = |variables: &[(&str, &str)]| {
            let read =
                |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            ClientBuilder::from_variables(read).map(|builder| builder.environment)
        };
        let key = (KEY_VARIABLE, "key");
        assert_eq!(from(&[key, (URL_VARIABLE, "staging")]).ok(), Some(Environment::Staging));
        assert_eq!(from(&[key, (URL_VARIABLE, " production ")]).ok(), Some(Environment::Production));
        let custom = Environment::Custom("http://localhost:1".to_owned());
        assert_eq!(from(&[key, (URL_VARIABLE, "http://localhost:1")]).ok(), Some(custom));
        let message = |variables: &[(&str, &str)]| from(variables).expect_err("one is missing").to_string();
        assert_eq!(message(&[key]), "UNIGOX_BASE_URL is not set: set it to `staging`, `production` or a URL");
        assert_eq!(message(&[(URL_VARIABLE, "staging")]), "UNIGOX_API_KEY is not set");
    }
}
