//! Reading a body of which some fields are not what the document describes.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

/// The maximum number of fields that are left out of one body.
const MAX_PROBLEMS: usize = 32;

/// A field, or a member of a list, that was left out of a value because it is not what the document describes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldProblem {
    path: String,
    problem: &'static str,
}

impl FieldProblem {
    /// Its place in the body: `data.members[2].created_at`. Names that may hold data are `[hidden]`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong with it, as a phrase that follows its path.
    pub fn problem(&self) -> &'static str {
        self.problem
    }
}

/// Reads `body`, which can't be read as it is, without the fields that can't be read.
pub(super) fn read<V: DeserializeOwned>(body: &[u8]) -> Option<(V, Vec<FieldProblem>)> {
    // What the first reading refused may have no place of its own, such as a name that is there twice.
    read_tolerantly(serde_json::from_slice(body).ok()?).filter(|(_, problems)| !problems.is_empty())
}

/// Reads a value of the document without the fields that can't be read, which are returned beside it; nothing if that is
/// not possible, because the type requires one of them, or there are more than 32.
///
/// Lists lose the members that can't be read, unless none would be left. It is how responses are read, for JSON that does
/// not come from a call, such as the body of a webhook event.
///
/// # Examples
///
/// ```
/// use unigox_client::read_tolerantly;
///
/// #[derive(serde::Deserialize)]
/// struct Person {
///     name: Option<String>,
///     age: Option<u8>,
/// }
///
/// let json = serde_json::json!({"name": "Ada", "age": "unknown"});
/// let (person, problems) = read_tolerantly::<Person>(json).expect("nothing is required");
/// assert_eq!((person.name.as_deref(), person.age), (Some("Ada"), None));
/// assert_eq!(problems[0].path(), "age");
/// ```
pub fn read_tolerantly<V: DeserializeOwned>(mut json: Value) -> Option<(V, Vec<FieldProblem>)> {
    let mut problems = Vec::new();
    let mut removed = Removed::default();
    while problems.len() <= MAX_PROBLEMS {
        match serde_path_to_error::deserialize::<_, V>(&json) {
            Ok(value) => return Some((value, problems)),
            Err(error) => {
                let steps = existing(&json, error.path());
                let path = removed.take(&mut json, steps)?;
                problems.push(FieldProblem { path, problem: "is not what the document describes" });
            }
        }
    }
    None
}

/// A step from a value to one in it.
#[derive(Clone, PartialEq)]
enum Step {
    Name(String),
    Index(usize),
}

fn inner<'j>(json: &'j mut Value, step: &Step) -> Option<&'j mut Value> {
    match step {
        Step::Name(name) => json.get_mut(name),
        Step::Index(index) => json.get_mut(index),
    }
}

/// The steps of `path`, as far as the values are there.
fn existing(json: &Value, path: &Path) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut at = json;
    for segment in path {
        let (step, next) = match segment {
            Segment::Map { key } => (Step::Name(key.clone()), at.get(key)),
            Segment::Seq { index } => (Step::Index(*index), at.get(index)),
            Segment::Enum { .. } | Segment::Unknown => break,
        };
        let Some(next) = next else { break };
        steps.push(step);
        at = next;
    }
    steps
}

/// The lists that lost members, by the steps to them, with how many they lost.
#[derive(Default)]
struct Removed(Vec<(Vec<Step>, usize)>);

impl Removed {
    /// Removes the value at the end of `steps`, and returns its place in the body as it was. Nothing for the whole body.
    fn take(&mut self, json: &mut Value, mut steps: Vec<Step>) -> Option<String> {
        loop {
            let last = steps.pop()?;
            let holder = steps.iter().try_fold(&mut *json, inner)?;
            match (&last, holder) {
                // An empty list would say that there is nothing.
                (Step::Index(_), Value::Array(members)) if members.len() == 1 => continue,
                (Step::Index(index), Value::Array(members)) => {
                    members.remove(*index);
                    let path = self.path(&steps, &last);
                    self.0.retain(|(list, _)| *list == steps || !list.starts_with(&steps));
                    match self.0.iter_mut().find(|(list, _)| *list == steps) {
                        Some((_, count)) => *count += 1,
                        None => self.0.push((steps, 1)),
                    }
                    return Some(path);
                }
                (Step::Name(name), Value::Object(fields)) => {
                    fields.remove(name)?;
                    return Some(self.path(&steps, &last));
                }
                _ => return None,
            }
        }
    }

    /// The place of a value in the body as it was. The members of a list that were removed were in front of it.
    fn path(&self, steps: &[Step], last: &Step) -> String {
        let mut out = String::new();
        for (depth, step) in steps.iter().chain([last]).enumerate() {
            match step {
                Step::Name(name) if is_printable(name) => out.push_str(&format!(".{name}")),
                Step::Name(_) => out.push_str(".[hidden]"),
                Step::Index(index) => {
                    let lost =
                        self.0.iter().find(|(list, _)| list[..] == steps[..depth]).map_or(0, |(_, count)| *count);
                    out.push_str(&format!("[{}]", index + lost));
                }
            }
        }
        out.trim_start_matches('.').to_owned()
    }
}

/// Whether a name may be printed: below a map, names are the server's, and may be anything.
pub(super) fn is_printable(name: &str) -> bool {
    name.len() <= 64 && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Person {
        id: u64,
        age: Option<u64>,
        friends: Option<Vec<Person>>,
    }

    fn person(id: u64, age: Option<u64>, friends: Option<Vec<Person>>) -> Person {
        Person { id, age, friends }
    }

    fn reads(json: &Value) -> Option<(Person, Vec<String>)> {
        let (value, problems) = read(json.to_string().as_bytes())?;
        Some((value, problems.iter().map(|problem| problem.path().to_owned()).collect()))
    }

    #[test]
    fn leaves_out_what_may_be_missing_and_says_where_it_was() {
        assert_eq!(reads(&json!({"id": 1, "age": 2.5})), Some((person(1, None, None), vec!["age".into()])));
        let list = json!({"id": 1, "friends": [{"id": "a"}, {"id": 2}, 3, {"id": 4, "age": []}, {"id": null}]});
        let friends = vec![person(2, None, None), person(4, None, None)];
        let places = ["friends[0].id", "friends[0]", "friends[2]", "friends[3].age", "friends[4].id", "friends[4]"];
        let (value, problems) = reads(&list).expect("it can be read in part");
        assert_eq!(value, person(1, None, Some(friends)));
        assert_eq!(problems, places);
    }

    #[test]
    fn what_is_required_is_not_left_out_and_no_list_becomes_empty() {
        assert_eq!(reads(&json!({"id": "a"})), None);
        assert_eq!(reads(&json!([1])), None);
        let (value, problems) = reads(&json!({"id": 1, "friends": [{"id": "a"}]})).expect("it can be read in part");
        assert_eq!(value, person(1, None, None), "no list, in place of an empty one");
        assert_eq!(problems, ["friends[0].id", "friends"]);
    }

    #[test]
    fn what_can_be_read_has_no_problem_and_too_many_problems_are_an_error() {
        assert_eq!(reads(&json!({"id": 1})), None);
        let friends: Vec<_> = (0..100).map(|n| json!({"id": n, "age": "a"})).collect();
        assert_eq!(reads(&json!({"id": 1, "friends": friends})), None);
    }
}
