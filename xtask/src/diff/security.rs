//! Which key an operation needs, and how it is sent.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use serde_json::Value;

use super::{
    comparison::{At, Comparison},
    matching::Matching,
    rule::{Detail, Flow, Rule},
};
use crate::openapi::{Operation, Place};

/// The security requirements of an operation, of which a call has to meet one. The empty one is met without a key.
type Requirements = BTreeSet<Requirement>;

/// Schemes, each with its scopes: all of them are needed.
type Requirement = BTreeMap<String, BTreeSet<String>>;

impl<'d> Operation<'d> {
    /// The requirements of the operation, or else of the document, and where they are written.
    fn requirements(&self, document: &'d Value) -> (Requirements, Place<'d>) {
        let stated = self.place.get("security").or_else(|| Place::root(document).get("security"));
        let requirement = |alternative: Place<'d>| -> Requirement {
            let scopes =
                |place: &Place<'d>| place.elements().filter_map(|scope| Some(scope.value.as_str()?.to_owned()));
            alternative.members().map(|(name, place)| (name.to_owned(), scopes(&place).collect())).collect()
        };
        let mut requirements: Requirements = stated.iter().flat_map(Place::elements).map(requirement).collect();
        if requirements.is_empty() {
            requirements.insert(Requirement::new());
        }
        (requirements, stated.unwrap_or_else(|| self.place.clone()))
    }
}

impl<'d> Comparison<'d> {
    pub(super) fn security(&mut self, at: At, old: &Operation<'d>, new: &Operation<'d>) {
        let (before, old_place) = old.requirements(self.old.document);
        let (now, new_place) = new.requirements(self.new.document);
        let renamed = self.renamed_schemes();
        let new_name = |name: String| match renamed.get(name.as_str()) {
            Some((is, _)) => (*is).to_owned(),
            // The scheme that is called so now had another name.
            None if renamed.values().any(|(is, _)| *is == name) => format!("{name} (not declared)"),
            None => name,
        };
        let with_new_names = |requirement: Requirement| -> Requirement {
            requirement.into_iter().map(|(name, scopes)| (new_name(name), scopes)).collect()
        };
        let before: Requirements = before.into_iter().map(with_new_names).collect();
        for name in now.iter().flat_map(BTreeMap::keys) {
            self.scheme(at, name, &renamed);
        }
        if before == now {
            return;
        }
        let is_free = |requirements: &Requirements| requirements.contains(&Requirement::new());
        let (rule, summary) = match (is_free(&before), is_free(&now)) {
            (true, false) => (Rule::SecurityRequired, format!("it needs {} now", shown(&now))),
            (false, true) => (Rule::SecurityLifted, format!("it no longer needs {}", shown(&before))),
            _ => (Rule::SecurityChanged, format!("it needed {} and needs {}", shown(&before), shown(&now))),
        };
        // Whoever meets one of the old requirements has to meet a new one with it.
        let is_met = |held: &Requirement| {
            now.iter().any(|needed| {
                needed.iter().all(|(name, scopes)| held.get(name).is_some_and(|held| scopes.is_subset(held)))
            })
        };
        let detail = if before.iter().all(is_met) { Detail::Contained } else { Detail::Plain };
        self.note(At { flow: Flow::Request, ..at }, rule.with(detail), &old_place, &new_place, summary);
    }

    /// Schemes that have another name now, by their old one.
    fn renamed_schemes(&self) -> BTreeMap<&'d str, (&'d str, Place<'d>)> {
        let Matching { removed, added, .. } = Matching::by_name(&self.old.schemes, &self.new.schemes);
        let renamed = removed.into_iter().filter_map(|(was, old)| {
            let (is, _) = added.iter().find(|(_, new)| substance(new, old) == substance(old, new))?;
            Some((*was, (**is, old.clone())))
        });
        renamed.collect()
    }

    /// Compares the scheme that the new document calls `name`.
    fn scheme(&mut self, at: At, name: &str, renamed: &BTreeMap<&'d str, (&'d str, Place<'d>)>) {
        let Some(new) = self.new.schemes.get(name).cloned() else { return };
        let at = At { flow: Flow::Outside, ..at };
        if let Some((was, (is, old))) = renamed.iter().find(|(_, (is, _))| *is == name) {
            let summary = format!("the security scheme `{was}` is called `{is}` now");
            return self.note(at, Rule::SecuritySchemeRenamed, old, &new, summary);
        }
        let Some(old) = self.old.schemes.get(name).cloned() else { return };
        let sent = At { flow: Flow::Request, ..at };
        let (before, now) = (substance(&old, &new), substance(&new, &old));
        let keys: BTreeSet<_> = before.keys().chain(now.keys()).copied().collect();
        for key in keys.into_iter().filter(|key| before.get(key) != now.get(key)) {
            let summary = format!("`{key}` of the security scheme `{name}` changed: keys are sent in another way");
            let place = |scheme: &Place<'d>| scheme.get(key).unwrap_or_else(|| scheme.clone());
            self.note(sent, Rule::SecuritySchemeChanged, &place(&old), &place(&new), summary);
        }
        let what = format!("the security scheme `{name}`");
        self.members(at, &old, &new, |key| key != "description" && !key.starts_with("x-"), &what);
        if old.value.get("bearerFormat") != new.value.get("bearerFormat") {
            let place = |scheme: &Place<'d>| scheme.get("bearerFormat").unwrap_or_else(|| scheme.clone());
            // A hint for people, says the specification.
            let summary = format!("`bearerFormat` of {what} changed");
            self.note(at, Rule::ProseChanged, &place(&old), &place(&new), summary);
        }
        self.flows(sent, &old, &new, &what);
    }

    /// The ways to a token of OAuth 2.
    fn flows(&mut self, at: At, old: &Place<'d>, new: &Place<'d>, what: &str) {
        let flows = |scheme: &Place<'d>| -> BTreeMap<&'d str, Place<'d>> {
            scheme.get("flows").iter().flat_map(Place::members).collect()
        };
        let Matching { pairs, removed, added } = Matching::by_name(flows(old), flows(new));
        for ((flow, before), (_, now)) in pairs {
            let of = format!("the flow `{flow}` of {what}");
            for key in ["authorizationUrl", "tokenUrl", "refreshUrl"] {
                if before.value.get(key) != now.value.get(key) {
                    let place = |flow: &Place<'d>| flow.get(key).unwrap_or_else(|| flow.clone());
                    let summary = format!("`{key}` of {of} changed: tokens come from elsewhere");
                    self.note(at, Rule::SecuritySchemeChanged, &place(&before), &place(&now), summary);
                }
            }
            let scopes = |flow: &Place<'d>| -> BTreeMap<&'d str, Place<'d>> {
                flow.get("scopes").iter().flat_map(Place::members).collect()
            };
            let scopes = Matching::by_name(scopes(&before), scopes(&now));
            for ((scope, before), (_, now)) in scopes.pairs.iter().filter(|((_, old), (_, new))| old.value != new.value)
            {
                self.note(
                    at,
                    Rule::ProseChanged,
                    before,
                    now,
                    format!("the text on the scope `{scope}` of {of} changed"),
                );
            }
            // Who needs one, an operation says.
            let harmless = Rule::SecuritySchemeChanged.with(Detail::Contained);
            for (scope, place) in scopes.removed {
                self.note(at, harmless, &place, &now, format!("{of} no longer has the scope `{scope}`"));
            }
            for (scope, place) in scopes.added {
                self.note(at, harmless, &before, &place, format!("{of} has the scope `{scope}` now"));
            }
        }
        for (flow, place) in removed {
            let summary = format!("{what} no longer has the flow `{flow}`");
            self.note(at, Rule::SecuritySchemeChanged, &place, new, summary);
        }
        for (flow, place) in added {
            let judged = Rule::SecuritySchemeChanged.with(Detail::Contained);
            self.note(at, judged, old, &place, format!("{what} has the flow `{flow}` now"));
        }
    }

    /// Schemes that were added or removed. What that does to an operation is found at the operation.
    pub(super) fn schemes(&mut self, at: At) {
        let (before, now) = (self.old.schemes.clone(), self.new.schemes.clone());
        let renamed = self.renamed_schemes();
        let (old, new) = (Place::root(self.old.document), Place::root(self.new.document));
        for name in now.keys() {
            self.scheme(at, name, &renamed);
        }
        let schemes = Matching::by_name(&before, &now);
        for (name, scheme) in schemes.removed.into_iter().filter(|(name, _)| !renamed.contains_key(*name)) {
            self.note(
                at,
                Rule::SecuritySchemeRemoved,
                scheme,
                &new,
                format!("the security scheme `{name}` was removed"),
            );
        }
        let is_renamed = |name: &str| renamed.values().any(|(is, _)| *is == name);
        for (name, scheme) in schemes.added.into_iter().filter(|(name, _)| !is_renamed(name)) {
            self.note(at, Rule::SecuritySchemeAdded, &old, scheme, format!("the security scheme `{name}` was added"));
        }
    }
}

/// What `scheme` has to share with `other` for being the same. A header is the same in any case, and so is the name of a
/// scheme of HTTP.
fn substance<'d>(scheme: &Place<'d>, other: &Place<'_>) -> BTreeMap<&'d str, Cow<'d, Value>> {
    let is_in_header = [scheme, other].iter().all(|scheme| scheme.text("in") == Some("header"));
    let said = scheme.members().filter(|(key, _)| !matches!(*key, "description" | "bearerFormat" | "flows"));
    let said = said.filter(|(key, _)| !key.starts_with("x-"));
    let any_case = |key: &str| key == "scheme" || (key == "name" && is_in_header);
    let value = |(key, place): (&'d str, Place<'d>)| match place.value.as_str().filter(|_| any_case(key)) {
        Some(text) => (key, Cow::Owned(Value::from(text.to_ascii_lowercase()))),
        None => (key, Cow::Borrowed(place.value)),
    };
    said.map(value).collect()
}

fn shown(requirements: &Requirements) -> String {
    let key = |(name, scopes): (&String, &BTreeSet<String>)| {
        let scopes: Vec<_> = scopes.iter().map(|scope| format!("`{scope}`")).collect();
        if scopes.is_empty() { format!("`{name}`") } else { format!("`{name}` for {}", scopes.join(", ")) }
    };
    let requirement = |requirement: &Requirement| match requirement.is_empty() {
        true => "no key".to_owned(),
        false => requirement.iter().map(key).collect::<Vec<_>>().join(" with "),
    };
    requirements.iter().map(requirement).collect::<Vec<_>>().join(" or ")
}
