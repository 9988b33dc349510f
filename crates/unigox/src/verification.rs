//! The status of a verification, and waiting for its outcome.

mod point;
mod signal;
mod wait;

use std::time::Duration;

use unigox_client::{operations, types};

pub use self::{
    point::WaitPoint,
    signal::{WaitSignal, WaitSignals},
    wait::{StatusChanges, VerificationOutcome, WaitPolicy},
};
use crate::{CallOptions, Response, Result, UserHandle};

/// The verification of one user. From [`UserHandle::verification`].
///
/// It refers to the latest session, unless [`of_session`](Self::of_session) names another.
#[derive(Clone)]
pub struct VerificationHandle {
    user: UserHandle,
    session: Option<String>,
}

impl VerificationHandle {
    pub(crate) fn new(user: UserHandle) -> Self {
        Self { user, session: None }
    }

    /// The verification in the session `verification_id`.
    #[must_use]
    pub fn of_session(mut self, verification_id: impl Into<String>) -> Self {
        self.session = Some(verification_id.into());
        self
    }

    /// Starts the verification, if all that it needs is there.
    ///
    /// Uploading the last document that is needed starts it as well. This is for a registry number with a selfie, and to
    /// find out what is missing: if the verification could not start, `ready` is false in the response, and `missing`
    /// lists what to send first. It needs KYC data that was submitted [directly](crate::KycSubmission::direct).
    ///
    /// `runPartnerKYCVerification`. Safe to repeat: a verification that runs already is not started again.
    ///
    /// # Errors
    ///
    /// 400 if no KYC data was submitted directly; [`is_not_found`](crate::Error::is_not_found) if there is no such user.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(user: unigox::UserHandle) -> Result<(), unigox::Error> {
    /// let start = user.verification().start().await?;
    /// if !start.ready {
    ///     println!("missing: {:?}", start.missing);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn start(&self) -> impl Future<Output = Result<Response<types::VerificationStart>>> + Send + use<> {
        let user = self.user.clone();
        async move { user.client.api().run_partner_kyc_verification(user.uuid).await }
    }

    /// Reads the status, once. `VERIFIED` is the only success; `COMPLETED` says that the provider has finished, but not with
    /// what result.
    ///
    /// `getVerificationStatus`. Safe to repeat. The server asks the provider before it responds.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such user, or the user belongs to another partner.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(user: unigox::UserHandle) -> Result<(), unigox::Error> {
    /// use unigox::types::VerificationStatus;
    ///
    /// let verification = user.verification().status().await?;
    /// match verification.status {
    ///     VerificationStatus::Verified => println!("verified"),
    ///     VerificationStatus::VerificationRejected | VerificationStatus::Failed => println!("not verified"),
    ///     // Other statuses, which may be added over time.
    ///     ref other => println!("not yet: {other}"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn status(&self) -> impl Future<Output = Result<Response<types::Verification>>> + Send + use<> {
        let handle = self.clone();
        async move { handle.read(None).await }
    }

    /// Reads the status, within `time` if that is given and shorter than the total time-out.
    async fn read(&self, time: Option<Duration>) -> Result<Response<types::Verification>> {
        let mut params = types::GetVerificationStatusParams::new();
        params.verification_id = self.session.clone();
        let allowed = self.user.client.limits(&operations::GET_VERIFICATION_STATUS).total;
        let total = time.map_or(allowed, |time| time.min(allowed));
        let client = self.user.client.with_options(CallOptions::new().total_timeout(total));
        client.api().get_verification_status_with(self.user.uuid, &params).await
    }

    /// Waits until the verification has ended, or as long as `policy` allows.
    ///
    /// It polls the status: at once, then after 2 s, 4 s, 8 s and so on up to every 120 s, each time earlier by a random
    /// part of up to half the delay, and a last time at the deadline. Only `VERIFIED`, `VERIFICATION_REJECTED` and `FAILED`
    /// end the wait. A [transient](crate::Error::is_transient) error does not end it, and neither does a response that is
    /// not the API's, such as a page of a gateway, a redirect or a 403, unless five come in a row without a status between
    /// them. Each poll that failed is traced.
    ///
    /// The future owns all it needs, so it can be spawned. It may be dropped at any time, and the wait started again, or
    /// [resumed](WaitPolicy::resume): it only reads.
    ///
    /// # Errors
    ///
    /// [`WaitFailed`](crate::ErrorKind::WaitFailed) if the last poll failed, or five in a row were odd. 401 and
    /// [404](crate::Error::is_not_found) end the wait at once. [`Error::last_verification`](crate::Error::last_verification)
    /// is the verification as it was read last.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(user: unigox::UserHandle) -> Result<(), unigox::Error> {
    /// use std::time::Duration;
    ///
    /// use unigox::{VerificationOutcome, WaitPolicy};
    ///
    /// let policy = WaitPolicy::within(Duration::from_secs(900)).on_action(|_url| println!("show the page to the person"));
    /// match user.verification().wait(policy).await? {
    ///     VerificationOutcome::Verified(_) => println!("verified"),
    ///     VerificationOutcome::Rejected(_) | VerificationOutcome::Failed(_) => println!("not verified"),
    ///     VerificationOutcome::UnderReview(_) => println!("someone looks at it, which takes up to a day"),
    ///     VerificationOutcome::Pending(_) => println!("not yet"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn wait(&self, policy: WaitPolicy) -> impl Future<Output = Result<VerificationOutcome>> + Send + use<> {
        wait::wait(self.clone(), policy)
    }

    /// The current status, and then each change of the status or `verification_url`, until the verification has ended or as
    /// long as `policy` allows. It polls as [`wait`](Self::wait) does, and ends with the first error that ends a wait.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(user: unigox::UserHandle) -> Result<(), unigox::Error> {
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

/// Hides the session: whoever has its identifier may be able to act as the person.
impl std::fmt::Debug for VerificationHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VerificationHandle").field("user", &self.user).finish_non_exhaustive()
    }
}
