//! What a payout needs of an address, and whether it is there.

use super::*;

#[test]
fn payouts_in_three_currencies_miss_what_is_missing_of_the_address() {
    for subset in 0..1 << FIELD_COUNT {
        let fields = Fields::of(subset, RegistryNumberType::Nin);
        let has = [&fields.address, &fields.city, &fields.postal_code].map(Option::is_some);
        let names = ["address", "city", "postal_code"].into_iter().zip(has);
        let missing: Vec<_> = names.filter(|(_, has)| !has).map(|(name, _)| name).collect();

        let pii = pii("Ada", "Obi", "NG", fields);
        let update = update(Changes::of(subset));
        for currency in ["EUR", "AUD", "GBP"] {
            assert_eq!(pii.missing_for_payout(currency), missing, "{currency} {subset:b}");
            assert_eq!(update.missing_for_payout(currency), missing, "{currency} {subset:b}");
        }
        for currency in ["USD", "NGN", "ARS", "CHF", "XXX", ""] {
            assert_eq!(pii.missing_for_payout(currency), [""; 0], "{currency} {subset:b}");
            assert_eq!(update.missing_for_payout(currency), [""; 0], "{currency} {subset:b}");
        }
    }
}

#[test]
fn a_blank_part_of_an_address_is_missing() {
    each(blank(), |blank| {
        let pii = Pii::new("Ada", "Obi", "NG").address(&blank).city("Lagos").postal_code(&blank);
        prop_assert_eq!(pii.missing_for_payout("GBP"), ["address", "postal_code"]);
        let update = KycUpdate::new().address("12 Marina Road").city(&blank).postal_code("101241");
        prop_assert_eq!(update.missing_for_payout("GBP"), ["city"]);
        Ok(())
    });
}
