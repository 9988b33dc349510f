//! `new`, of structs and forms alike.

use std::fmt::Write as _;

use crate::names::STRING;

/// The type of a file in a form.
pub(super) const FILE: &str = "form::FilePart";

/// `new`, with the required fields; a type without any has a `Default`. A field is given by its name, its type, and whether
/// it is required.
pub(super) fn constructor(name: &str, fields: &[(String, String, bool)]) -> String {
    let required: Vec<_> = fields.iter().filter(|(_, _, is_required)| *is_required).collect();
    if required.is_empty() {
        return String::new();
    }
    let mut out = format!("\nimpl {name} {{\n    /// With what is required; the rest is left out until it is set.\n");
    if required.len() > 7 {
        out.push_str("    #[allow(clippy::too_many_arguments, reason = \"the document requires them\")]\n");
    }
    let converts = |ty: &str| ty == STRING || ty == FILE;
    let argument = |(ident, ty, _): &(String, String, bool)| match converts(ty) {
        true => format!("{ident}: impl ::std::convert::Into<{ty}>"),
        false => format!("{ident}: {ty}"),
    };
    let arguments: Vec<String> = required.into_iter().map(argument).collect();
    let _ = match arguments.iter().map(String::len).sum::<usize>() < 80 {
        true => writeln!(out, "    pub fn new({}) -> Self {{", arguments.join(", ")),
        false => writeln!(out, "    pub fn new(\n        {},\n    ) -> Self {{", arguments.join(",\n        ")),
    };
    let field = |(ident, ty, is_required): &(String, String, bool)| match is_required {
        true if converts(ty) => format!("{ident}: {ident}.into()"),
        true => ident.clone(),
        false => format!("{ident}: ::std::default::Default::default()"),
    };
    let _ = write!(out, "        Self {{{}}}\n    }}\n}}\n", super::print::listed(8, fields.iter().map(field)));
    out
}
