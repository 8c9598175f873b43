//! What every [`WebSocketConnector`] does: [`web_socket_connector_suite!`].
//!
//! [`web_socket_connector_suite!`]: crate::web_socket_connector_suite

mod closing;
mod handshake;
mod messages;
mod reading;
mod stage;
mod tls;
mod violations;
mod writing;

use std::time::Duration;

use self::stage::Stage;
use crate::{
    suite::{
        Differences, Security, Trusted,
        judge::{self, Case, cases},
    },
    websocket::WebSocketConnector,
};

/// How a case wants the connector.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Setting {
    /// The certificates to trust, these alone.
    pub trusted: Trusted,
    /// The longest message to take, in bytes.
    pub max_message: usize,
    /// How long dialling with TLS, and then the server's answer, may take each.
    pub connect_timeout: Duration,
}

/// Makes the connector under test.
pub type MakeConnector = fn(&Setting) -> Box<dyn WebSocketConnector>;

const CASES: &[Case<Stage>] = cases![
    messages::{
        messages_come_whole_and_in_order,
        messages_of_every_length_come,
        fragments_are_joined,
        control_frames_may_come_between_fragments,
        a_ping_is_answered_with_what_it_holds,
        a_pong_that_nobody_asked_for_does_no_harm,
        many_messages_in_one_write_all_come,
        a_message_of_exactly_the_limit_comes,
        a_frame_beyond_the_limit_is_refused,
        fragments_beyond_the_limit_are_refused,
        twenty_fragments_of_ten_times_the_limit_are_refused,
        a_frame_that_promises_an_exabyte_is_refused,
    },
    reading::{
        a_read_dropped_at_any_byte_loses_nothing,
        a_message_that_drips_is_a_sign_of_life,
        signs_of_life_come_at_most_once_a_second,
        who_reads_does_not_take_the_wake_up_of_who_writes,
    },
    writing::{
        messages_of_every_length_leave_masked,
        what_is_flushed_has_left,
        a_batch_leaves_in_order_with_one_flush,
        who_writes_to_a_peer_that_does_not_read_waits,
        a_megabyte_goes_there_and_back,
    },
    violations::{
        a_masked_frame_is_refused,
        a_compressed_frame_is_refused,
        an_unknown_opcode_is_refused,
        a_length_that_is_not_the_shortest_is_refused,
        a_message_inside_another_is_refused,
        a_continuation_of_nothing_is_refused,
        a_control_frame_in_fragments_is_refused,
        a_long_ping_is_refused,
        a_long_pong_is_refused,
        a_long_close_frame_is_refused,
        a_close_frame_with_half_a_code_is_refused,
        text_that_is_not_utf_8_is_refused,
        a_cut_character_at_the_end_of_fragments_is_refused,
        a_first_fragment_that_is_not_utf_8_is_refused,
        a_violation_after_our_close_gets_no_second_close,
    },
    closing::{
        a_close_of_the_peer_is_given_and_answered,
        an_empty_close_of_the_peer_is_given_and_answered,
        a_close_with_a_code_of_no_range_is_given,
        what_comes_after_a_close_is_not_given,
        our_close_is_sent_and_its_answer_given,
        an_empty_close_of_ours_is_sent_empty,
        messages_still_come_after_our_close,
        nothing_can_be_sent_after_our_close,
        a_long_reason_is_cut_between_characters,
        a_code_that_must_not_be_sent_is_refused,
        our_close_without_an_answer_ends,
        a_peer_that_hangs_up_after_our_close_is_no_failure,
        a_connection_that_ends_without_a_close_is_lost,
        a_connection_that_ends_inside_a_message_is_lost,
        a_connection_that_is_reset_is_lost,
        a_dropped_socket_is_closed,
    },
    handshake::{
        the_request_is_a_good_upgrade,
        what_comes_with_the_answer_is_read,
        an_answer_in_other_letters_is_taken,
        a_protocol_that_was_offered_is_taken,
        a_protocol_that_was_not_offered_is_refused,
        a_wrong_accept_key_is_refused,
        a_missing_accept_key_is_refused,
        an_answer_without_upgrade_is_refused,
        an_extension_that_was_not_offered_is_refused,
        refusals_are_kept_with_their_bodies,
        a_refusal_without_a_body_is_kept,
        a_refusal_with_an_endless_body_is_kept_in_part,
        a_refusal_whose_body_never_comes_is_kept,
        an_answer_that_is_not_http_is_a_violation,
        silence_after_the_request_times_out,
        silence_in_the_middle_of_the_answer_times_out,
        an_end_before_the_answer_is_a_loss,
        a_dropped_attempt_closes_the_connection,
        a_closed_port_is_unreachable,
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
        an_end_without_close_notify_is_a_loss,
        a_broken_record_is_a_tls_failure,
    },
];

fn table(name: &str) -> &'static [Case<Stage>] {
    let is_of_tls = TLS_CASES.iter().any(|case| case.name == name);
    if is_of_tls { TLS_CASES } else { CASES }
}

/// Runs one case. For [`web_socket_connector_suite!`](crate::web_socket_connector_suite).
#[doc(hidden)]
pub fn judge(name: &str, security: Security, make: MakeConnector, differences: &Differences) {
    judge::judge(table(name), name, Stage::new(make, security), differences);
}

/// Checks the macro's lists. For [`web_socket_connector_suite!`](crate::web_socket_connector_suite).
#[doc(hidden)]
pub fn check_names(cases: &[&str], tls_cases: &[&str], differences: &Differences) {
    let of_tls = |case: &str| TLS_CASES.iter().any(|it| it.name == case);
    let (tls, both): (Vec<_>, Vec<_>) = differences.iter().partition(|(case, _)| of_tls(case));
    judge::check_names(CASES, cases, &both);
    judge::check_names(TLS_CASES, tls_cases, &tls);
}

/// Writes the tests of a [`WebSocketConnector`](crate::WebSocketConnector), one a case: modules `plain`
/// and `tls`, with the same cases over both. Call it in a module of a test file.
///
/// ```
/// mod fast_web_socket {
///     use twin_transport::{FastWebSocketConnector, Network, Roots, Tls, WebSocketLimits};
///     # use twin_transport::suite::web_socket::Setting;
///
///     fn connector(setting: &Setting) -> Box<dyn twin_transport::WebSocketConnector> {
///         let trusted = setting.trusted.iter().map(|der| der.clone().into()).collect();
///         let tls = Tls::new(&Roots::Custom(trusted)).expect("the roots are good");
///         let mut network = Network::new(tls);
///         network.connect_timeout = setting.connect_timeout;
///         let mut limits = WebSocketLimits::default();
///         limits.max_message = setting.max_message;
///         Box::new(FastWebSocketConnector::with_limits(&network, limits))
///     }
///
///     twin_transport::web_socket_connector_suite! {
///         connector: connector,
///         differs: {},
///     }
/// }
/// ```
#[macro_export]
macro_rules! web_socket_connector_suite {
    (
        connector: $make:expr,
        differs: { $($case:ident: $reason:literal),* $(,)? } $(,)?
    ) => {
        const MAKE: $crate::suite::web_socket::MakeConnector = $make;
        const DIFFERENCES: &$crate::suite::Differences = &[$((stringify!($case), $reason)),*];

        $crate::web_socket_connector_suite! { @cases
            [
                messages_come_whole_and_in_order
                messages_of_every_length_come
                fragments_are_joined
                control_frames_may_come_between_fragments
                a_ping_is_answered_with_what_it_holds
                a_pong_that_nobody_asked_for_does_no_harm
                many_messages_in_one_write_all_come
                a_message_of_exactly_the_limit_comes
                a_frame_beyond_the_limit_is_refused
                fragments_beyond_the_limit_are_refused
                twenty_fragments_of_ten_times_the_limit_are_refused
                a_frame_that_promises_an_exabyte_is_refused
                a_read_dropped_at_any_byte_loses_nothing
                a_message_that_drips_is_a_sign_of_life
                signs_of_life_come_at_most_once_a_second
                who_reads_does_not_take_the_wake_up_of_who_writes
                messages_of_every_length_leave_masked
                what_is_flushed_has_left
                a_batch_leaves_in_order_with_one_flush
                who_writes_to_a_peer_that_does_not_read_waits
                a_megabyte_goes_there_and_back
                a_masked_frame_is_refused
                a_compressed_frame_is_refused
                an_unknown_opcode_is_refused
                a_length_that_is_not_the_shortest_is_refused
                a_message_inside_another_is_refused
                a_continuation_of_nothing_is_refused
                a_control_frame_in_fragments_is_refused
                a_long_ping_is_refused
                a_long_pong_is_refused
                a_long_close_frame_is_refused
                a_close_frame_with_half_a_code_is_refused
                text_that_is_not_utf_8_is_refused
                a_cut_character_at_the_end_of_fragments_is_refused
                a_first_fragment_that_is_not_utf_8_is_refused
                a_violation_after_our_close_gets_no_second_close
                a_close_of_the_peer_is_given_and_answered
                an_empty_close_of_the_peer_is_given_and_answered
                a_close_with_a_code_of_no_range_is_given
                what_comes_after_a_close_is_not_given
                our_close_is_sent_and_its_answer_given
                an_empty_close_of_ours_is_sent_empty
                messages_still_come_after_our_close
                nothing_can_be_sent_after_our_close
                a_long_reason_is_cut_between_characters
                a_code_that_must_not_be_sent_is_refused
                our_close_without_an_answer_ends
                a_peer_that_hangs_up_after_our_close_is_no_failure
                a_connection_that_ends_without_a_close_is_lost
                a_connection_that_ends_inside_a_message_is_lost
                a_connection_that_is_reset_is_lost
                a_dropped_socket_is_closed
                the_request_is_a_good_upgrade
                what_comes_with_the_answer_is_read
                an_answer_in_other_letters_is_taken
                a_protocol_that_was_offered_is_taken
                a_protocol_that_was_not_offered_is_refused
                a_wrong_accept_key_is_refused
                a_missing_accept_key_is_refused
                an_answer_without_upgrade_is_refused
                an_extension_that_was_not_offered_is_refused
                refusals_are_kept_with_their_bodies
                a_refusal_without_a_body_is_kept
                a_refusal_with_an_endless_body_is_kept_in_part
                a_refusal_whose_body_never_comes_is_kept
                an_answer_that_is_not_http_is_a_violation
                silence_after_the_request_times_out
                silence_in_the_middle_of_the_answer_times_out
                an_end_before_the_answer_is_a_loss
                a_dropped_attempt_closes_the_connection
                a_closed_port_is_unreachable
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
                an_end_without_close_notify_is_a_loss
                a_broken_record_is_a_tls_failure
            ]
        }
    };
    (@cases [$($case:ident)*] [$($tls_case:ident)*]) => {
        #[test]
        fn the_suite_is_whole_and_each_difference_is_of_a_case() {
            $crate::suite::web_socket::check_names(
                &[$(stringify!($case)),*],
                &[$(stringify!($tls_case)),*],
                DIFFERENCES,
            );
        }

        mod plain {
            $(
                #[test]
                fn $case() {
                    use $crate::suite::{Security, web_socket::judge};
                    judge(stringify!($case), Security::Plain, super::MAKE, super::DIFFERENCES);
                }
            )*
        }

        mod tls {
            $crate::web_socket_connector_suite! { @tls $($case)* $($tls_case)* }
        }
    };
    (@tls $($case:ident)*) => {
        $(
            #[test]
            fn $case() {
                use $crate::suite::{Security, web_socket::judge};
                judge(stringify!($case), Security::Tls, super::MAKE, super::DIFFERENCES);
            }
        )*
    };
}
