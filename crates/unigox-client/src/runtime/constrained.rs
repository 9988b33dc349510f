//! Strings with a length or a pattern. Constraints bind what is sent; what is read is kept as it is.

#![allow(dead_code, unused_imports, unused_macros, reason = "which of these are used depends on the document")]

use std::fmt;

/// A string that the document does not allow. The message does not quote the string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConstraintError {
    name: &'static str,
    rule: Rule,
}

/// The rule that a string breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Rule {
    Min(usize),
    Max(usize),
    Pattern(&'static str),
    Listed,
}

impl ConstraintError {
    pub(crate) fn new(name: &'static str, rule: Rule) -> Self {
        Self { name, rule }
    }
}

impl fmt::Display for ConstraintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let characters = |count| if count == 1 { "character" } else { "characters" };
        write!(f, "the text for `{}` ", self.name)?;
        match self.rule {
            Rule::Min(count) => write!(f, "is shorter than {count} {}", characters(count)),
            Rule::Max(count) => write!(f, "is longer than {count} {}", characters(count)),
            Rule::Pattern(pattern) => write!(f, "does not match the pattern {pattern}"),
            Rule::Listed => f.write_str("is one of the values that the document refuses"),
        }
    }
}

impl std::error::Error for ConstraintError {}

/// A string with a length, in Unicode characters, or a pattern, as ECMA 262 has them, or values that it refuses.
macro_rules! constrained_string {
    ($(#[$meta:meta])* $name:ident $(, min $min:literal)? $(, max $max:literal)? $(, pattern $pattern:literal)? $(, not $refused:tt)?) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, ::serde::Serialize, ::serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(::std::string::String);

        impl $name {
            /// The text, if the document allows it.
            ///
            /// # Errors
            ///
            /// If it breaks a rule of the document; the error says which.
            pub fn new(
                value: impl ::std::convert::Into<::std::string::String>,
            ) -> ::std::result::Result<Self, $crate::ConstraintError> {
                let value = value.into();
                let refuse = |rule| ::std::result::Result::Err($crate::ConstraintError::new(stringify!($name), rule));
                $(if value.chars().count() < $min {
                    return refuse($crate::runtime::constrained::Rule::Min($min));
                })?
                $(if value.chars().count() > $max {
                    return refuse($crate::runtime::constrained::Rule::Max($max));
                })?
                $({
                    static PATTERN: ::std::sync::OnceLock<::std::option::Option<::regress::Regex>> =
                        ::std::sync::OnceLock::new();
                    let pattern = PATTERN.get_or_init(|| {
                        // Without `u`, which not all patterns allow, `\p{L}` is a `p`.
                        let with_unicode = ::regress::Regex::with_flags($pattern, "u");
                        with_unicode.or_else(|_| ::regress::Regex::new($pattern)).ok()
                    });
                    if pattern.as_ref().is_some_and(|pattern| pattern.find(&value).is_none()) {
                        return refuse($crate::runtime::constrained::Rule::Pattern($pattern));
                    }
                })?
                $(if $refused.contains(&value.as_str()) {
                    return refuse($crate::runtime::constrained::Rule::Listed);
                })?
                ::std::result::Result::Ok(Self(value))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The text as a string of its own.
            pub fn into_string(self) -> ::std::string::String {
                self.0
            }
        }

        impl ::std::convert::TryFrom<::std::string::String> for $name {
            type Error = $crate::ConstraintError;

            fn try_from(value: ::std::string::String) -> ::std::result::Result<Self, $crate::ConstraintError> {
                Self::new(value)
            }
        }

        impl ::std::convert::TryFrom<&str> for $name {
            type Error = $crate::ConstraintError;

            fn try_from(value: &str) -> ::std::result::Result<Self, $crate::ConstraintError> {
                Self::new(value)
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::ConstraintError;

            fn from_str(value: &str) -> ::std::result::Result<Self, $crate::ConstraintError> {
                Self::new(value)
            }
        }

        impl ::std::ops::Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl ::std::convert::AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl ::std::convert::From<$name> for ::std::string::String {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        /// Hides the text, which may be personal.
        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Debug::fmt(&$crate::runtime::hidden::Hidden, f)
            }
        }

        #[cfg(feature = "schemars")]
        impl ::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                ::schemars::json_schema!({
                    "type": "string",
                    $("minLength": $min,)?
                    $("maxLength": $max,)?
                    $("pattern": $pattern,)?
                })
            }
        }
    };
}

pub(crate) use constrained_string;
