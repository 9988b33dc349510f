//! What is refused as an event, and as what.

use std::time::Duration;

use unigox::{
    ErrorKind,
    chrono::{TimeDelta, Utc},
    http::{HeaderMap, HeaderValue},
    test_util::webhook_headers,
    webhooks::{SIGNATURE_HEADER, TIMESTAMP_HEADER, WebhookError, WebhookErrorKind as Kind, WebhookVerifier},
};

use super::{NOW, SECRET, at, headers, kyc_updated, verifier};

const BODY: &[u8] = br#"{"event_id":"evt_1","event_type":"user.kyc.updated"}"#;

/// The signature of `BODY` at `NOW` with the secret `whsec_test`, from another implementation.
const SIGNATURE: &str = "sha256=f2643454371b4b1e206aa4c351b5ef171f639c15555b6146471250e474b789fb";

fn refused(headers: &HeaderMap, body: &[u8]) -> WebhookError {
    let error = verifier().verify(headers, body).expect_err("it is not an event");
    for shown in [error.to_string(), format!("{error:?}"), format!("{error:#?}")] {
        assert!(!shown.contains("canary") && !shown.contains("evt_1") && !shown.contains("1769947205"), "{shown}");
    }
    assert!(error.to_string().starts_with("webhook: ") && error.to_string().contains("; "), "{error}");
    assert!(error.status().is_client_error(), "{}", error.status());
    error
}

fn with(name: &'static str, value: &'static [u8]) -> HeaderMap {
    let mut headers = headers(BODY);
    headers.insert(name, HeaderValue::from_bytes(value).expect("a header can hold it"));
    headers
}

#[test]
fn a_signature_is_that_of_another_implementation() {
    let verifier = WebhookVerifier::new("whsec_test").expect("it is a secret").clock(|| at(NOW));
    let event = verifier.verify_values(SIGNATURE, &NOW.to_string(), BODY).expect("it is genuine");
    assert_eq!((event.id(), event.body().as_ref()), ("evt_1", BODY));
    let signed = webhook_headers("whsec_test", at(NOW), BODY);
    assert_eq!(signed[SIGNATURE_HEADER], SIGNATURE);
    assert_eq!(signed[TIMESTAMP_HEADER], NOW.to_string());
    // Digits may be of either case.
    let upper = SIGNATURE.to_ascii_uppercase().replace("SHA256", "sha256");
    verifier.verify_values(&upper, &NOW.to_string(), BODY).expect("it is genuine");
}

#[test]
fn a_header_has_to_be_there_once() {
    for name in [SIGNATURE_HEADER, TIMESTAMP_HEADER] {
        let mut without = headers(BODY);
        let value = without.remove(name).expect("it was there");
        let error = refused(&without, BODY);
        assert_eq!((error.kind(), error.status().as_u16()), (Kind::MissingHeader, 400));
        assert!(error.to_string().contains(name), "{error}");
        // Also if both are the same.
        let mut twice = headers(BODY);
        twice.append(name, value);
        let error = refused(&twice, BODY);
        assert_eq!((error.kind(), error.status().as_u16()), (Kind::RepeatedHeader, 400));
        assert!(error.to_string().contains(name), "{error}");
    }
    assert_eq!(refused(&HeaderMap::new(), BODY).kind(), Kind::MissingHeader);
}

#[test]
fn a_signature_has_one_form() {
    let digits = &SIGNATURE["sha256=".len()..];
    for scheme in ["", "sha512=", "SHA256=", "sha256", "sha256:", " sha256=", "hmac-sha256="] {
        let error = verifier().verify_values(&format!("{scheme}{digits}"), "1", BODY).expect_err("no such scheme");
        assert_eq!((error.kind(), error.status().as_u16()), (Kind::UnknownScheme, 400), "{scheme}");
    }
    let g = digits.replace('f', "g");
    let spaced = format!(" {digits}");
    let long = digits.repeat(1000);
    for digits in ["", "f", "ff", &digits[1..], &digits[2..], &spaced, &g, &long, "ä", "0x00"] {
        let error = verifier().verify_values(&format!("sha256={digits}"), "1", BODY).expect_err("no such digits");
        assert_eq!((error.kind(), error.status().as_u16()), (Kind::MalformedSignature, 400), "{digits}");
    }
    assert_eq!(refused(&with(SIGNATURE_HEADER, b"sha256=\xff\xfe"), BODY).kind(), Kind::MalformedSignature);
}

#[test]
fn a_timestamp_is_a_number_of_seconds() {
    for timestamp in
        ["", " ", "-1", "+1769947205", "1769947205.0", "1.7e9", "0x1", "1769947205 ", "now", "9223372036854775808", "١"]
    {
        let error = verifier().verify_values(SIGNATURE, timestamp, BODY).expect_err("it is no number");
        assert_eq!((error.kind(), error.status().as_u16()), (Kind::MalformedTimestamp, 400), "{timestamp}");
    }
    assert_eq!(refused(&with(TIMESTAMP_HEADER, b"\xff"), BODY).kind(), Kind::MalformedTimestamp);
    // A number of milliseconds is in the far future, if it is signed.
    let far = webhook_headers(SECRET, at(NOW * 1000), BODY);
    assert_eq!(refused(&far, BODY).kind(), Kind::TimestampInFuture);
    assert_eq!(refused(&with(TIMESTAMP_HEADER, b"9223372036854775807"), BODY).kind(), Kind::WrongSignature);
}

#[test]
fn the_signature_is_of_the_secret_the_timestamp_and_the_body() {
    let wrong = |headers: &HeaderMap, body: &[u8]| {
        let error = refused(headers, body);
        assert_eq!((error.kind(), error.status().as_u16()), (Kind::WrongSignature, 401));
    };
    wrong(&webhook_headers("another secret", at(NOW), BODY), BODY);
    wrong(&headers(BODY), b"{}");
    wrong(&headers(BODY), b"");
    let mut longer = BODY.to_vec();
    longer.push(b' ');
    wrong(&headers(BODY), &longer);
    // A timestamp within the tolerance, with the signature of another.
    wrong(&with(TIMESTAMP_HEADER, b"1769947206"), BODY);
    // The signature is looked at before the timestamp and the body: neither tells who has not signed anything.
    wrong(&with(TIMESTAMP_HEADER, b"1"), BODY);
    wrong(&headers(BODY), b"this is not JSON");
}

#[test]
fn the_timestamp_may_be_as_far_away_as_is_allowed_and_no_further() {
    let verify = |verifier: &WebhookVerifier, seconds: i64| {
        verifier.verify(&webhook_headers(SECRET, at(seconds), BODY), BODY).map(drop).map_err(|error| error.kind())
    };
    for (verifier, tolerance) in [(verifier(), 300), (verifier().tolerance(Duration::from_secs(7)), 7)] {
        assert_eq!(verify(&verifier, NOW - tolerance), Ok(()));
        assert_eq!(verify(&verifier, NOW + tolerance), Ok(()));
        assert_eq!(verify(&verifier, NOW - tolerance - 1), Err(Kind::TimestampTooOld));
        assert_eq!(verify(&verifier, NOW + tolerance + 1), Err(Kind::TimestampInFuture));
    }
    // A millisecond of the clock counts.
    let later = verifier().clock(|| at(NOW) + TimeDelta::milliseconds(1));
    assert_eq!(verify(&later, NOW - 300), Err(Kind::TimestampTooOld));
    assert_eq!(verify(&later, NOW + 300), Ok(()));
    let exact = verifier().tolerance(Duration::ZERO);
    assert_eq!(verify(&exact, NOW), Ok(()));
    assert_eq!(verify(&exact, NOW - 1), Err(Kind::TimestampTooOld));
    let unlimited = verifier().tolerance(Duration::MAX);
    assert_eq!(verify(&unlimited, 0), Ok(()));
    let too_old = refused(&webhook_headers(SECRET, at(0), BODY), BODY);
    assert_eq!(too_old.status().as_u16(), 401);
}

#[test]
fn the_clock_of_the_system_is_used_unless_another_is_given() {
    let verifier = WebhookVerifier::new(SECRET).expect("it is a secret");
    let now = Utc::now();
    verifier.verify(&webhook_headers(SECRET, now, BODY), BODY).expect("it is genuine");
    let error =
        verifier.verify(&webhook_headers(SECRET, now - TimeDelta::hours(1), BODY), BODY).expect_err("it is old");
    assert_eq!(error.kind(), Kind::TimestampTooOld);
}

#[test]
fn a_body_is_as_long_as_is_allowed_and_no_longer() {
    let json = kyc_updated("VERIFIED").to_string();
    let padded = |length: usize| format!("{json}{}", " ".repeat(length - json.len())).into_bytes();
    let (most, more) = (padded(1024 * 1024), padded(1024 * 1024 + 1));
    verifier().verify(&headers(&most), &most).expect("it is genuine");
    for body in [more, padded(10_000_000)] {
        let error = refused(&headers(&body), &body);
        assert_eq!((error.kind(), error.status().as_u16()), (Kind::BodyTooLarge, 413));
        verifier().max_body_bytes(10_000_000).verify(&headers(&body), &body).expect("it is genuine");
    }
}

#[test]
fn a_body_is_an_object_of_json_that_does_not_nest_without_end() {
    let deep = |open: &str, close: &str, levels| format!("{}{}", open.repeat(levels), close.repeat(levels));
    let nested = |levels| format!(r#"{{"event_id": "evt_1", "data": {}}}"#, deep("[", "]", levels));
    for body in [
        "",
        "{",
        "{}{}",
        "canary",
        "{\"event_id\": \"evt_1\"",
        "\u{feff}{}",
        &nested(127),
        &nested(500_000),
        &deep("{\"a\":", "}", 100_000),
        &"[".repeat(1_000_000),
    ] {
        let error = refused(&headers(body.as_bytes()), body.as_bytes());
        assert_eq!((error.kind(), error.status().as_u16()), (Kind::NotJson, 400), "{body:.80}");
    }
    let not_utf8 = b"{\"event_id\": \"\xff\"}";
    assert_eq!(refused(&headers(not_utf8), not_utf8).kind(), Kind::NotJson);
    for body in ["[]", "null", "1", "\"canary\"", "[{\"event_id\": \"evt_1\"}]"] {
        let error = refused(&headers(body.as_bytes()), body.as_bytes());
        assert_eq!((error.kind(), error.status().as_u16()), (Kind::NotAnEvent, 400), "{body}");
    }
    let body = nested(126);
    verifier().verify(&headers(body.as_bytes()), body.as_bytes()).expect("it is genuine");
}

#[test]
fn what_stands_around_a_secret_in_a_file_is_refused() {
    for secret in [" a", "a\n", "\u{feff}a", "\u{feff}", " "] {
        assert!(WebhookVerifier::new(secret).is_err(), "{secret:?}");
    }
}

#[test]
fn any_of_the_secrets_may_have_been_used() {
    let verifier = verifier().with_secret("the old secret").and_then(|it| it.with_secret("the oldest secret"));
    let verifier = verifier.expect("they are secrets");
    for secret in [SECRET, "the old secret", "the oldest secret"] {
        verifier.verify(&webhook_headers(secret, at(NOW), BODY), BODY).expect("it is genuine");
    }
    for secret in ["another", "the old secre", "the old secret ", "The old secret", ""] {
        let error = verifier.verify(&webhook_headers(secret, at(NOW), BODY), BODY).expect_err("it is none of them");
        assert_eq!(error.kind(), Kind::WrongSignature, "{secret}");
    }
}

#[test]
fn a_secret_that_anyone_could_guess_or_that_was_read_wrongly_is_no_secret() {
    for secret in ["", " ", "\n", "canary\n", " canary", "canary\t"] {
        for error in [
            WebhookVerifier::new(secret).expect_err("it is no secret"),
            verifier().with_secret(secret).expect_err("it is no secret"),
        ] {
            assert_eq!(error.kind(), ErrorKind::Configuration, "{secret:?}");
            assert!(!error.to_string().contains("canary"), "{error}");
        }
    }
}

#[test]
fn a_verifier_shows_no_secret_and_may_be_shared() {
    fn is_shared<T: Clone + Send + Sync + 'static>(_: &T) {}
    let verifier = verifier().with_secret("canary-two").expect("it is a secret");
    is_shared(&verifier);
    let shown = format!("{verifier:?} {verifier:#?}");
    assert!(!shown.contains("canary") && shown.contains("[hidden]"), "{shown}");
}

#[test]
fn each_kind_has_a_name_of_its_own() {
    let kinds = [
        Kind::MissingHeader,
        Kind::RepeatedHeader,
        Kind::UnknownScheme,
        Kind::MalformedSignature,
        Kind::MalformedTimestamp,
        Kind::BodyTooLarge,
        Kind::BodyBroken,
        Kind::WrongSignature,
        Kind::TimestampTooOld,
        Kind::TimestampInFuture,
        Kind::NotJson,
        Kind::NotAnEvent,
    ];
    for kind in kinds {
        assert_eq!(kind.as_str().replace('_', ""), format!("{kind:?}").to_ascii_lowercase());
        assert_eq!(kind.to_string(), kind.as_str());
    }
}
