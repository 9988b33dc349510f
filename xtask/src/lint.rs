//! Finds what contradicts itself inside one document: an example that its schema refuses, a list in prose that is not the
//! list of the enum, a parameter that the path has no place for.
//!
//! Each rule is a function over the places of the document, named for what it looks at. None needs another, none changes
//! anything, and none prints a value of an example: that may be somebody's data. What keeps a document from being read at
//! all is no finding but a [`Defect`].

mod differing_enums;
mod discriminator;
mod enum_value;
mod example;
mod listed_values;
mod missing_content;
mod operation_id;
mod overlapping_variants;
mod path_parameter;
mod places;
mod prose;
mod reference;
mod render;
mod report;
mod required_property;
mod security_scheme;
mod structure;
mod tag;
mod unused_schema;

use serde_json::Value;

use self::{places::Places, report::Findings};
pub use self::{
    render::{markdown, text},
    report::{FORMAT_VERSION, Finding, Report},
};
use crate::{check, defect::Defect};

/// A rule: its name, what it holds a document to (one line), and the function.
pub struct Rule {
    /// The name in reports; scripts may rely on it.
    pub name: &'static str,
    /// What is so in a document that the rule finds nothing in.
    pub about: &'static str,
    run: fn(&Places<'_>, &mut Findings),
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// The rules, in the order in which their findings about one operation or schema are listed.
pub const RULES: &[Rule] = &[
    Rule {
        name: "structure",
        about: "every object has keywords of OpenAPI 3.0 alone, and references lead to what belongs in their place",
        run: structure::run,
    },
    Rule {
        name: "reference",
        about: "references lead somewhere in this document, and not in a circle",
        run: reference::leads_somewhere,
    },
    Rule {
        name: "reference-sibling",
        about: "nothing stands beside a `$ref`, where OpenAPI 3.0 ignores it",
        run: reference::stands_alone,
    },
    Rule {
        name: "operation-id",
        about: "each operation has an id, and a method of its own in the client",
        run: operation_id::run,
    },
    Rule {
        name: "path-parameter",
        about: "path templates and path parameters agree, and no parameter is declared twice",
        run: path_parameter::run,
    },
    Rule { name: "tag", about: "tags are declared once, and the declared ones are used", run: tag::run },
    Rule {
        name: "security-scheme",
        about: "the security schemes that operations ask for are declared",
        run: security_scheme::run,
    },
    Rule {
        name: "missing-content",
        about: "successes have a body, and errors do where others of their kind have one",
        run: missing_content::run,
    },
    Rule {
        name: "example-mismatch",
        about: "examples and defaults fit their schemas, formats included",
        run: example::run,
    },
    Rule {
        name: "listed-values",
        about: "the values that prose lists are the values of the enum",
        run: listed_values::run,
    },
    Rule {
        name: "differing-enums",
        about: "enums of one concept have the same values everywhere",
        run: differing_enums::run,
    },
    Rule {
        name: "enum-value",
        about: "enum values are different, and of the type that is stated",
        run: enum_value::run,
    },
    Rule {
        name: "required-property",
        about: "`required` is a list, of properties that are declared",
        run: required_property::run,
    },
    Rule {
        name: "discriminator",
        about: "a discriminator can tell the variants apart by a property that all of them have",
        run: discriminator::run,
    },
    Rule {
        name: "overlapping-variants",
        about: "no body can fit two variants of a `oneOf`",
        run: overlapping_variants::run,
    },
    Rule { name: "unused-schema", about: "every component schema is reached by something", run: unused_schema::run },
];

/// Every finding in `document`, in the order of its operations and schemas.
///
/// # Errors
///
/// What keeps it from being read as OpenAPI 3.0.
pub fn lint(document: &Value) -> Result<Vec<Finding>, Vec<Defect>> {
    check::version(document).map_err(|defect| vec![defect])?;
    let defects = check::outline(document);
    if !defects.is_empty() {
        return Err(defects);
    }
    let places = Places::new(document);
    let mut findings = Findings::default();
    for rule in RULES {
        findings.rule = rule.name;
        (rule.run)(&places, &mut findings);
    }
    Ok(findings.in_order(&places))
}

/// What the tests of a rule share: the findings of `rule` in a document that consists of `parts`, as `pointer: problem`.
#[cfg(test)]
fn found(rule: &str, parts: Value) -> Vec<String> {
    use serde_json::json;

    let mut document = json!({"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": {}});
    if let (Some(document), Value::Object(parts)) = (document.as_object_mut(), parts) {
        document.extend(parts);
    }
    let findings = lint(&document).unwrap_or_else(|defects| panic!("{defects:?}"));
    let of_rule = findings.into_iter().filter(|finding| finding.rule == rule);
    of_rule.map(|finding| format!("{}: {}", finding.pointer, finding.problem)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde_json::json;

    use super::*;

    #[test]
    fn rules_have_names_of_their_own_and_say_what_they_are_about() {
        let names: HashSet<_> = RULES.iter().map(|rule| rule.name).collect();
        assert_eq!(names.len(), RULES.len());
        for rule in RULES {
            assert!(rule.name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{rule:?}");
            assert!(!rule.about.is_empty() && !rule.about.ends_with('.'), "{rule:?}");
        }
    }

    #[test]
    fn what_is_no_openapi_3_0_has_defects_and_no_findings() {
        assert!(lint(&json!({"openapi": "3.1.0"})).is_err());
        let defects = lint(&json!({"openapi": "3.0.3", "info": {}, "paths": []})).expect_err("no outline");
        assert_eq!(defects.len(), 3, "{defects:?}");
    }

    #[test]
    fn findings_name_their_operations_and_come_in_the_order_of_the_document() {
        let operation = |id: &str, schema: &str| {
            let reference = json!({"$ref": format!("#/components/schemas/{schema}")});
            json!({"operationId": id, "responses": {"200": {"content": {"application/json": {"schema": reference}}}}})
        };
        let document = json!({
            "openapi": "3.0.3", "info": {"title": "T", "version": "1"},
            "components": {"schemas": {
                "Inner": {"type": "string", "example": 1},
                "Outer": {"properties": {"inner": {"$ref": "#/components/schemas/Inner"}}},
            }},
            "paths": {"/b/{b}": {"get": operation("b", "Outer")}, "/a": {"get": operation("a", "Inner")}},
        });
        let found = lint(&document).expect("an outline");
        let shown: Vec<_> = found.iter().map(|f| (f.rule, f.pointer.as_str(), f.operations.join(" "))).collect();
        assert_eq!(
            shown,
            [
                ("path-parameter", "/paths/~1b~1{b}/get", "b".to_owned()),
                ("example-mismatch", "/components/schemas/Inner/example", "b a".to_owned()),
            ]
        );
    }
}
