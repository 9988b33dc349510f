//! `new`, of structs and forms alike.

use std::fmt::Write as _;

/// `new`, with the required fields; a type without any has a `Default`. A field is given by its name, its type, whether
/// it is required, and the function that makes its default, if it isn't the type's own.
pub(super) fn constructor(name: &str, fields: &[(&str, &str, bool, Option<&str>)]) -> String {
    let required = fields.iter().filter(|(_, _, is_required, _)| *is_required).count();
    if required == 0 {
        return String::new();
    }
    let mut out = format!("\nimpl {name} {{\n    /// With what is required; the rest is left out until it is set.\n");
    if required > 7 {
        out.push_str("    #[allow(clippy::too_many_arguments, reason = \"the document requires them\")]\n");
    }
    out.push_str("    pub fn new(\n");
    let is_string = |ty: &str| ty == "::std::string::String";
    for (ident, ty, _, _) in fields.iter().filter(|(_, _, is_required, _)| *is_required) {
        let ty = if is_string(ty) { format!("impl ::std::convert::Into<{ty}>") } else { (*ty).to_owned() };
        let _ = writeln!(out, "        {ident}: {ty},");
    }
    out.push_str("    ) -> Self {\n        Self {\n");
    for (ident, ty, is_required, default) in fields {
        let _ = match (is_required, default) {
            (true, _) if is_string(ty) => writeln!(out, "            {ident}: {ident}.into(),"),
            (true, _) => writeln!(out, "            {ident},"),
            (false, Some(function)) => writeln!(out, "            {ident}: {function}(),"),
            (false, None) => writeln!(out, "            {ident}: ::std::default::Default::default(),"),
        };
    }
    out.push_str("        }\n    }\n}\n");
    out
}
