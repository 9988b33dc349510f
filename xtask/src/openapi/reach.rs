//! What refers to what in a document, directly and through others.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    component, components, join,
    reference::{local, reference, references},
    schemas,
};

/// The references of a document, between owners: an operation, the parameters of a path, a component.
#[derive(Debug)]
pub(crate) struct References {
    by_owner: BTreeMap<String, BTreeSet<String>>,
}

impl References {
    pub(crate) fn of(document: &Value) -> Self {
        let mut by_owner: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        references(document, &mut |pointer, target| {
            let Some(target) = local(target) else { return };
            let (from, target) = (owner(pointer), owner(&target));
            match by_owner.get_mut(from) {
                Some(targets) if targets.contains(target) => {}
                Some(targets) => drop(targets.insert(target.to_owned())),
                None => drop(by_owner.insert(from.to_owned(), BTreeSet::from([target.to_owned()]))),
            }
        });
        Self { by_owner }
    }

    /// As [`of`](Self::of), with what a discriminator leads to: the schemas that its mapping names, and those that build
    /// upon its own.
    pub(crate) fn with_discriminators(document: &Value) -> Self {
        let mut found = Self::of(document);
        let mut add = |from: &str, target: String| {
            found.by_owner.entry(from.to_owned()).or_default().insert(target);
        };
        for (place, _) in schemas(document) {
            let mapping = place.value.get("discriminator").and_then(|discriminator| discriminator.get("mapping"));
            for target in
                mapping.and_then(Value::as_object).into_iter().flatten().filter_map(|(_, target)| target.as_str())
            {
                let target = match component(document, target) {
                    Some(_) => join("/components/schemas", target),
                    None => local(target).map(|target| owner(&target).to_owned()).unwrap_or_default(),
                };
                add(owner(&place.pointer()), target);
            }
        }
        for (name, schema) in components(document) {
            for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
                let Some(base) = reference(part).and_then(local) else { continue };
                if document.pointer(&base).is_some_and(|base| base.get("discriminator").is_some()) {
                    add(&base, join("/components/schemas", name));
                }
            }
        }
        found
    }

    /// The owners that `from` refers to, these among them, directly or through others.
    pub(crate) fn reach<'r>(&'r self, from: impl IntoIterator<Item = &'r str>) -> BTreeSet<&'r str> {
        let mut open: Vec<&str> = from.into_iter().collect();
        let mut seen: BTreeSet<&str> = open.iter().copied().collect();
        while let Some(next) = open.pop() {
            for target in self.by_owner.get(next).into_iter().flatten() {
                if seen.insert(target) {
                    open.push(target);
                }
            }
        }
        seen
    }

    /// The names of the component schemas that `values` lead to, directly or through others.
    pub(crate) fn schemas_in<'v>(&self, values: impl IntoIterator<Item = &'v Value>) -> BTreeSet<String> {
        let mut direct = BTreeSet::new();
        for value in values {
            references(value, &mut |_, target| direct.extend(local(target).map(|t| owner(&t).to_owned())));
        }
        self.schemas_from(direct.iter().map(String::as_str))
    }

    /// The names of the component schemas among `from` and what these lead to.
    pub(crate) fn schemas_from<'r>(&'r self, from: impl IntoIterator<Item = &'r str>) -> BTreeSet<String> {
        schema_names(self.reach(from))
    }

    /// The names of the component schemas that something refers to, but for those that only a circle of their own leads to.
    pub(crate) fn used_schemas(&self) -> BTreeSet<String> {
        let referred_to: BTreeSet<&str> = self.by_owner.values().flatten().map(String::as_str).collect();
        let roots = self.by_owner.keys().map(String::as_str).filter(|owner| !referred_to.contains(owner));
        schema_names(self.reach(roots).into_iter().filter(|owner| referred_to.contains(owner)))
    }

    /// The owners that refer to each other in a circle, or to themselves, each with the number of its circle.
    pub(crate) fn circles(&self) -> BTreeMap<&str, usize> {
        // Kosaraju's algorithm: in the reverse of the order in which owners are left, what leads back is one circle.
        let mut left: Vec<&str> = Vec::new();
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut back: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (from, targets) in &self.by_owner {
            targets.iter().for_each(|target| back.entry(target).or_default().push(from));
            let mut open = vec![(from.as_str(), false)];
            while let Some((owner, is_left)) = open.pop() {
                if is_left {
                    left.push(owner);
                } else if seen.insert(owner) {
                    open.push((owner, true));
                    open.extend(self.by_owner.get(owner).into_iter().flatten().map(|target| (target.as_str(), false)));
                }
            }
        }
        let mut circles = BTreeMap::new();
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        for (number, start) in left.into_iter().rev().enumerate() {
            let mut open = vec![start];
            let mut circle = Vec::new();
            while let Some(owner) = open.pop() {
                if seen.insert(owner) {
                    circle.push(owner);
                    open.extend(back.get(owner).into_iter().flatten());
                }
            }
            let is_circle = circle.len() > 1
                || circle
                    .first()
                    .is_some_and(|one| self.by_owner.get(*one).is_some_and(|targets| targets.contains(*one)));
            if is_circle {
                circles.extend(circle.into_iter().map(|owner| (owner, number)));
            }
        }
        circles
    }

    /// The names of the component schemas that are on a circle of references.
    pub(crate) fn circular_schemas(&self) -> BTreeSet<String> {
        schema_names(self.circles().into_keys())
    }

    /// The owners that refer to something.
    pub(crate) fn owners(&self) -> impl Iterator<Item = &str> {
        self.by_owner.keys().map(String::as_str)
    }
}

/// The operation, the parameters of a path or the component that `pointer` leads into: its first three tokens.
pub(crate) fn owner(pointer: &str) -> &str {
    pointer.match_indices('/').nth(3).map_or(pointer, |(end, _)| &pointer[..end])
}

fn schema_names<'o>(owners: impl IntoIterator<Item = &'o str>) -> BTreeSet<String> {
    let name = |owner: &str| {
        let name = owner.strip_prefix("/components/schemas/")?;
        Some(name.replace("~1", "/").replace("~0", "~"))
    };
    owners.into_iter().filter_map(name).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn finds_circles_and_what_refers_to_itself() {
        let refer = |name: &str| json!({"properties": {"x": {"$ref": format!("#/components/schemas/{name}")}}});
        let document = json!({"components": {"schemas": {
            "A": refer("B"), "B": refer("A"), "C": refer("A"), "D": refer("D"), "E": refer("C")}}});
        let references = References::of(&document);
        let circles = references.circles();
        let at = |name: &str| circles.get(format!("/components/schemas/{name}").as_str()).copied();
        assert!(at("A").is_some() && at("A") == at("B"), "{circles:?}");
        assert!(at("D").is_some() && at("D") != at("A"), "{circles:?}");
        assert_eq!((at("C"), at("E")), (None, None));
    }

    #[test]
    fn finds_circles_and_not_what_only_leads_to_them() {
        let refer = |name: &str| json!({"items": {"$ref": format!("#/components/schemas/{name}")}});
        let document = json!({"components": {"schemas": {
            "Before": refer("A"), "A": refer("B"), "B": {"properties": {"a": refer("A"), "after": refer("After")}},
            "After": refer("End"), "End": {}, "Self": refer("Self")}}});
        let found: Vec<String> = References::of(&document).circular_schemas().into_iter().collect();
        assert_eq!(found, ["A", "B", "Self"]);
    }
}
