//! A set of files: compared with what is there, or written all at once.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs, io,
    path::{Path, PathBuf},
};

use anyhow::Context;

use crate::transaction::{Change, Writer};

/// The files that a command makes below `root`, and the folders that hold nothing else.
#[derive(Debug)]
pub struct Outputs {
    root: PathBuf,
    files: BTreeMap<PathBuf, String>,
    /// Folders below the root, each with the names of files in it that are written by hand.
    owned: Vec<(PathBuf, BTreeSet<String>)>,
}

/// A file that is not what it would be if it were written now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stale {
    /// Its path below the root.
    pub path: PathBuf,
    /// How it differs.
    pub staleness: Staleness,
}

/// How a file differs from what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "a file can be missing, different, blocked, or one too many")]
pub enum Staleness {
    /// It should be there.
    Missing,
    /// It should not be there.
    Extra,
    /// A folder is in its place.
    Folder,
    /// It differs, first in this line.
    Differs {
        /// The line, counted from 1.
        line: usize,
        /// What stands there.
        found: String,
        /// What should stand there.
        expected: String,
    },
}

impl fmt::Display for Stale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.staleness {
            Staleness::Missing => write!(f, "missing  {path}"),
            Staleness::Extra => write!(f, "extra    {path}"),
            Staleness::Folder => write!(f, "blocked  {path}, by a folder; move it away"),
            Staleness::Differs { line, found, expected } => {
                write!(f, "stale    {path}, first in line {line}\n    is        {found}\n    should be {expected}")
            }
        }
    }
}

impl Outputs {
    /// No files yet, below `root`.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), files: BTreeMap::new(), owned: Vec::new() }
    }

    /// Adds a file.
    pub fn add(&mut self, path: impl Into<PathBuf>, content: String) {
        self.files.insert(path.into(), content);
    }

    /// Takes a file out again, for a caller who has to change it first.
    pub fn take(&mut self, path: impl AsRef<Path>) -> Option<String> {
        self.files.remove(path.as_ref())
    }

    /// States that `folder` holds nothing but files of this set, the `hand_written` ones and folders.
    pub fn own(&mut self, folder: impl Into<PathBuf>, hand_written: impl IntoIterator<Item = String>) {
        self.owned.push((folder.into(), hand_written.into_iter().collect()));
    }

    /// Everything that writing would change, by path.
    ///
    /// # Errors
    ///
    /// If a file or a folder can't be read for another reason than that it is not there.
    pub fn stale(&self) -> anyhow::Result<Vec<Stale>> {
        let mut stale = Vec::new();
        for (path, expected) in &self.files {
            let full = self.root.join(path);
            let staleness = match fs::read(&full) {
                Ok(found) if found == expected.as_bytes() => continue,
                Ok(found) => first_difference(&found, expected),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Staleness::Missing,
                Err(_) if full.is_dir() => Staleness::Folder,
                Err(error) => return Err(error).with_context(|| format!("can't read {}", full.display())),
            };
            stale.push(Stale { path: path.clone(), staleness });
        }
        for path in self.extra()? {
            stale.push(Stale { path, staleness: Staleness::Extra });
        }
        stale.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(stale)
    }

    fn extra(&self) -> anyhow::Result<Vec<PathBuf>> {
        let mut extra = Vec::new();
        for (folder, hand_written) in &self.owned {
            let full = self.root.join(folder);
            let entries = match fs::read_dir(&full) {
                Ok(entries) => entries,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error).with_context(|| format!("can't read {}", full.display())),
            };
            for entry in entries {
                let entry = entry.with_context(|| format!("can't read {}", full.display()))?;
                let name = entry.file_name();
                let path = folder.join(&name);
                let is_by_hand = name.to_str().is_some_and(|name| hand_written.contains(name));
                if !is_by_hand && !self.files.contains_key(&path) && !entry.path().is_dir() {
                    extra.push(path);
                }
            }
        }
        Ok(extra)
    }

    /// The same files below another root.
    pub(crate) fn below(&self, root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), files: self.files.clone(), owned: self.owned.clone() }
    }

    /// Makes the files what they should be, touching only those that are not, and removes extra ones. Returns what was
    /// changed. Whatever keeps one file from being written, or ends the process, changes nothing.
    ///
    /// # Errors
    ///
    /// If a file can't be read, written or removed.
    pub fn commit(&self, writer: &Writer) -> anyhow::Result<Vec<Stale>> {
        let stale = self.stale()?;
        let content =
            |stale: &Stale| self.files.get(&stale.path).filter(|_| stale.staleness != Staleness::Extra).cloned();
        let changes: Vec<Change> =
            stale.iter().map(|stale| Change { path: stale.path.clone(), content: content(stale) }).collect();
        if !changes.is_empty() {
            writer.commit(&changes)?;
        }
        Ok(stale)
    }

    /// As [`Self::commit`], where nobody else writes.
    ///
    /// # Errors
    ///
    /// As [`Self::commit`].
    pub fn write(&self) -> anyhow::Result<Vec<Stale>> {
        match self.stale()? {
            stale if stale.is_empty() => Ok(stale),
            _ => self.commit(&Writer::open(&self.root)?),
        }
    }
}

fn first_difference(found: &[u8], expected: &str) -> Staleness {
    let found = String::from_utf8_lossy(found);
    let same = found.split('\n').zip(expected.split('\n')).take_while(|(left, right)| left == right).count();
    let [found, expected] = [&found, expected].map(|text| shown(text.split('\n').nth(same)));
    Staleness::Differs { line: same + 1, found, expected }
}

fn shown(line: Option<&str>) -> String {
    let Some(line) = line else { return "(end of file)".to_owned() };
    let short: String = line.trim().chars().take(120).collect();
    if short.is_empty() { "(empty line)".to_owned() } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outputs(root: &Path) -> Outputs {
        let mut outputs = Outputs::new(root);
        outputs.add("a.txt", "one\ntwo\n".to_owned());
        outputs.add("sub/b.txt", "b\n".to_owned());
        outputs.own("sub", ["hand.txt".to_owned()]);
        outputs
    }

    fn list(stale: &[Stale]) -> Vec<String> {
        stale.iter().map(|stale| stale.to_string().lines().next().unwrap_or_default().to_owned()).collect()
    }

    #[test]
    fn names_every_stale_missing_and_extra_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let outputs = outputs(folder.path());
        assert_eq!(list(&outputs.stale().expect("stale")), ["missing  a.txt", "missing  sub/b.txt"]);
        outputs.write().expect("written");
        assert_eq!(outputs.stale().expect("stale"), []);

        fs::write(folder.path().join("a.txt"), "one\ntwO\n").expect("written");
        fs::remove_file(folder.path().join("sub/b.txt")).expect("removed");
        fs::write(folder.path().join("sub/c.txt"), "").expect("written");
        fs::write(folder.path().join("sub/hand.txt"), "").expect("written");
        let stale = outputs.stale().expect("stale");
        assert_eq!(list(&stale), ["stale    a.txt, first in line 2", "missing  sub/b.txt", "extra    sub/c.txt"]);
        let expected = Staleness::Differs { line: 2, found: "twO".to_owned(), expected: "two".to_owned() };
        assert_eq!(stale[0].staleness, expected);

        outputs.write().expect("written");
        assert_eq!(outputs.stale().expect("stale"), []);
        assert!(folder.path().join("sub/hand.txt").exists());
    }

    #[test]
    fn touches_only_what_changes() {
        let folder = tempfile::tempdir().expect("a folder");
        let outputs = outputs(folder.path());
        outputs.write().expect("written");
        let time = |name: &str| fs::metadata(folder.path().join(name)).and_then(|m| m.modified()).expect("a time");
        let before = time("a.txt");
        fs::write(folder.path().join("sub/b.txt"), "").expect("written");
        assert_eq!(outputs.write().expect("written").len(), 1);
        assert_eq!(time("a.txt"), before);
    }

    #[test]
    fn changes_nothing_if_one_file_can_not_be_written() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(folder.path().join("sub/b.txt")).expect("a folder in the way");
        let error = outputs(folder.path()).write().expect_err("a folder is in the way");
        assert!(format!("{error:#}").contains("b.txt"), "{error:#}");
        assert!(!folder.path().join("a.txt").exists());
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1, "no temporary file is left");
    }

    #[test]
    fn finds_a_difference_at_the_end() {
        let expected = |found: &str, expected: &str| Staleness::Differs {
            line: 2,
            found: found.into(),
            expected: expected.into(),
        };
        assert_eq!(first_difference(b"a\n", "a\nb"), expected("(empty line)", "b"));
        assert_eq!(first_difference(b"a\nb", "a"), expected("b", "(end of file)"));
    }
}
