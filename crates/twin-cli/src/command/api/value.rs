//! The value of a field: as it stands, from a file, or from stdin.

use std::{fs::File, io, path::PathBuf};

use super::operation::{Field, Form};
use crate::{
    blocking::blocking,
    bounded,
    failure::{End, Failure},
};

/// No value is longer, in bytes.
const LONGEST: usize = 8 << 20;

/// Reads what `word` says: `@FILE`, `@-` for stdin, `@@...` for what begins with an `@`, else itself.
/// What says which file to send is not read, but left as it is.
pub(super) async fn read(field: &Field, word: &str) -> Result<String, End> {
    let source = match word.strip_prefix('@') {
        Some(_) if field.form == Form::File => return Ok(word.to_owned()),
        None if field.form == Form::File => {
            let name = field.name;
            return Err(End::Usage(format!(
                "`{name}` wants a file: give it as {name}=@FILE, or as {name}=@- on stdin"
            )));
        }
        None if field.form == Form::Secret => {
            let name = field.name;
            return Err(End::Usage(format!(
                "`{name}` is a secret, which others can see on a command line: \
                 give it as {name}=@FILE, or as {name}=@- on stdin"
            )));
        }
        None => return Ok(word.to_owned()),
        Some(rest) if rest.starts_with('@') => return Ok(rest.to_owned()),
        Some("-") => None,
        Some(file) => Some(PathBuf::from(file)),
    };
    let shown = match &source {
        Some(file) => file.display().to_string(),
        None => "stdin".to_owned(),
    };
    let text = blocking(move || match source {
        Some(file) => bounded::text(File::open(file)?, LONGEST),
        None => bounded::text(io::stdin().lock(), LONGEST),
    });
    let text = text.await;
    let what = format!("cannot read `{}` from {shown}", field.name);
    let text = text.map_err(|error| Failure::of_io(&what, &error))?;
    Ok(match field.form {
        // What editors and `echo` add is no part of these.
        Form::Secret | Form::Boolean | Form::Number => text.trim().to_owned(),
        Form::File | Form::Json | Form::Text => text,
    })
}
