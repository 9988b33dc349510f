//! A method for every operation of the API.

use crate::Client;

/// Every operation of the API, under its `operationId`. From [`Client::api`].
///
/// A call is made as any other call of this crate: with the same key, limits, retries, errors and traces. Where the API
/// wraps a result in an envelope (`success`, `data`), a method returns the data; whatever stands beside it is in
/// [`Response::raw`](crate::Response::raw).
///
/// The handles ([`UsersHandle`](crate::UsersHandle), [`UserHandle`](crate::UserHandle)) are the recommended way for what
/// they do: they check bodies, and know what goes together. [The table](crate#operations) has the handle of an operation.
///
/// Required parameters are arguments. Where there are optional ones, a second method, called `…_with`, takes them. A body
/// is borrowed, so that another call can take it.
///
/// # Examples
///
/// ```no_run
/// # async fn f(unigox: unigox::Client) -> Result<(), unigox::Error> {
/// for pair in unigox.api().get_supported_pairs().await?.iter() {
///     println!("{:?}", pair.type_);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Api<'c> {
    pub(crate) client: &'c Client,
}

impl Client {
    /// Every operation of the API, under its `operationId`.
    pub fn api(&self) -> Api<'_> {
        Api { client: self }
    }
}
