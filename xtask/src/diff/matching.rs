//! Which entry of the one list is which of the other.

use std::{
    collections::{HashMap, VecDeque},
    hash::Hash,
    mem,
};

/// Entries with their counterparts, and those that have none.
#[derive(Debug)]
pub(super) struct Matching<T> {
    pub(super) pairs: Vec<(T, T)>,
    pub(super) removed: Vec<T>,
    pub(super) added: Vec<T>,
}

impl<T> Matching<T> {
    pub(super) fn new(old: impl IntoIterator<Item = T>, new: impl IntoIterator<Item = T>) -> Self {
        Self { pairs: Vec::new(), removed: old.into_iter().collect(), added: new.into_iter().collect() }
    }

    /// Pairs those with the same key, in order.
    pub(super) fn pair_by<K: Eq + Hash>(
        &mut self,
        mut old: impl FnMut(&T) -> Option<K>,
        mut new: impl FnMut(&T) -> Option<K>,
    ) {
        let mut by_key: HashMap<K, VecDeque<usize>> = HashMap::new();
        for (index, entry) in self.added.iter().enumerate() {
            if let Some(key) = new(entry) {
                by_key.entry(key).or_default().push_back(index);
            }
        }
        let mut added: Vec<Option<T>> = mem::take(&mut self.added).into_iter().map(Some).collect();
        for entry in mem::take(&mut self.removed) {
            let index = old(&entry).and_then(|key| by_key.get_mut(&key)?.pop_front());
            match index.and_then(|index| added[index].take()) {
                Some(other) => self.pairs.push((entry, other)),
                None => self.removed.push(entry),
            }
        }
        self.added = added.into_iter().flatten().collect();
    }

    /// Pairs what is left, in order, until one side has no more.
    pub(super) fn pair_rest(&mut self) {
        let few = self.removed.len().min(self.added.len());
        self.pairs.extend(self.removed.drain(..few).zip(self.added.drain(..few)));
    }

    /// If only one entry is left on either side: these two.
    pub(super) fn only_pair(&self) -> Option<(&T, &T)> {
        match (self.removed.as_slice(), self.added.as_slice()) {
            ([old], [new]) => Some((old, new)),
            _ => None,
        }
    }
}

impl<K: Clone + Eq + Hash, V> Matching<(K, V)> {
    /// Pairs those with the same name.
    pub(super) fn by_name(old: impl IntoIterator<Item = (K, V)>, new: impl IntoIterator<Item = (K, V)>) -> Self {
        let mut matching = Self::new(old, new);
        matching.pair_by(|(name, _)| Some(name.clone()), |(name, _)| Some(name.clone()));
        matching
    }
}
