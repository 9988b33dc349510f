//! How far a verification has come, and waiting for its end.

mod wait;

use std::time::Duration;

use unigox_client::{operations, types};

pub use self::wait::{StatusChanges, VerificationOutcome, WaitPolicy};
use crate::{CallOptions, Response, Result, User, call};

/// The verification of one user. From [`User::verification`].
///
/// It looks at the latest session; [`of_session`](Self::of_session) at another.
#[derive(Clone)]
pub struct VerificationHandle {
    user: User,
    session: Option<String>,
}

impl VerificationHandle {
    pub(crate) fn new(user: User) -> Self {
        Self { user, session: None }
    }

    /// Looks at the session `verification_id`, which an upload returns as `verification_session_id`.
    #[must_use]
    pub fn of_session(mut self, verification_id: impl Into<String>) -> Self {
        self.session = Some(verification_id.into());
        self
    }

    /// Reads the status, once. `VERIFIED` is the only success; `COMPLETED` says that the provider is done, and not with
    /// what result.
    ///
    /// `getVerificationStatus`. Safe to repeat. The server asks the provider while you wait.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such user, or it is another partner's.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(user: unigox::User) -> Result<(), unigox::Error> {
    /// use unigox::types::VerificationStatus;
    ///
    /// let verification = user.verification().status().await?;
    /// match verification.status {
    ///     VerificationStatus::Verified => println!("verified"),
    ///     VerificationStatus::VerificationRejected | VerificationStatus::Failed => println!("not verified"),
    ///     // The API has more of these over time, and they are kept as they come.
    ///     ref other => println!("not yet: {other}"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn status(&self) -> Result<Response<types::Verification>> {
        self.look(None).await
    }

    /// Reads the status, within `time` if that is given and the client allows more.
    async fn look(&self, time: Option<Duration>) -> Result<Response<types::Verification>> {
        let operation = &operations::GET_VERIFICATION_STATUS;
        let (uuid, session) = (&self.user.uuid, self.session.as_deref());
        let allowed = self.user.client.limits(operation).total;
        let total = time.map_or(allowed, |time| time.min(allowed));
        let client = self.user.client.with_options(CallOptions::new().with_total_timeout(total));
        call::call(&client, operation, |api| async move { api.get_verification_status(uuid, session).await }).await
    }

    /// Waits until the verification has ended, or as long as `policy` allows.
    ///
    /// It reads the status at once, then after 2 s, 4 s, 8 s and so on up to every 120 s, each time a random part (up to
    /// half) earlier, and a last time when the time is up. Any status that is not final, `COMPLETED` and unknown ones
    /// among them, is waited out. A read that fails for a reason that may pass (no connection, time-out, 429, 5xx) does
    /// not end the wait.
    ///
    /// It may be dropped at any time, and begun again: it changes nothing.
    ///
    /// # Errors
    ///
    /// [`GaveUpWaiting`](crate::ErrorKind::GaveUpWaiting) if the last read failed, and whatever [`status`](Self::status)
    /// fails with for a reason that will not pass, such as 401 and 404.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(user: unigox::User) -> Result<(), unigox::Error> {
    /// use std::time::Duration;
    ///
    /// use unigox::{VerificationOutcome, WaitPolicy};
    ///
    /// let policy = WaitPolicy::within(Duration::from_secs(900)).on_action(|_url| println!("show the page to the person"));
    /// match user.verification().wait(policy).await? {
    ///     VerificationOutcome::Verified(_) => println!("verified"),
    ///     VerificationOutcome::Rejected(_) | VerificationOutcome::Failed(_) => println!("not verified"),
    ///     VerificationOutcome::Pending(_) => println!("not yet"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn wait(&self, policy: WaitPolicy) -> Result<VerificationOutcome> {
        wait::wait(self, policy).await
    }

    /// The status now, and then each change of status or `verification_url`, until the verification has ended or as long
    /// as `policy` allows. It reads as [`wait`](Self::wait) does, and ends with the first error that ends a wait.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(user: unigox::User) -> Result<(), unigox::Error> {
    /// use std::{pin::pin, time::Duration};
    ///
    /// use unigox::{WaitPolicy, futures_util::TryStreamExt};
    ///
    /// let mut changes = pin!(user.verification().changes(WaitPolicy::within(Duration::from_secs(900))));
    /// while let Some(verification) = changes.try_next().await? {
    ///     println!("now {}", verification.status);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn changes(&self, policy: WaitPolicy) -> StatusChanges {
        StatusChanges::new(self.clone(), policy)
    }
}

/// Hides the session, which is a credential of sorts.
impl std::fmt::Debug for VerificationHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VerificationHandle").field("user", &self.user).finish_non_exhaustive()
    }
}
