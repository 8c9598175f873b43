//! The names that events go by on the wire.

/// Declares the known events once: their names, and nothing else.
macro_rules! known_names {
    ($($(#[$doc:meta])* $name:ident = $wire:literal;)*) => {
        /// An event that this version knows by name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum EventName {
            $($(#[$doc])* $name,)*
        }

        impl EventName {
            /// Every known name.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The platform's own name, as Centrifugo's generation writes it: without the `Emit`
            /// ending.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $wire,)*
                }
            }

            /// The known event of this name; with and without the `Emit` ending, which the Socket.IO
            /// generation adds.
            pub fn parse(name: &str) -> Option<Self> {
                match name.strip_suffix("Emit").unwrap_or(name) {
                    $($wire => Some(Self::$name),)*
                    _ => None,
                }
            }
        }
    };
}

known_names! {
    /// The bot or an operator wrote a message.
    MessageCreated = "chatMessageCreated";
    /// An operator has read a message.
    MessageRead = "chatMessageRead";
    /// Another operator, or the bot, has taken over.
    OperatorChanged = "operatorChanged";
    /// The operator has logged out. Socket.IO only.
    OperatorLoggedOut = "operatorLoggedOut";
    /// The operator's status has changed. Socket.IO only.
    OperatorStatusChanged = "operatorStatusChanged";
    /// The session is over. Centrifugo only.
    SessionClosed = "sessionClosed";
    /// The bot or an operator is writing.
    TypingIndicator = "showTypingIndicator";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_generations_names_are_known() {
        for &name in EventName::ALL {
            assert_eq!(EventName::parse(name.as_str()), Some(name));
            assert_eq!(
                EventName::parse(&format!("{}Emit", name.as_str())),
                Some(name)
            );
        }
        for unknown in [
            "",
            "Emit",
            "chatmessagecreated",
            "chatMessageCreatedEmitEmit",
            "connect",
        ] {
            assert_eq!(EventName::parse(unknown), None, "{unknown}");
        }
    }
}
