//! The client.

use std::{fmt, sync::Arc, time::Duration};

use serde_json::Value;
use unigox_client::{Client as Generated, Operation};
use url::Url;
use uuid::Uuid;

use crate::{
    ApiKey, ClientBuilder, Environment, Response, Result, SupportedHandle, UserHandle, UsersHandle,
    added::Added,
    attempt::{Attempt, Connection, Sender},
    metrics::{Counters, Metrics},
    options::{CallOptions, Limits},
    payment_details::Turns,
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
    added: Option<Arc<Added>>,
}

pub(crate) struct Shared {
    pub(crate) api: Generated<Arc<Connection>>,
    pub(crate) server: Server,
    pub(crate) options: CallOptions,
    pub(crate) tokens: RetryTokens,
    pub(crate) counters: Counters,
    /// Of users whose payment details are being saved.
    pub(crate) turns: Turns,
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

    pub(crate) fn new(shared: Shared, added: Added) -> Self {
        let added = Some(Arc::new(added)).filter(|added| !added.is_empty());
        Self { shared: Arc::new(shared), options: CallOptions::new(), added }
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
        Self { options: options.or(self.options), ..self.clone() }
    }

    /// A copy of the client whose requests have the header `name` as well, such as `traceparent`. `Debug` and traces hide
    /// its value.
    ///
    /// A header of the same name that was added before is replaced. One that an operation has as a parameter is sent as the
    /// parameter says.
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration) if HTTP does not allow the name or the value, or the client sets
    /// this header itself.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(unigox: unigox::Client, user: unigox::uuid::Uuid) -> Result<(), unigox::Error> {
    /// let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    /// let user = unigox.with_header("traceparent", parent)?.user(user).get().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_header(&self, name: &str, value: &str) -> Result<Self> {
        let mut added = self.added.as_deref().cloned().unwrap_or_default();
        added.add_header(name, value)?;
        Ok(Self { added: Some(Arc::new(added)), ..self.clone() })
    }

    /// A copy of the client whose JSON bodies have the field `name` as well, at their top level: what the API takes and this
    /// version of the crate does not know. `Debug` and traces hide its value.
    ///
    /// A field of the same name that was added before is replaced. Requests without a body are sent as they are, so what
    /// [`ensure`](crate::PaymentDetailsHandle::ensure) finds saved already is not saved again with the field. Nothing but
    /// the server checks the value.
    ///
    /// # Errors
    ///
    /// A call whose body is a form, a list or a text, or has the field already, fails before anything is sent:
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest). So keep the client without the field, and make the copy for the
    /// calls that need it: an upload of a document, for one, is a form.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(unigox: unigox::Client) -> Result<(), unigox::Error> {
    /// let unigox = unigox.with_body_field("referral", "spring");
    /// let user = unigox.users().create("customer-42", "ada@example.com").await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_body_field(&self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        let mut added = self.added.as_deref().cloned().unwrap_or_default();
        added.add_body_field(name.into(), value.into());
        Self { added: Some(Arc::new(added)), ..self.clone() }
    }

    /// Replaces the key, for this client and all of its clones. Attempts that begin from now on send the new one.
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration) if a header can't hold it. The old key stays.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # fn f(unigox: unigox::Client, rotated: String) -> Result<(), unigox::Error> {
    /// unigox.set_api_key(rotated)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_api_key(&self, key: impl Into<ApiKey>) -> Result<()> {
        self.shared.api.transport().set_key(key.into().checked_header()?);
        Ok(())
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

    /// What the API supports at the moment: payment rails, institutions, currencies, chains, rates. Nothing is sent.
    pub fn supported(&self) -> SupportedHandle {
        SupportedHandle::new(self.clone())
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

    pub(crate) fn turns(&self) -> &Turns {
        &self.shared.turns
    }

    pub(crate) fn limits(&self, operation: &Operation) -> Limits {
        self.options.or(self.shared.options).limits(operation)
    }

    pub(crate) fn attempt(&self, time: Duration, max_response_bytes: usize) -> Sender {
        let connection = Arc::clone(self.shared.api.transport());
        self.shared.api.over(Attempt { connection, added: self.added.clone(), time, max_response_bytes })
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
