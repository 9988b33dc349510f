//! Operations, the parameters that hold for each, and the names in their paths.

use serde_json::Value;

use super::{Object, Place, extension};

/// The methods that a path item can hold, in the order in which the generator emits them.
pub const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// An operation of a document.
#[derive(Debug, Clone)]
pub struct Operation<'d> {
    document: &'d Value,
    /// The path template.
    pub path: &'d str,
    /// The method, in lower case.
    pub method: &'static str,
    /// The path item that it is in, a reference followed.
    pub(crate) item: Place<'d>,
    pub(crate) place: Place<'d>,
}

/// A parameter that holds for an operation.
#[derive(Debug, Clone)]
pub struct Parameter<'d> {
    /// Its name on the wire.
    pub name: &'d str,
    /// Where it is sent: `path`, `query`, `header` or `cookie`.
    pub location: &'d str,
    /// Where it is described, a reference followed.
    pub(crate) place: Place<'d>,
}

/// Every operation of `document`, in the order of the document.
pub fn operations(document: &Value) -> impl Iterator<Item = Operation<'_>> {
    paths(document).flat_map(move |(path, item)| {
        METHODS.into_iter().filter_map(move |method| {
            let place = item.get(method).filter(|place| place.value.is_object())?;
            Some(Operation { document, path, method, item: item.clone(), place })
        })
    })
}

/// Every path item of `document` with its path, a reference followed.
fn paths(document: &Value) -> impl Iterator<Item = (&str, Place<'_>)> {
    let paths = Place::root(document).get("paths");
    let members = paths.into_iter().flat_map(|paths| paths.members()).filter(|(path, _)| !path.starts_with("x-"));
    members.map(|(path, item)| (path, item.resolved(document)))
}

impl<'d> Operation<'d> {
    /// What the document says of it.
    pub fn value(&self) -> &'d Value {
        self.place.value
    }

    /// Its JSON pointer.
    pub fn pointer(&self) -> String {
        self.place.pointer()
    }

    /// Its `operationId`, if it has one that is not empty.
    pub fn id(&self) -> Option<&'d str> {
        self.place.text("operationId").filter(|id| !id.trim().is_empty())
    }

    /// Where its `operationId` is, or would be.
    pub(crate) fn id_place(&self) -> Place<'d> {
        self.place.get("operationId").unwrap_or_else(|| self.place.clone())
    }

    /// What reports call it: its id, or method and path.
    pub(crate) fn name(&self) -> String {
        self.id().map_or_else(|| self.call(), str::to_owned)
    }

    /// Method and path.
    pub(crate) fn call(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }

    /// The path without the names of its parameters.
    pub(crate) fn template(&self) -> String {
        let names = self.placeholders();
        names.iter().fold(self.path.to_owned(), |path, name| path.replacen(&format!("{{{name}}}"), "{}", 1))
    }

    /// The parameters that hold for it: its own, then those of its path that it does not describe itself.
    pub fn parameters(&self) -> Vec<Parameter<'d>> {
        let mut own = parameters(self.document, &self.place);
        let is_own =
            |shared: &Parameter<'d>| own.iter().any(|own| own.name == shared.name && own.location == shared.location);
        let shared = parameters(self.document, &self.item).into_iter().filter(|shared| !is_own(shared));
        let shared: Vec<_> = shared.collect();
        own.extend(shared);
        own
    }

    /// The names of the parameters in its path, in order; those before a slip in the template if there is one.
    pub(crate) fn placeholders(&self) -> Vec<&'d str> {
        placeholders(self.path).unwrap_or_else(|slip| slip.before)
    }

    /// The schema of its multipart form, if a pass has set one aside.
    pub(crate) fn form(&self) -> Option<&'d Value> {
        self.value().get(extension::MULTIPART)?.get("schema")
    }

    /// The responses of its success statuses, by status, if a pass has set different shapes aside.
    pub(crate) fn successes(&self) -> Option<&'d Object> {
        self.value().get(extension::SUCCESSES)?.as_object()
    }

    /// Its error statuses, by status, as a pass has set them aside.
    pub(crate) fn errors(&self) -> impl Iterator<Item = (&'d String, &'d Value)> + use<'d> {
        self.value().get(extension::ERRORS).and_then(Value::as_object).into_iter().flatten()
    }

    /// What the document says of its response with status 409.
    pub(crate) fn conflict(&self) -> Option<String> {
        let (_, response) = self.errors().find(|(status, _)| *status == "409")?;
        response["description"].as_str().map(str::to_owned)
    }

    /// The operation that shows whether a call took effect, as the overlay says.
    pub(crate) fn check_with(&self) -> Option<&'d str> {
        self.place.text(extension::CHECK_WITH)
    }

    /// Whether its form has a file in it.
    pub(crate) fn has_file(&self) -> bool {
        let properties = self.form().and_then(|form| form.get("properties")?.as_object());
        properties.into_iter().flatten().any(|(_, schema)| schema["format"] == "binary")
    }

    /// Whether a second call changes nothing that the first did not: as the overlay says, or else as HTTP says of the method.
    pub(crate) fn is_safe_to_repeat(&self) -> bool {
        match self.value()[extension::RETRY].as_str() {
            Some(retry) => retry == "safe",
            None => matches!(self.method, "get" | "head"),
        }
    }
}

impl<'d> Parameter<'d> {
    /// What the document says of it.
    pub fn value(&self) -> &'d Value {
        self.place.value
    }

    /// Whether a request has to have it.
    pub fn is_required(&self) -> bool {
        self.location == "path" || self.value()["required"] == true
    }
}

/// The parameters that `holder`, an operation or a path item, lists, references followed.
pub(crate) fn parameters<'d>(document: &'d Value, holder: &Place<'d>) -> Vec<Parameter<'d>> {
    let list = holder.get("parameters");
    let resolved = list.iter().flat_map(Place::elements).map(|place| place.resolved(document));
    let named = resolved.filter_map(|place| {
        let (name, location) = (place.text("name")?, place.text("in")?);
        Some(Parameter { name, location, place })
    });
    named.collect()
}

/// What is wrong with a path template.
#[derive(Debug, PartialEq)]
pub(crate) struct Slip<'p> {
    pub(crate) problem: &'static str,
    /// The names before it.
    pub(crate) before: Vec<&'p str>,
}

/// The parameter names of a path template, in order.
///
/// # Errors
///
/// What is wrong with the template.
pub(crate) fn placeholders(path: &str) -> Result<Vec<&str>, Slip<'_>> {
    let mut names = Vec::new();
    let mut rest = path;
    while let Some(open) = rest.find(['{', '}']) {
        let slip = |problem, before| Err(Slip { problem, before });
        if rest.as_bytes().get(open) == Some(&b'}') {
            return slip("a `}` in the path closes nothing", names);
        }
        let inner = rest.get(open + 1..).unwrap_or_default();
        let close = inner.find(['{', '}', '/']).filter(|close| inner.as_bytes().get(*close) == Some(&b'}'));
        let Some(close) = close else { return slip("a `{` in the path is not closed", names) };
        match inner.get(..close) {
            None | Some("") => return slip("a parameter in the path has no name", names),
            Some(name) => names.push(name),
        }
        rest = inner.get(close + 1..).unwrap_or_default();
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn own_parameters_come_first_and_stand_above_those_of_the_path() {
        let document = json!({
            "components": {"parameters": {"A": {"name": "a", "in": "query", "description": "own"}}},
            "paths": {"/x": {
                "parameters": [{"name": "a", "in": "query"}, {"name": "a", "in": "header"}, {"no": "name"}],
                "get": {"parameters": [{"$ref": "#/components/parameters/A"}, {"name": "b", "in": "path"}]},
            }},
        });
        let operation = operations(&document).next().expect("an operation");
        let seen: Vec<_> = operation.parameters().iter().map(|p| (p.location, p.name, p.is_required())).collect();
        assert_eq!(seen, [("query", "a", false), ("path", "b", true), ("header", "a", false)]);
        assert_eq!(operation.parameters()[0].value()["description"], "own");
    }

    #[test]
    fn follows_a_path_item_behind_a_reference() {
        let document = json!({"x": {"get": {"operationId": "a"}}, "paths": {"/a": {"$ref": "#/x"}}});
        let ids: Vec<_> = operations(&document).filter_map(|operation| operation.id()).collect();
        assert_eq!(ids, ["a"]);
    }

    #[test]
    fn reads_the_names_in_a_path_and_says_what_is_wrong_with_it() {
        assert_eq!(placeholders("/a/{b}/c{d}-{e}"), Ok(vec!["b", "d", "e"]));
        for (path, problem) in [
            ("/{a}/{b", "a `{` in the path is not closed"),
            ("/{a}/b}", "a `}` in the path closes nothing"),
            ("/{a}/{}", "a parameter in the path has no name"),
            ("/{a}/{b/c}", "a `{` in the path is not closed"),
        ] {
            assert_eq!(placeholders(path), Err(Slip { problem, before: vec!["a"] }), "{path}");
        }
    }
}
