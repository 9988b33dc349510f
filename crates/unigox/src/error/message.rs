//! The message of an error: what happened, where, and what to do next.

use std::{borrow::Cow, fmt};

use unigox_client::{Operation, Retry};

use super::{Effect, Error, Reason};

impl Error {
    /// What to do next, unless the message says it already.
    fn advice(&self) -> Option<Cow<'static, str>> {
        if let Some(advice) = self.0.advice {
            return Some(advice.into());
        }
        Some(match &self.0.reason {
            Reason::Configuration { .. } => return None,
            Reason::InvalidRequest { .. } | Reason::InvalidFields(_) => "nothing was sent".into(),
            Reason::NoTimeLeft => "nothing was sent; give the call more time".into(),
            Reason::Untrusted => {
                "the request was not sent; check the base URL, or have the issuer of the certificate trusted with \
                 `ClientBuilder::root_certificates`"
                    .into()
            }
            Reason::NeverSent => "the request was not sent; check the base URL, the network and the proxy".into(),
            Reason::BodyFailed => {
                "the server has not received the whole request; give the body once more, with its real length".into()
            }
            Reason::Broken | Reason::TimedOut(_) => self.advice_if_unclear(),
            Reason::Api(_) => return self.advice_for_status(),
            // A read has no effect to speak of.
            Reason::Decode { effect: Effect::Yes, .. } if self.is_read() => {
                "look for a newer version of this crate".into()
            }
            Reason::Decode { effect: Effect::Yes, .. } => {
                "the call took effect; look for a newer version of this crate".into()
            }
            Reason::Decode { .. } => {
                let unclear = self.advice_if_unclear();
                format!("it does not look like a response of the API: check the base URL and the proxy; {unclear}")
                    .into()
            }
            Reason::TooLarge { .. } if self.effect() == Effect::No => "check that the base URL is the API's".into(),
            Reason::TooLarge { .. } => {
                format!("check that the base URL is the API's; {}", self.advice_if_unclear()).into()
            }
            Reason::WaitFailed => "it is safe to wait again".into(),
            Reason::Incomplete { .. } => "read it again from its beginning".into(),
            Reason::NotStored { .. } => "send again what was not stored".into(),
            Reason::OutcomeUnknown { .. } => {
                "make the same call again in a minute: it looks before it changes anything".into()
            }
        })
    }

    fn is_read(&self) -> bool {
        self.0.operation.is_some_and(|operation| matches!(operation.method, "GET" | "HEAD"))
    }

    fn advice_for_status(&self) -> Option<Cow<'static, str>> {
        let conflict = self.0.operation.and_then(|operation| operation.conflict);
        let advice = match self.status()?.as_u16() {
            300..=399 => {
                Some("redirects are not followed, since the API key would be sent along; correct the base URL")
            }
            401 => Some("check the API key, and that it belongs to this environment"),
            404 => Some("check the identifier, and that it belongs to this partner"),
            409 => conflict.or(Some("read the present state before the next call: it does not allow this one")),
            429 => Some("wait before the next call"),
            // A read has no effect to speak of.
            _ => match (self.message().is_some(), self.effect() == Effect::No && !self.is_read()) {
                (true, true) => Some("it took no effect; `Error::message` says why, and may quote what was sent"),
                (true, false) => Some("`Error::message` says why, and may quote what was sent"),
                (false, true) => Some("it took no effect"),
                (false, false) => None,
            },
        };
        let unclear = (self.effect() == Effect::Unknown).then(|| self.advice_if_unclear());
        match (advice, unclear) {
            (Some(advice), Some(unclear)) => Some(format!("{advice}; {unclear}").into()),
            (advice, unclear) => advice.map(Cow::from).or(unclear),
        }
    }

    /// What to do if the call may have taken effect.
    fn advice_if_unclear(&self) -> Cow<'static, str> {
        match self.0.operation {
            Some(operation) if operation.retry == Retry::Safe => "the call is safe to repeat".into(),
            Some(Operation { check_with: Some(id), .. }) => {
                format!("it may have taken effect; check with {id} before repeating the call").into()
            }
            _ => "it may have taken effect, and no operation is known to show whether it did".into(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = self.0.operation {
            write!(f, "{operation}: ")?;
        }
        match &self.0.reason {
            Reason::Configuration { setting, problem } => write!(f, "{setting} {problem}")?,
            Reason::InvalidRequest { field, problem } => write!(f, "`{field}` {problem}")?,
            Reason::InvalidFields(fields) => {
                for (index, field) in fields.iter().enumerate() {
                    write!(f, "{}{field}", if index == 0 { "" } else { ", " })?;
                }
            }
            Reason::NoTimeLeft => f.write_str("no time was left for the call")?,
            Reason::NeverSent => f.write_str("no connection")?,
            Reason::Untrusted => f.write_str("no connection, because of a certificate that is not accepted")?,
            Reason::BodyFailed => f.write_str("the body of the request failed before its end")?,
            Reason::Broken => f.write_str("the connection broke before the end of the response")?,
            Reason::TimedOut(after) => write!(f, "no complete response within {after:?}")?,
            Reason::Api(body) => {
                match self.status() {
                    Some(status) if status.is_success() => {
                        write!(f, "the server responded with {} and `success: false`", status.as_u16())?;
                    }
                    Some(status) => write!(f, "the server responded with {}", status.as_u16())?,
                    None => f.write_str("the server refused")?,
                }
                if let Some(key) = body.printable_key() {
                    write!(f, ", key `{key}`")?;
                }
            }
            Reason::Decode { path, problem, .. } => write!(f, "the response {problem}, at `{path}` of the body")?,
            Reason::TooLarge { limit } => {
                f.write_str("the response")?;
                if let Some(status) = self.status() {
                    write!(f, " with status {}", status.as_u16())?;
                }
                write!(f, " is longer than {limit} bytes")?;
            }
            Reason::WaitFailed => f.write_str("the last poll of the wait failed")?,
            Reason::OutcomeUnknown { is_sent: true } => {
                f.write_str("it can't be told whether the call took effect")?;
            }
            Reason::OutcomeUnknown { is_sent: false } => {
                f.write_str("it can't be told whether this was done before, so nothing was sent")?;
            }
            Reason::Incomplete { problem } => write!(f, "the list may not be complete: {problem}")?,
            Reason::NotStored { types, sent } => {
                write!(f, "of {sent} documents, {} not stored", types.len().max(1))?;
                let names: Vec<_> = types.iter().map(|document_type| format!("`{document_type}`")).collect();
                if !names.is_empty() {
                    write!(f, ": {}", names.join(", "))?;
                }
            }
        }
        if let Some(id) = self.printable_request_id() {
            write!(f, ", request `{id}`")?;
        }
        if self.0.attempts > 1 {
            write!(f, ", after {} attempts", self.0.attempts)?;
        }
        match self.advice() {
            Some(advice) => write!(f, "; {advice}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::{HeaderMap, StatusCode};
    use unigox_client::{ErrorBody, operations};

    use super::*;
    use crate::RawResponse;

    #[test]
    fn the_message_says_what_where_and_what_next() {
        let message = |error: Error| error.to_string();
        assert_eq!(
            message(Error::configuration("the API key", "is missing: set `UNIGOX_API_KEY`")),
            "the API key is missing: set `UNIGOX_API_KEY`"
        );
        assert_eq!(
            message(Error::invalid("data.pii.dob", "is in the future").with_operation(&operations::SUBMIT_KYC)),
            "submitKYC: `data.pii.dob` is in the future; nothing was sent"
        );
        assert_eq!(
            message(
                Error::timed_out(&operations::CREATE_PAYMENT_DETAILS, Duration::from_secs(30)).with_attempts(1, false)
            ),
            "createPaymentDetails: no complete response within 30s; it may have taken effect; check with \
             getPaymentDetails before repeating the call"
        );
        let responded = |operation, status: u16, body: &'static str| {
            let status = StatusCode::from_u16(status).expect("a status");
            let response = unigox_client::RawResponse::new(status, HeaderMap::new(), body);
            let response = RawResponse::new(response);
            Error::new(Some(operation), Reason::Api(ErrorBody::new(body.into()))).with_response(response)
        };
        let saving = &operations::CREATE_PAYMENT_DETAILS;
        let unclear = "it may have taken effect; check with getPaymentDetails before repeating the call";
        let with_message = r#"{"success":false,"message":"a name"}"#;
        let says_why = "`Error::message` says why, and may quote what was sent";
        for (error, advice) in [
            (responded(saving, 422, ""), "it took no effect".to_owned()),
            (responded(saving, 422, with_message), format!("it took no effect; {says_why}")),
            (responded(&operations::GET_PARTNER_USER, 422, with_message), says_why.to_owned()),
            (responded(saving, 408, ""), unclear.to_owned()),
            (responded(saving, 503, with_message), format!("{says_why}; {unclear}")),
            (
                responded(saving, 401, "").with_attempts(2, true),
                format!("check the API key, and that it belongs to this environment; {unclear}"),
            ),
        ] {
            let text = message(error);
            assert_eq!(text.split_once("; ").map(|(_, advice)| advice), Some(advice.as_str()), "{text}");
        }
        assert_eq!(
            message(Error::broken(&operations::UPDATE_KYC).with_attempts(3, false)),
            "updateKYC: the connection broke before the end of the response, after 3 attempts; the call is safe to repeat"
        );
    }
}
