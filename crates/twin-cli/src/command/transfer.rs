//! Showing people how far a transfer has come.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use twin_client::Progress;

use crate::{args::Args, render::plain};

/// A bar on stderr, if that is a terminal and nothing else is told there. It goes when it is dropped.
pub(super) struct Bar(ProgressBar);

impl Bar {
    /// A bar for what is called `name`.
    pub(super) fn new(name: &str, args: &Args) -> Self {
        if args.log.verbose > 0 || args.log.filter.is_some() {
            return Self(ProgressBar::hidden());
        }
        // It is drawn to stderr, and not at all where that is no terminal.
        let bar = ProgressBar::no_length();
        bar.set_style(style(
            "{msg} {spinner} {binary_bytes} {binary_bytes_per_sec}",
        ));
        bar.set_message(plain::line(name));
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    /// Who moves it.
    pub(super) fn watch(&self) -> impl FnMut(Progress) + Send + 'static {
        let bar = self.0.clone();
        move |progress| {
            if let (Some(total), None) = (progress.total, bar.length()) {
                bar.set_style(style(
                    "{msg} [{bar:30}] {binary_bytes}/{binary_total_bytes} {binary_bytes_per_sec} {eta}",
                ));
                bar.set_length(total);
            }
            bar.set_position(progress.passed);
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template).expect("the templates are well formed");
    style.progress_chars("=> ")
}
