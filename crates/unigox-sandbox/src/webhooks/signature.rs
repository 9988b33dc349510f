//! The signature of an event.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The secret that events are signed with, if no other one is set.
pub const DEFAULT_WEBHOOK_SECRET: &str = "sandbox-webhook-secret";

/// The header of the signature.
pub(super) const SIGNATURE: &str = "x-unigox-signature";

/// The header of the time at which an event is sent, in seconds since 1970.
pub(super) const TIMESTAMP: &str = "x-unigox-timestamp";

/// The value of the header [`SIGNATURE`]: the HMAC of the timestamp and the body, with a period between them.
pub(super) fn signature(secret: &str, timestamp: i64, body: &[u8]) -> String {
    // A key of any length is valid.
    let Ok(mut hmac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    hmac.update(format!("{timestamp}.").as_bytes());
    hmac.update(body);
    format!("sha256={}", hex::encode(hmac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_the_documented_hmac() {
        // printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac secret
        let expected = "sha256=49f24e537407743fa4a0242bb63b94b9a47ee99cbbe071ccd8a22550ae411686";
        assert_eq!(signature("secret", 1_700_000_000, br#"{"a":1}"#), expected);
    }
}
