//! Folders of cases: one a file, or several.
//!
//! A case that names `each` is as many cases: one a value, which takes the place of `"EACH"`, and of
//! `EACH` in a longer text.

use std::{fmt, fs, path::Path};

use serde::{Deserialize, de::DeserializeOwned};

/// What cases have in place of a value of `each`.
const PLACE: &str = "EACH";
/// A file beside the cases that is none.
const EXPECTED: &str = "expected-failures";

/// A file that is no case.
#[derive(Debug)]
pub struct CaseError {
    file: String,
    source: Box<dyn std::error::Error + Send + Sync>,
}

/// Reads every case of a folder with its name, in the order of the names.
pub(crate) fn read_all<T: DeserializeOwned>(folder: &Path) -> Result<Vec<(String, T)>, CaseError> {
    let fail = |path: &Path, source| CaseError {
        file: path.display().to_string(),
        source,
    };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| fail(folder, error.into()))? {
        let path = entry.map_err(|error| fail(folder, error.into()))?.path();
        let is_case = path.extension().is_some_and(|it| it == "toml")
            && path.file_stem().is_some_and(|it| it != EXPECTED);
        if is_case {
            paths.push(path);
        }
    }
    paths.sort();
    let mut cases = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).map_err(|error| fail(&path, error.into()))?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let read = read(&name, &text).map_err(|error| fail(&path, error.into()))?;
        cases.extend(read);
    }
    Ok(cases)
}

/// The cases of one text.
fn read<T: DeserializeOwned>(name: &str, text: &str) -> Result<Vec<(String, T)>, toml::de::Error> {
    #[derive(Deserialize)]
    struct Each {
        #[serde(default)]
        each: Vec<u32>,
    }
    let Each { each } = toml::from_str(text)?;
    if each.is_empty() {
        return Ok(vec![(name.to_owned(), toml::from_str(text)?)]);
    }
    let one = |value: u32| {
        let value = value.to_string();
        let text = text.replace(&format!("\"{PLACE}\""), &value);
        let case = toml::from_str(&text.replace(PLACE, &value))?;
        Ok((format!("{name}-{value}"), case))
    };
    each.into_iter().map(one).collect()
}

impl fmt::Display for CaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is no case", self.file)
    }
}

impl std::error::Error for CaseError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::Case;

    #[test]
    fn each_value_makes_a_case() {
        let text = r#"
            about = "closes with EACH"
            each = [3500, 4500]
            [[step]]
            server = { disconnect = { code = "EACH" } }
        "#;
        let cases: Vec<(String, Case)> = read("close", text).unwrap();
        let names: Vec<_> = cases.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["close-3500", "close-4500"]);
        assert_eq!(cases[1].1.about, "closes with 4500");
    }
}
