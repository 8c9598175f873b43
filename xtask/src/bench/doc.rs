//! The pages that show the tables, in both languages.

use std::fs;

use anyhow::{Context as _, Result};

use super::{
    contender::{FLOOR, LOWER_FLOOR, OURS},
    table::Table,
};
use crate::workspace;

/// The words of a table.
pub(super) struct Words {
    file: &'static str,
    pub(super) client: &'static str,
    pub(super) ratio: &'static str,
    pub(super) idle: &'static str,
    pub(super) memory: &'static str,
    pub(super) time: fn(u64) -> String,
    pub(super) rounds: fn(usize, u64) -> String,
    pub(super) session: fn(&str) -> String,
    pub(super) name: fn(&str) -> String,
}

pub(super) const ENGLISH: Words = Words {
    file: "docs/performance.md",
    client: "client",
    ratio: "to the floor",
    idle: "KB per idle link",
    memory: "MB at most",
    time: |replies| match replies {
        1 => "µs an event, 1 a frame".to_owned(),
        replies => format!("µs an event, {replies} a frame"),
    },
    rounds: |rounds, count| format!("Rounds: {rounds}; events in a run: {count}."),
    session: |kb| format!("A further session on a link takes {kb} KB."),
    name: |name| match name {
        OURS => "**this client**".to_owned(),
        name => name.to_owned(),
    },
};

pub(super) const RUSSIAN: Words = Words {
    file: "docs/ru/performance.md",
    client: "клиент",
    ratio: "к эталону",
    idle: "КБ на простаивающее соединение",
    memory: "МБ в пике",
    time: |replies| format!("мкс на событие, по {replies} в кадре"),
    rounds: |rounds, count| format!("Раундов: {rounds}; событий в прогоне: {count}."),
    session: |kb| format!("Каждая следующая сессия на соединении занимает {kb} КБ."),
    name: |name| match name {
        OURS => "**этот клиент**".to_owned(),
        FLOOR => "эталон".to_owned(),
        LOWER_FLOOR => "эталон, текст проверен один раз".to_owned(),
        name => name.to_owned(),
    },
};

/// Writes the table into the pages of both languages.
///
/// # Errors
///
/// When a page is not there, or has no place for the table.
pub(super) fn write(table: &Table) -> Result<()> {
    let name = format!("bench events --link {}", table.link.as_str());
    write_text(&name, &table.print(&ENGLISH)?, &table.print(&RUSSIAN)?)
}

/// Writes a table into the pages of both languages, between the marks of `name`.
///
/// # Errors
///
/// When a page is not there, or has no place for the table.
pub(super) fn write_text(name: &str, english: &str, russian: &str) -> Result<()> {
    for (file, text) in [(ENGLISH.file, english), (RUSSIAN.file, russian)] {
        let path = workspace::root()?.join(file);
        let page = fs::read_to_string(&path).with_context(|| format!("cannot read {file}"))?;
        let page = replaced(&page, name, text)
            .with_context(|| format!("{file} has no place for `{name}`"))?;
        fs::write(&path, page).with_context(|| format!("cannot write {file}"))?;
    }
    Ok(())
}

/// The page with `text` between the marks of `name`; `None` where it has none.
fn replaced(page: &str, name: &str, text: &str) -> Option<String> {
    let begin = format!("<!-- {name} -->\n");
    let (before, rest) = page.split_once(&begin)?;
    let (_, after) = rest.split_once("<!-- end -->")?;
    Some(format!("{before}{begin}\n{text}\n\n<!-- end -->{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_stands_between_its_marks() {
        let page = "a\n<!-- x -->\nold\n<!-- end -->\nb\n<!-- y -->\n<!-- end -->\n";
        let new = "a\n<!-- x -->\n\nnew\n\n<!-- end -->\nb\n<!-- y -->\n<!-- end -->\n";
        assert_eq!(replaced(page, "x", "new").as_deref(), Some(new));
        assert_eq!(replaced(new, "x", "new").as_deref(), Some(new));
        assert_eq!(replaced(page, "z", "new"), None);
    }
}
