//! The overlay tried on a document that it was not written for.
//!
//! An action can fit the document and even so make something of it that no pass can handle: a type name that the vendor
//! has given to something else meanwhile. Such an action is found and left out, as one that does not fit.

use std::{collections::BTreeMap, mem};

use serde_json::Value;

use super::target::place_in;
use crate::{
    check,
    codegen::Code,
    defect::{Defect, Defects},
    lower,
    openapi::Loaded,
    overlay::{self, UnmatchedAction},
    pipeline::{self, Inputs, Lowered, Sources},
};

/// The document with as much of the overlay as fits, and what is made of it.
pub(super) struct Trial {
    pub(super) unmatched: Vec<UnmatchedAction>,
    pub(super) lowered: Lowered,
    pub(super) code: Code,
}

/// The document as it was, as far as it can be compared with.
pub(super) struct Before {
    pub(super) overlaid: Value,
    /// `None` if it could not be lowered.
    pub(super) effective: Option<Value>,
}

/// Applies what fits, leaves out what does harm, and makes the code.
pub(super) fn run(inputs: &Inputs, sources: &Sources) -> Result<Trial, Defects> {
    let attempts = Attempts { inputs, sources };
    let mut left_out = LeftOut::new();
    let mut first = None;
    loop {
        let failure = match attempts.run(&|index| !left_out.contains_key(&index))? {
            Ok(mut trial) => {
                let overlay = sources.overlay.as_ref().map_or(&Value::Null, |overlay| &overlay.value);
                let actions = left_out.into_iter().map(|(index, mut defect)| {
                    // A pass has its place from a document that is gone.
                    defect.place = place_in(&trial.lowered.overlaid, &defect.place);
                    UnmatchedAction::new(overlay, index, vec![defect])
                });
                let actions: Vec<UnmatchedAction> = actions.collect();
                trial.unmatched.extend(actions);
                trial.unmatched.sort_by_key(|action| action.index);
                return Ok(trial);
            }
            Err(failure) => failure,
        };
        let action = attempts.failing_action(&failure, &left_out)?;
        // What is reported is what was wrong before anything was left out.
        let defects = first.get_or_insert(failure.defects);
        let Some((index, defect)) = action else {
            return Err(Defects::of(inputs.document.display(), mem::take(defects)));
        };
        left_out.insert(index, defect);
    }
}

/// The checked-in document with the overlay. It is only compared with: where it fails, less can be said.
pub(super) fn before(document: Value, overlay: Option<&Loaded>) -> Before {
    let overlaid = overlay.map(|overlay| overlay::apply_matching(document.clone(), &overlay.value, &|_| true));
    let overlaid = overlaid.and_then(Result::ok).map_or(document, |(overlaid, _)| overlaid);
    let effective = lower::lower(overlaid.clone()).ok().map(|(effective, _)| effective);
    Before { overlaid, effective }
}

/// Actions that are left out, by their index, each with the defect that it causes.
type LeftOut = BTreeMap<usize, Defect>;

struct Attempts<'t> {
    inputs: &'t Inputs,
    sources: &'t Sources,
}

/// How far an attempt came, and what stopped it.
struct Failure {
    stage: Stage,
    defects: Vec<Defect>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Check,
    Lower,
    Generate,
}

impl Attempts<'_> {
    /// The outer error is the overlay's own.
    fn run(&self, wanted: &dyn Fn(usize) -> bool) -> Result<Result<Trial, Failure>, Defects> {
        let document = self.sources.document.value.clone();
        let (overlaid, unmatched) = match (&self.sources.overlay, &self.inputs.overlay) {
            (Some(overlay), Some(path)) => overlay::apply_matching(document, &overlay.value, wanted)
                .map_err(|list| Defects::of(path.display(), list))?,
            _ => (document, Vec::new()),
        };
        let (effective, report) = match lower::lower(overlaid.clone()) {
            Ok(lowered) => lowered,
            Err(defects) => {
                let stage = if check::check(&overlaid).is_empty() { Stage::Lower } else { Stage::Check };
                return Ok(Err(Failure { stage, defects }));
            }
        };
        let code = match pipeline::generate(&self.inputs.document, &effective) {
            Ok(code) => code,
            Err(defects) => return Ok(Err(Failure { stage: Stage::Generate, defects: defects.list })),
        };
        let lowered = Lowered { overlaid, effective, notes: report.notes, provenance: self.sources.provenance() };
        Ok(Ok(Trial { unmatched, lowered, code }))
    }

    /// The action without which one of the defects is not there, found by bisecting the list of actions: the last one that
    /// it takes to bring the defect about.
    fn failing_action(&self, failure: &Failure, left_out: &LeftOut) -> Result<Option<(usize, Defect)>, Defects> {
        let actions = self.sources.overlay.as_ref().and_then(|overlay| overlay.value["actions"].as_array());
        for defect in &failure.defects {
            let has = |failure: &Failure| failure.defects.contains(defect);
            let is_caused_by_first = |count: usize| -> Result<bool, Defects> {
                let attempt = self.run(&|index| index < count && !left_out.contains_key(&index))?;
                Ok(attempt.err().is_some_and(|failure| has(&failure)))
            };
            let (mut without, mut with) = (0, actions.map_or(0, Vec::len));
            if is_caused_by_first(without)? {
                // The document has it by itself.
                continue;
            }
            while with - without > 1 {
                let middle = without + (with - without) / 2;
                *(if is_caused_by_first(middle)? { &mut with } else { &mut without }) = middle;
            }
            let is_better = match self.run(&|index| index != without && !left_out.contains_key(&index))? {
                Ok(_) => true,
                // Not if the action repairs more than it breaks.
                Err(other) => other.stage >= failure.stage && !has(&other),
            };
            if is_better && !left_out.contains_key(&without) {
                return Ok(Some((without, defect.clone())));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::json;

    use super::*;

    /// The unmatched actions of a document with one component and these actions, or what stops it.
    fn unmatched(schema: Value, actions: Value) -> Result<Vec<(usize, String)>, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let inputs =
            Inputs { document: folder.path().join("document.json"), overlay: Some(folder.path().join("overlay.json")) };
        let body = json!({"description": "", "content": {"application/json": {"schema": {
            "$ref": "#/components/schemas/User"}}}});
        let document = json!({
            "openapi": "3.0.3", "info": {"title": "T", "version": "1"},
            "paths": {"/users": {"get": {"operationId": "getUser", "responses": {"200": body}}}},
            "components": {"schemas": {"User": schema}},
        });
        let overlay = json!({"overlay": "1.1.0", "info": {"title": "T", "version": "1"}, "actions": actions});
        fs::write(&inputs.document, document.to_string()).expect("written");
        fs::write(folder.path().join("overlay.json"), overlay.to_string()).expect("written");
        let sources = pipeline::load(&inputs).expect("both can be read");
        let trial = run(&inputs, &sources).map_err(|defects| defects.to_string())?;
        Ok(trial.unmatched.into_iter().map(|action| (action.index, action.defects[0].problem.clone())).collect())
    }

    fn inner() -> Value {
        json!({"type": "object", "properties": {
            "home": {"type": "object", "properties": {"street": {"type": "string"}}},
            "work": {"type": "object", "properties": {"floor": {"type": "string"}}},
        }})
    }

    fn named(property: &str, name: &str) -> Value {
        let target = format!("$.components.schemas.User.properties.{property}");
        json!({"target": target, "description": "d", "update": {"x-type-name": name}})
    }

    #[test]
    fn leaves_out_an_action_that_takes_a_name_that_is_taken() {
        let actions = json!([named("home", "Home"), named("work", "User"), named("nothing", "Nothing")]);
        let unmatched = unmatched(inner(), actions).expect("the rest can be generated from");
        assert_eq!(unmatched.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [1, 2]);
        assert!(unmatched[0].1.contains("the name of another schema already"), "{unmatched:?}");
        assert!(unmatched[1].1.contains("without the member `nothing`"), "{unmatched:?}");
    }

    #[test]
    fn leaves_out_the_later_one_of_two_that_take_the_same_name_and_every_other_that_does_harm() {
        let remove = json!({"target": "$.components.schemas.User", "description": "d", "remove": true});
        let actions = json!([named("home", "Home"), named("work", "Home"), remove]);
        let unmatched = unmatched(inner(), actions).expect("the rest can be generated from");
        assert_eq!(unmatched.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn a_defect_of_the_document_itself_is_no_fault_of_the_overlay() {
        let error = unmatched(json!({"type": "text"}), json!([named("home", "Home")])).expect_err("no such type");
        assert!(error.contains("there is no `type: \"text\"`"), "{error}");
    }

    #[test]
    fn a_malformed_overlay_is_refused() {
        let error = unmatched(inner(), json!([{"target": "$.info"}])).expect_err("no change");
        assert!(error.contains("changes nothing"), "{error}");
    }
}
