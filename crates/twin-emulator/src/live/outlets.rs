//! Several live sides that are told of everything, one after the other.

use crate::platform::{Event, Outlet, Whose};

/// Several outlets as one.
#[derive(Debug)]
pub(crate) struct Outlets<const COUNT: usize>([Box<dyn Outlet>; COUNT]);

impl<const COUNT: usize> Outlets<COUNT> {
    pub(crate) fn new(outlets: [Box<dyn Outlet>; COUNT]) -> Self {
        Self(outlets)
    }
}

impl<const COUNT: usize> Outlet for Outlets<COUNT> {
    fn tell(&self, whose: Whose<'_>, event: &Event<'_>) {
        for outlet in &self.0 {
            outlet.tell(whose, event);
        }
    }
}
