//! What the component schemas are called that two documents use in the same place.

use super::{
    comparison::{At, Comparison},
    rule::Rule,
    shape::Schema,
    subject::{about, subject},
};

impl<'d> Comparison<'d> {
    /// Compares the names of two schemas, and has the schemas compared when their turn comes.
    pub(super) fn schemas(&mut self, at: At, old: &Schema<'d>, new: &Schema<'d>) {
        match (old.component(), new.component()) {
            (Some(was), Some(is)) if was != is => self.other_component(at, (was, old), (is, new)),
            (None, Some(is)) => self.extracted(at, old, is),
            (Some(was), None) => self.inlined(at, was, new),
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
                let summary = format!("{} is now a `{is}`, no longer a `{was}`", about(&old.at, &new.at));
                self.note(at, Rule::ReferenceChanged, &old.at, &new.at, summary);
            }
        }
    }

    /// What was written in place is a component now. It is the same; its type may have another name.
    fn extracted(&mut self, at: At, old: &Schema<'d>, is: &str) {
        let (before, now) = (self.old.component(is), self.new.component(is));
        if let (None, Some(now), [_, ..]) = (before, now, old.parts.as_slice()) {
            let summary = format!("{} is a schema of its own now, `{is}`", subject(&old.at));
            self.note(at, Rule::SchemaExtracted, &old.at, &now, summary);
        }
    }

    /// The opposite.
    fn inlined(&mut self, at: At, was: &str, new: &Schema<'d>) {
        let (before, now) = (self.old.component(was), self.new.component(was));
        if let (Some(before), None, [_, ..]) = (before, now, new.parts.as_slice()) {
            let summary = format!("{} is no longer a separate schema; it was `{was}`", subject(&new.at));
            self.note(at, Rule::SchemaInlined, &before, &new.at, summary);
        }
    }

    /// Whether the component `was` is in the old document alone, and `is` in the new one alone.
    pub(super) fn is_renamed(&self, was: &str, is: &str) -> bool {
        self.new.component(was).is_none() && self.old.component(is).is_none()
    }
}
