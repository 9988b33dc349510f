//! Security requirements against the schemes that are declared.

use super::{places::Places, report::Findings};
use crate::check;

pub(crate) fn run(places: &Places<'_>, findings: &mut Findings) {
    let mut defects = Vec::new();
    check::security_schemes(places.document, &mut defects);
    findings.add_defects(defects);
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
