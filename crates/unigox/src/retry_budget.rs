//! How many retries the calls of a client may make together.

use std::sync::atomic::{AtomicU32, Ordering};

/// What a retry takes.
const RETRY_TOKENS: u32 = 5;

/// What a retry after a time-out takes: such a server is probably overloaded.
const RETRY_AFTER_TIMEOUT_TOKENS: u32 = 10;

/// What a call that succeeds at once gives back.
const SUCCESS_TOKENS: u32 = 1;

/// How many retries the calls of a client may make together, so that an outage of the API is not made worse by its clients.
///
/// It is a bucket of tokens that all clones of a client share, 500 by default. A retry takes 5, or 10 after a time-out; if
/// there are not as many left, the call ends with the error that it has. A call that succeeds at once gives back 1, and one
/// that succeeds after a retry gives back what its last retry took. Calls themselves take nothing.
///
/// These are the rules and numbers of the standard retry mode of the AWS SDKs.
///
/// # Examples
///
/// ```
/// use unigox::{Client, Environment, RetryBudget};
///
/// # fn main() -> Result<(), unigox::Error> {
/// let unigox =
///     Client::builder(Environment::Staging).api_key("the key").retry_budget(RetryBudget::tokens(100)).build()?;
/// assert_eq!(unigox.metrics().retry_tokens, Some(100));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RetryBudget {
    tokens: Option<u32>,
}

impl RetryBudget {
    /// A budget of so many tokens. Without any, nothing is retried.
    pub const fn tokens(tokens: u32) -> Self {
        Self { tokens: Some(tokens) }
    }

    /// No budget: each call retries as often as its [`RetryPolicy`](crate::RetryPolicy) says.
    pub const fn unlimited() -> Self {
        Self { tokens: None }
    }
}

/// 500 tokens.
impl Default for RetryBudget {
    fn default() -> Self {
        Self::tokens(500)
    }
}

/// The tokens of a client.
#[derive(Debug)]
pub(crate) struct RetryTokens {
    budget: RetryBudget,
    left: AtomicU32,
}

impl RetryTokens {
    pub(crate) fn new(budget: RetryBudget) -> Self {
        Self { budget, left: AtomicU32::new(budget.tokens.unwrap_or_default()) }
    }

    /// How many are left, unless they are unlimited.
    pub(crate) fn left(&self) -> Option<u32> {
        self.budget.tokens.map(|_| self.left.load(Ordering::Relaxed))
    }

    /// Takes the tokens of a retry, and returns how many that were; `None` if there are not as many left.
    pub(crate) fn take(&self, is_after_timeout: bool) -> Option<u32> {
        let cost = if is_after_timeout { RETRY_AFTER_TIMEOUT_TOKENS } else { RETRY_TOKENS };
        if self.budget.tokens.is_none() {
            return Some(0);
        }
        let taken = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(cost));
        taken.ok().map(|_| cost)
    }

    /// Gives back what a success does. `taken` is what its last retry took, if it had one.
    pub(crate) fn give_back(&self, taken: Option<u32>) {
        let Some(most) = self.budget.tokens else { return };
        // Nearly every call finds the bucket full, and need not write to it.
        if self.left.load(Ordering::Relaxed) < most {
            let more = taken.unwrap_or(SUCCESS_TOKENS);
            let _ = self
                .left
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| Some(left.saturating_add(more).min(most)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_take_tokens_and_successes_give_them_back_up_to_the_budget() {
        let tokens = RetryTokens::new(RetryBudget::tokens(22));
        assert_eq!((tokens.take(true), tokens.left()), (Some(10), Some(12)));
        assert_eq!((tokens.take(false), tokens.left()), (Some(5), Some(7)));
        assert_eq!((tokens.take(true), tokens.left()), (None, Some(7)));
        tokens.give_back(None);
        assert_eq!(tokens.left(), Some(8));
        tokens.give_back(Some(10));
        assert_eq!(tokens.left(), Some(18));
        tokens.give_back(Some(10));
        assert_eq!(tokens.left(), Some(22));
    }

    #[test]
    fn no_tokens_mean_no_retry_and_no_budget_means_any() {
        assert_eq!(RetryTokens::new(RetryBudget::tokens(0)).take(false), None);
        let unlimited = RetryTokens::new(RetryBudget::unlimited());
        assert!((0..10_000).all(|_| unlimited.take(true) == Some(0)));
        assert_eq!(unlimited.left(), None);
    }
}
