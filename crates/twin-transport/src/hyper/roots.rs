//! Whom to trust.

use std::{fmt, fs, io, path::Path, path::PathBuf};

use rustls::pki_types::{CertificateDer, pem::PemObject};

/// The certificates that a server's must lead to.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum Roots {
    /// These alone.
    Custom(Vec<CertificateDer<'static>>),
    /// What the operating system trusts; Mozilla's where it has nothing, as in an empty container
    /// (the latter with feature `roots-webpki`).
    #[default]
    Platform,
    /// Mozilla's, compiled in.
    WebPki,
}

/// A file of certificates that cannot be used.
#[derive(Debug)]
pub struct RootsError {
    path: PathBuf,
    problem: Problem,
}

#[derive(Debug)]
enum Problem {
    Empty,
    Pem(rustls::pki_types::pem::Error),
    Read(io::Error),
}

impl Roots {
    /// The certificates of a PEM file.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or holds no certificate, or one that is broken.
    pub fn from_pem_file(path: impl AsRef<Path>) -> Result<Self, RootsError> {
        let path = path.as_ref();
        let fail = |problem| RootsError {
            path: path.to_owned(),
            problem,
        };
        let pem = fs::read(path).map_err(|error| fail(Problem::Read(error)))?;
        let certificates = CertificateDer::pem_slice_iter(&pem)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| fail(Problem::Pem(error)))?;
        if certificates.is_empty() {
            return Err(fail(Problem::Empty));
        }
        Ok(Self::Custom(certificates))
    }
}

impl fmt::Display for RootsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match self.problem {
            Problem::Empty => write!(f, "{path} holds no certificate in PEM form"),
            Problem::Pem(_) => write!(f, "{path} holds a broken certificate"),
            Problem::Read(_) => write!(f, "{path} cannot be read"),
        }
    }
}

impl std::error::Error for RootsError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.problem {
            Problem::Empty => None,
            Problem::Pem(error) => Some(error),
            Problem::Read(error) => Some(error),
        }
    }
}
