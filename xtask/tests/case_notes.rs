//! Documents made from public bug reports, in `cases/`: what is refused is refused where it stands, and what is changed or
//! dropped on the way to the generator is said.

use std::path::Path;

use xtask::{
    defect::Error,
    openapi,
    pipeline::{self, Inputs},
};

/// The passes of whose notes these tests speak.
const PASSES: [&str; 9] = [
    "null_value",
    "path_item",
    "deep_reference",
    "component_name",
    "private_extension",
    "alias",
    "keyword",
    "default_value",
    "all_of",
];

type Expected = &'static [(&'static str, &'static str)];
type Found = Vec<(String, String)>;

/// A case: its folder, and what happens.
struct Case {
    folder: &'static str,
    /// The place and a part of the problem of each defect; or the pass and the place of each note.
    outcome: Result<Expected, Expected>,
}

const CASES: &[Case] = &[
    Case {
        folder: "16-escaped-references",
        outcome: Ok(&[
            ("deep_reference", "/paths/~1users~1{id}/get/responses/200"),
            ("component_name", "/components/parameters/Page~1Limit"),
        ]),
    },
    Case {
        folder: "16b-escaped-only-tilde",
        outcome: Ok(&[
            ("deep_reference", "/paths/~1users~1{id}/get/responses/200"),
            ("component_name", "/components/parameters/Page~1Limit"),
        ]),
    },
    Case {
        folder: "16c-schema-in-a-path",
        outcome: Ok(&[
            (
                "deep_reference",
                "/paths/~1users~1{id}/get/responses/200/content/application~1json/schema/properties/pet",
            ),
            ("deep_reference", "/components/schemas/A/properties/b"),
        ]),
    },
    Case {
        folder: "17-path-item-reference",
        outcome: Ok(&[("path_item", "/paths/~1b"), ("path_item", "/paths/~1b/get")]),
    },
    Case {
        folder: "17b-references-to-other-files",
        outcome: Err(&[
            ("/paths/~1a/$ref", "another file, `paths/a.yaml`"),
            ("/paths/~1b/get/$ref", "another file, `paths/b.yaml`"),
            ("/paths/~1c/get/responses/200/$ref", "another file, `responses.yaml#/Ok`"),
            ("/components/schemas/$ref", "another file, `schemas/index.yaml`"),
        ]),
    },
    Case { folder: "20-recursion", outcome: Ok(&[("all_of", "/components/schemas/Third")]) },
    Case {
        folder: "20b-made-of-itself",
        outcome: Ok(&[
            ("all_of", "/components/schemas/B/properties/kid/items"),
            ("all_of", "/components/schemas/B/properties/kin/additionalProperties"),
            ("all_of", "/components/schemas/B/properties/next"),
            ("all_of", "/components/schemas/Left/properties/right"),
            ("all_of", "/components/schemas/Right/properties/left"),
            ("all_of", "/components/schemas/BKidItem"),
            ("all_of", "/components/schemas/LeftRight"),
            ("all_of", "/components/schemas/RightLeft"),
            ("all_of", "/components/schemas/Right"),
        ]),
    },
    Case { folder: "22x-half", outcome: Ok(&[]) },
    Case { folder: "22y-a", outcome: Ok(&[("default_value", "/components/schemas/Pen/properties/a/default")]) },
    Case { folder: "22y-f", outcome: Ok(&[("default_value", "/components/schemas/Pen/properties/f/default")]) },
    Case {
        folder: "40-empty-yaml-values",
        outcome: Ok(&[
            ("null_value", "/components"),
            ("null_value", "/info/description"),
            ("null_value", "/paths/~1a/get/summary"),
            ("null_value", "/paths/~1a/get/description"),
            ("null_value", "/paths/~1a/get/tags"),
            ("null_value", "/paths/~1a/get/parameters"),
            ("null_value", "/paths/~1a/get/responses/200/description"),
            ("null_value", "/paths/~1a/get/responses/200/content/application~1json/schema/description"),
            ("null_value", "/paths/~1a/get/responses/200/content/application~1json/schema/properties/a/description"),
            ("null_value", "/paths/~1a/get/responses/200/content/application~1json/schema/properties/a/default"),
            ("null_value", "/info/version"),
        ]),
    },
    Case {
        folder: "41-values-that-are-none",
        outcome: Err(&[
            ("/components/schemas/A/properties/a/minLength", "not a whole number from 0"),
            ("/components/schemas/A/properties/b/enum", "can't be of the type `string`"),
            ("/components/schemas/A/properties/c", "there is no `type: \"text\"`"),
            ("/components/schemas/A/properties/d/exclusiveMinimum", "not `true` or `false`"),
        ]),
    },
    Case {
        folder: "44-vendor-extensions",
        outcome: Err(&[
            ("/paths/~1a/get/responses/200/content/application~1json/schema/x-type-name", "not the name of a type"),
            ("/paths/~1a/get/responses/200/content/application~1json/schema/x-sensitive", "neither `true` nor `false`"),
            ("/paths/~1a/get/x-retry", "neither `safe` nor `never`"),
        ]),
    },
    Case {
        folder: "44b-working-extensions",
        outcome: Ok(&[
            ("private_extension", "/paths/~1a/get/x-lowered-errors"),
            ("private_extension", "/paths/~1a/get/responses/200/content/application~1json/schema/x-lowered-open-enum"),
        ]),
    },
    Case {
        folder: "50-format-on-object",
        outcome: Ok(&[("keyword", "/components/schemas/A/properties/links/format")]),
    },
    Case {
        folder: "55-overlay-no-op",
        outcome: Err(&[
            ("/actions/0/update/x-type-name", "has no effect beside a reference"),
            ("/actions/1/update", "has no effect"),
        ]),
    },
    Case { folder: "55b-component-name", outcome: Ok(&[("component_name", "/components/schemas/K")]) },
];

#[test]
fn each_case_is_right_or_refused_where_it_stands() {
    let mut wrong = Vec::new();
    for Case { folder, outcome } in CASES {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(folder);
        let overlay = Some(path.join("overlay.yaml")).filter(|overlay| overlay.is_file());
        let inputs = Inputs { document: path.join("input.yaml"), overlay };
        let lowered = pipeline::lower(&inputs);
        let found: Result<Found, Found> = match lowered {
            Err(Error::Defects(defects)) => {
                Err(defects.list.into_iter().map(|defect| (defect.place, defect.problem)).collect())
            }
            Err(error) => panic!("{folder}: {error}"),
            Ok(lowered) => match pipeline::generate(&inputs.document, &lowered.effective) {
                Err(defects) => panic!("{folder}: {defects}"),
                Ok(_) => {
                    let notes = lowered.notes.into_iter().filter(|note| PASSES.contains(&note.pass));
                    Ok(notes.map(|note| (note.pass.to_owned(), note.place)).collect())
                }
            },
        };
        let is_as_expected = match (&found, outcome) {
            (Ok(found), Ok(expected)) => {
                found.iter().map(|(pass, place)| (pass.as_str(), place.as_str())).eq(expected.iter().copied())
            }
            (Err(found), Err(expected)) => {
                let fits = |(found, expected): (&(String, String), &(&str, &str))| {
                    found.0 == expected.0 && found.1.contains(expected.1)
                };
                found.len() == expected.len() && found.iter().zip(*expected).all(fits)
            }
            _ => false,
        };
        if !is_as_expected {
            wrong.push(format!("{folder}: {found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_path_item_behind_a_reference_has_an_operation_of_its_own() {
    let effective = effective("17-path-item-reference");
    let ids: Vec<&str> = openapi::operations(&effective).filter_map(|operation| operation.id()).collect();
    assert_eq!(ids, ["getA", "getB"]);
}

#[test]
fn a_component_keeps_the_name_that_the_overlay_gives() {
    let effective = effective("55b-component-name");
    assert!(openapi::component(&effective, "DocumentType").is_some());
    let kind = effective.pointer("/components/schemas/A/properties/kind/$ref").and_then(|reference| reference.as_str());
    assert_eq!(kind, Some("#/components/schemas/DocumentType"));
}

fn effective(folder: &str) -> serde_json::Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(folder);
    let overlay = Some(path.join("overlay.yaml")).filter(|overlay| overlay.is_file());
    let inputs = Inputs { document: path.join("input.yaml"), overlay };
    pipeline::lower(&inputs).expect("it can be lowered").effective
}
