//! Payment details: the bank accounts and wallets that a user is paid to.

mod account;
mod builder;
mod comparison;
mod ensure;
mod rail_form;
mod turns;

use unigox_client::{operations, types};

pub(crate) use self::turns::Turns;
pub use self::{
    account::{AccountDetails, CvuCbuAccount, NipAccount, SepaAccount},
    builder::{PaymentDetails, PaymentDetailsBuilder},
    ensure::EnsuredPaymentDetails,
    rail_form::{FormField, FormOption, RailForm},
};
use crate::{Response, Result, UserHandle, text::filled, types::SavedPaymentDetails};

/// The payment details of one user. From [`UserHandle::payment_details`].
#[derive(Clone, Debug)]
pub struct PaymentDetailsHandle {
    user: UserHandle,
}

impl PaymentDetailsHandle {
    pub(crate) fn new(user: UserHandle) -> Self {
        Self { user }
    }

    /// Lists all payment details of the user, in one response.
    ///
    /// `getPaymentDetails`. Safe to repeat.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such user, or the user belongs to another partner.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(user: unigox::UserHandle) -> Result<(), unigox::Error> {
    /// for saved in user.payment_details().list().await?.iter() {
    ///     println!("{}: {} in {}", saved.payment_details_id, saved.rail, saved.currency);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn list(&self) -> impl Future<Output = Result<Response<Vec<SavedPaymentDetails>>>> + Send + use<> {
        let user = self.user.clone();
        async move { user.client.api().get_payment_details(user.uuid).await }
    }

    /// Reads payment details, by their `payment_details_id`.
    ///
    /// `getPaymentDetailById`. Safe to repeat.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if the user has none with this identifier.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(user: unigox::UserHandle) -> Result<(), unigox::Error> {
    /// let saved = user.payment_details().get("40417").await?;
    /// println!("{} in {}", saved.rail, saved.currency);
    /// # Ok(())
    /// # }
    /// ```
    pub fn get<I: AsRef<str>>(
        &self,
        payment_details_id: I,
    ) -> impl Future<Output = Result<Response<SavedPaymentDetails>>> + Send + use<I> {
        let (user, id) = (self.user.clone(), payment_details_id.as_ref().to_owned());
        async move {
            filled("payment_details_id", &id)
                .map_err(|error| error.with_operation(&operations::GET_PAYMENT_DETAIL_BY_ID))?;
            user.client.api().get_payment_detail_by_id(user.uuid, &id).await
        }
    }

    /// Saves payment details unless they are saved already, and returns those that were saved or found. The account has to
    /// be the user's own: third parties are not paid.
    ///
    /// It needs nothing from before, so it may be called again after any error, and after the process was restarted: it
    /// reads the list first. If the failure of a call leaves it open whether it took effect, the list is read again and
    /// again, after 0.5 s, 1 s, 2 s and so on up to every 8 s, for as long as a call may take
    /// ([`CallOptions::total_timeout`](crate::CallOptions::total_timeout)). So it takes at most four times that long: for
    /// the first look, the call, the looks after it, and the last of these. It never sends a second request that saves.
    ///
    /// Saved payment details are the same if they have the same rail and currency, the institution if one was given, and
    /// every field of the account that was given. Fields that the server added are not compared, and neither is the country,
    /// which it does not return. Text is compared without regard to case, white space, hyphens and a `+` at the
    /// beginning, and a number is the same as its text. On the rail `imps-neft-india` the institution is not compared,
    /// because the server sets it. If several are the same, the first of the list is returned.
    ///
    /// Calls for the same user, of this client and its clones, wait for each other, and take longer by that. The API has no
    /// idempotency key, so two processes at once may still both find nothing and both save: let one at a time save the
    /// payment details of a user. A caller that was stopped while it saved should wait for a minute before it calls again,
    /// since the list may not have what a slow server is still saving.
    ///
    /// `getPaymentDetails`, `createPaymentDetails`.
    ///
    /// # Errors
    ///
    /// Those of [`list`](Self::list) and [`create`](Self::create), after which nothing was saved; and
    /// [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) if it can't be told whether they were saved: because a call
    /// that may have taken effect had not done so when the time was over, or because the list has payment details on the
    /// same rail without their account.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(user: unigox::UserHandle) -> Result<(), unigox::Error> {
    /// use unigox::{ErrorKind, PaymentDetails, SepaAccount};
    ///
    /// let account = SepaAccount::new("Ada Obi", "DE75 5121 0800 1245 1261 99");
    /// match user.payment_details().ensure(&PaymentDetails::sepa(account)).await {
    ///     Ok(ensured) => println!("saved as {}", ensured.payment_details_id()),
    ///     Err(error) if error.kind() == ErrorKind::OutcomeUnknown => println!("call it again in a minute"),
    ///     Err(error) => return Err(error),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn ensure<'b>(
        &self,
        payment_details: &'b PaymentDetails,
    ) -> impl Future<Output = Result<EnsuredPaymentDetails>> + Send + use<'b> {
        let handle = self.clone();
        async move { handle.save_once(payment_details).await }
    }

    /// Saves payment details, whether they are saved already or not; [`ensure`](Self::ensure) looks first, and after a
    /// failure. The account has to be the user's own: third parties are not paid.
    ///
    /// `createPaymentDetails`. Not safe to repeat: the API has no idempotency key, and a repeated call may save the payment
    /// details twice. So the request is sent a second time only if the first one was provably never sent. After an error
    /// that leaves it open whether the call took effect ([`MaybeSent`](crate::ErrorKind::MaybeSent), a status of 500 and
    /// above, a response that can't be read), continue with [`ensure`](Self::ensure).
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) as for [`PaymentDetails::validate`]. 400 with a
    /// [key](crate::Error::key) such as `invalid_payment_details`; 422 with a [message](crate::Error::message) that names the
    /// fields of `details` that the rail does not accept. In both cases nothing was saved. An institution that was taken
    /// away meanwhile is refused so as well: read the institutions again, and have another one chosen.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(user: unigox::UserHandle) -> Result<(), unigox::Error> {
    /// use unigox::{AccountDetails, PaymentDetails, SepaAccount};
    ///
    /// // A rail whose fields are known.
    /// let account = SepaAccount::new("Ada Obi", "DE75 5121 0800 1245 1261 99");
    /// let saved = user.payment_details().create(&PaymentDetails::sepa(account)).await?;
    /// println!("saved as {}", saved.payment_details_id);
    ///
    /// // Any other rail, with the institution that it needs.
    /// let details = AccountDetails::new().field("vpa", "ada@bank");
    /// let payment_details = PaymentDetails::via("upi-india", "some-bank", "INR").details(details);
    /// user.payment_details().create(&payment_details).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn create<'b>(
        &self,
        payment_details: &'b PaymentDetails,
    ) -> impl Future<Output = Result<Response<SavedPaymentDetails>>> + Send + use<'b> {
        let (user, operation) = (self.user.clone(), &operations::CREATE_PAYMENT_DETAILS);
        async move {
            let body = payment_details.checked_body().map_err(|error| error.with_operation(operation))?;
            user.client.api().create_payment_details(user.uuid, body).await
        }
    }

    /// Deletes payment details, by their `payment_details_id` (which [`UserHandle::get`] calls `id`).
    ///
    /// `deletePaymentDetails`. Not safe to repeat: a repeated call responds with 404, which is also the response to an
    /// unknown identifier. Check with [`list`](Self::list).
    ///
    /// # Errors
    ///
    /// [`is_conflict`](crate::Error::is_conflict) if active offers still refer to the payment details;
    /// [`is_not_found`](crate::Error::is_not_found) if there are none with this identifier.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(user: unigox::UserHandle) -> Result<(), unigox::Error> {
    /// match user.payment_details().delete("40417").await {
    ///     Ok(_) => println!("deleted"),
    ///     Err(error) if error.is_conflict() => println!("still in use"),
    ///     Err(error) if error.is_not_found() => println!("deleted before, or never saved"),
    ///     Err(error) => return Err(error),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn delete<I: AsRef<str>>(
        &self,
        payment_details_id: I,
    ) -> impl Future<Output = Result<Response<types::DeletedPaymentDetails>>> + Send + use<I> {
        let (user, id) = (self.user.clone(), payment_details_id.as_ref().to_owned());
        async move {
            let operation = &operations::DELETE_PAYMENT_DETAILS;
            filled("payment_details_id", &id).map_err(|error| error.with_operation(operation))?;
            let deleted = user.client.api().delete_payment_details(user.uuid, &id).await;
            deleted.map_err(|error| match error.is_conflict() {
                true => error.with_advice("active offers still refer to it"),
                false => error,
            })
        }
    }
}
