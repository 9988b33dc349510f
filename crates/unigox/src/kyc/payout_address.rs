//! The address that payouts in some currencies need.

/// The names of the address fields that a payout in `currency` needs and that are missing. Payouts in EUR, AUD and GBP
/// need all three, and wait as `pending_address` without them.
pub(super) fn missing(
    currency: &str,
    address: Option<&str>,
    city: Option<&str>,
    postal_code: Option<&str>,
) -> Vec<&'static str> {
    if !["EUR", "AUD", "GBP"].iter().any(|known| known.eq_ignore_ascii_case(currency)) {
        return Vec::new();
    }
    let fields = [("address", address), ("city", city), ("postal_code", postal_code)];
    fields.into_iter().filter(|(_, value)| value.is_none_or(|v| v.trim().is_empty())).map(|(name, _)| name).collect()
}
