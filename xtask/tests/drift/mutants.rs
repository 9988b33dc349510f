//! What is done to the document, what the report has to say of it, and the check that it does.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::OnceLock,
};

use serde_json::{Value, json};
use xtask::{
    diff::{Change, Direction, Rule, Verdict},
    lower, openapi, overlay,
};

/// A changed document.
pub(crate) struct Mutant {
    /// What was done where.
    pub(crate) name: String,
    pub(crate) old: Value,
    pub(crate) new: Value,
}

/// What is expected of a report, but for the words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Expected {
    pub(crate) rule: Rule,
    pub(crate) direction: Direction,
    pub(crate) operations: Vec<String>,
    pub(crate) wire: Verdict,
    pub(crate) source: Verdict,
    pub(crate) client: Verdict,
}

/// What breaks the generated crate alone: `T` that becomes `Option<T>` and the like, in requests that the facade writes by
/// hand; and an argument more of a constructor of what is received.
const IN_CLIENT_ALONE: &[(Rule, Direction)] = &[
    (Rule::ParameterOptional, Direction::Request),
    (Rule::BodyOptional, Direction::Request),
    (Rule::PropertyOptional, Direction::Request),
    (Rule::TypeWidened, Direction::Request),
    (Rule::FormatWidened, Direction::Request),
    (Rule::NullableAdded, Direction::Request),
    (Rule::EnumDropped, Direction::Request),
    (Rule::ConstraintRemoved, Direction::Request),
    (Rule::RequiredPropertyAdded, Direction::Response),
];

impl Expected {
    pub(crate) fn new(rule: Rule, direction: Direction, operations: &[&str], wire: Verdict, source: Verdict) -> Self {
        let mut operations: Vec<String> = operations.iter().map(|id| (*id).to_owned()).collect();
        operations.sort();
        let client = if IN_CLIENT_ALONE.contains(&(rule, direction)) { Verdict::Break } else { source };
        Self { rule, direction, operations, wire, source, client }
    }
}

/// What a report says, but for words for people: the changes and their places.
pub(crate) fn structural(changes: Vec<Change>) -> Vec<Change> {
    changes.into_iter().filter(|change| change.rule != Rule::ProseChanged).collect()
}

/// Fails unless the report on `mutant` is what is expected, with places that are there. Returns what is wrong.
pub(crate) fn check(mutant: &Mutant, mut expected: Vec<Expected>) -> Result<(), String> {
    let changes = super::compare(&mutant.old, &mutant.new);
    super::pointers::check(&mutant.old, &mutant.new, &changes)
        .map_err(|problem| format!("{}: {problem}", mutant.name))?;
    let changes = structural(changes);
    for change in &changes {
        for (document, pointer) in [(&mutant.old, &change.old), (&mutant.new, &change.new)] {
            if document.pointer(pointer).is_none() {
                return Err(format!("{}: nothing is at {pointer}: {change:?}", mutant.name));
            }
        }
    }
    let mut found: Vec<Expected> = changes
        .iter()
        .map(|change| Expected {
            rule: change.rule,
            direction: change.direction,
            operations: change.operations.clone(),
            wire: change.wire,
            source: change.source,
            client: change.client,
        })
        .collect();
    found.sort();
    expected.sort();
    if found == expected {
        return Ok(());
    }
    Err(format!("{}:\n  expected {expected:?}\n  found    {found:?}\n  in {changes:#?}", mutant.name))
}

/// Of how many mutants one is lowered, to see what `codegen` makes of it.
const LOWERED: usize = 3;

/// Runs all, and fails with every survivor. Each kind must have been made at least once.
///
/// `codegen --check` is red for all of them: generated files name the document that they were made from by its hash
/// (`tests/cli.rs` holds it to that), so what is looked at is whether the hash differs. How many change anything else is
/// printed.
pub(crate) fn run(mutants: impl IntoIterator<Item = (&'static str, Mutant, Vec<Expected>)>, kinds: &[&str]) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut survivors, mut lowered, mut in_header) = (Vec::new(), 0, 0);
    let baseline = Effective::of(&super::users());
    for (index, (kind, mutant, expected)) in mutants.into_iter().enumerate() {
        *counts.entry(kind).or_default() += 1;
        survivors.extend(check(&mutant, expected).err().map(|problem| format!("{kind}: {problem}")));
        let [old, new] = [&mutant.old, &mutant.new].map(ToString::to_string);
        if old == new {
            survivors.push(format!("{kind}: {}: nothing was changed, and codegen --check is green", mutant.name));
        }
        if index % LOWERED == 0 {
            lowered += 1;
            in_header += usize::from(Effective::of(&mutant.new) == baseline);
        }
    }
    let total: usize = counts.values().sum();
    println!("{total} mutants: {counts:?}");
    println!("of {lowered} that were lowered, {in_header} change nothing that is generated but the hash");
    println!("survivors: {}", if survivors.is_empty() { "none".to_owned() } else { survivors.len().to_string() });
    assert!(survivors.is_empty(), "{} of {total} survive:\n{}", survivors.len(), survivors.join("\n"));
    let missing: BTreeSet<_> = kinds.iter().filter(|kind| !counts.contains_key(**kind)).collect();
    assert!(missing.is_empty(), "no mutant of the kinds {missing:?}");
}

/// What `codegen` would make of a document, as far as the passes: generated files are a function of it.
#[derive(PartialEq)]
enum Effective {
    Refused,
    Lowered(Value),
}

impl Effective {
    fn of(document: &Value) -> Self {
        static OVERLAY: OnceLock<Value> = OnceLock::new();
        let overlay = OVERLAY.get_or_init(|| {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/users/overlay.yaml");
            openapi::load(&path).expect("the checked-in overlay").value
        });
        let overlaid = overlay::apply(document.clone(), overlay);
        match overlaid.and_then(lower::lower) {
            Ok((effective, _)) => Self::Lowered(effective),
            Err(_) => Self::Refused,
        }
    }
}

/// The document with what is at `pointer` changed.
pub(crate) fn edited(document: &Value, pointer: &str, edit: impl FnOnce(&mut Value)) -> Value {
    let mut document = document.clone();
    edit(document.pointer_mut(pointer).unwrap_or_else(|| panic!("nothing is at {pointer}")));
    document
}

/// Every schema that is not a reference, by pointer: components, bodies, responses, parameters, and what is inside.
pub(crate) fn schemas(document: &Value) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    openapi::schemas_mut(&mut document.clone(), &mut |schema, pointer| {
        if schema.get("$ref").is_none() {
            found.push((pointer.to_owned(), schema.clone()));
        }
    });
    found
}

/// The names in `required`.
pub(crate) fn required(schema: &Value) -> Vec<String> {
    let names = schema["required"].as_array().into_iter().flatten();
    names.filter_map(Value::as_str).map(str::to_owned).collect()
}

pub(crate) fn set_required(schema: &mut Value, names: &[String]) {
    match names.is_empty() {
        true => drop(schema.as_object_mut().expect("a schema").shift_remove("required")),
        false => schema["required"] = json!(names),
    }
}
