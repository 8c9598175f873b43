//! What every [`HttpTransport`](crate::HttpTransport) does: [`http_transport_suite!`](crate::http_transport_suite).
