//! The fields that are optional in a submission and can be changed by an update.

/// Setters and checks of the optional fields, for a type around the generated type `$fields` that has them. `$prefix` is
/// the path of the fields in the body.
macro_rules! optional_fields {
    ($fields:ty, $prefix:literal) => {
        /// The date of birth: in the past, and at least 18 years ago.
        #[must_use]
        pub fn dob(mut self, date: impl Into<Option<chrono::NaiveDate>>) -> Self {
            self.0.dob = date.into();
            self
        }

        /// The middle name or names.
        #[must_use]
        pub fn middle_name(mut self, name: impl crate::OptionalText) -> Self {
            self.0.middle_name = name.into_text();
            self
        }

        /// The phone number in E.164 form: `+`, country code and number, without spaces.
        #[must_use]
        pub fn phone_number(mut self, number: impl crate::OptionalText) -> Self {
            self.0.phone_number = number.into_text();
            self
        }

        /// Street and house number.
        #[must_use]
        pub fn address(mut self, address: impl crate::OptionalText) -> Self {
            self.0.address = address.into_text();
            self
        }

        /// City or town.
        #[must_use]
        pub fn city(mut self, city: impl crate::OptionalText) -> Self {
            self.0.city = city.into_text();
            self
        }

        /// Postal code. It is text: leading zeros are kept.
        #[must_use]
        pub fn postal_code(mut self, code: impl crate::OptionalText) -> Self {
            self.0.postal_code = code.into_text();
            self
        }

        /// The fields that a payout in `currency` (ISO 4217) needs and that are not set here: EUR, AUD and GBP need
        /// `address`, `city` and `postal_code`, other currencies need none of them. Until the server has all three, orders
        /// wait as `pending_address`. Fields of earlier submissions are not known here.
        pub fn missing_for_payout(&self, currency: &str) -> Vec<&'static str> {
            let [address, city, postal_code] =
                [&self.0.address, &self.0.city, &self.0.postal_code].map(Option::as_deref);
            super::payout_address::missing(currency, address, city, postal_code)
        }

        fn check_optional_fields(fields: &$fields) -> crate::Result<()> {
            if let Some(date) = fields.dob {
                super::date_of_birth::check(concat!($prefix, "dob"), date)?;
            }
            if let Some(number) = &fields.phone_number {
                crate::text::phone_number(concat!($prefix, "phone_number"), number)?;
            }
            for (name, text) in [
                (concat!($prefix, "middle_name"), &fields.middle_name),
                (concat!($prefix, "id_number"), &fields.id_number),
                (concat!($prefix, "address"), &fields.address),
                (concat!($prefix, "city"), &fields.city),
                (concat!($prefix, "postal_code"), &fields.postal_code),
            ] {
                crate::text::filled_if_given(name, text.as_deref())?;
            }
            Ok(())
        }
    };
}

pub(super) use optional_fields;
