//! Whatever is changed of a request, it is no event any more.

use proptest::prelude::*;
use unigox::webhooks::{SIGNATURE_HEADER, TIMESTAMP_HEADER, WebhookErrorKind as Kind};

use super::{headers, verifier};

/// What is changed.
#[derive(Clone, Copy, Debug)]
enum Part {
    Body,
    Signature,
    Timestamp,
}

fn part() -> impl Strategy<Value = Part> {
    prop_oneof![Just(Part::Body), Just(Part::Signature), Just(Part::Timestamp)]
}

proptest! {
    #[test]
    fn a_request_with_a_byte_changed_added_or_removed_is_refused(
        body in prop_oneof![
            Just(br#"{"event_id":"evt_1","data":{}}"#.to_vec()),
            proptest::collection::vec(any::<u8>(), 0..200),
        ],
        part in part(),
        place in any::<proptest::sample::Index>(),
        byte in any::<u8>(),
        how in 0..3,
    ) {
        let headers = headers(&body);
        let value = |name: &str| headers[name].to_str().expect("it is text").as_bytes().to_vec();
        let (mut signature, mut timestamp, mut sent) = (value(SIGNATURE_HEADER), value(TIMESTAMP_HEADER), body.clone());
        let changed = match part {
            Part::Body => &mut sent,
            Part::Signature => &mut signature,
            Part::Timestamp => &mut timestamp,
        };
        let before = changed.clone();
        match how {
            0 => changed.insert(place.index(changed.len() + 1), byte),
            1 if !changed.is_empty() => drop(changed.remove(place.index(before.len()))),
            _ if !changed.is_empty() => changed[place.index(before.len())] = byte,
            _ => {}
        }
        let is_same = changed.eq_ignore_ascii_case(&before) && (*changed == before || matches!(part, Part::Signature));
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        // Digits of a signature may be of either case, its scheme may not.
        let scheme_is_same = signature.starts_with(b"sha256=");
        let verified = verifier().verify_values(&text(&signature), &text(&timestamp), &sent);
        let kind = verified.as_ref().err().map(|error| error.kind());
        if is_same && scheme_is_same {
            prop_assert!(matches!(kind, None | Some(Kind::NotJson | Kind::NotAnEvent)), "{kind:?}");
        } else {
            let refused = matches!(
                kind,
                Some(Kind::WrongSignature | Kind::UnknownScheme | Kind::MalformedSignature | Kind::MalformedTimestamp)
            );
            prop_assert!(refused, "{kind:?}");
        }
    }
}
