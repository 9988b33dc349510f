//! Identity documents, sent as a file or by link.

mod file;
mod links;
mod outcome;

use unigox_client::{operations, types};

pub use self::{
    file::{DocumentFile, Progress},
    links::DocumentLinks,
    outcome::{BatchUpload, DocumentUpload},
};
use crate::{DocumentType, Effect, Error, Response, Result, UserHandle};

/// The identity documents of one user. From [`UserHandle::documents`].
///
/// A verification needs at least [`IdentityFront`](DocumentType::IdentityFront) and [`Selfie`](DocumentType::Selfie).
/// It starts as soon as the server has both; follow it with [`UserHandle::verification`]. KYC data has to be submitted
/// before.
#[derive(Clone, Debug)]
pub struct DocumentsHandle {
    user: UserHandle,
}

impl DocumentsHandle {
    pub(crate) fn new(user: UserHandle) -> Self {
        Self { user }
    }

    /// Uploads a file. It streams: it is never in memory as a whole.
    ///
    /// `uploadPartnerKYCDocument`, as `multipart/form-data`. Not safe to repeat, and no operation lists documents. If it is
    /// not known whether a document was stored, [`start`](crate::VerificationHandle::start) tells whether an identity
    /// document or a selfie is missing still; nothing tells of other documents.
    ///
    /// # Errors
    ///
    /// [`NotStored`](crate::ErrorKind::NotStored) if the server says so with a status of success; 400 if it does not accept
    /// the file, or does not expect documents of this user;
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such user, or no KYC data was submitted.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(user: unigox::UserHandle) -> Result<(), unigox::Error> {
    /// use unigox::{DocumentFile, DocumentType};
    ///
    /// let file = DocumentFile::open("id.jpg").await?.on_progress(|progress| println!("{} bytes", progress.sent));
    /// user.documents().upload(DocumentType::IdentityFront, file).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn upload(
        &self,
        document_type: DocumentType,
        file: DocumentFile,
    ) -> impl Future<Output = Result<Response<DocumentUpload>>> + Send + use<> {
        let form = types::DocumentFileUpload::new(file, document_type);
        let user = self.user.clone();
        async move {
            let response = user.client.api().upload_partner_kyc_document_multipart(user.uuid, &form).await;
            BatchUpload::new(response.map_err(advised)?, vec![document_type])?.single()
        }
    }

    /// Has Unigox fetch a document from an `https` address.
    ///
    /// Whoever has the address can see the document, so it should expire soon.
    ///
    /// `uploadPartnerKYCDocument`, as JSON. Not safe to repeat.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if `url` is not `https`; otherwise as [`upload`](Self::upload).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(user: unigox::UserHandle) -> Result<(), unigox::Error> {
    /// use unigox::DocumentType;
    ///
    /// let address = "https://files.example.com/front.jpg?expires=600";
    /// user.documents().link(DocumentType::IdentityFront, address).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn link<U: Into<String>>(
        &self,
        document_type: DocumentType,
        url: U,
    ) -> impl Future<Output = Result<Response<DocumentUpload>>> + Send + use<U> {
        let (handle, url) = (self.clone(), url.into());
        async move {
            let operation = &operations::UPLOAD_PARTNER_KYC_DOCUMENT;
            links::check_url("url", &url).map_err(|error| error.with_operation(operation))?;
            let body = types::DocumentLink::new(types::UploadMethod::UrlLink, document_type, url).into();
            handle.send(&body, vec![document_type]).await?.single()
        }
    }

    /// Has Unigox fetch up to ten documents from `https` addresses.
    ///
    /// A batch may succeed in part, or not at all, with a status of success. So the returned value has to be looked at:
    /// [`BatchUpload::into_result`] is an error unless all documents were stored.
    ///
    /// `uploadPartnerKYCDocument`, as JSON. Not safe to repeat.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) as for [`DocumentLinks::validate`]; otherwise as
    /// [`upload`](Self::upload).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(user: unigox::UserHandle, front: String, selfie: String) -> Result<(), unigox::Error> {
    /// use unigox::{DocumentLinks, DocumentType};
    ///
    /// let links = DocumentLinks::new().add(DocumentType::IdentityFront, front).add(DocumentType::Selfie, selfie);
    /// let stored = user.documents().link_batch(&links).await?.into_result()?;
    /// println!("all {} documents are stored", stored.len());
    /// # Ok(())
    /// # }
    /// ```
    pub fn link_batch<'b>(
        &self,
        links: &'b DocumentLinks,
    ) -> impl Future<Output = Result<BatchUpload>> + Send + use<'b> {
        let handle = self.clone();
        async move {
            links.validate().map_err(|error| error.with_operation(&operations::UPLOAD_PARTNER_KYC_DOCUMENT))?;
            handle.send(links.body(), links.types()).await
        }
    }

    async fn send(&self, body: &types::DocumentLinkRequest, sent: Vec<DocumentType>) -> Result<BatchUpload> {
        let response = self.user.client.api().upload_partner_kyc_document(self.user.uuid, body).await;
        BatchUpload::new(response.map_err(advised)?, sent)
    }
}

/// Says what no status says: for a document without KYC data the response is the same as for an unknown user, and no
/// operation lists the documents that are stored.
fn advised(error: Error) -> Error {
    match () {
        () if error.is_not_found() => error.with_advice("submit KYC data first, and check the identifier of the user"),
        () if error.effect() != Effect::No => error.with_advice(MAY_BE_STORED),
        () => error,
    }
}

/// The advice if it is not known whether a document was stored.
const MAY_BE_STORED: &str = "it may have been stored, and no operation lists documents: ask runPartnerKYCVerification \
                             whether an identity document or a selfie is missing, and send it again if it is";
