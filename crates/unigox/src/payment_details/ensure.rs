//! Saving payment details unless they are saved already.

use std::time::Duration;

use tokio::time::{Instant, sleep};
use unigox_client::operations;

use super::{
    PaymentDetails, PaymentDetailsHandle,
    comparison::{Comparison, compare},
};
use crate::{CallOptions, Effect, Error, ErrorKind, Result, types::SavedPaymentDetails};

/// The payment details that [`PaymentDetailsHandle::ensure`] saved or found.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "it has the identifier that payouts need"]
#[expect(clippy::exhaustive_enums, reason = "payment details are saved by a call, or were before")]
pub enum EnsuredPaymentDetails {
    /// They were saved by this call.
    Created(SavedPaymentDetails),
    /// They were saved before: by an earlier call, or by this one although its response was lost.
    Found(SavedPaymentDetails),
}

impl EnsuredPaymentDetails {
    /// The payment details as the server has them.
    pub fn saved(&self) -> &SavedPaymentDetails {
        match self {
            Self::Created(saved) | Self::Found(saved) => saved,
        }
    }

    /// The payment details alone.
    pub fn into_saved(self) -> SavedPaymentDetails {
        match self {
            Self::Created(saved) | Self::Found(saved) => saved,
        }
    }

    /// The `payment_details_id`.
    pub fn payment_details_id(&self) -> &str {
        &self.saved().payment_details_id
    }

    /// Whether this call saved them, and its response said so.
    pub fn is_created(&self) -> bool {
        matches!(self, Self::Created(_))
    }
}

/// The delay before the first look after a failure; it doubles up to [`MAX_DELAY`].
const FIRST_DELAY: Duration = Duration::from_millis(500);

/// The longest delay between two looks.
const MAX_DELAY: Duration = Duration::from_secs(8);

/// The advice if saved payment details may be the same, and the list does not show enough to tell.
const NOT_SHOWN: &str = "the list has payment details that may be these, and does not show their account: compare them, \
                         and call `create` if they are not";

impl PaymentDetailsHandle {
    /// Looks, saves if there is nothing to be found, and looks again if it is not known whether that took effect.
    pub(super) async fn save_once(self, payment_details: &PaymentDetails) -> Result<EnsuredPaymentDetails> {
        let operation = &operations::CREATE_PAYMENT_DETAILS;
        payment_details.validate().map_err(|error| error.with_operation(operation))?;
        let _turn = self.user.client.turns().take(self.user.uuid).await;
        let look = self.look(payment_details).await.map_err(|error| match error.kind() {
            // It says of the list that it was read. Nothing was saved.
            ErrorKind::Decode => Error::not_sent_in_doubt(operation).with_source(error),
            _ => error,
        })?;
        match look {
            Look::Found(saved) => return Ok(EnsuredPaymentDetails::Found(*saved)),
            Look::Unclear => return Err(Error::not_sent_in_doubt(operation).with_advice(NOT_SHOWN)),
            Look::Absent => {}
        }
        let failure = match self.create(payment_details).await {
            Ok(saved) => return Ok(EnsuredPaymentDetails::Created(saved.into_value())),
            Err(error) if error.effect() == Effect::No => return Err(error),
            Err(error) => error,
        };
        let limit = self.user.client.limits(operation).total;
        let look = self.find_late(payment_details, limit).await;
        let attempts = failure.attempts();
        let unknown = Error::outcome_unknown(operation).with_attempts(attempts, false).with_source(failure);
        match look {
            Look::Found(saved) => Ok(EnsuredPaymentDetails::Found(*saved)),
            Look::Unclear => Err(unknown.with_advice(NOT_SHOWN)),
            Look::Absent => Err(unknown),
        }
    }

    async fn look(&self, payment_details: &PaymentDetails) -> Result<Look> {
        let sent = payment_details.parts()?;
        let list = self.list().await?;
        // What could not be read may be these.
        let mut is_unclear = !list.problems().is_empty();
        for saved in list.into_value() {
            match compare(&sent, &saved) {
                // Nothing could be paid to it.
                Comparison::Same if saved.payment_details_id.trim().is_empty() => is_unclear = true,
                Comparison::Same => return Ok(Look::Found(Box::new(saved))),
                Comparison::Unclear => is_unclear = true,
                Comparison::Different => {}
            }
        }
        Ok(if is_unclear { Look::Unclear } else { Look::Absent })
    }

    /// Looks again and again, since a server that is late may still save them: for `limit`, and once more at its end.
    async fn find_late(&self, payment_details: &PaymentDetails, limit: Duration) -> Look {
        let started = Instant::now();
        let mut delay = FIRST_DELAY;
        let mut last = Look::Absent;
        loop {
            let left = limit.saturating_sub(started.elapsed());
            // A random time from half of the delay to all of it.
            let pause = delay / 2 + (delay / 2).mul_f64(fastrand::f64());
            sleep(pause.min(left)).await;
            delay = delay.saturating_mul(2).min(MAX_DELAY);
            let left = left.saturating_sub(pause);
            let total = self.user.client.limits(&operations::GET_PAYMENT_DETAILS).total;
            let time = if left.is_zero() { total } else { left.min(total) };
            let user = self.user.with_options(CallOptions::new().total_timeout(time));
            match user.payment_details().look(payment_details).await {
                Ok(Look::Found(saved)) => return Look::Found(saved),
                Ok(other) => last = other,
                Err(error) if error.ends_polling() => return last,
                Err(_) => {}
            }
            if left.is_zero() {
                return last;
            }
        }
    }
}

/// What a look at the list came to.
enum Look {
    Found(Box<SavedPaymentDetails>),
    /// Nothing is the same for certain, and something may be.
    Unclear,
    Absent,
}
