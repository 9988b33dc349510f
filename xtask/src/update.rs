//! `cargo xtask spec update`: takes a new vendor document over, with everything that is generated from it, or nothing.

mod causes;
mod compile;
mod hand_written;
mod kept_names;
mod left_to_do;
mod render;
mod target;
mod trial;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use anyhow::{Context, anyhow};

pub use self::{
    compile::CompileError,
    hand_written::{Mentions, RemovedOperation, RenamedOperation},
    kept_names::{RemovedType, Successor},
    left_to_do::{FORMAT_VERSION, LeftToDo, Update},
    render::text,
};
use self::{compile::Scratch, left_to_do::Found, trial::Trial};
use crate::{
    check,
    codegen::{self, outputs_in_place},
    coverage::Coverage,
    defect::{Defects, Error, count},
    diff::{self, Report},
    openapi,
    output::Staleness,
    overlay,
    page::Document,
    pipeline::{self, Inputs},
    transaction::Writer,
};

/// Takes `file` over into the workspace of `writer`, or goes through all of it but the writing if `is_dry`. `begins` is
/// told each stage as it begins.
///
/// # Errors
///
/// [`Defects`] that the pipeline can't handle, be it that the client made of them does not compile; or whatever keeps
/// files from being read or written, or cargo from being run. Nothing is changed then.
pub fn update(writer: &Writer, file: &Path, is_dry: bool, begins: &mut dyn FnMut(&str)) -> Result<Update, Error> {
    let root = writer.root();
    let checked_in = codegen::checked_in(root);
    let document = checked_in.document.strip_prefix(root).unwrap_or(&checked_in.document).to_owned();

    begins(&format!("reading {}", file.display()));
    let inputs = Inputs { document: file.to_owned(), overlay: checked_in.overlay };
    let new = pipeline::load(&inputs)?;
    // The rest of what a document must be is looked at after the overlay, which may put it right.
    check::version(&new.document.value).map_err(|defect| Defects::of(file.display(), vec![defect]))?;
    let old = openapi::load(&checked_in.document)?;

    begins("applying the overlay, lowering and generating");
    let Trial { mut unmatched, lowered, code } = trial::run(&inputs, &new)?;
    let lines = new.overlay.as_ref().map(|overlay| overlay::lines(&overlay.text)).unwrap_or_default();
    unmatched.iter_mut().for_each(|action| action.line = lines.get(action.index).copied());
    let before = trial::before(old.value.clone(), new.overlay.as_ref());

    begins(&format!("comparing it with {}", document.display()));
    let coverage = Coverage::read(root)?;
    let generated_from = [&before.overlaid, &lowered.overlaid];
    // What the overlay removes is in nothing that is generated: how the vendor changes it is no matter.
    let [was, is] = [(&old, &before.overlaid), (&new.document, &lowered.overlaid)]
        .map(|(document, overlaid)| overlay::without_removed_operations(&document.value, overlaid));
    let compared = diff::compare_with_code(&was, &is, &coverage, generated_from);
    let report =
        Report::new(Document::new(document.display(), &old), Document::new(file.display(), &new.document), compared);

    let mut outputs = outputs_in_place(root, &lowered, || Ok(code), &coverage)?;
    outputs.add(&document, new.document.text.clone());

    // Said before anything takes long. Whatever else can't be written shows when it is about to be.
    if let Some(blocked) = outputs.stale()?.iter().find(|stale| stale.staleness == Staleness::Folder) {
        return Err(anyhow!("{blocked}").into());
    }

    let [client, facade] = compile::CHECKED;
    begins(&format!("compiling {client}"));
    let scratch = Scratch::new(root, writer.scratch())?;
    outputs.below(scratch.path()).write()?;
    let errors = scratch.check(client)?;
    if !errors.is_empty() {
        let defects = errors.iter().take(MAX_ERRORS).map(CompileError::as_defect).collect();
        return Err(Defects::of(file.display(), defects).into());
    }
    begins(&format!("compiling {facade}"));
    let errors = scratch.check(facade)?;
    drop(scratch);

    let stale = outputs.stale()?;
    let changed: BTreeSet<PathBuf> = stale.into_iter().map(|stale| stale.path).collect();
    let found = Found { unmatched_actions: unmatched, errors };
    let left = LeftToDo::find(root, &before, &lowered, (&report, &coverage), found);
    if !is_dry {
        begins(&format!("writing {}", count(changed.len(), "file")));
        outputs.commit(writer).context("the update was not applied")?;
    }
    let changed = changed.into_iter().collect();
    Ok(Update { format_version: FORMAT_VERSION, report, left, changed, sha256: new.document.sha256 })
}

/// Of a client that does not compile, more errors than these say nothing new.
const MAX_ERRORS: usize = 10;
