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
                <Self as ::std::default::Default>::default()
            }

            $(
                $(#[$field_meta])*
                #[must_use]
                pub fn $field(mut self, value: impl ::std::convert::Into<$ty>) -> Self {
                    self.$field = ::std::option::Option::Some(value.into());
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
