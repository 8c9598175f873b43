//! Things by their ids, in the order in which they came: chats, bots, facts.
//!
//! Bounded: at most [`MAX_THINGS`] are kept; the oldest go.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// How many things are kept.
const MAX_THINGS: usize = 10_000;

/// Things by their ids.
#[derive(Debug)]
pub(crate) struct Shelf<T> {
    things: Mutex<VecDeque<(String, T)>>,
}

impl<T: Clone> Shelf<T> {
    /// An empty shelf.
    pub(super) fn new() -> Self {
        let things = Mutex::default();
        Self { things }
    }

    /// Keeps a thing in the place of the one of the same id, or as the newest.
    pub(crate) fn put(&self, id: &str, thing: T) {
        let mut things = self.locked();
        match things.iter_mut().find(|(known, _)| known == id) {
            Some((_, present)) => *present = thing,
            None => {
                if things.len() >= MAX_THINGS {
                    things.pop_front();
                }
                things.push_back((id.to_owned(), thing));
            }
        }
    }

    /// The thing of this id.
    pub(crate) fn get(&self, id: &str) -> Option<T> {
        let things = self.locked();
        let found = things.iter().find(|(known, _)| known == id);
        found.map(|(_, thing)| thing.clone())
    }

    /// Changes the thing of this id, if there is one, and gives what `change` does.
    pub(crate) fn change<R>(&self, id: &str, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        let mut things = self.locked();
        let found = things.iter_mut().find(|(known, _)| known == id);
        found.map(|(_, thing)| change(thing))
    }

    /// Takes the thing of this id away, and says whether there was one.
    pub(crate) fn remove(&self, id: &str) -> bool {
        let mut things = self.locked();
        let before = things.len();
        things.retain(|(known, _)| known != id);
        things.len() < before
    }

    /// All of them, oldest first.
    pub(crate) fn all(&self) -> Vec<T> {
        self.locked()
            .iter()
            .map(|(_, thing)| thing.clone())
            .collect()
    }

    fn locked(&self) -> MutexGuard<'_, VecDeque<(String, T)>> {
        self.things.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_are_kept_in_order_and_replaced_in_place() {
        let shelf = Shelf::new();
        for (id, thing) in [("a", 1), ("b", 2), ("a", 3)] {
            shelf.put(id, thing);
        }
        assert_eq!(shelf.all(), [3, 2]);
        assert_eq!(shelf.get("b"), Some(2));
        assert_eq!(shelf.change("b", |thing| *thing += 5), Some(()));
        assert_eq!(shelf.change("c", |_| ()), None);
        assert!(shelf.remove("a") && !shelf.remove("a"));
        assert_eq!(shelf.all(), [7]);
    }

    #[test]
    fn the_oldest_goes_when_there_are_too_many() {
        let shelf = Shelf::new();
        for thing in 0..=MAX_THINGS {
            shelf.put(&thing.to_string(), thing);
        }
        assert_eq!(shelf.all().len(), MAX_THINGS);
        assert_eq!(shelf.get("0"), None);
    }
}
