//! The oldest Rust that is promised, tried with that very Rust.

use std::{env, ffi::OsString, path::Path};

use anyhow::{Context as _, Result, bail};

use super::{Outcome, done};
use crate::{child::Child, workspace};

/// What users build. The project's own tests and commands may want a newer Rust.
const PROMISED: [&str; 5] = [
    "twin-protocol",
    "twin-transport",
    "twin-client",
    "twin-emulator",
    "twin-chat-cli",
];

/// A compiler and the cargo that belongs to it.
struct Toolchain {
    rustc: OsString,
    cargo: OsString,
}

/// Checks what is published with a Rust of the stated `rust-version`, where there is one.
///
/// It is looked for in `TWIN_MSRV_RUSTC` and `TWIN_MSRV_CARGO`, among rustup's toolchains, and where
/// a distribution puts its own.
///
/// # Errors
///
/// When it does not compile; when the variables name a Rust of another version.
pub(super) fn run() -> Result<Outcome> {
    let wanted = stated()?;
    let Some(toolchain) = find(&wanted)? else {
        let reason = format!(
            "no Rust {wanted} here; name one with TWIN_MSRV_RUSTC and TWIN_MSRV_CARGO, \
             or `rustup toolchain install {wanted}`"
        );
        return Ok(Outcome::Skipped(reason));
    };
    let mut args = vec!["check", "--locked", "--target-dir", "target/msrv"];
    args.extend(PROMISED.iter().flat_map(|&package| ["-p", package]));
    done(
        Child::new(toolchain.cargo, &args)
            .env("RUSTC", toolchain.rustc)
            // The other toolchain's cargo must not be sent back to the present one by rustup.
            .env("RUSTUP_TOOLCHAIN", wanted)
            .run(),
    )
}

/// The `rust-version` that the packages state.
fn stated() -> Result<String> {
    let metadata = workspace::metadata()?;
    let protocol = metadata
        .packages
        .iter()
        .find(|package| package.name.as_str() == PROMISED[0]);
    let version = protocol.and_then(|package| package.rust_version.as_ref());
    let version = version.context("twin-protocol states no rust-version")?;
    Ok(format!("{}.{}", version.major, version.minor))
}

fn find(wanted: &str) -> Result<Option<Toolchain>> {
    if let Some(rustc) = env::var_os("TWIN_MSRV_RUSTC") {
        let cargo = env::var_os("TWIN_MSRV_CARGO").context("TWIN_MSRV_CARGO is not set")?;
        let version = version_of(&rustc)?;
        if !is_version(&version, wanted) {
            bail!("TWIN_MSRV_RUSTC is {version}, wanted {wanted}");
        }
        return Ok(Some(Toolchain { rustc, cargo }));
    }
    let rustup = |tool: &str| {
        let which = Child::new("rustup", &["which", "--toolchain", wanted, tool]).output();
        which.ok().map(|path| OsString::from(path.trim()))
    };
    let distribution = |tool: &str| {
        let path = Path::new("/usr/bin").join(tool);
        path.is_file().then(|| path.into_os_string())
    };
    let fitting = |place: &dyn Fn(&str) -> Option<OsString>| {
        let (rustc, cargo) = (place("rustc")?, place("cargo")?);
        let fits = version_of(&rustc).is_ok_and(|version| is_version(&version, wanted));
        fits.then_some(Toolchain { rustc, cargo })
    };
    Ok(fitting(&rustup).or_else(|| fitting(&distribution)))
}

fn version_of(rustc: &OsString) -> Result<String> {
    Child::new(rustc, &["--version"]).output()
}

/// Whether `said`, what `rustc --version` prints, is of the release `wanted`, such as `1.85`.
fn is_version(said: &str, wanted: &str) -> bool {
    let number = said.strip_prefix("rustc ").unwrap_or(said);
    number
        .strip_prefix(wanted)
        .is_some_and(|rest| rest.starts_with(['.', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_stated_release_counts() {
        assert!(is_version("rustc 1.85.0 (4d91de4e4 2025-02-17)", "1.85"));
        assert!(is_version("rustc 1.85.1 (Debian)", "1.85"));
        assert!(!is_version("rustc 1.95.0 (f2d3ce0bd 2026-03-21)", "1.85"));
        assert!(!is_version("rustc 1.850.0", "1.85"));
        assert!(!is_version("", "1.85"));
    }

    #[test]
    fn the_stated_version_is_read_from_the_manifest() {
        let manifest = std::fs::read_to_string(workspace::root().unwrap().join("Cargo.toml"));
        let line = format!("rust-version = \"{}\"", stated().unwrap());
        assert!(manifest.unwrap().lines().any(|it| it == line), "{line}");
    }
}
