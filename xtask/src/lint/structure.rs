//! Objects against the keywords that OpenAPI 3.0 gives them.

use super::{places::Places, report::Findings};
use crate::check;

pub(crate) fn run(places: &Places<'_>, findings: &mut Findings) {
    let mut defects = Vec::new();
    check::structure(places.document, &mut defects);
    findings.add_defects(defects);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn what_is_misspelt_is_a_finding_and_no_end() {
        let found = super::super::found("structure", json!({"components": {"schemas": {"A": {"propertes": {}}}}}));
        let expected = "/components/schemas/A/propertes: `propertes` is not a keyword of a schema in OpenAPI 3.0; the nearest is \
                        `properties`";
        assert_eq!(found, [expected]);
    }
}
