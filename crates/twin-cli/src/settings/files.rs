//! Files that settings name.

use std::{fs::File, path::PathBuf};

use twin_client::{AccessToken, ErrorKind, with_causes};
use twin_transport::Roots;

use crate::{
    blocking::blocking,
    bounded,
    failure::{Failure, io_advice, io_cause},
};

/// No token is longer.
const LONGEST_TOKEN: usize = 64 << 10;

/// The token in `file`.
pub(super) async fn token(file: PathBuf) -> Result<AccessToken, Failure> {
    let shown = format!("the token file {}", file.display());
    let read = move || bounded::text(File::open(file)?, LONGEST_TOKEN);
    let text = blocking(read)
        .await
        .map_err(|error| Failure::of_io(&format!("cannot read {shown}"), &error))?;
    AccessToken::parse(text).map_err(|error| {
        Failure::told(
            &format!("cannot use {shown}"),
            ErrorKind::InvalidInput,
            None,
            &error.to_string(),
        )
    })
}

/// The certificates in `file`.
pub(super) async fn roots(file: PathBuf) -> Result<Roots, Failure> {
    let read = move || Ok(Roots::from_pem_file(file));
    let roots = blocking(read)
        .await
        .map_err(|error| Failure::of_io("cannot read the certificates to trust", &error))?;
    roots.map_err(|error| {
        let why = with_causes(&error);
        let advice =
            io_cause(&error).map_or("name a file with certificates in PEM form", io_advice);
        Failure::told(
            "cannot use the certificates to trust",
            ErrorKind::Io,
            None,
            &why,
        )
        .and_try(advice)
    })
}
