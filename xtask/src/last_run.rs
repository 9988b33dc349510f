//! What the last `codegen` of this executable left, so that another run on the same files has nothing to do.
//!
//! The record is beside the executable: a digest of the executable and of every file that `codegen` in place reads or
//! writes. `codegen` reads nothing else, so with an equal digest it would write what is there already.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use sha2::{Digest, Sha256};

use crate::{codegen::PLACES, coverage::SOURCES};

/// The last run of this executable.
#[derive(Debug)]
pub struct LastRun {
    record: PathBuf,
    executable: String,
}

impl LastRun {
    /// That of the running executable; `None` if the system can't tell which one that is.
    pub fn of_this_executable() -> Option<Self> {
        let executable = env::current_exe().ok()?;
        let metadata = fs::metadata(&executable).ok()?;
        let built = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        let identity = format!("{} {} {}", executable.display(), metadata.len(), built.as_nanos());
        Some(Self { record: executable.with_extension("last-run"), executable: identity })
    }

    /// Whether the workspace at `root` is as that run left it.
    pub fn left(&self, root: &Path) -> bool {
        fs::read_to_string(&self.record).is_ok_and(|record| self.digest(root).is_ok_and(|digest| digest == record))
    }

    /// Records that the workspace at `root` is as `codegen` has just made it, or found it. Without a record the next run
    /// takes longer, so it is no error if it can't be written.
    pub fn record(&self, root: &Path) {
        if let Ok(digest) = self.digest(root) {
            let _ = fs::write(&self.record, digest);
        }
    }

    fn digest(&self, root: &Path) -> io::Result<String> {
        let mut digest = Sha256::new();
        digest.update(&self.executable);
        for place in PLACES.into_iter().chain([SOURCES]) {
            add(&mut digest, &root.join(place))?;
        }
        Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

/// Adds a file, or everything in a folder: each path, and the length and the content of each file.
fn add(digest: &mut Sha256, path: &Path) -> io::Result<()> {
    digest.update(path.as_os_str().as_encoded_bytes());
    digest.update([0]);
    if path.is_dir() {
        let mut inside = fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
        inside.sort();
        return inside.iter().try_for_each(|path| add(digest, path));
    }
    let content = fs::read(path)?;
    digest.update(content.len().to_le_bytes());
    digest.update(content);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_other_file_name_content_or_executable_is_another_state() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        for place in PLACES {
            let full = root.join(place);
            match full.extension() {
                Some(_) => fs::create_dir_all(full.parent().expect("a parent")).and_then(|()| fs::write(&full, "{}")),
                None => fs::create_dir_all(&full).and_then(|()| fs::write(full.join("a.rs"), "one")),
            }
            .expect("a place");
        }
        let last = LastRun { record: root.join("record"), executable: "first".to_owned() };
        assert!(!last.left(root), "there was none");
        last.record(root);
        assert!(last.left(root));

        let other = LastRun { record: root.join("record"), executable: "second".to_owned() };
        assert!(!other.left(root), "another executable may write something else");
        let file = root.join("openapi/a.rs");
        fs::write(&file, "two").expect("written");
        assert!(!last.left(root), "another content");
        fs::write(&file, "one").expect("written");
        assert!(last.left(root), "as it was");
        let extra = root.join("openapi/b.rs");
        fs::write(&extra, "").expect("written");
        assert!(!last.left(root), "a file more");
        fs::remove_file(&extra).and_then(|()| fs::remove_file(&file)).expect("removed");
        assert!(!last.left(root), "a file less");
        fs::write(root.join("openapi/c.rs"), "one").expect("written");
        assert!(!last.left(root), "another name");
    }
}
