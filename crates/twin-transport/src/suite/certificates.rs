//! Certificates made for a run: an authority, and what it has signed. None outlives the process.

use std::sync::{Arc, OnceLock};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer},
    },
};

/// The address at which the suites' servers listen.
const HOST: &str = "127.0.0.1";

/// What is wrong with a server's certificate.
#[derive(Clone, Copy, Debug)]
pub(super) enum Flaw {
    Expired,
    None,
    OtherHost,
    UnknownAuthority,
}

struct Authority {
    certificate: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params
            .distinguished_name
            .push(DnType::CommonName, "the authority of a test");
        let key = KeyPair::generate().expect("a key can be made");
        let certificate = params.self_signed(&key).expect("its own word is enough");
        Self {
            certificate: certificate.der().clone(),
            issuer: Issuer::new(params, key),
        }
    }

    /// The authority that implementations under test trust.
    fn trusted() -> &'static Self {
        static TRUSTED: OnceLock<Authority> = OnceLock::new();
        TRUSTED.get_or_init(Self::new)
    }
}

/// The root that implementations under test trust, in DER.
pub(super) fn root() -> Vec<u8> {
    Authority::trusted().certificate.to_vec()
}

/// A server's side of TLS with such a certificate, and these application protocols.
pub(super) fn acceptor(flaw: Flaw, protocols: &[&str]) -> TlsAcceptor {
    let host = match flaw {
        Flaw::OtherHost => "other.example",
        _ => HOST,
    };
    let mut params = CertificateParams::new([host.to_owned()]).expect("the name is one");
    if matches!(flaw, Flaw::Expired) {
        params.not_before = date_time_ymd(2001, 1, 1);
        params.not_after = date_time_ymd(2002, 1, 1);
    }
    let unknown;
    let authority = match flaw {
        Flaw::UnknownAuthority => {
            unknown = Authority::new();
            &unknown
        }
        _ => Authority::trusted(),
    };
    let key = KeyPair::generate().expect("a key can be made");
    let certificate = params
        .signed_by(&key, &authority.issuer)
        .expect("the authority signs");
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("the key is one");
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider knows TLS")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .expect("key and certificate belong together");
    config.alpn_protocols = protocols.iter().map(|it| it.as_bytes().to_vec()).collect();
    TlsAcceptor::from(Arc::new(config))
}
