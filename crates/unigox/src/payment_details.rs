//! Payout accounts.

mod account;
mod request;

use unigox_client::{operations, types};

pub use self::{
    account::{AccountDetails, CvuCbuAccount, NipAccount, SepaAccount},
    request::{PaymentDetails, PaymentDetailsDraft},
};
use crate::{Response, Result, User, call, text::filled};

/// The payout accounts of one user. From [`User::payment_details`].
#[derive(Clone, Debug)]
pub struct PaymentDetailsHandle {
    user: User,
}

impl PaymentDetailsHandle {
    pub(crate) fn new(user: User) -> Self {
        Self { user }
    }

    /// Lists all accounts, in one answer.
    ///
    /// `getPaymentDetails`. Safe to repeat.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such user, or it is another partner's.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(user: unigox::User) -> Result<(), unigox::Error> {
    /// for account in user.payment_details().list().await?.iter() {
    ///     println!("{}: {} in {}", account.payment_details_id, account.rail, account.currency);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn list(&self) -> Result<Response<Vec<types::PaymentProfile>>> {
        let uuid = &self.user.uuid;
        let operation = &operations::GET_PAYMENT_DETAILS;
        call::call(&self.user.client, operation, |api| async move { api.get_payment_details(uuid).await }).await
    }

    /// Saves an account. It has to be the user's own: third parties are not paid.
    ///
    /// `createPaymentDetails`. There is no idempotency key, and sending it twice may save the account twice. So it is sent a
    /// second time only if the first was provably never sent. After an error of kind
    /// [`MaybeSent`](crate::ErrorKind::MaybeSent), or a status of 500 and above, look with [`list`](Self::list).
    ///
    /// # Errors
    ///
    /// 400 with a [key](crate::Error::key) such as `invalid_payment_details`; 422 with a [message](crate::Error::message) that
    /// names the fields of `details` that the rail wants otherwise. Nothing was saved then.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(user: unigox::User) -> Result<(), unigox::Error> {
    /// use unigox::{AccountDetails, InstitutionOptionalRail, PaymentDetails, SepaAccount};
    ///
    /// // A rail that the documents spell out.
    /// let account = SepaAccount::new("Ada Obi", "DE75 5121 0800 1245 1261 99")?;
    /// let saved = user.payment_details().create(PaymentDetails::sepa(account)).await?;
    /// println!("saved as {}", saved.payment_details_id);
    ///
    /// // Any other, with the institution that it needs.
    /// let details = AccountDetails::new().field("vpa", "ada@bank");
    /// user.payment_details().create(PaymentDetails::via("upi-india", "some-bank", "INR")?.details(details)).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn create(&self, payment_details: PaymentDetails) -> Result<Response<types::PaymentProfile>> {
        let (uuid, body) = (&self.user.uuid, payment_details.body());
        let operation = &operations::CREATE_PAYMENT_DETAILS;
        call::call(&self.user.client, operation, |api| async move { api.create_payment_details(uuid, body).await })
            .await
    }

    /// Deletes an account, by its `payment_details_id` (which [`User::get`] calls `id`).
    ///
    /// `deletePaymentDetails`. Not sent again if it is not known what became of it: a second call answers 404, which is
    /// also what an account answers that never was. Look with [`list`](Self::list).
    ///
    /// # Errors
    ///
    /// [`is_conflict`](crate::Error::is_conflict) if active offers still refer to it;
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such account.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(user: unigox::User) -> Result<(), unigox::Error> {
    /// match user.payment_details().delete("40417").await {
    ///     Ok(_) => println!("deleted"),
    ///     Err(error) if error.is_conflict() => println!("still in use"),
    ///     Err(error) if error.is_not_found() => println!("gone already, or never there"),
    ///     Err(error) => return Err(error),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn delete(&self, payment_details_id: impl AsRef<str>) -> Result<Response<types::DeletedPaymentDetails>> {
        let operation = &operations::DELETE_PAYMENT_DETAILS;
        let (uuid, id) = (&self.user.uuid, payment_details_id.as_ref());
        filled("payment_details_id", id).map_err(|error| error.with_operation(operation))?;
        call::call(&self.user.client, operation, |api| async move { api.delete_payment_details(uuid, id).await }).await
    }
}
