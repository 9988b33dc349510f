//! The table of operations.

use std::fmt::Write as _;

use super::{docs::code, model::Model};

/// The code of `operations.rs`.
pub(super) fn operations(model: &Model<'_>) -> String {
    let used = if model.calls.is_empty() { "Operation" } else { "{Operation, Retry}" };
    let mut out = format!("use crate::runtime::operation::{used};\n");
    let mut all = String::new();
    for call in &model.calls {
        let operation = &call.operation;
        let (name, id) = (call.constant(), call.id());
        // What follows a `#` is never sent; it only tells operations apart.
        let path = operation.path.split('#').next().unwrap_or_default();
        let method = operation.method.to_uppercase();
        let retry = if operation.is_safe_to_repeat() { "Safe" } else { "Never" };
        let check_with = operation.check_with().map(|id| format!(".check_with({id:?})")).unwrap_or_default();
        let with_file = if operation.has_file() { ".with_file()" } else { "" };
        let _ = write!(
            out,
            "\n/// {}: {}.\n\
             pub const {name}: Operation =\n    \
                 Operation::new({id:?}, {method:?}, {path:?}, Retry::{retry}){check_with}{with_file};\n",
            code(id),
            code(&format!("{method} {path}")),
        );
        let _ = writeln!(all, "    {name},");
    }
    let _ = write!(
        out,
        "\n/// Every operation, in the order of the document.\npub const ALL: &[Operation] = &[\n{all}];\n"
    );
    out
}
