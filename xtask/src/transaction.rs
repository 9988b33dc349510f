//! Changes of the tree, all of them or none, even if the process is killed halfway.
//!
//! Copies of what is replaced are in `target/xtask`, which git does not look at, with a journal that says which is which.
//! Only then are new contents written, each beside its file, and only when all of them are complete are files replaced,
//! each by a rename; that the journal is removed is the moment at which all of it counts. Whoever comes upon a journal puts
//! back what it names, so a change that was cut short never happened.
//!
//! Nothing is forced to the disk. This is about processes that end, not machines: what a power cut leaves, git restores.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Component, Path, PathBuf},
    sync::{
        Arc, LazyLock, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use anyhow::{Context, bail, ensure};
use serde::{Deserialize, Serialize};

/// What one file is to be.
#[derive(Debug)]
pub(crate) struct Change {
    /// Its path below the root.
    pub(crate) path: PathBuf,
    /// What it is to hold; `None` if it is to be removed.
    pub(crate) content: Option<String>,
}

/// The one run that may change the workspace.
#[derive(Debug)]
pub struct Writer {
    root: PathBuf,
    /// Held, not read: it goes with the process, however that ends.
    lock: File,
    has_recovered: bool,
    has_made_target: bool,
}

/// Undoes a change of the workspace that was cut short, if there is one. Tells whether there was.
///
/// # Errors
///
/// If another run is at work, or if something can't be put back.
pub fn recover(root: &Path) -> anyhow::Result<bool> {
    // Without a journal nothing is touched: a check must work where nothing can be written.
    Ok(root.join(FOLDER).join(JOURNAL).exists() && Writer::open(root)?.has_recovered)
}

/// Where everything is kept that is temporary.
const FOLDER: &str = "target/xtask";
const JOURNAL: &str = "journal.json";
const LOCK: &str = "lock";

/// What is being replaced, and what was there.
#[derive(Serialize, Deserialize)]
struct Journal {
    files: Vec<Entry>,
    /// Folders that have to be made first, the outer ones first.
    folders: Vec<PathBuf>,
}

/// One file. Its old content is `old/INDEX`, if it had any.
#[derive(Serialize, Deserialize)]
struct Entry {
    path: PathBuf,
    was_there: bool,
}

impl Writer {
    /// Waits for nobody: of two runs at a time the second one is a mistake. Undoes what an earlier one left unfinished.
    ///
    /// # Errors
    ///
    /// If another run is at work, if something can't be put back, or if nothing can be written in `target`.
    pub fn open(root: &Path) -> anyhow::Result<Self> {
        let has_made_target = !root.join("target").exists();
        let lock = lock(&root.join(FOLDER))?;
        let mut writer = Self { root: root.to_owned(), lock, has_recovered: false, has_made_target };
        writer.has_recovered = writer.undo_unfinished()?;
        writer.clear()?;
        Ok(writer)
    }

    /// Whether an earlier run had left something unfinished, which is undone now.
    pub fn has_recovered(&self) -> bool {
        self.has_recovered
    }

    /// The workspace.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A folder for what is only needed now. The next run removes what this one leaves there.
    pub(crate) fn scratch(&self) -> PathBuf {
        self.folder().join("scratch")
    }

    /// Makes all of `changes`, or none. Interrupt and termination wait until it is done.
    pub(crate) fn commit(&self, changes: &[Change]) -> anyhow::Result<()> {
        self.commit_step_by_step(changes, &mut || {})
    }

    /// `after` is called after every step that a kill could be the next thing to happen to.
    fn commit_step_by_step(&self, changes: &[Change], after: &mut dyn FnMut()) -> anyhow::Result<()> {
        let _held = Held::new()?;
        let result = self.journal(changes, after).context("nothing was changed").and_then(|journal| {
            let done = self.replace(&journal, changes, after).and_then(|()| {
                // From here on nothing is undone any more.
                fs::remove_file(self.folder().join(JOURNAL)).context("can't remove the journal")
            });
            done.map_err(|error| match self.put_back(&journal) {
                Ok(()) => error.context("nothing was changed"),
                Err(second) => second.context(format!("can't undo what was begun ({error:#})")),
            })
        });
        after();
        result
    }

    /// Writes what is needed to undo it, without touching a file of the workspace.
    fn journal(&self, changes: &[Change], after: &mut dyn FnMut()) -> anyhow::Result<Journal> {
        let mut journal = Journal { files: Vec::new(), folders: Vec::new() };
        let old = self.folder().join("old");
        fs::create_dir_all(&old).with_context(|| format!("can't write {}", old.display()))?;
        for (index, Change { path, .. }) in changes.iter().enumerate() {
            let full = self.root.join(path);
            let was_there = self.keep(index, &full).with_context(|| format!("can't write {}", full.display()))?;
            journal.files.push(Entry { path: path.clone(), was_there });
            let missing = path.ancestors().skip(1).take_while(|folder| !self.root.join(folder).exists());
            let missing: Vec<_> =
                missing.filter(|folder| !journal.folders.iter().any(|known| known == folder)).collect();
            journal.folders.extend(missing.into_iter().rev().map(Path::to_owned));
            after();
        }
        let (draft, place) = (self.folder().join("journal.draft"), self.folder().join(JOURNAL));
        let text = serde_json::to_vec(&journal).context("a path is not valid UTF-8")?;
        fs::write(&draft, text).with_context(|| format!("can't write {}", draft.display()))?;
        after();
        // By a rename: a journal is whole, or it is not there.
        fs::rename(&draft, &place).with_context(|| format!("can't write {}", place.display()))?;
        after();
        Ok(journal)
    }

    /// Copies the file, if it is there, which it tells.
    fn keep(&self, index: usize, full: &Path) -> io::Result<bool> {
        match fs::metadata(full) {
            Ok(found) if found.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
            Ok(found) if found.permissions().readonly() => Err(io::ErrorKind::PermissionDenied.into()),
            Ok(_) => fs::copy(full, self.old(index)).map(|_| true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Writes all new contents beside their files, then puts them in their places, quickly: nothing is left to be worked out.
    fn replace(&self, journal: &Journal, changes: &[Change], after: &mut dyn FnMut()) -> anyhow::Result<()> {
        for folder in &journal.folders {
            let full = self.root.join(folder);
            fs::create_dir_all(&full).with_context(|| format!("can't make {}", full.display()))?;
            after();
        }
        for Change { path, content } in changes {
            let Some(content) = content else { continue };
            let full = self.root.join(path);
            let write = || -> io::Result<()> {
                fs::write(beside(&full), content)?;
                match fs::metadata(&full) {
                    Ok(found) => fs::set_permissions(beside(&full), found.permissions()),
                    Err(_) => Ok(()),
                }
            };
            write().with_context(|| format!("can't write {}", full.display()))?;
            after();
        }
        for Change { path, content } in changes {
            let full = self.root.join(path);
            match content {
                Some(_) => {
                    fs::rename(beside(&full), &full).with_context(|| format!("can't replace {}", full.display()))?
                }
                None => fs::remove_file(&full).with_context(|| format!("can't remove {}", full.display()))?,
            }
            after();
        }
        Ok(())
    }

    /// Makes everything as it was. It can be cut short and begun again: the copies stay until the journal is gone.
    fn put_back(&self, journal: &Journal) -> anyhow::Result<()> {
        for (index, entry) in journal.files.iter().enumerate().rev() {
            let full = self.root.join(&entry.path);
            let put_back = || -> io::Result<()> {
                remove_if_there(&beside(&full))?;
                if !entry.was_there {
                    // A folder there is not ours: what is put in place are files.
                    return if full.is_dir() { Ok(()) } else { remove_if_there(&full) };
                }
                let old = fs::read(self.old(index))?;
                if fs::read(&full).is_ok_and(|found| found == old) {
                    return Ok(());
                }
                fs::copy(self.old(index), beside(&full))?;
                fs::rename(beside(&full), &full)
            };
            put_back().with_context(|| format!("can't put back {}", full.display()))?;
        }
        for folder in journal.folders.iter().rev() {
            // One that somebody has put something into stays.
            let _ = fs::remove_dir(self.root.join(folder));
        }
        let journal = self.folder().join(JOURNAL);
        remove_if_there(&journal).with_context(|| format!("can't remove {}", journal.display()))
    }

    fn undo_unfinished(&self) -> anyhow::Result<bool> {
        let path = self.folder().join(JOURNAL);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error).with_context(|| format!("can't read {}", path.display())),
        };
        let journal: Journal = serde_json::from_slice(&text).with_context(|| {
            format!("{} is damaged; restore the workspace with git, and delete that file", path.display())
        })?;
        let is_inside = |path: &Path| path.components().all(|part| matches!(part, Component::Normal(_)));
        let mut paths = journal.files.iter().map(|entry| &entry.path).chain(&journal.folders);
        ensure!(paths.all(|path| is_inside(path)), "{} names files elsewhere; delete it", path.display());
        self.put_back(&journal).context("an interrupted change can't be undone")?;
        Ok(true)
    }

    /// Removes what earlier runs, or this one, left in the folder; not the lock.
    fn clear(&self) -> anyhow::Result<()> {
        let folder = self.folder();
        // Where putting back has failed, the journal is still needed, and so is everything that it names.
        if folder.join(JOURNAL).exists() {
            return Ok(());
        }
        let clear = || -> io::Result<()> {
            for entry in fs::read_dir(&folder)? {
                let entry = entry?;
                if entry.file_name() == LOCK {
                    continue;
                }
                match entry.file_type()?.is_dir() {
                    true => fs::remove_dir_all(entry.path())?,
                    false => fs::remove_file(entry.path())?,
                }
            }
            Ok(())
        };
        clear().with_context(|| format!("can't clear {}", folder.display()))
    }

    fn folder(&self) -> PathBuf {
        self.root.join(FOLDER)
    }

    fn old(&self, index: usize) -> PathBuf {
        self.folder().join("old").join(index.to_string())
    }
}

impl Drop for Writer {
    /// Leaves no trace. What can't be removed does no harm, and the next run tries again.
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let _ = self.clear();
        let folder = self.folder();
        // Elsewhere a file that is open can't be told from the one that has taken its name.
        if cfg!(unix) && is_at(&self.lock, &folder.join(LOCK)) {
            let _ = fs::remove_file(folder.join(LOCK));
        }
        if fs::remove_dir(&folder).is_ok() && self.has_made_target {
            let _ = fs::remove_dir(self.root.join("target"));
        }
    }
}

/// Locks the file `lock` in `folder`, which is made if it is not there.
fn lock(folder: &Path) -> anyhow::Result<File> {
    let path = folder.join(LOCK);
    let can_not = || format!("can't write {}", path.display());
    // The run before may remove folder or file at any moment.
    for _ in 0..64 {
        fs::create_dir_all(folder).with_context(can_not)?;
        let file = match File::options().create(true).truncate(false).write(true).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            file => file.with_context(can_not)?,
        };
        match file.try_lock() {
            Ok(()) => {}
            // A file system without locks: nothing can be said about others.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {}
            Err(TryLockError::Error(error)) => return Err(error).with_context(can_not),
            Err(TryLockError::WouldBlock) => break,
        }
        if is_at(&file, &path) {
            return Ok(file);
        }
    }
    bail!("another `cargo xtask` is changing this workspace; wait until it has finished")
}

/// Whether `file` is still what `path` names.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |found: io::Result<fs::Metadata>| found.map(|found| (found.dev(), found.ino())).ok();
    id(file.metadata()).is_some_and(|open| id(fs::metadata(path)) == Some(open))
}

/// Whether `file` is still what `path` names. Nothing removes it there.
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}

/// Where the content of a file waits that is about to replace it: `target` may be on another file system.
fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".xtask-{name}"))
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        // Nor is it there if its folder is not one.
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(()),
        result => result,
    }
}

/// As long as it lives, what asks the process to end is passed over: it will have ended soon enough, and with the
/// workspace in one piece.
struct Held {
    may_end: Arc<AtomicBool>,
    /// The flag is the process's.
    _alone: MutexGuard<'static, ()>,
}

impl Held {
    fn new() -> anyhow::Result<Self> {
        /// The flag, once the signals look at it.
        static MAY_END: LazyLock<Option<Arc<AtomicBool>>> = LazyLock::new(|| {
            use signal_hook::consts::{SIGINT, SIGTERM};
            let may_end = Arc::new(AtomicBool::new(true));
            let signals: &[i32] = &[
                SIGINT,
                SIGTERM,
                #[cfg(unix)]
                signal_hook::consts::SIGHUP,
            ];
            let register = |signal| signal_hook::flag::register_conditional_default(signal, Arc::clone(&may_end));
            signals.iter().all(|signal| register(*signal).is_ok()).then_some(may_end)
        });
        static ALONE: Mutex<()> = Mutex::new(());
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let may_end = MAY_END.clone().context("can't hold back interrupts")?;
        may_end.store(false, Ordering::SeqCst);
        Ok(Self { may_end, _alone: alone })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.may_end.store(true, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeMap,
        panic::{self, AssertUnwindSafe},
    };

    use super::*;

    type Tree = BTreeMap<PathBuf, Option<String>>;

    /// Every path below `root`, with the content of files.
    fn tree(root: &Path) -> Tree {
        let mut found = Tree::new();
        let mut open = vec![root.to_owned()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(&folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                let content = path.is_file().then(|| fs::read_to_string(&path).expect("a file"));
                found.insert(path.strip_prefix(root).expect("below the root").to_owned(), content);
                if path.is_dir() {
                    open.push(path);
                }
            }
        }
        found
    }

    fn workspace() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("sub")).expect("a folder");
        for path in ["changes.txt", "goes.txt", "sub/changes.txt", "stays.txt"] {
            fs::write(folder.path().join(path), format!("old {path}")).expect("written");
        }
        folder
    }

    fn changes() -> Vec<Change> {
        let change = |path: &str, content: Option<&str>| Change { path: path.into(), content: content.map(Into::into) };
        vec![
            change("changes.txt", Some("new")),
            change("sub/changes.txt", Some("new")),
            change("new/deep/file.txt", Some("new")),
            change("new/file.txt", Some("new")),
            change("goes.txt", None),
        ]
    }

    #[test]
    fn makes_every_change_and_leaves_nothing_else() {
        let folder = workspace();
        Writer::open(folder.path()).and_then(|writer| writer.commit(&changes())).expect("committed");
        let after = tree(folder.path());
        let files = after.iter().filter_map(|(path, content)| Some((path.to_str()?, content.as_deref()?)));
        assert_eq!(
            files.collect::<Vec<_>>(),
            [
                ("changes.txt", "new"),
                ("new/deep/file.txt", "new"),
                ("new/file.txt", "new"),
                ("stays.txt", "old stays.txt"),
                ("sub/changes.txt", "new"),
            ]
        );
        assert!(!after.contains_key(Path::new("target")));
    }

    /// A panic that nothing catches stands for a kill: no code of ours runs between it and the end.
    #[test]
    fn a_kill_after_any_step_is_undone_or_everything_was_done() {
        let before = tree(workspace().path());
        let (mut undone, mut done) = (0, 0);
        for kill_after in 1.. {
            let folder = workspace();
            let mut step = 0;
            let run = || {
                let writer = Writer::open(folder.path()).expect("a writer");
                writer.commit_step_by_step(&changes(), &mut || {
                    step += 1;
                    if step == kill_after {
                        panic::resume_unwind(Box::new("killed"));
                    }
                })
            };
            if panic::catch_unwind(AssertUnwindSafe(run)).is_ok() {
                break;
            }
            let is_begun = folder.path().join(FOLDER).join(JOURNAL).exists();
            assert_eq!(recover(folder.path()).expect("recovered"), is_begun, "after step {kill_after}");
            // Whoever writes next clears away what was never begun, too.
            drop(Writer::open(folder.path()).expect("a writer"));
            let mut after = tree(folder.path());
            // An empty `target` is all that a kill may leave: it can't be known who has made it.
            after.remove(Path::new("target"));
            if after == before {
                undone += 1;
            } else {
                let whole = workspace();
                Writer::open(whole.path()).and_then(|writer| writer.commit(&changes())).expect("committed");
                assert_eq!(after, tree(whole.path()), "after step {kill_after}");
                done += 1;
            }
        }
        // 5 kept, the journal drafted and put in place, 2 folders, 4 files written, 5 replaced or removed; then it is done.
        assert_eq!((undone, done), (18, 1));
    }

    #[test]
    fn a_kill_while_undoing_is_undone() {
        let before = tree(workspace().path());
        let folder = workspace();
        let writer = Writer::open(folder.path()).expect("a writer");
        let journal = writer.journal(&changes(), &mut || {}).expect("written");
        writer.replace(&journal, &changes(), &mut || {}).expect("replaced");
        // Half of it is put back already, when the second attempt begins.
        fs::copy(writer.old(0), folder.path().join("changes.txt")).expect("copied");
        fs::copy(writer.old(1), folder.path().join("sub/.xtask-changes.txt")).expect("copied");
        fs::remove_file(folder.path().join("new/file.txt")).expect("removed");
        std::mem::forget(writer);
        // The lock goes with a process; within this one it has to be let go of.
        fs::remove_file(folder.path().join(FOLDER).join(LOCK)).expect("removed");
        assert!(recover(folder.path()).expect("recovered"));
        let mut after = tree(folder.path());
        after.remove(Path::new("target"));
        assert_eq!(after, before);
    }

    #[test]
    fn a_failure_halfway_undoes_the_first_half() {
        let folder = workspace();
        let before = tree(folder.path());
        let mut changes = changes();
        // A file that is made first is in the way of a folder.
        changes.push(Change { path: "blocked".into(), content: Some("a file".into()) });
        changes.push(Change { path: "blocked/file.txt".into(), content: Some("new".into()) });
        let error = Writer::open(folder.path()).expect("a writer").commit(&changes).expect_err("blocked");
        assert!(format!("{error:#}").contains("nothing was changed: can't replace"), "{error:#}");
        assert_eq!(tree(folder.path()), before);
    }

    /// Without the guard this ends the tests altogether.
    #[test]
    fn termination_waits_until_everything_is_done() {
        let folder = workspace();
        let writer = Writer::open(folder.path()).expect("a writer");
        let mut raised = 0;
        let mut raise = || {
            signal_hook::low_level::raise(signal_hook::consts::SIGTERM).expect("raised");
            raised += 1;
        };
        writer.commit_step_by_step(&changes(), &mut raise).expect("committed");
        assert_eq!(raised, 19);
        assert_eq!(fs::read_to_string(folder.path().join("changes.txt")).expect("a file"), "new");
    }

    #[test]
    fn a_second_writer_is_refused_until_the_first_is_gone() {
        let folder = workspace();
        let first = Writer::open(folder.path()).expect("a writer");
        let error = Writer::open(folder.path()).expect_err("one at a time");
        assert!(error.to_string().contains("another `cargo xtask`"), "{error:#}");
        drop(first);
        drop(Writer::open(folder.path()).expect("a writer"));
        assert!(!folder.path().join("target").exists());
    }

    #[test]
    fn a_journal_that_names_files_elsewhere_is_not_followed() {
        let folder = workspace();
        for path in ["../outside", "/outside"] {
            fs::create_dir_all(folder.path().join(FOLDER)).expect("a folder");
            let entry = format!("{{\"path\":\"{path}\",\"was_there\":false}}");
            let journal = format!("{{\"files\":[{entry}],\"folders\":[]}}");
            fs::write(folder.path().join(FOLDER).join(JOURNAL), journal).expect("written");
            let error = recover(folder.path()).expect_err("elsewhere");
            assert!(error.to_string().contains("elsewhere"), "{error:#}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_replaced_file_keeps_its_permissions() {
        use std::os::unix::fs::PermissionsExt;
        let folder = workspace();
        let path = folder.path().join("changes.txt");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("set");
        Writer::open(folder.path()).and_then(|writer| writer.commit(&changes())).expect("committed");
        assert_eq!(fs::metadata(&path).expect("a file").permissions().mode() & 0o777, 0o755);
    }
}
