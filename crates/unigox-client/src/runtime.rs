//! What the generated code uses. Written by hand; the same for every document.

pub(crate) mod call;
pub(crate) mod choice;
pub(crate) mod constrained;
pub(crate) mod error;
pub(crate) mod error_body;
pub(crate) mod form;
pub(crate) mod hidden;
pub(crate) mod integer_enum;
pub(crate) mod node;
pub(crate) mod null;
pub(crate) mod object;
pub(crate) mod operation;
pub(crate) mod parameter;
pub(crate) mod params;
pub(crate) mod response;
pub(crate) mod string_enum;
pub(crate) mod tolerant;
pub(crate) mod transport;
pub(crate) mod union;
