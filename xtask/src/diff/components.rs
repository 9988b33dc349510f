//! What the component schemas are called that two documents use in the same place.

use super::{
    comparison::{At, Comparison},
    rule::Rule,
    shape::Schema,
    subject::subject,
};
use crate::openapi::target;

impl<'d> Comparison<'d> {
    /// Compares the names of two schemas, and has the schemas compared when their turn comes.
    pub(super) fn schemas(&mut self, at: At, old: &Schema<'d>, new: &Schema<'d>) {
        match (old.component(), new.component()) {
            (Some(was), Some(is)) if was != is => self.other_component(at, (was, old), (is, new)),
            (None, Some(is)) => self.extracted(at, old, new, is),
            (Some(was), None) => self.inlined(at, was, old, new),
            _ => {}
        }
        self.enqueue(at, old, new);
    }

    fn other_component(&mut self, at: At, (was, old): (&'d str, &Schema<'d>), (is, new): (&'d str, &Schema<'d>)) {
        match (self.is_renamed(was, is), self.old.component(was), self.new.component(is)) {
            (true, Some(old), Some(new)) => {
                self.renamed.insert((was, is));
                self.note(at, Rule::SchemaRenamed, &old, &new, format!("the schema `{was}` is now called `{is}`"));
            }
            _ => {
                let summary = format!("{} is now a `{is}`, no longer a `{was}`", self.about(&old.at, &new.at));
                self.note(at, Rule::ReferenceChanged, &old.at, &new.at, summary);
            }
        }
    }

    /// What was written in place is a component now. It is the same; its type may have another name.
    fn extracted(&mut self, at: At, old: &Schema<'d>, new: &Schema<'d>, is: &str) {
        let (before, now) = (self.old.component(is), self.new.component(is));
        let what = subject(self.old.document, &old.at);
        match (before, now) {
            _ if old.parts.is_empty() || is_made_of(old, is) => {}
            (None, Some(now)) => {
                self.note(
                    at,
                    Rule::SchemaExtracted,
                    &old.at,
                    &now,
                    format!("{what} is a schema of its own now, `{is}`"),
                );
            }
            (Some(_), Some(_)) => {
                self.note(at, Rule::SchemaExtracted, &old.at, &new.at, format!("{what} is written as `{is}` now"));
            }
            (_, None) => {}
        }
    }

    /// The opposite.
    fn inlined(&mut self, at: At, was: &str, old: &Schema<'d>, new: &Schema<'d>) {
        let (before, now) = (self.old.component(was), self.new.component(was));
        let what = subject(self.new.document, &new.at);
        match (before, now) {
            _ if new.parts.is_empty() || is_made_of(new, was) => {}
            (Some(before), None) => {
                let summary = format!("{what} is no longer a separate schema; it was `{was}`");
                self.note(at, Rule::SchemaInlined, &before, &new.at, summary);
            }
            (Some(_), Some(_)) => {
                self.note(at, Rule::SchemaInlined, &old.at, &new.at, format!("{what} is no longer written as `{was}`"));
            }
            (None, _) => {}
        }
    }

    /// Whether the component `was` is in the old document alone, and `is` in the new one alone.
    pub(super) fn is_renamed(&self, was: &str, is: &str) -> bool {
        self.new.component(was).is_none() && self.old.component(is).is_none()
    }
}

/// Whether the component is among what holds at once.
fn is_made_of(schema: &Schema<'_>, component: &str) -> bool {
    schema.parts.iter().any(|part| target(part.value) == Some(component))
}
