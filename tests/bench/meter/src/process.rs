//! What the operating system says of this process.

use std::{fs, time::Duration};

use anyhow::{Context as _, Result};
use nix::sys::resource::{UsageWho, getrusage};

/// The processor time that this process has used, in user and kernel mode.
///
/// # Errors
///
/// Where the system does not tell.
pub fn cpu() -> Result<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_SELF).context("getrusage")?;
    let span = |time: nix::sys::time::TimeVal| {
        let seconds = u64::try_from(time.tv_sec()).unwrap_or_default();
        let micros = u64::try_from(time.tv_usec()).unwrap_or_default();
        Duration::from_secs(seconds) + Duration::from_micros(micros)
    };
    Ok(span(usage.user_time()) + span(usage.system_time()))
}

/// The memory that this process has in use now, in KiB.
///
/// # Errors
///
/// Where the system does not tell.
pub fn resident_kb() -> Result<u64> {
    status("VmRSS:")
}

/// The most memory that this process has had in use, in KiB.
pub(crate) fn most_resident_kb() -> Result<u64> {
    status("VmHWM:")
}

fn status(name: &str) -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status").context("/proc/self/status")?;
    status
        .lines()
        .find_map(|line| {
            line.strip_prefix(name)?
                .trim()
                .strip_suffix(" kB")?
                .parse()
                .ok()
        })
        .with_context(|| format!("/proc/self/status has no {name}"))
}
