//! KYC data: what identifies a person, and how they are verified.

mod date_of_birth;
mod optional_fields;
mod payout_address;
mod submission;
mod update;

use unigox_client::{operations, types};

pub use self::{
    submission::{KycSubmission, Pii, Prefill},
    update::KycUpdate,
};
use crate::{Response, Result, UserHandle};

/// The KYC data of one user. From [`UserHandle::kyc`].
#[derive(Clone, Debug)]
pub struct KycHandle {
    user: UserHandle,
}

impl KycHandle {
    pub(crate) fn new(user: UserHandle) -> Self {
        Self { user }
    }

    /// Submits KYC data by one of three methods; see [`KycSubmission`].
    ///
    /// After a [handoff](KycSubmission::handoff), the returned `verification_url` is the page where the person continues.
    /// Sending them there is up to you. Whoever has the address can act as the person, so keep it out of logs.
    ///
    /// `submitKYC`. Not safe to repeat: if it is not known whether a call took effect, read
    /// [the user](crate::UserHandle::get) before you submit again. Its `kyc` has the method, the names and the country of the
    /// last submission, and when it was made; a token or an inquiry is not shown.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) as for [`KycSubmission::validate`]. 400 with a
    /// [key](crate::Error::key) such as `underage_not_allowed` or `invalid_date_of_birth`;
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such user.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(user: unigox::UserHandle) -> Result<(), unigox::Error> {
    /// use unigox::{KycSubmission, Pii};
    ///
    /// let pii = Pii::new("Ada", "Obi", "NG").address("12 Marina Road").city("Lagos").postal_code("101241");
    /// let result = user.kyc().submit(&KycSubmission::direct(pii)).await?;
    /// println!("now {}", result.kyc_status);
    /// # Ok(())
    /// # }
    /// ```
    pub fn submit<'b>(
        &self,
        submission: &'b KycSubmission,
    ) -> impl Future<Output = Result<Response<types::KycSubmissionResult>>> + Send + use<'b> {
        let user = self.user.clone();
        async move {
            submission.validate().map_err(|error| error.with_operation(&operations::SUBMIT_KYC))?;
            user.client.api().submit_kyc(user.uuid, submission.body()).await
        }
    }

    /// Adds or changes optional KYC data; the user stays verified.
    ///
    /// Read `updated_fields` in the response: a field that is missing there was not changed.
    ///
    /// `updateKYC`. Safe to repeat.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) as for [`KycUpdate::validate`]. 400 with a
    /// [key](crate::Error::key) such as `underage_not_allowed` or `invalid_date_of_birth`.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(user: unigox::UserHandle) -> Result<(), unigox::Error> {
    /// use unigox::KycUpdate;
    ///
    /// let update = KycUpdate::new().address("Svitrigailos g. 29").city("Vilnius").postal_code("03229");
    /// let updated = user.kyc().update(&update).await?;
    /// println!("changed: {}", updated.updated_fields.join(", "));
    /// # Ok(())
    /// # }
    /// ```
    pub fn update<'b>(
        &self,
        update: &'b KycUpdate,
    ) -> impl Future<Output = Result<Response<types::UpdatedKyc>>> + Send + use<'b> {
        let user = self.user.clone();
        async move {
            update.validate().map_err(|error| error.with_operation(&operations::UPDATE_KYC))?;
            user.client.api().update_kyc(user.uuid, update.body()).await
        }
    }
}
