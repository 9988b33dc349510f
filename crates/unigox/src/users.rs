//! Users: one for each person or business that is paid.

use unigox_client::{operations, types};
use uuid::Uuid;

use crate::{
    CallOptions, Client, DocumentsHandle, KycHandle, PaymentDetailsHandle, Response, Result, VerificationHandle,
    text::{email, filled},
};

/// The partner's users. From [`Client::users`].
#[derive(Clone, Debug)]
pub struct UsersHandle {
    client: Client,
}

impl UsersHandle {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Creates a user, or finds the one that has this `user_ref` already; [`Response::is_new`] tells which.
    ///
    /// `user_ref` is your own unique, stable identifier. One user is one person or business: never give the same
    /// `user_ref` to another. A user who is found keeps the e-mail address that is stored, whatever this call says: trust
    /// the one in the response.
    ///
    /// `createPartnerUser`. Safe to repeat, because a repeated call finds the user that the first one created.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if `user_ref` is blank or `email_address` is not an e-mail
    /// address; 400 if the server considers one of them invalid.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(unigox: unigox::Client) -> Result<(), unigox::Error> {
    /// let user = unigox.users().create("customer-42", "ada@example.com").await?;
    /// println!("{} {}", if user.is_new() { "new" } else { "known" }, user.user_uuid);
    /// # Ok(())
    /// # }
    /// ```
    pub fn create<R: Into<String>, E: Into<String>>(
        &self,
        user_ref: R,
        email_address: E,
    ) -> impl Future<Output = Result<Response<types::CreatedUser>>> + Send + use<R, E> {
        let operation = &operations::CREATE_PARTNER_USER;
        let body = types::CreateUserRequest::new(user_ref, email_address);
        let client = self.client.clone();
        async move {
            filled("user_ref", &body.user_ref)
                .and_then(|()| email("email", &body.email))
                .map_err(|e| e.with_operation(operation))?;
            client.api().create_partner_user(&body).await
        }
    }
}

/// One user. From [`Client::user`].
#[derive(Clone, Debug)]
pub struct UserHandle {
    pub(crate) client: Client,
    pub(crate) uuid: Uuid,
}

impl UserHandle {
    pub(crate) fn new(client: Client, uuid: Uuid) -> Self {
        Self { client, uuid }
    }

    /// The `user_uuid`.
    pub fn uuid(&self) -> Uuid {
        self.uuid
    }

    /// The same user, whose calls are made with `options`.
    #[must_use]
    pub fn with_options(&self, options: CallOptions) -> Self {
        Self { client: self.client.with_options(options), uuid: self.uuid }
    }

    /// Reads the user, with a summary of their KYC data and their payment details.
    ///
    /// `getPartnerUser`. Safe to repeat.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such user, or the user belongs to another partner.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(user: unigox::UserHandle) -> Result<(), unigox::Error> {
    /// let user = user.get().await?;
    /// if let Some(kyc) = &user.kyc {
    ///     println!("KYC: {:?}", kyc.status);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn get(&self) -> impl Future<Output = Result<Response<types::PartnerUser>>> + Send + use<> {
        let user = self.clone();
        async move { user.client.api().get_partner_user(user.uuid).await }
    }

    /// Their KYC data.
    pub fn kyc(&self) -> KycHandle {
        KycHandle::new(self.clone())
    }

    /// Their identity documents.
    pub fn documents(&self) -> DocumentsHandle {
        DocumentsHandle::new(self.clone())
    }

    /// Their verification.
    pub fn verification(&self) -> VerificationHandle {
        VerificationHandle::new(self.clone())
    }

    /// Their payment details.
    pub fn payment_details(&self) -> PaymentDetailsHandle {
        PaymentDetailsHandle::new(self.clone())
    }
}
