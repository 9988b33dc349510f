//! Checks of text before it is sent. Errors name the field and the rule, and never hold the text.

use email_address::EmailAddress;

use crate::{Error, Result};

/// Not blank. The server treats a blank value as missing, without an error.
pub(crate) fn filled(field: &'static str, text: &str) -> Result<()> {
    if text.trim().is_empty() { Err(Error::invalid(field, "is blank")) } else { Ok(()) }
}

/// As [`filled`], for a value that may be left out.
pub(crate) fn filled_if_given(field: &'static str, text: Option<&str>) -> Result<()> {
    text.map_or(Ok(()), |text| filled(field, text))
}

/// An e-mail address by RFC 5321, as the format `email` of the document means it: in ASCII, at a host.
pub(crate) fn email(field: &'static str, address: &str) -> Result<()> {
    let is_label = |label: &str| {
        let is_known = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        is_known && matches!(label.len(), 1..=63) && !label.starts_with('-') && !label.ends_with('-')
    };
    let host = address.rsplit('@').next().unwrap_or_default();
    let is_address = address.is_ascii() && EmailAddress::is_valid(address) && host.split('.').all(is_label);
    is_address.then_some(()).ok_or_else(|| Error::invalid(field, "is not an e-mail address"))
}

/// A country by ISO 3166-1 alpha-2. Whether it exists is left to the server.
pub(crate) fn country_code(field: &'static str, code: &str) -> Result<()> {
    is_capitals(code, 2)
        .then_some(())
        .ok_or_else(|| Error::invalid(field, "is not an ISO 3166-1 alpha-2 code, such as NG"))
}

/// A currency by ISO 4217. Whether it exists is left to the server.
pub(crate) fn currency(field: &'static str, code: &str) -> Result<()> {
    is_capitals(code, 3).then_some(()).ok_or_else(|| Error::invalid(field, "is not an ISO 4217 code, such as EUR"))
}

/// A phone number by E.164: `+`, then at most 15 digits, of which the first is not 0.
pub(crate) fn phone_number(field: &'static str, number: &str) -> Result<()> {
    let digits = number.strip_prefix('+').unwrap_or_default();
    let is_e164 = matches!(digits.len(), 2..=15) && !digits.starts_with('0') && is_digits(digits);
    is_e164
        .then_some(())
        .ok_or_else(|| Error::invalid(field, "is not a phone number in E.164 form, such as +37012345678"))
}

pub(crate) fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_capitals(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// An IBAN as it is sent: people write it in groups, or in lower case.
pub(crate) fn normalized_iban(text: &str) -> String {
    let mut iban = text.to_ascii_uppercase();
    iban.retain(|c| !c.is_whitespace());
    iban
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_what_the_standards_allow_and_nothing_else() {
        let accepts = |check: fn(&'static str, &str) -> Result<()>, text: &str| check("field", text).is_ok();
        for (check, good, bad) in [
            (filled as fn(&'static str, &str) -> Result<()>, &["a", " a "][..], &["", " ", "\t\n", "\u{a0}"][..]),
            (country_code, &["NG", "ZZ"], &["", "N", "NGA", "ng", "N1", "ÄÖ"]),
            (
                email,
                &["ada@example.com", "ada.obi+42@mail.example.co"],
                &["", "ada", "@x", "a b@example.com", "ada@example.com\n", "ada@a#b.example", "ada@-a.example"],
            ),
            (currency, &["EUR"], &["", "EU", "EURO", "eur", "€"]),
            (
                phone_number,
                &["+37012345678", "+12", "+123456789012345"],
                &["", "+", "+1", "37012345678", "+0123", "+37 012", "+1234567890123456", "++12", "+١٢٣"],
            ),
        ] {
            for text in good {
                assert!(accepts(check, text), "{text:?} is refused");
            }
            for text in bad {
                assert!(!accepts(check, text), "{text:?} is accepted");
            }
        }
    }
}
