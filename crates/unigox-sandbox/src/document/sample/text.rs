//! Strings of a format, a pattern or a length.

use fastrand::Rng;
use serde_json::Value;

use super::{Merged, pattern};

/// The maximum length of a string that is made because a schema wants a long one.
const MAX_CHARACTERS: usize = 100_000;

/// A string as the schema describes it. A later attempt makes longer repetitions.
pub(super) fn text(merged: &Merged<'_>, random: &mut Rng, attempt: usize) -> String {
    if let Some(wanted) = merged.text("pattern") {
        let more = [3, 8, 30, 100][attempt % 4];
        let fits = |text: &String| {
            let length = text.chars().count() as f64;
            merged.largest("minLength").is_none_or(|minimum| length >= minimum)
                && merged.smallest("maxLength").is_none_or(|maximum| length <= maximum)
        };
        let made = (0..20).find_map(|_| pattern::matching(wanted, more, random).filter(fits));
        // For a pattern that is not understood, the document may have a string.
        let given = ["example", "default"].into_iter().flat_map(|keyword| merged.all(keyword)).find_map(Value::as_str);
        return made.or_else(|| given.map(str::to_owned)).unwrap_or_default();
    }
    match merged.text("format") {
        Some("uuid") => uuid::Builder::from_random_bytes(random.u128(..).to_be_bytes()).into_uuid().to_string(),
        Some("date") => date(random),
        Some("date-time") => format!("{}T{}Z", date(random), time(random)),
        Some("time") => format!("{}Z", time(random)),
        Some("duration") => format!("PT{}S", random.u16(1..1000)),
        Some("email" | "idn-email") => format!("user{}@example.com", random.u16(..)),
        Some("uri" | "url" | "iri" | "uri-reference" | "iri-reference") => {
            format!("https://example.com/{}", random.u16(..))
        }
        Some("hostname" | "idn-hostname") => format!("host{}.example.com", random.u16(..)),
        Some("ip" | "ipv4") => format!("192.0.2.{}", random.u8(..)),
        Some("ipv6") => format!("2001:db8::{:x}", random.u16(1..)),
        Some("byte") => "c2FtcGxl".to_owned(),
        Some("json-pointer") => "/sample".to_owned(),
        _ => words(merged, random),
    }
}

fn date(random: &mut Rng) -> String {
    format!("20{}-{:02}-{:02}", random.u8(20..30), random.u8(1..=12), random.u8(1..=28))
}

fn time(random: &mut Rng) -> String {
    format!("{:02}:{:02}:{:02}", random.u8(..24), random.u8(..60), random.u8(..60))
}

/// A word of the wanted length.
fn words(merged: &Merged<'_>, random: &mut Rng) -> String {
    let length = |limit: Option<f64>| limit.map(|length| length.clamp(0.0, MAX_CHARACTERS as f64) as usize);
    let word = format!("sample{}", random.u16(..));
    let minimum = length(merged.largest("minLength")).unwrap_or(0);
    let maximum = length(merged.smallest("maxLength")).unwrap_or(usize::MAX);
    let wanted = word.len().max(minimum).min(maximum);
    word.chars().cycle().take(wanted).collect()
}
