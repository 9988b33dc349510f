//! Text that may be missing, such as a column of a table.

use std::{borrow::Cow, sync::Arc};

/// A text, or none: what the setters of optional fields take. `None` leaves a field out.
///
/// So the columns of a row can be passed as they are. A type of your own can implement it.
///
/// # Examples
///
/// ```
/// use unigox::Pii;
///
/// let (city, postal_code): (Option<String>, Option<&str>) = (Some("Vilnius".to_owned()), None);
/// let pii = Pii::new("Ada", "Obi", "LT").address("Svitrigailos g. 29").city(city).postal_code(postal_code);
/// assert_eq!(pii.missing_for_payout("EUR"), ["postal_code"]);
/// ```
pub trait OptionalText {
    /// The text, if there is one.
    fn into_text(self) -> Option<String>;
}

impl<T: Into<String>> OptionalText for Option<T> {
    fn into_text(self) -> Option<String> {
        self.map(Into::into)
    }
}

impl OptionalText for &Option<String> {
    fn into_text(self) -> Option<String> {
        self.clone()
    }
}

macro_rules! text {
    ($($text:ty),*) => {
        $(impl OptionalText for $text {
            fn into_text(self) -> Option<String> {
                Some(self.to_string())
            }
        })*
    };
}

text!(String, &str, &String, Box<str>, Arc<str>, Cow<'_, str>);
