//! The optional parameters of an operation.

#![allow(unused_imports, unused_macros, reason = "a document may have no optional parameter")]

/// A struct of optional parameters, with a setter for each. With `hidden`, `Debug` hides the value.
macro_rules! params {
    ($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $ty:ty $(= $hidden:ident)?,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Default, PartialEq)]
        #[non_exhaustive]
        pub struct $name { $($(#[$field_meta])* pub $field: ::std::option::Option<$ty>,)* }

        impl $name {
            /// None of them.
            pub fn new() -> Self {
                Self::default()
            }

            $(
                $(#[$field_meta])*
                #[must_use]
                pub fn $field(mut self, value: impl ::std::convert::Into<$ty>) -> Self {
                    self.$field = Some(value.into());
                    self
                }
            )*
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                let mut shown = f.debug_struct(stringify!($name));
                $(shown.field(
                    stringify!($field),
                    &self.$field.as_ref().map(|value| $crate::runtime::hidden::shown!(value $(, $hidden)?)),
                );)*
                shown.finish()
            }
        }
    };
}

pub(crate) use params;

#[cfg(test)]
mod tests {
    params! {
        /// Some.
        Some_ {
            /// How many.
            limit: i64,
            /// From where.
            cursor: String = hidden,
        }
    }

    #[test]
    fn what_is_set_is_there_and_hidden_where_it_is_marked() {
        let some = Some_::new().limit(3).cursor("secret");
        assert_eq!((some.limit, some.cursor.as_deref()), (Some(3), Some("secret")));
        assert_eq!(format!("{some:?}"), "Some_ { limit: Some(3), cursor: Some([hidden]) }");
    }
}
