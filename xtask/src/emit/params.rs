//! The optional parameters of an operation: one struct, so that one more breaks nobody.

use std::fmt::Write as _;

use super::{
    call::Call,
    debug,
    docs::{code, comment, described},
    model::Model,
};
use crate::names::rust_type;

/// The struct of the optional parameters of `call`.
pub(super) fn params(model: &Model<'_>, call: &Call<'_>) -> String {
    let about = comment("    ", &format!("The optional parameters of {}.", code(call.id())));
    let mut out = format!("params! {{\n{about}    {} {{\n", call.params);
    for argument in &call.optional {
        let value = argument.parameter.value();
        let schema = &value["schema"];
        let text = described(model, value, schema)
            .unwrap_or_else(|| format!("`{}` in the document.", argument.parameter.name));
        let ty = rust_type(schema, "");
        let hidden = if debug::is_shown_as(model, &ty, schema) { "" } else { " = hidden" };
        let _ = writeln!(out, "{}        {}: {ty}{hidden},", comment("        ", &text), argument.name);
    }
    out.push_str("    }\n}\n");
    out
}
