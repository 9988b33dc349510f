//! Which key an operation needs, and how it is sent.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    Rule,
    comparison::{Comparison, Found, NodeId},
    operations::Operation,
    place::Place,
    rule::Flow,
};

/// The ways in which a call may show who it is from: each is a set of schemes, with scopes; the empty one is no key.
type Ways = BTreeSet<Way>;
type Way = BTreeMap<String, BTreeSet<String>>;

/// The schemes of a document.
pub(super) fn schemes(document: &Value) -> BTreeMap<&str, Place<'_>> {
    let schemes = Place::at(document, "#/components/securitySchemes");
    schemes.iter().flat_map(Place::members).map(|(name, place)| (name, place.resolved(document))).collect()
}

/// What two schemes have to share for being one.
fn substance(scheme: &Place<'_>) -> BTreeMap<String, Value> {
    let members = scheme.members().filter(|(key, _)| *key != "description");
    members.map(|(key, place)| (key.to_owned(), place.value.clone())).collect()
}

impl<'d> Operation<'d> {
    /// The ways of the operation, by its own word or by the document's, and where they are written.
    fn ways(&self, document: &'d Value) -> (Ways, Place<'d>) {
        let stated = self.place.get("security").or_else(|| Place::root(document).get("security"));
        let alternatives = stated.iter().flat_map(Place::elements);
        let way = |alternative: Place<'d>| {
            let scopes =
                |place: &Place<'d>| place.elements().filter_map(|scope| Some(scope.value.as_str()?.to_owned()));
            alternative.members().map(|(name, place)| (name.to_owned(), scopes(&place).collect())).collect()
        };
        let mut ways: Ways = alternatives.map(way).collect();
        if ways.is_empty() {
            ways.insert(BTreeMap::new());
        }
        (ways, stated.unwrap_or_else(|| self.place.clone()))
    }
}

impl<'d> Comparison<'d> {
    pub(super) fn security(&mut self, node: NodeId, old: &Operation<'d>, new: &Operation<'d>) {
        let (before, old_place) = old.ways(self.old.document);
        let (now, new_place) = new.ways(self.new.document);
        let renamed = self.renamed_schemes();
        let is_called = |name: &String| renamed.get(name.as_str()).map_or(name.clone(), |(is, _)| (*is).to_owned());
        let follow =
            |way: &Way| -> Way { way.iter().map(|(name, scopes)| (is_called(name), scopes.clone())).collect() };
        let before: Ways = before.iter().map(follow).collect();
        for name in now.iter().flat_map(BTreeMap::keys) {
            self.scheme(node, name, &renamed);
        }
        if before == now {
            return;
        }
        let is_free = |ways: &Ways| ways.contains(&BTreeMap::new());
        let (rule, summary) = match (is_free(&before), is_free(&now)) {
            (true, false) => (Rule::SecurityRequired, format!("it needs {} now", shown(&now))),
            (false, true) => (Rule::SecurityLifted, format!("it no longer needs {}", shown(&before))),
            _ => (Rule::SecurityChanged, format!("it needed {} and needs {}", shown(&before), shown(&now))),
        };
        let found = Found { rule, flow: Flow::Request, old: &old_place, new: &new_place, summary };
        let (wire, source) = rule.verdicts(Flow::Request);
        // Every way that was open is open still.
        let wire = if before.is_subset(&now) { super::Verdict::Ok } else { wire };
        self.judged(node, found, (wire, source));
    }

    /// Schemes that have another name now, by their old one.
    fn renamed_schemes(&self) -> BTreeMap<&'d str, (&'d str, Place<'d>)> {
        let (before, now) = (&self.old.schemes, &self.new.schemes);
        let come: Vec<_> = now.iter().filter(|(name, _)| !before.contains_key(*name)).collect();
        let gone = before.iter().filter(|(name, _)| !now.contains_key(*name));
        let follow = |(was, old): (&&'d str, &Place<'d>)| {
            let (is, _) = come.iter().find(|(_, new)| substance(new) == substance(old))?;
            Some((*was, (**is, old.clone())))
        };
        gone.filter_map(follow).collect()
    }

    /// Compares the scheme that the new document calls `name`.
    fn scheme(&mut self, node: NodeId, name: &str, renamed: &BTreeMap<&'d str, (&'d str, Place<'d>)>) {
        let Some(new) = self.new.schemes.get(name).cloned() else { return };
        if let Some((was, (is, old))) = renamed.iter().find(|(_, (is, _))| *is == name) {
            let summary = format!("the security scheme `{was}` is called `{is}` now");
            let rule = Rule::SecuritySchemeRenamed;
            return self.found(node, Found { rule, flow: Flow::Outside, old, new: &new, summary });
        }
        let Some(old) = self.old.schemes.get(name).cloned() else { return };
        if substance(&old) != substance(&new) {
            let differs = |key: &&str| old.value.get(*key) != new.value.get(*key);
            let keys: BTreeSet<_> = old.members().chain(new.members()).map(|(key, _)| key).collect();
            for key in keys.into_iter().filter(|key| *key != "description").filter(differs) {
                let summary = format!("`{key}` of the security scheme `{name}` changed: keys are sent in another way");
                let place = |scheme: &Place<'d>| scheme.get(key).unwrap_or_else(|| scheme.clone());
                let (old, new) = (place(&old), place(&new));
                let rule = Rule::SecuritySchemeChanged;
                self.found(node, Found { rule, flow: Flow::Request, old: &old, new: &new, summary });
            }
        }
        let what = format!("the security scheme `{name}`");
        self.members(node, Flow::Outside, &old, &new, |key| key != "description", &what);
    }

    /// Schemes that came or went. What that does to an operation is found at the operation.
    pub(super) fn schemes(&mut self, node: NodeId) {
        let (before, now) = (self.old.schemes.clone(), self.new.schemes.clone());
        let renamed = self.renamed_schemes();
        let (old, new) = (Place::root(self.old.document), Place::root(self.new.document));
        for name in now.keys().filter(|name| before.contains_key(*name)) {
            self.scheme(node, name, &renamed);
        }
        for (name, scheme) in before.iter().filter(|(name, _)| !now.contains_key(*name) && !renamed.contains_key(*name))
        {
            let summary = format!("the security scheme `{name}` is gone");
            let rule = Rule::SecuritySchemeRemoved;
            self.found(node, Found { rule, flow: Flow::Outside, old: scheme, new: &new, summary });
        }
        let is_renamed = |name: &str| renamed.values().any(|(is, _)| *is == name);
        for (name, scheme) in now.iter().filter(|(name, _)| !before.contains_key(*name) && !is_renamed(name)) {
            let summary = format!("the security scheme `{name}` is new");
            let rule = Rule::SecuritySchemeAdded;
            self.found(node, Found { rule, flow: Flow::Outside, old: &old, new: scheme, summary });
        }
    }
}

fn shown(ways: &Ways) -> String {
    let key = |(name, scopes): (&String, &BTreeSet<String>)| {
        let scopes: Vec<_> = scopes.iter().map(|scope| format!("`{scope}`")).collect();
        if scopes.is_empty() { format!("`{name}`") } else { format!("`{name}` for {}", scopes.join(", ")) }
    };
    let way = |way: &Way| match way.is_empty() {
        true => "no key".to_owned(),
        false => way.iter().map(key).collect::<Vec<_>>().join(" with "),
    };
    ways.iter().map(way).collect::<Vec<_>>().join(" or ")
}
