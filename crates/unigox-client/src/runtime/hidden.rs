//! What `Debug` shows instead of personal data.

#![allow(dead_code, unused_imports, unused_macros, reason = "a document may have nothing that is hidden")]

use std::fmt;

/// Prints as `[hidden]`.
pub(crate) struct Hidden;

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hidden]")
    }
}

/// Prints as `None`, or as `Some([hidden])`: whether a field was given is no secret and helps to find a mistake.
pub(crate) fn optional<V>(value: &Option<V>) -> Option<Hidden> {
    value.as_ref().map(|_| Hidden)
}

/// `Debug` of a struct. With `hidden` or, for an `Option`, `optional`, the value of a field is hidden.
macro_rules! debug {
    ($name:ident($($how:ident)?)) => {
        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_tuple(stringify!($name)).field($crate::runtime::hidden::shown!(&self.0 $(, $how)?)).finish()
            }
        }
    };
    ($name:ident { $($field:ident $(: $how:ident)?),* $(,)? }) => {
        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                #[allow(unused_mut, reason = "a struct may have no fields")]
                let mut shown = f.debug_struct(stringify!($name));
                $(shown.field(stringify!($field), $crate::runtime::hidden::shown!(&self.$field $(, $how)?));)*
                shown.finish()
            }
        }
    };
}

/// What `Debug` shows of a value.
macro_rules! shown {
    ($value:expr) => {
        $value
    };
    ($value:expr, hidden) => {{
        let _ = $value;
        &$crate::runtime::hidden::Hidden
    }};
    ($value:expr, optional) => {
        &$crate::runtime::hidden::optional($value)
    };
}

pub(crate) use {debug, shown};
