//! What the API supports, kept for a time.

use std::{fmt, sync::Arc, time::Duration};

use futures_util::TryStreamExt;

use super::{InstitutionQuery, RailQuery, SupportedHandle, cache::Cache};
use crate::{
    Response, Result,
    types::{
        BlockchainCapability, CryptoCurrencyCapability, FiatCurrencyCapability, Institution, PaymentRails,
        RampDirection, SupportedCorridorsPayload, SupportedPair,
    },
};

/// The maximum number of responses that are kept of one method, if no other is set.
const MAX_ENTRIES: usize = 100;

/// What the API supports, with a cache. From [`SupportedHandle::cached`].
///
/// - A response is kept for the time to live, which begins when the call is made. With a time of zero nothing is kept, and
///   callers at once still share a call.
/// - One call at a time is made for the same question. Callers that come meanwhile wait for it, and get what it returned,
///   its error as well. An error is not kept for later callers. If the caller who makes the call is dropped, one of those who
///   wait makes it again.
/// - At most 100 responses of each method are kept, or as many as [`max_entries`](Self::max_entries) says. If there is no
///   room, the oldest goes.
///
/// Clones share the cache: keep one in the state of a service. A rail may change before the time is over; then the server
/// refuses what does not fit any more, and nothing is saved.
///
/// # Examples
///
/// ```no_run
/// # async fn f(unigox: unigox::Client) -> Result<(), unigox::Error> {
/// use std::time::Duration;
///
/// use unigox::{RailQuery, types::RampDirection};
///
/// let supported = unigox.supported().cached(Duration::from_secs(300));
/// for _ in 0..2 {
///     // One request.
///     let rails = supported.rails(RampDirection::Offramp, RailQuery::in_country("NG")).await?;
///     println!("{} rails", rails.rails.len());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct CachedSupported(Arc<Shared>);

struct Shared {
    handle: SupportedHandle,
    time_to_live: Duration,
    rails: Cache<(RampDirection, RailQuery), Response<PaymentRails>>,
    institutions: Cache<InstitutionQuery, Vec<Institution>>,
    corridors: Cache<(), Response<SupportedCorridorsPayload>>,
    fiat_currencies: Cache<(), Response<Vec<FiatCurrencyCapability>>>,
    crypto_currencies: Cache<(), Response<Vec<CryptoCurrencyCapability>>>,
    blockchains: Cache<(), Response<Vec<BlockchainCapability>>>,
    pairs: Cache<(), Response<Vec<SupportedPair>>>,
}

impl CachedSupported {
    pub(super) fn new(handle: SupportedHandle, time_to_live: Duration) -> Self {
        Self::of(handle, time_to_live, MAX_ENTRIES)
    }

    fn of(handle: SupportedHandle, time_to_live: Duration, max_entries: usize) -> Self {
        Self(Arc::new(Shared {
            handle,
            time_to_live,
            rails: Cache::new(time_to_live, max_entries),
            institutions: Cache::new(time_to_live, max_entries),
            corridors: Cache::new(time_to_live, max_entries),
            fiat_currencies: Cache::new(time_to_live, max_entries),
            crypto_currencies: Cache::new(time_to_live, max_entries),
            blockchains: Cache::new(time_to_live, max_entries),
            pairs: Cache::new(time_to_live, max_entries),
        }))
    }

    /// A new, empty cache that keeps at most `count` responses of each method. A list of institutions is one response.
    #[must_use]
    pub fn max_entries(&self, count: usize) -> Self {
        Self::of(self.0.handle.clone(), self.0.time_to_live, count)
    }

    /// Forgets all responses, such as after the server refused an account that fitted its rail.
    pub fn clear(&self) {
        let shared = &self.0;
        shared.rails.clear();
        shared.institutions.clear();
        shared.corridors.clear();
        shared.fiat_currencies.clear();
        shared.crypto_currencies.clear();
        shared.blockchains.clear();
        shared.pairs.clear();
    }

    /// [`SupportedHandle::rails`].
    ///
    /// # Errors
    ///
    /// Those of [`SupportedHandle::rails`].
    pub async fn rails(&self, direction: RampDirection, query: RailQuery) -> Result<Arc<Response<PaymentRails>>> {
        let key = (direction.clone(), query.clone());
        self.0.rails.get(key, async || self.0.handle.rails(direction, query).await).await
    }

    /// All institutions of [`SupportedHandle::institutions`]. A list that may not be complete is an error, and is not kept.
    ///
    /// # Errors
    ///
    /// Those of [`SupportedHandle::institutions`].
    pub async fn institutions(&self, query: InstitutionQuery) -> Result<Arc<Vec<Institution>>> {
        let key = query.clone();
        self.0.institutions.get(key, async || self.0.handle.institutions(query).try_collect().await).await
    }

    /// [`SupportedHandle::corridors`].
    ///
    /// # Errors
    ///
    /// Those of any call.
    pub async fn corridors(&self) -> Result<Arc<Response<SupportedCorridorsPayload>>> {
        self.0.corridors.get((), async || self.0.handle.corridors().await).await
    }

    /// [`SupportedHandle::fiat_currencies`].
    ///
    /// # Errors
    ///
    /// Those of any call.
    pub async fn fiat_currencies(&self) -> Result<Arc<Response<Vec<FiatCurrencyCapability>>>> {
        self.0.fiat_currencies.get((), async || self.0.handle.fiat_currencies().await).await
    }

    /// [`SupportedHandle::crypto_currencies`].
    ///
    /// # Errors
    ///
    /// Those of any call.
    pub async fn crypto_currencies(&self) -> Result<Arc<Response<Vec<CryptoCurrencyCapability>>>> {
        self.0.crypto_currencies.get((), async || self.0.handle.crypto_currencies().await).await
    }

    /// [`SupportedHandle::blockchains`].
    ///
    /// # Errors
    ///
    /// Those of any call.
    pub async fn blockchains(&self) -> Result<Arc<Response<Vec<BlockchainCapability>>>> {
        self.0.blockchains.get((), async || self.0.handle.blockchains().await).await
    }

    /// [`SupportedHandle::pairs`].
    ///
    /// # Errors
    ///
    /// Those of any call.
    pub async fn pairs(&self) -> Result<Arc<Response<Vec<SupportedPair>>>> {
        self.0.pairs.get((), async || self.0.handle.pairs().await).await
    }
}

impl fmt::Debug for CachedSupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CachedSupported").field("time_to_live", &self.0.time_to_live).finish_non_exhaustive()
    }
}
