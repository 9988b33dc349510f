//! The values that must not be printed, and the search for them in whatever form.

use std::{
    collections::BTreeSet,
    sync::{LazyLock, Mutex, PoisonError},
};

use unigox::{
    chrono::NaiveDate,
    uuid::{Uuid, uuid},
};

pub(crate) const USER: Uuid = uuid!("6f1c2d9e-4b7a-4c35-9a0e-2d8b1f6e7c04");
pub(crate) const ACCOUNT: &str = "canary-account-40417";

pub(crate) const API_KEY: &str = "canary-api-key-7f3e";
pub(crate) const TENANT: &str = "canary-tenant";
pub(crate) const PROXY_USER: &str = "canary-proxy-user";
pub(crate) const PROXY_PASSWORD: &str = "canary-proxy-password";
pub(crate) const PEM: &str = "Y2FuYXJ5LXBlbQcanarypem";

pub(crate) const USER_REF: &str = "canary-user-ref";
pub(crate) const EMAIL: &str = "canary.mail@example.test";
pub(crate) const FIRST_NAME: &str = "Canaryfirst";
pub(crate) const MIDDLE_NAME: &str = "Canarymiddle";
pub(crate) const LAST_NAME: &str = "Canarylast-O'Hara";
pub(crate) const FULL_NAME: &str = "Canaryfull Name";
/// Quoted, since two letters alone are everywhere.
pub(crate) const COUNTRY: &str = "XQ";
pub(crate) const DATE_OF_BIRTH: &str = "1987-03-14";
pub(crate) const PHONE: &str = "+37069900112";
pub(crate) const ID_NUMBER: &str = "CANARY77ID";
pub(crate) const ADDRESS: &str = "Canarystreet 12 b";
pub(crate) const CITY: &str = "Canaryville";
pub(crate) const POSTAL_CODE: &str = "CNRY-03229";

pub(crate) const TOKEN: &str = "canary-sumsub-token";
pub(crate) const INQUIRY: &str = "inq_canary5tQ";
pub(crate) const SESSION: &str = "canary session/1";
pub(crate) const FILE_NAME: &str = "canary passport.jpg";
pub(crate) const FILE_CONTENT: &str = "canary-pixels-of-a-face";
pub(crate) const LINK: &str = "https://files.example.test/canary-link?sig=canary-signature";
pub(crate) const BATCH_LINK: &str = "https://files.example.test/canary-batch-link#canary";

pub(crate) const IBAN: &str = "DE75512108001245126199";
pub(crate) const SPACED_IBAN: &str = "DE75 5121 0800 1245 1261 99";
pub(crate) const NUBAN: &str = "0123498765";
pub(crate) const CVU: &str = "0000003100010000000017";
pub(crate) const ALIAS: &str = "canary.alias.ars";
pub(crate) const DETAIL_NAME: &str = "canary_detail_name";
pub(crate) const DETAIL: &str = "canary-detail-value";

pub(crate) const VERIFICATION_URL: &str = "https://verify.example.test/canary-page?t=canary-page-token";
pub(crate) const REJECTION: &str = "canary reason: not the face";
pub(crate) const PROVIDER_MESSAGE: &str = "canary provider message";
pub(crate) const ERROR_MESSAGE: &str = "canary: no such account, said the server";
pub(crate) const UNKNOWN: &str = "canary of an unknown field";
pub(crate) const HEADER: &str = "canary header value";
pub(crate) const LOCATION: &str = "https://elsewhere.example.test/canary-location?to=canary-there";

/// What nothing may show: no log, no error, no `Debug`.
pub(crate) const SECRETS: &[(&str, &str)] = &[
    ("API key", API_KEY),
    ("path of the base URL", TENANT),
    ("user of the proxy", PROXY_USER),
    ("password of the proxy", PROXY_PASSWORD),
    ("certificate", PEM),
    ("user_ref", USER_REF),
    ("email", EMAIL),
    ("first name", FIRST_NAME),
    ("middle name", MIDDLE_NAME),
    ("last name", LAST_NAME),
    ("full name", FULL_NAME),
    ("date of birth", DATE_OF_BIRTH),
    ("phone number", PHONE),
    ("id number", ID_NUMBER),
    ("address", ADDRESS),
    ("city", CITY),
    ("postal code", POSTAL_CODE),
    ("token", TOKEN),
    ("inquiry", INQUIRY),
    ("verification id", SESSION),
    ("file name", FILE_NAME),
    ("file content", FILE_CONTENT),
    ("link", LINK),
    ("query of a link", "canary-signature"),
    ("link of a batch", BATCH_LINK),
    ("IBAN", IBAN),
    ("IBAN with spaces", SPACED_IBAN),
    ("NUBAN", NUBAN),
    ("CVU", CVU),
    ("alias", ALIAS),
    ("name of a detail", DETAIL_NAME),
    ("value of a detail", DETAIL),
    ("verification_url", VERIFICATION_URL),
    ("query of verification_url", "canary-page-token"),
    ("rejection_reason", REJECTION),
    ("provider_messages", PROVIDER_MESSAGE),
    ("message of an error", ERROR_MESSAGE),
    ("unknown field", UNKNOWN),
    ("header of a response", HEADER),
    ("location", LOCATION),
    ("query of a location", "canary-there"),
];

/// What the `Debug` of a handle or of a response may show, and neither logs nor errors may: ids, which are in URLs.
const IDS: &[(&str, &str)] = &[("user_uuid", "6f1c2d9e-4b7a-4c35-9a0e-2d8b1f6e7c04"), ("payment_details_id", ACCOUNT)];

struct Trace {
    label: &'static str,
    form: &'static str,
    needle: String,
}

static TRACES: LazyLock<Vec<Trace>> = LazyLock::new(|| traces(SECRETS));
static TRACES_OF_IDS: LazyLock<Vec<Trace>> = LazyLock::new(|| traces(IDS));

/// What a log or an error shows of secrets and of ids, in words that show nothing themselves.
pub(crate) fn leak(text: &str) -> Option<String> {
    // Logs say the same again and again.
    static CLEAN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let mut clean = CLEAN.lock().unwrap_or_else(PoisonError::into_inner);
    let fresh: BTreeSet<_> = text.lines().filter(|line| !clean.contains(*line)).map(str::to_owned).collect();
    let lines = fresh.iter().map(String::as_str).collect::<Vec<_>>().join("\n");
    let found = leak_in_debug(&lines).or_else(|| find(&lines, &TRACES_OF_IDS));
    if found.is_none() {
        clean.extend(fresh);
    }
    found
}

/// What the `Debug` of a value shows of secrets.
pub(crate) fn leak_in_debug(text: &str) -> Option<String> {
    if text.contains(&format!("{COUNTRY:?}")) {
        return Some("country, as text".to_owned());
    }
    find(text, &TRACES)
}

fn find(text: &str, traces: &[Trace]) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let squeezed: String = text.split_ascii_whitespace().collect();
    let found = traces.iter().find(|trace| match trace.form {
        "text" | "text in a URL" | "hexadecimal" => lower.contains(&trace.needle),
        _ => squeezed.contains(&trace.needle),
    })?;
    let lines = lower.lines().find(|line| line.contains(&found.needle));
    Some(format!("{}, as {}: {}", found.label, found.form, lines.map(masked).unwrap_or_default()))
}

/// A line as it may be shown by a test that fails, whose message other tests may come upon.
fn masked(line: &str) -> String {
    let traces = TRACES.iter().chain(TRACES_OF_IDS.iter());
    traces.fold(line.to_owned(), |line, trace| line.replace(&trace.needle, "[found here]"))
}

fn traces(secrets: &[(&'static str, &str)]) -> Vec<Trace> {
    let mut traces = Vec::new();
    for (label, secret) in secrets {
        let mut add = |form, needle: String| {
            assert!(needle.len() > 5, "{label} is too short to be told from chance as {form}");
            if !traces.iter().any(|known: &Trace| known.form == form && known.needle == needle) {
                traces.push(Trace { label, form, needle });
            }
        };
        let lower = secret.to_ascii_lowercase();
        add("text", lower.trim_start_matches('+').to_owned());
        add("text", lower.escape_debug().to_string());
        add("text in a URL", percent_encoded(&lower));
        add("text in a URL", percent_encoded(&lower).replace("%20", "+"));
        add("hexadecimal", lower.bytes().map(|byte| format!("{byte:02x}")).collect());
        add("hexadecimal", secret.bytes().map(|byte| format!("{byte:02x}")).collect());
        let numbers: Vec<_> = secret.bytes().map(|byte| byte.to_string()).collect();
        add("a list of bytes", numbers.join(","));
        (0..3).for_each(|offset| add("base64", base64(secret.as_bytes(), offset)));
    }
    traces
}

fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02x}"),
        })
        .collect()
}

/// What `bytes` always leave in base64 where they follow `offset` other bytes.
fn base64(bytes: &[u8], offset: usize) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let padded: Vec<u8> = std::iter::repeat_n(0, offset).chain(bytes.iter().copied()).collect();
    let whole = padded.chunks_exact(3).flat_map(|group| {
        let bits = group.iter().fold(0, |bits, byte| bits << 8 | usize::from(*byte));
        [18, 12, 6, 0].map(|shift| char::from(ALPHABET[bits >> shift & 63]))
    });
    whole.skip([0, 2, 3][offset]).collect()
}

#[test]
fn every_form_of_a_secret_is_found() {
    assert_eq!(base64(b"canary:canary", 0), "Y2FuYXJ5OmNhbmFy");
    assert_eq!(base64(b"canary:canary", 1), "NhbmFyeTpjYW5h");
    for shown in [
        format!("at {IBAN}."),
        format!("{SPACED_IBAN:?}"),
        IBAN.to_ascii_lowercase(),
        format!("name={}", ADDRESS.replace(' ', "%20")),
        format!("name={}", ADDRESS.replace(' ', "+")),
        "https%3A%2F%2Ffiles.example.test%2Fcanary-link%3Fsig%3Dcanary-signature".to_owned(),
        format!("{LAST_NAME:?}"),
        format!("{:?}", API_KEY.as_bytes()),
        format!("{:#?}", API_KEY.as_bytes()),
        "Basic Y2FuYXJ5LXByb3h5LXVzZXI6Y2FuYXJ5LXByb3h5LXBhc3N3b3Jk".to_owned(),
        "6361 and 63616e6172792d6170692d6b65792d37663365".to_owned(),
        format!("Pii {{ country_code: {COUNTRY:?} }}"),
        format!("{:?}", DATE_OF_BIRTH.parse::<NaiveDate>().expect("a date")),
    ] {
        let found = leak_in_debug(&shown).unwrap_or_else(|| panic!("nothing is found in {} bytes", shown.len()));
        assert_eq!(leak(&found), None, "the message about a secret shows it");
    }
    assert_eq!(leak_in_debug(&format!("User {{ uuid: {USER} }}")), None);
    assert!(leak(&format!("GET /users/{USER}")).is_some());
}
