//! The client: where the API is, with which key, and how calls are sent.

use std::{fmt, sync::Arc, time::Duration};

use unigox_client::{Client as Generated, Operation, operations, types};
use uuid::Uuid;

use crate::{
    ClientBuilder, Environment, Response, Result, User, Users,
    call::{self, Api, Attempt, Connection},
    options::{CallOptions, Limits},
};

/// A client of the Unigox Partner API.
///
/// Clones are cheap and share connections. See [the crate's documentation](crate) for a whole journey.
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
    pub(crate) origin: String,
    pub(crate) options: CallOptions,
}

impl Client {
    /// A client of `environment`, to be set up further.
    pub fn builder(environment: Environment) -> ClientBuilder {
        ClientBuilder::new(environment)
    }

    /// A client as the environment variables say.
    ///
    /// | variable | value |
    /// |---|---|
    /// | `UNIGOX_API_KEY` | the key |
    /// | `UNIGOX_BASE_URL` | `staging`, `production`, or a URL |
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration), if one of them is missing or is not what it has to be. There is no
    /// default for the address: a service that forgets it should not find out which one it got.
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

    /// The same client, whose calls are sent with `options`. What these leave open is as it was.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(unigox: unigox::Client) -> Result<(), unigox::Error> {
    /// use std::time::Duration;
    ///
    /// use unigox::CallOptions;
    ///
    /// let options = CallOptions::new().with_attempt_timeout(Duration::from_secs(2)).without_retries();
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
    /// [`is_unauthorized`](crate::Error::is_unauthorized) if the key is not one of this environment.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(unigox: unigox::Client) -> Result<(), unigox::Error> {
    /// match unigox.verify_auth().await {
    ///     Ok(_) => println!("the key is good"),
    ///     Err(error) if error.is_unauthorized() => println!("the key is not"),
    ///     Err(error) => return Err(error),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn verify_auth(&self) -> Result<Response<types::VerifyAuthData>> {
        call::call(self, &operations::VERIFY_AUTH, |api| async move { api.verify_auth().await }).await
    }

    /// The partner's users.
    pub fn users(&self) -> Users {
        Users::new(self.clone())
    }

    /// One user, by the `user_uuid` that creating it returned. Nothing is sent.
    pub fn user(&self, user_uuid: Uuid) -> User {
        User::new(self.clone(), user_uuid)
    }

    pub(crate) fn limits(&self, operation: &Operation) -> Limits {
        self.options.or(self.shared.options).limits(operation)
    }

    pub(crate) fn attempt(&self, time: Duration, max_answer_bytes: usize) -> Api {
        let connection = Arc::clone(self.shared.api.transport());
        self.shared.api.over(Attempt { connection, time, max_answer_bytes })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("origin", &self.shared.origin)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
