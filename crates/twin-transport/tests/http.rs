//! The HTTP transport by hyper through the suite of its trait.

use twin_transport::{HttpLimits, HyperTransport, Network, Roots, Tls};

twin_transport::http_transport_suite! {
    transport: |setting| {
        let trusted = setting.trusted.iter().map(|der| der.clone().into());
        let tls = Tls::new(&Roots::Custom(trusted.collect())).unwrap();
        let mut network = Network::new(tls);
        network.connect_timeout = setting.connect_timeout;
        let mut limits = HttpLimits::default();
        limits.answer_timeout = setting.answer_timeout;
        limits.idle_timeout = setting.idle_timeout;
        Box::new(HyperTransport::with_limits(&network, limits))
    },
    differs: {},
}
