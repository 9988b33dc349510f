//! KYC data: what is said of a person, and by which way they are verified.

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
use crate::{Response, Result, User, call};

/// The KYC data of one user. From [`User::kyc`].
#[derive(Clone, Debug)]
pub struct KycHandle {
    user: User,
}

impl KycHandle {
    pub(crate) fn new(user: User) -> Self {
        Self { user }
    }

    /// Submits KYC data by one of three methods; see [`KycSubmission`].
    ///
    /// After a [handoff](KycSubmission::handoff), `verification_url` in what is returned is the page where the person goes on.
    /// Sending them there is up to you; it acts for whoever holds it, so keep it out of logs.
    ///
    /// `submitKYC`. Not sent again if it is not known what became of it: read
    /// [the status](crate::VerificationHandle::status) first.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if a text is blank. 400 with a [key](crate::Error::key) such as
    /// `underage_not_allowed` or `invalid_date_of_birth`; [`is_not_found`](crate::Error::is_not_found) if there is no such
    /// user.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(user: unigox::User) -> Result<(), unigox::Error> {
    /// use unigox::{KycSubmission, Pii};
    ///
    /// let pii = Pii::new("Ada", "Obi", "NG")?.address("12 Marina Road").city("Lagos").postal_code("101241");
    /// let result = user.kyc().submit(KycSubmission::direct(pii)).await?;
    /// println!("now {}", result.kyc_status);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn submit(&self, submission: KycSubmission) -> Result<Response<types::KycSubmissionResult>> {
        let operation = &operations::SUBMIT_KYC;
        let body = &submission.into_body().map_err(|error| error.with_operation(operation))?;
        let uuid = &self.user.uuid;
        call::call(&self.user.client, operation, |api| async move { api.submit_kyc(uuid, body).await }).await
    }

    /// Adds or changes optional KYC data; the user stays verified.
    ///
    /// Read `updated_fields` in what is returned: a field that is missing there was not changed.
    ///
    /// `updateKYC`. Safe to repeat.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if nothing is to be changed, or a text is blank: the server
    /// takes a blank value for none, so this call can't clear a field. 400 with a [key](crate::Error::key) such as
    /// `underage_not_allowed` or `invalid_date_of_birth`.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(user: unigox::User) -> Result<(), unigox::Error> {
    /// use unigox::KycUpdate;
    ///
    /// let update = KycUpdate::new().address("Svitrigailos g. 29").city("Vilnius").postal_code("03229");
    /// let updated = user.kyc().update(update).await?;
    /// println!("changed: {}", updated.updated_fields.join(", "));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn update(&self, update: KycUpdate) -> Result<Response<types::UpdatedKyc>> {
        let operation = &operations::UPDATE_KYC;
        let body = &update.into_body().map_err(|error| error.with_operation(operation))?;
        let uuid = &self.user.uuid;
        call::call(&self.user.client, operation, |api| async move { api.update_kyc(uuid, body).await }).await
    }
}
