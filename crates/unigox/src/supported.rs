//! What the API supports at the moment: payment rails, institutions, currencies, chains, rates.

mod cache;
mod cached;
mod institutions;

use std::time::Duration;

use unigox_client::operations;

pub use self::{
    cached::CachedSupported,
    institutions::{InstitutionPages, InstitutionQuery, Institutions},
};
use crate::{
    Client, OptionalText, Response, Result,
    text::{country_code, currency, filled},
    types::{
        BlockchainCapability, CryptoCurrencyCapability, FiatCurrencyCapability, GetInstitutionsParams,
        GetPaymentRailsParams, Institution, PaymentRails, RampDirection, SupportedCorridorsPayload, SupportedPair,
    },
};

/// What the API supports at the moment. From [`Client::supported`].
///
/// Nothing is kept: each call asks the server. [`cached`](Self::cached) keeps responses for a time.
#[derive(Clone, Debug)]
pub struct SupportedHandle {
    client: Client,
}

/// Which rails are asked for: those of a country, of a currency, or of both.
///
/// # Examples
///
/// ```
/// use unigox::RailQuery;
///
/// assert_eq!(RailQuery::in_country("NG").currency("NGN"), RailQuery::in_currency("NGN").country("NG"));
/// ```
///
/// # Example: neither is nothing that can be asked for
///
/// ```compile_fail
/// unigox::RailQuery::default();
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RailQuery {
    country: Option<String>,
    currency: Option<String>,
}

impl RailQuery {
    /// The rails of a country, by ISO 3166-1 alpha-2.
    pub fn in_country(code: impl Into<String>) -> Self {
        Self { country: Some(code.into()), currency: None }
    }

    /// The rails of a currency, by ISO 4217.
    pub fn in_currency(code: impl Into<String>) -> Self {
        Self { country: None, currency: Some(code.into()) }
    }

    /// Of these, the rails of a country. `None` changes nothing.
    #[must_use]
    pub fn country(mut self, code: impl OptionalText) -> Self {
        self.country = code.into_text().or(self.country);
        self
    }

    /// Of these, the rails of a currency. `None` changes nothing.
    #[must_use]
    pub fn currency(mut self, code: impl OptionalText) -> Self {
        self.currency = code.into_text().or(self.currency);
        self
    }

    fn validate(&self) -> Result<()> {
        self.country.as_deref().map_or(Ok(()), |code| country_code("country", code))?;
        self.currency.as_deref().map_or(Ok(()), |code| currency("currency", code))
    }

    fn into_params(self) -> GetPaymentRailsParams {
        let mut params = GetPaymentRailsParams::new();
        (params.country, params.currency) = (self.country, self.currency);
        params
    }
}

impl SupportedHandle {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// The payment rails of a country, of a currency, or of both, with the fields that an account on each of them has.
    ///
    /// [`PaymentDetails::for_rail`](crate::PaymentDetails::for_rail) makes payment details for one of them. Whether offers are
    /// set up for a format (`has_liquidity`) is said only if both country and currency are asked for; absent means unknown.
    ///
    /// `getPaymentRails`. Safe to repeat.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if the country is not two or the currency not three capital
    /// letters.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(unigox: unigox::Client) -> Result<(), unigox::Error> {
    /// use unigox::{RailQuery, types::RampDirection};
    ///
    /// let rails = unigox.supported().rails(RampDirection::Offramp, RailQuery::in_currency("EUR")).await?;
    /// for rail in &rails.rails {
    ///     println!("{:?}: institution required: {:?}", rail.slug, rail.institution_required);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn rails(
        &self,
        direction: RampDirection,
        query: RailQuery,
    ) -> impl Future<Output = Result<Response<PaymentRails>>> + Send + use<> {
        let client = self.client.clone();
        async move {
            query.validate().map_err(|error| error.with_operation(&operations::GET_PAYMENT_RAILS))?;
            client.api().get_payment_rails_with(&direction, &query.into_params()).await
        }
    }

    /// The institutions on a rail that can be paid at the moment, one after the other; the stream asks for a page when it
    /// needs one.
    ///
    /// It ends, whatever the server sends, with an error if it can't tell that it had all institutions: the list changed while
    /// it was read, a page repeats, the list ends before its stated total, a page has members that can't be read, or there are
    /// more than 100,000. Institutions that were read until then come first. A total that is too small does not end it early.
    ///
    /// `getInstitutions`. Safe to repeat.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if the rail is blank, the size of the page is not 1 to 100, or a
    /// code is not valid; [`Incomplete`](crate::ErrorKind::Incomplete) as said above; 400 if there is no such rail. After an
    /// error the stream ends.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(unigox: unigox::Client) -> Result<(), unigox::Error> {
    /// use unigox::{InstitutionQuery, futures_util::TryStreamExt};
    ///
    /// let mut found = unigox.supported().institutions(InstitutionQuery::on("imps-neft-india").search("hdfc"));
    /// while let Some(institution) = found.try_next().await? {
    ///     println!("{:?}: {:?}", institution.id, institution.name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn institutions(&self, query: InstitutionQuery) -> Institutions {
        Institutions::new(self.clone(), query)
    }

    /// As [`institutions`](Self::institutions), in pages as the server sends them, without what an earlier page had already.
    ///
    /// `getInstitutions`. Safe to repeat.
    ///
    /// # Errors
    ///
    /// Those of [`institutions`](Self::institutions).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(unigox: unigox::Client) -> Result<(), unigox::Error> {
    /// use unigox::{InstitutionQuery, futures_util::TryStreamExt};
    ///
    /// let mut pages = unigox.supported().institution_pages(InstitutionQuery::on("nip-nigeria").page_size(20));
    /// while let Some(page) = pages.try_next().await? {
    ///     println!("{} institutions", page.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn institution_pages(&self, query: InstitutionQuery) -> InstitutionPages {
        InstitutionPages::new(self.clone(), query)
    }

    /// The institution with this `id` on a rail, if it can be paid at the moment.
    ///
    /// Ask before an account is saved whose institution was chosen a while ago. One that is taken away after that, the
    /// server refuses.
    ///
    /// `getInstitutions`. Safe to repeat.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if rail or identifier is blank; 400 if there is no such rail.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(unigox: unigox::Client) -> Result<(), unigox::Error> {
    /// match unigox.supported().institution("cvu-cbu", "uala").await? {
    ///     Some(institution) => println!("{:?}", institution.name),
    ///     None => println!("have another one chosen"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn institution<R: Into<String>, I: Into<String>>(
        &self,
        rail: R,
        institution_id: I,
    ) -> impl Future<Output = Result<Option<Institution>>> + Send + use<R, I> {
        let (client, rail, id) = (self.client.clone(), rail.into(), institution_id.into());
        async move {
            filled("rail", &rail)
                .and_then(|()| filled("institution_id", &id))
                .map_err(|error| error.with_operation(&operations::GET_INSTITUTIONS))?;
            let params = GetInstitutionsParams::new().institution_id(id.as_str());
            let page = client.api().get_institutions_with(&rail, &params).await?.into_value();
            Ok(page.institutions.into_iter().find(|institution| institution.id.as_deref() == Some(&id)))
        }
    }

    /// The best rates of each fiat currency, for display. Take prices from an estimate or a quote.
    ///
    /// `getSupportedCorridors`. Safe to repeat.
    ///
    /// # Errors
    ///
    /// Those of any call.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(unigox: unigox::Client) -> Result<(), unigox::Error> {
    /// println!("as of {:?}", unigox.supported().corridors().await?.generated_at);
    /// # Ok(())
    /// # }
    /// ```
    pub fn corridors(&self) -> impl Future<Output = Result<Response<SupportedCorridorsPayload>>> + Send + use<> {
        let client = self.client.clone();
        async move { client.api().get_supported_corridors().await }
    }

    /// The fiat currencies of the platform.
    ///
    /// `getFiatCurrencies`. Safe to repeat.
    ///
    /// # Errors
    ///
    /// Those of any call.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(unigox: unigox::Client) -> Result<(), unigox::Error> {
    /// for currency in unigox.supported().fiat_currencies().await?.iter() {
    ///     println!("{:?} in {:?}", currency.code, currency.countries);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn fiat_currencies(
        &self,
    ) -> impl Future<Output = Result<Response<Vec<FiatCurrencyCapability>>>> + Send + use<> {
        let client = self.client.clone();
        async move { client.api().get_fiat_currencies().await }
    }

    /// The crypto currencies of the platform, with the chains that each of them is on.
    ///
    /// `getCryptoCurrencies`. Safe to repeat.
    ///
    /// # Errors
    ///
    /// Those of any call.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(unigox: unigox::Client) -> Result<(), unigox::Error> {
    /// for currency in unigox.supported().crypto_currencies().await?.iter() {
    ///     println!("{:?} on {:?}", currency.code, currency.blockchains);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn crypto_currencies(
        &self,
    ) -> impl Future<Output = Result<Response<Vec<CryptoCurrencyCapability>>>> + Send + use<> {
        let client = self.client.clone();
        async move { client.api().get_crypto_currencies().await }
    }

    /// The chains of the platform, with the crypto currencies on each of them. A pair of currency and chain that is not in
    /// this list is not enabled.
    ///
    /// `getBlockchains`. Safe to repeat.
    ///
    /// # Errors
    ///
    /// Those of any call.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(unigox: unigox::Client) -> Result<(), unigox::Error> {
    /// for chain in unigox.supported().blockchains().await?.iter() {
    ///     println!("{:?}", chain.slug);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn blockchains(&self) -> impl Future<Output = Result<Response<Vec<BlockchainCapability>>>> + Send + use<> {
        let client = self.client.clone();
        async move { client.api().get_blockchains().await }
    }

    /// The pairs of crypto and fiat currency that can be exchanged, once for each direction.
    ///
    /// `getSupportedPairs`. Safe to repeat.
    ///
    /// # Errors
    ///
    /// Those of any call.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn f(unigox: unigox::Client) -> Result<(), unigox::Error> {
    /// println!("{} pairs", unigox.supported().pairs().await?.len());
    /// # Ok(())
    /// # }
    /// ```
    pub fn pairs(&self) -> impl Future<Output = Result<Response<Vec<SupportedPair>>>> + Send + use<> {
        let client = self.client.clone();
        async move { client.api().get_supported_pairs().await }
    }

    /// The same with a cache, in which a response is kept for `time_to_live`. [`CachedSupported`] has an example.
    pub fn cached(&self, time_to_live: Duration) -> CachedSupported {
        CachedSupported::new(self.clone(), time_to_live)
    }
}
