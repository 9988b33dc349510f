//! What the server calls: the callbacks of two operations.

use super::{
    comparison::{At, Comparison},
    matching::Matching,
    rule::{Flow, Rule},
};
use crate::openapi::{METHODS, Parameter, Place};

impl<'d> Comparison<'d> {
    /// Compares the callbacks of two operations by name, and has those of one name compared when their turn comes.
    pub(super) fn callbacks(&mut self, at: At, old: &Place<'d>, new: &Place<'d>) {
        let at = At { flow: Flow::Outside, ..at };
        let before = old.resolved_members(self.old.document, "callbacks");
        let now = new.resolved_members(self.new.document, "callbacks");
        let Matching { pairs, removed, added } = Matching::by_name(before, now);
        for ((_, before), (_, now)) in pairs {
            self.enqueue_callback(at, before, now);
        }
        for (name, callback) in removed {
            self.note(at, Rule::CallbackRemoved, &callback, new, format!("the callback `{name}` was removed"));
        }
        for (name, callback) in added {
            self.note(at, Rule::CallbackAdded, old, &callback, format!("the callback `{name}` was added"));
        }
    }

    /// Compares two callbacks: a path item for each expression that the server's request goes to.
    pub(super) fn callback(&mut self, at: At, old: &Place<'d>, new: &Place<'d>) {
        self.members(at, old, new, |key| !key.starts_with("x-"), "the callback");
        let items = |document, holder: &Place<'d>| -> Vec<(&'d str, Place<'d>)> {
            let members = holder.members().filter(|(key, _)| !key.starts_with("x-"));
            members.map(|(expression, item)| (expression, item.resolved(document))).collect()
        };
        let Matching { mut pairs, removed, added } =
            Matching::by_name(items(self.old.document, old), items(self.new.document, new));
        match (removed.as_slice(), added.as_slice()) {
            ([before], [now]) => {
                let summary = format!("the server calls `{}`, no longer `{}`", now.0, before.0);
                self.note(at, Rule::CallbackMoved, &before.1, &now.1, summary);
                pairs.push((before.clone(), now.clone()));
            }
            _ => {
                for (expression, item) in &removed {
                    let summary = format!("the server no longer calls `{expression}`");
                    self.note(at, Rule::CallbackRemoved, item, new, summary);
                }
                for (expression, item) in &added {
                    let summary = format!("the server calls `{expression}` now");
                    self.note(at, Rule::CallbackAdded, old, item, summary);
                }
            }
        }
        for ((_, before), (_, now)) in pairs {
            self.called_item(at, &before, &now);
        }
    }

    fn called_item(&mut self, at: At, old: &Place<'d>, new: &Place<'d>) {
        self.members(at, old, new, |key| key == "parameters" || METHODS.contains(&key), "the callback");
        for method in METHODS {
            let shown = method.to_uppercase();
            match (old.get(method), new.get(method)) {
                (Some(before), Some(now)) => self.called(at, (old, &before), (new, &now)),
                (Some(before), None) => {
                    let summary = format!("the server no longer sends a {shown} request");
                    self.note(at, Rule::CallbackRemoved, &before, new, summary);
                }
                (None, Some(now)) => {
                    self.note(at, Rule::CallbackAdded, old, &now, format!("the server sends a {shown} request now"));
                }
                (None, None) => {}
            }
        }
    }

    /// Compares two operations, each with its path item, that the server calls.
    fn called(&mut self, at: At, (old_item, old): (&Place<'d>, &Place<'d>), (new_item, new): (&Place<'d>, &Place<'d>)) {
        let sent = At { flow: Flow::Called, ..at };
        self.deprecation(at, old, new, "the callback");
        self.members(at, old, new, super::operations::is_compared_elsewhere, "the callback");
        let listed = |document, holders: [&Place<'d>; 2]| -> Vec<Parameter<'d>> {
            let lists = holders.into_iter().filter_map(|holder| holder.get("parameters"));
            let places = lists.flat_map(|list| list.elements()).map(|place| place.resolved(document));
            let named =
                |place: Place<'d>| Some(Parameter { name: place.text("name")?, location: place.text("in")?, place });
            places.filter_map(named).collect()
        };
        let before = listed(self.old.document, [old_item, old]);
        let now = listed(self.new.document, [new_item, new]);
        self.parameter_lists(sent, (old, before), (new, now), &|_, _, _| {});
        self.bodies(sent, old, new);
        self.responses(at, old, new, |_| Flow::CallResponse);
        self.callbacks(at, old, new);
    }
}
