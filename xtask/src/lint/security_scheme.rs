//! Security requirements against the schemes that are declared.

use serde_json::Value;

use super::{
    places::Places,
    report::{Findings, quoted},
};
use crate::openapi::join;

pub(crate) fn run(places: &Places<'_>, findings: &mut Findings) {
    let declared = places.document.get("components").and_then(|components| components.get("securitySchemes"));
    let whole = std::iter::once(("/security".to_owned(), places.document));
    let each = places.operations.iter().map(|operation| (join(&operation.pointer(), "security"), operation.value()));
    for (pointer, holder) in whole.chain(each) {
        let requirements = holder.get("security").and_then(Value::as_array);
        for (index, requirement) in requirements.into_iter().flatten().enumerate() {
            for (scheme, _) in requirement.as_object().into_iter().flatten() {
                if declared.is_none_or(|declared| declared.get(scheme).is_none()) {
                    let place = join(&join(&pointer, &index.to_string()), scheme);
                    let problem = format!("the security scheme {} is not declared", quoted(scheme));
                    findings.add(place, problem, "declare it in `components.securitySchemes`, or name one that is");
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn a_requirement_names_a_scheme_that_is_declared() {
        let found = super::super::found(
            "security-scheme",
            json!({
                "security": [{"Key": []}, {}],
                "components": {"securitySchemes": {"Key": {}}},
                "paths": {"/a": {"get": {"responses": {}, "security": [{"Key": [], "Other": []}]},
                                 "put": {"responses": {}, "security": []}}},
            }),
        );
        assert_eq!(found, ["/paths/~1a/get/security/0/Other: the security scheme `Other` is not declared"]);
    }
}
