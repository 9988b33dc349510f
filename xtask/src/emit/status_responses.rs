//! An enum for each operation whose success statuses have responses of different shapes, told apart by the status.

use std::fmt::Write as _;

use super::{
    call::Call,
    docs::comment,
    model::{Model, target_type},
};
use crate::names::{nullable_type, pascal};

/// The name of the enum of an operation.
pub(super) fn name(model: &Model<'_>, call: &Call<'_>) -> String {
    let name = format!("{}Response", pascal(call.id()));
    if model.is_type(&name) { format!("{}Success", pascal(call.id())) } else { name }
}

/// The enum of an operation whose success statuses have different shapes.
pub(super) fn status_responses(model: &Model<'_>, call: &Call<'_>) -> Option<String> {
    let shapes = call.operation.successes()?;
    let name = name(model, call);
    let (mut variants, mut arms, mut debug) = (String::new(), String::new(), "match self {\n".to_owned());
    // A range stands for what no single status takes, so it comes last.
    let (single, range): (Vec<_>, Vec<_>) = shapes.iter().partition(|(status, _)| status.parse::<u16>().is_ok());
    let has_range = !range.is_empty();
    for (status, shape) in single.into_iter().chain(range.into_iter().take(1)) {
        let pattern = if status.parse::<u16>().is_ok() { status.as_str() } else { "_" };
        let variant = format!("Status{status}");
        let schema = shape.get("schema");
        let shows_itself = schema.is_some_and(|schema| target_type(schema).is_some());
        let payload = match schema.map(|schema| nullable_type(schema, "")) {
            Some(target) => {
                let read = format!("received.json::<{target}, E>()");
                Some((target, read))
            }
            None => shape.get("raw").map(|_| ("crate::RawBody".to_owned(), "received.raw()".to_owned())),
        };
        let _ = write!(variants, "    /// Status {status}.\n    {variant}");
        let shown = match &payload {
            Some((payload, read)) => {
                let _ = writeln!(variants, "({payload}),");
                let map = format!("{read}.map(|response| response.map(Self::{variant}))");
                let _ = writeln!(arms, "            {pattern} => {map},");
                let (bound, value) = if shows_itself { ("value", "value") } else { ("_", "&hidden::Hidden") };
                format!("Self::{variant}({bound}) => f.debug_tuple(\"{variant}\").field({value}).finish()")
            }
            None => {
                variants.push_str(",\n");
                let map = format!("received.empty().map(|response| response.map(|()| Self::{variant}))");
                let _ = writeln!(arms, "            {pattern} => {map},");
                format!("Self::{variant} => f.write_str(\"{variant}\")")
            }
        };
        let _ = writeln!(debug, "            {shown},");
    }
    if !has_range {
        arms.push_str("            _ => received.unknown_status(),\n");
    }
    debug.push_str("        }");
    let debug = format!(
        "\nimpl ::std::fmt::Debug for {name} {{\n    \
             fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {{\n        \
                 {debug}\n    \
             }}\n\
         }}\n"
    );
    let is_json = shapes.values().all(|shape| shape.get("raw").is_none());
    let serialize = if is_json { ", ::serde::Serialize)]\n#[serde(untagged)]" } else { ")]" };
    let doc = comment("", &format!("The successful responses of `{}`, told apart by their status.", call.id()));
    Some(format!(
        "{doc}\
         #[derive(Clone, PartialEq{serialize}\n\
         #[allow(clippy::large_enum_variant, reason = \"how large a variant is, the document decides\")]\n\
         #[non_exhaustive]\n\
         pub enum {name} {{\n{variants}}}\n\n\
         impl {name} {{\n    \
             pub(crate) fn read<E>(\n        \
                 received: crate::runtime::call::Received,\n    \
             ) -> ::std::result::Result<crate::Response<Self>, crate::Error<E>> {{\n        \
                 match received.status().as_u16() {{\n{arms}        }}\n    \
             }}\n\
         }}\n{debug}"
    ))
}
