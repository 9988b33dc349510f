//! The fields that a submission may have and an update may change.

/// Setters of the optional fields, for a type around a generated one that has them. `$prefix` is where the fields are in
/// the body.
macro_rules! optional_fields {
    ($prefix:literal) => {
        /// The date of birth.
        ///
        /// # Errors
        ///
        /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if it is in the future, or less than 18 years ago.
        pub fn dob(mut self, date: chrono::NaiveDate) -> crate::Result<Self> {
            super::date_of_birth::check(concat!($prefix, "dob"), date)?;
            self.0.dob = Some(date);
            Ok(self)
        }

        /// The middle name or names.
        #[must_use]
        pub fn middle_name(mut self, name: impl Into<String>) -> Self {
            self.0.middle_name = Some(name.into());
            self
        }

        /// The phone number in E.164 form: `+`, country code and number, without spaces.
        ///
        /// # Errors
        ///
        /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) if it is not.
        pub fn phone_number(mut self, number: impl Into<String>) -> crate::Result<Self> {
            let number = number.into();
            crate::text::phone_number(concat!($prefix, "phone_number"), &number)?;
            self.0.phone_number = Some(number);
            Ok(self)
        }

        /// The number of an identity document, and which kind of document that is.
        #[must_use]
        pub fn id_number(mut self, kind: crate::IdType, number: impl Into<String>) -> Self {
            self.0.id_type = Some(kind);
            self.0.id_number = Some(number.into());
            self
        }

        /// Street and house number.
        #[must_use]
        pub fn address(mut self, address: impl Into<String>) -> Self {
            self.0.address = Some(address.into());
            self
        }

        /// City or town.
        #[must_use]
        pub fn city(mut self, city: impl Into<String>) -> Self {
            self.0.city = Some(city.into());
            self
        }

        /// Postal code; leading zeros count.
        #[must_use]
        pub fn postal_code(mut self, code: impl Into<String>) -> Self {
            self.0.postal_code = Some(code.into());
            self
        }

        /// Which fields a payout in `currency` (ISO 4217) needs that are not set here: EUR, AUD and GBP need `address`,
        /// `city` and `postal_code`, other currencies need none of them. Until all three are known, orders wait as
        /// `pending_address`. What was submitted earlier is not known here.
        pub fn missing_for_payout(&self, currency: &str) -> Vec<&'static str> {
            let [address, city, postal_code] =
                [&self.0.address, &self.0.city, &self.0.postal_code].map(Option::as_deref);
            super::payout_address::missing(currency, address, city, postal_code)
        }

        /// Refuses blank texts, which the server would take for none.
        fn check_optional_fields(&self) -> crate::Result<()> {
            let fields = &self.0;
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
