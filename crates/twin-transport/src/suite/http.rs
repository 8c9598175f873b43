//! What every [`HttpTransport`] over HTTP/1.1 does: [`http_transport_suite!`].
//!
//! [`http_transport_suite!`]: crate::http_transport_suite

mod exchange;
mod failures;
mod stage;
mod streams;
mod tls;

use std::time::Duration;

use self::stage::Stage;
use crate::{
    http::HttpTransport,
    suite::{
        Differences, Security, Trusted,
        judge::{self, Case, cases},
    },
};

/// How a case wants the transport.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Setting {
    /// The certificates to trust, these alone.
    pub trusted: Trusted,
    /// How long dialling with TLS may take.
    pub connect_timeout: Duration,
    /// How long the answer's head may take.
    pub answer_timeout: Duration,
    /// How long the answer's body may pause.
    pub idle_timeout: Duration,
}

/// Makes the transport under test.
pub type MakeTransport = fn(&Setting) -> Box<dyn HttpTransport>;

const CASES: &[Case<Stage>] = cases![
    exchange::{
        a_request_arrives_as_it_was_made,
        an_answer_comes_as_it_was_sent,
        a_status_of_failure_is_an_answer,
        a_redirect_is_not_followed,
        an_answer_without_a_body_ends_at_once,
        a_header_that_comes_twice_stays_twice,
        two_requests_at_once_do_not_wait_for_each_other,
    },
    streams::{
        chunks_come_before_the_body_is_whole,
        a_body_that_ends_with_the_connection_comes,
        a_body_of_unknown_length_leaves_chunk_by_chunk,
        progress_is_told_in_both_directions,
        a_long_body_goes_there_and_back,
        an_endless_body_is_bounded_by_who_reads,
        a_length_beyond_the_limit_is_not_read,
        a_request_whose_body_breaks_fails_with_its_error,
    },
    failures::{
        a_body_that_is_cut_is_lost,
        silence_times_out,
        silence_inside_the_head_times_out,
        silence_inside_the_body_times_out,
        a_closed_port_is_unreachable,
        an_answer_that_is_not_http_is_a_violation,
        an_end_before_the_answer_is_lost_and_not_asked_again,
        a_kept_connection_that_dies_is_not_asked_again,
        a_dropped_request_closes_the_connection,
        a_dropped_body_closes_the_connection,
        addresses_that_cannot_be_dialled_are_refused,
        nothing_shown_holds_a_secret,
    },
];

const TLS_CASES: &[Case<Stage>] = cases![
    tls::{
        an_unknown_authority_is_untrusted,
        a_certificate_for_another_host_is_untrusted,
        an_expired_certificate_is_untrusted,
        a_plain_port_does_not_speak_tls,
        a_tls_port_asked_without_tls_is_a_violation,
        silence_in_the_tls_handshake_times_out,
        an_end_in_the_tls_handshake_is_a_loss,
        a_body_that_ends_without_close_notify_is_lost,
        a_broken_record_is_a_tls_failure,
    },
];

/// Runs one case. For [`http_transport_suite!`](crate::http_transport_suite).
#[doc(hidden)]
pub fn judge(name: &str, security: Security, make: MakeTransport, differences: &Differences) {
    let is_of_tls = TLS_CASES.iter().any(|case| case.name == name);
    let table = if is_of_tls { TLS_CASES } else { CASES };
    judge::judge(table, name, Stage::new(make, security), differences);
}

/// Checks the macro's lists. For [`http_transport_suite!`](crate::http_transport_suite).
#[doc(hidden)]
pub fn check_names(cases: &[&str], tls_cases: &[&str], differences: &Differences) {
    let of_tls = |case: &str| TLS_CASES.iter().any(|it| it.name == case);
    let (tls, both): (Vec<_>, Vec<_>) = differences.iter().partition(|(case, _)| of_tls(case));
    judge::check_names(CASES, cases, &both);
    judge::check_names(TLS_CASES, tls_cases, &tls);
}

/// Writes the tests of an [`HttpTransport`](crate::HttpTransport), one a case: modules `plain` and
/// `tls`, with the same cases over both. Call it in a module of a test file.
///
/// ```
/// mod hyper {
///     use twin_transport::{HttpLimits, HyperTransport, Network, Roots, Tls};
///     # use twin_transport::suite::http::Setting;
///
///     fn transport(setting: &Setting) -> Box<dyn twin_transport::HttpTransport> {
///         let trusted = setting.trusted.iter().map(|der| der.clone().into()).collect();
///         let tls = Tls::new(&Roots::Custom(trusted)).expect("the roots are good");
///         let mut network = Network::new(tls);
///         network.connect_timeout = setting.connect_timeout;
///         let mut limits = HttpLimits::default();
///         limits.answer_timeout = setting.answer_timeout;
///         limits.idle_timeout = setting.idle_timeout;
///         Box::new(HyperTransport::with_limits(&network, limits))
///     }
///
///     twin_transport::http_transport_suite! {
///         transport: transport,
///         differs: {},
///     }
/// }
/// ```
#[macro_export]
macro_rules! http_transport_suite {
    (
        transport: $make:expr,
        differs: { $($case:ident: $reason:literal),* $(,)? } $(,)?
    ) => {
        const MAKE: $crate::suite::http::MakeTransport = $make;
        const DIFFERENCES: &$crate::suite::Differences = &[$((stringify!($case), $reason)),*];

        $crate::http_transport_suite! { @cases
            [
                a_request_arrives_as_it_was_made
                an_answer_comes_as_it_was_sent
                a_status_of_failure_is_an_answer
                a_redirect_is_not_followed
                an_answer_without_a_body_ends_at_once
                a_header_that_comes_twice_stays_twice
                two_requests_at_once_do_not_wait_for_each_other
                chunks_come_before_the_body_is_whole
                a_body_that_ends_with_the_connection_comes
                a_body_of_unknown_length_leaves_chunk_by_chunk
                progress_is_told_in_both_directions
                a_long_body_goes_there_and_back
                an_endless_body_is_bounded_by_who_reads
                a_length_beyond_the_limit_is_not_read
                a_request_whose_body_breaks_fails_with_its_error
                a_body_that_is_cut_is_lost
                silence_times_out
                silence_inside_the_head_times_out
                silence_inside_the_body_times_out
                a_closed_port_is_unreachable
                an_answer_that_is_not_http_is_a_violation
                an_end_before_the_answer_is_lost_and_not_asked_again
                a_kept_connection_that_dies_is_not_asked_again
                a_dropped_request_closes_the_connection
                a_dropped_body_closes_the_connection
                addresses_that_cannot_be_dialled_are_refused
                nothing_shown_holds_a_secret
            ]
            [
                an_unknown_authority_is_untrusted
                a_certificate_for_another_host_is_untrusted
                an_expired_certificate_is_untrusted
                a_plain_port_does_not_speak_tls
                a_tls_port_asked_without_tls_is_a_violation
                silence_in_the_tls_handshake_times_out
                an_end_in_the_tls_handshake_is_a_loss
                a_body_that_ends_without_close_notify_is_lost
                a_broken_record_is_a_tls_failure
            ]
        }
    };
    (@cases [$($case:ident)*] [$($tls_case:ident)*]) => {
        #[test]
        fn the_suite_is_whole_and_each_difference_is_of_a_case() {
            $crate::suite::http::check_names(
                &[$(stringify!($case)),*],
                &[$(stringify!($tls_case)),*],
                DIFFERENCES,
            );
        }

        mod plain {
            $(
                #[test]
                fn $case() {
                    use $crate::suite::{Security, http::judge};
                    judge(stringify!($case), Security::Plain, super::MAKE, super::DIFFERENCES);
                }
            )*
        }

        mod tls {
            $crate::http_transport_suite! { @tls $($case)* $($tls_case)* }
        }
    };
    (@tls $($case:ident)*) => {
        $(
            #[test]
            fn $case() {
                use $crate::suite::{Security, http::judge};
                judge(stringify!($case), Security::Tls, super::MAKE, super::DIFFERENCES);
            }
        )*
    };
}
