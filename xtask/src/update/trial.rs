//! The overlay tried on a document that it was not written for.
//!
//! An action can fit the document and even so make something of it that no pass can handle: a type name that the vendor
//! has given to something else meanwhile. Such an action is found and left out, as one that is dead.

use serde_json::Value;

use crate::{
    check,
    codegen::Code,
    defect::{Defect, Defects},
    document::Loaded,
    lower,
    overlay::{self, Dead},
    pipeline::{self, Inputs, Lowered, Sources},
};

/// The document with as much of the overlay as it bears, and what is made of it.
pub(super) struct Settled {
    pub(super) dead: Vec<Dead>,
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
pub(super) fn settle(inputs: &Inputs, sources: &Sources) -> anyhow::Result<Settled> {
    let trial = Trial { inputs, sources };
    let mut left_out: Vec<(usize, Defect)> = Vec::new();
    let mut first = None;
    loop {
        let failure = match trial.run(&|index| left_out.iter().all(|(other, _)| *other != index))? {
            Ok(mut settled) => {
                let overlay = sources.overlay.as_ref().map_or(&Value::Null, |overlay| &overlay.value);
                settled
                    .dead
                    .extend(left_out.into_iter().map(|(index, defect)| Dead::new(overlay, index, vec![defect])));
                settled.dead.sort_by_key(|dead| dead.index);
                return Ok(settled);
            }
            Err(failure) => failure,
        };
        let culprit = trial.culprit(&failure, &left_out)?;
        // What is reported is what was wrong before anything was left out.
        let defects = first.get_or_insert(failure.defects);
        match culprit {
            Some(culprit) => left_out.push(culprit),
            None => return Err(Defects::of(inputs.document.display().to_string(), std::mem::take(defects)).into()),
        }
    }
}

/// The checked-in document with the overlay. It is only compared with: where it fails, less can be said.
pub(super) fn before(document: Value, overlay: Option<&Loaded>) -> Before {
    let overlaid = match overlay {
        Some(overlay) => overlay::apply_living(document.clone(), &overlay.value, &|_| true),
        None => Ok((document.clone(), Vec::new())),
    };
    let overlaid = overlaid.map_or(document, |(overlaid, _)| overlaid);
    let effective = lower::lower(overlaid.clone()).ok().map(|(effective, _)| effective);
    Before { overlaid, effective }
}

struct Trial<'t> {
    inputs: &'t Inputs,
    sources: &'t Sources,
}

/// How far it came, and what stopped it.
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

impl Trial<'_> {
    /// The outer error is the overlay's own.
    fn run(&self, wanted: &dyn Fn(usize) -> bool) -> anyhow::Result<Result<Settled, Failure>> {
        let document = self.sources.document.value.clone();
        let (overlaid, dead) = match (&self.sources.overlay, &self.inputs.overlay) {
            (Some(overlay), Some(path)) => overlay::apply_living(document, &overlay.value, wanted)
                .map_err(|list| Defects::of(path.display().to_string(), list))?,
            _ => (document, Vec::new()),
        };
        let failed = |stage, defects| Ok(Err(Failure { stage, defects }));
        let (effective, report) = match lower::lower(overlaid.clone()) {
            Ok(lowered) => lowered,
            Err(defects) if check::check(&overlaid).is_empty() => return failed(Stage::Lower, defects),
            Err(defects) => return failed(Stage::Check, defects),
        };
        let code = match pipeline::generate(&self.inputs.document, &effective) {
            Ok(code) => code,
            Err(error) => match error.downcast::<Defects>() {
                Ok(defects) => return failed(Stage::Generate, defects.list),
                Err(error) => return Err(error),
            },
        };
        let lowered = Lowered { overlaid, effective, notes: report.notes, provenance: self.sources.provenance() };
        Ok(Ok(Settled { dead, lowered, code }))
    }

    /// The action without which one of the defects is not there, found by halving the list of actions: the last one that
    /// it takes to bring the defect about.
    fn culprit(&self, failure: &Failure, left_out: &[(usize, Defect)]) -> anyhow::Result<Option<(usize, Defect)>> {
        let actions = self.sources.overlay.as_ref().and_then(|overlay| overlay.value["actions"].as_array());
        let is_out = |index: usize| left_out.iter().any(|(other, _)| *other == index);
        for defect in &failure.defects {
            let has = |failure: &Failure| failure.defects.contains(defect);
            let brings = |first: usize| -> anyhow::Result<bool> {
                Ok(self.run(&|index| index < first && !is_out(index))?.err().is_some_and(|failure| has(&failure)))
            };
            let (mut without, mut with) = (0, actions.map_or(0, Vec::len));
            if brings(without)? {
                // The document has it by itself.
                continue;
            }
            while with - without > 1 {
                let middle = without + (with - without) / 2;
                *(if brings(middle)? { &mut with } else { &mut without }) = middle;
            }
            let is_better = match self.run(&|index| index != without && !is_out(index))? {
                Ok(_) => true,
                // Not if the action mends more than it spoils.
                Err(other) => other.stage >= failure.stage && !has(&other),
            };
            if is_better && !is_out(without) {
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

    /// What comes of a document with one component and these actions: the dead ones, or what stops it.
    fn settled(schema: Value, actions: Value) -> Result<Vec<(usize, String)>, String> {
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
        match settle(&inputs, &sources) {
            Ok(settled) => {
                Ok(settled.dead.into_iter().map(|dead| (dead.index, dead.defects[0].problem.clone())).collect())
            }
            Err(error) => Err(error.to_string()),
        }
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
        let dead = settled(inner(), actions).expect("the rest can be generated from");
        assert_eq!(dead.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [1, 2]);
        assert!(dead[0].1.contains("the name of another schema already"), "{dead:?}");
        assert!(dead[1].1.contains("without the member `nothing`"), "{dead:?}");
    }

    #[test]
    fn leaves_out_the_later_one_of_two_that_take_the_same_name_and_every_other_that_does_harm() {
        let remove = json!({"target": "$.components.schemas.User", "description": "d", "remove": true});
        let actions = json!([named("home", "Home"), named("work", "Home"), remove]);
        let dead = settled(inner(), actions).expect("the rest can be generated from");
        assert_eq!(dead.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn a_defect_of_the_document_itself_is_no_fault_of_the_overlay() {
        let error = settled(json!({"type": "text"}), json!([named("home", "Home")])).expect_err("no such type");
        assert!(error.contains("there is no `type: \"text\"`"), "{error}");
    }

    #[test]
    fn a_malformed_overlay_is_refused() {
        let error = settled(inner(), json!([{"target": "$.info", "update": {}}])).expect_err("no description");
        assert!(error.contains("`description` is missing"), "{error}");
    }
}
