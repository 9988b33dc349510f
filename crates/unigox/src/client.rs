//! The client.

use std::{fmt, sync::Arc, time::Duration};

use unigox_client::{Client as Generated, Operation};
use url::Url;
use uuid::Uuid;

use crate::{
    ClientBuilder, Environment, Response, Result, UserHandle, UsersHandle,
    call::{Attempt, Connection, Sender},
    metrics::{Counters, Metrics},
    options::{CallOptions, Limits},
    retry_budget::RetryTokens,
    types,
};

/// A client of the Unigox Partner API.
///
/// Clones are cheap and share connections. See [the crate's documentation](crate) for a complete example.
///
/// # Examples
///
/// ```no_run
/// # async fn f() -> Result<(), unigox::Error> {
/// use unigox::{Client, Environment};
///
/// let unigox = Client::builder(Environment::Staging).api_key("the key").build()?;
/// unigox.verify_auth().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    options: CallOptions,
}

pub(crate) struct Shared {
    pub(crate) api: Generated<Arc<Connection>>,
    pub(crate) server: Server,
    pub(crate) options: CallOptions,
    pub(crate) tokens: RetryTokens,
    pub(crate) counters: Counters,
}

/// Where requests are sent.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) origin: String,
    #[cfg_attr(not(feature = "tracing"), expect(dead_code, reason = "only traces read it"))]
    pub(crate) host: String,
    #[cfg_attr(not(feature = "tracing"), expect(dead_code, reason = "only traces read it"))]
    pub(crate) port: Option<u16>,
}

impl Server {
    pub(crate) fn of(url: &Url) -> Self {
        let host = url.host_str().unwrap_or_default().to_owned();
        Self { origin: url.origin().ascii_serialization(), host, port: url.port_or_known_default() }
    }
}

impl Client {
    /// A builder of a client of `environment`.
    pub fn builder(environment: Environment) -> ClientBuilder {
        ClientBuilder::new(environment)
    }

    /// A client that is configured by environment variables.
    ///
    /// | variable | value |
    /// |---|---|
    /// | `UNIGOX_API_KEY` | the key |
    /// | `UNIGOX_BASE_URL` | `staging`, `production`, or a URL |
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration) if one of them is missing or not valid. There is no default for
    /// the address, so that no service calls production by accident.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # fn main() -> Result<(), unigox::Error> {
    /// let unigox = unigox::Client::from_env()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn from_env() -> Result<Self> {
        ClientBuilder::from_env()?.build()
    }

    pub(crate) fn new(shared: Shared) -> Self {
        Self { shared: Arc::new(shared), options: CallOptions::new() }
    }

    /// A copy of the client whose calls are made with `options`. Options that are not set stay as they are.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(unigox: unigox::Client) -> Result<(), unigox::Error> {
    /// use std::time::Duration;
    ///
    /// use unigox::{CallOptions, RetryPolicy};
    ///
    /// let options = CallOptions::new().attempt_timeout(Duration::from_secs(2)).retries(RetryPolicy::none());
    /// unigox.with_options(options).verify_auth().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_options(&self, options: CallOptions) -> Self {
        Self { shared: Arc::clone(&self.shared), options: options.or(self.options) }
    }

    /// Checks the API key.
    ///
    /// `verifyAuth`. Safe to repeat.
    ///
    /// # Errors
    ///
    /// [`is_unauthorized`](crate::Error::is_unauthorized) if the key is not valid in this environment.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(unigox: unigox::Client) -> Result<(), unigox::Error> {
    /// match unigox.verify_auth().await {
    ///     Ok(_) => println!("the key is valid"),
    ///     Err(error) if error.is_unauthorized() => println!("the key is not valid"),
    ///     Err(error) => return Err(error),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn verify_auth(&self) -> Result<Response<types::VerifyAuthData>> {
        self.api().verify_auth().await
    }

    /// The partner's users.
    pub fn users(&self) -> UsersHandle {
        UsersHandle::new(self.clone())
    }

    /// One user, by the `user_uuid` that [`UsersHandle::create`] returned. Nothing is sent.
    pub fn user(&self, user_uuid: Uuid) -> UserHandle {
        UserHandle::new(self.clone(), user_uuid)
    }

    /// What the calls of this client and its clones did since it was built.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # fn f(unigox: unigox::Client) {
    /// let metrics = unigox.metrics();
    /// println!("{} calls, {} retries, {:?} tokens left", metrics.calls, metrics.retries, metrics.retry_tokens);
    /// # }
    /// ```
    pub fn metrics(&self) -> Metrics {
        self.shared.counters.read(self.shared.tokens.left())
    }

    pub(crate) fn server(&self) -> &Server {
        &self.shared.server
    }

    pub(crate) fn retry_tokens(&self) -> &RetryTokens {
        &self.shared.tokens
    }

    pub(crate) fn counters(&self) -> &Counters {
        &self.shared.counters
    }

    pub(crate) fn limits(&self, operation: &Operation) -> Limits {
        self.options.or(self.shared.options).limits(operation)
    }

    pub(crate) fn attempt(&self, time: Duration, max_response_bytes: usize) -> Sender {
        let connection = Arc::clone(self.shared.api.transport());
        self.shared.api.over(Attempt { connection, time, max_response_bytes })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("origin", &self.shared.server.origin)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
