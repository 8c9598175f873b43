//! Programs run as children, in the root of the checkout.

use std::{
    env,
    ffi::OsString,
    fmt,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail};

use crate::workspace;

/// A program and its arguments, which can be shown as one could type it.
pub(crate) struct Child {
    program: OsString,
    args: Vec<String>,
    env: Vec<(&'static str, OsString)>,
}

impl Child {
    /// A child that runs `program` with `args`.
    pub(crate) fn new(program: impl Into<OsString>, args: &[&str]) -> Self {
        Self {
            program: program.into(),
            args: args.iter().map(|&arg| arg.to_owned()).collect(),
            env: Vec::new(),
        }
    }

    /// The cargo that runs this program, with `args`.
    pub(crate) fn cargo(args: &[&str]) -> Self {
        let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        Self::new(program, args)
    }

    /// The same with more arguments.
    pub(crate) fn args<S: Into<String>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// The same with a variable in its environment.
    pub(crate) fn env(mut self, name: &'static str, value: impl Into<OsString>) -> Self {
        self.env.push((name, value.into()));
        self
    }

    /// Runs it with this program's own output.
    ///
    /// # Errors
    ///
    /// When it cannot be started, or ends with anything but success.
    pub(crate) fn run(&self) -> Result<()> {
        println!("$ {self}");
        self.run_quietly()
    }

    /// The same without saying what is run: its output is all there is.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run).
    pub(crate) fn run_quietly(&self) -> Result<()> {
        let status = self.command()?.status();
        let status = status.with_context(|| format!("cannot start `{self}`"))?;
        if !status.success() {
            bail!("`{self}` failed ({status})");
        }
        Ok(())
    }

    /// Runs it unseen and gives what it printed.
    ///
    /// # Errors
    ///
    /// When it cannot be started, ends with anything but success, or prints what is not UTF-8.
    pub(crate) fn output(&self) -> Result<String> {
        let output = self.command()?.stdin(Stdio::null()).output();
        let output = output.with_context(|| format!("cannot start `{self}`"))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!("`{self}` failed ({}): {}", output.status, said.trim());
        }
        String::from_utf8(output.stdout).with_context(|| format!("`{self}` printed no text"))
    }

    fn command(&self) -> Result<Command> {
        let mut command = Command::new(&self.program);
        command.args(&self.args).current_dir(workspace::root()?);
        // What cargo tells this program of its own package is not meant for its children.
        for (name, _) in env::vars_os() {
            if name
                .to_str()
                .is_some_and(|name| name.starts_with("CARGO_PKG_"))
            {
                command.env_remove(name);
            }
        }
        command.env_remove("CARGO_MANIFEST_DIR");
        command.env_remove("CARGO_MANIFEST_PATH");
        command.envs(self.env.iter().map(|(name, value)| (*name, value)));
        Ok(command)
    }
}

impl fmt::Display for Child {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.env {
            let value = value.to_string_lossy();
            if value.contains(' ') {
                write!(f, "{name}='{value}' ")?;
            } else {
                write!(f, "{name}={value} ")?;
            }
        }
        // The bare name is what a person would type.
        let name = Path::new(&self.program).file_name();
        f.write_str(&name.unwrap_or(&self.program).to_string_lossy())?;
        for arg in &self.args {
            write!(f, " {arg}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_is_shown_as_one_would_type_it() {
        let child = Child::new("/usr/bin/cargo", &["doc"]).env("RUSTDOCFLAGS", "-D warnings");
        assert_eq!(child.to_string(), "RUSTDOCFLAGS='-D warnings' cargo doc");
    }

    #[test]
    fn a_failing_child_is_an_error_that_names_it() {
        let error = Child::new("git", &["no-such-command"]).run().unwrap_err();
        assert!(error.to_string().contains("`git no-such-command` failed"));
        let error = Child::new("no-such-program", &[]).output().unwrap_err();
        assert!(error.to_string().contains("cannot start `no-such-program`"));
    }

    #[test]
    fn output_is_what_was_printed() {
        let version = Child::cargo(&["--version"]).output().unwrap();
        assert!(version.starts_with("cargo "), "{version}");
    }
}
