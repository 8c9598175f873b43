//! What reached the recorded client against what the machine delivered. Packets are read here by
//! means of their own, so that the codec's mistakes are not repeated.

use std::collections::VecDeque;

use serde_json::Value;

/// The events that are owed, and those whose bytes are not all there.
#[derive(Debug, Default)]
pub(super) struct Account {
    owed: VecDeque<String>,
    /// An event, and how many messages of bytes it waits for.
    begun: Option<(String, usize)>,
    /// Acknowledgements that were handed over and have not reached an emit.
    pub(super) acks: usize,
}

impl Account {
    /// A message of text reaches the machine, without the digit of its Engine.IO packet.
    pub(super) fn hear(&mut self, message: &str) {
        let kind = message.chars().next();
        if matches!(kind, Some('0'..='6')) {
            // Another packet came before all of its bytes: what there is must be delivered.
            self.owed.extend(self.begun.take().map(|(name, _)| name));
        }
        let Some(rest) = message.strip_prefix(['2', '5']) else {
            return;
        };
        let (count, rest) = match kind {
            Some('5') => rest.split_once('-').unwrap_or(("0", rest)),
            _ => ("0", rest),
        };
        if rest.starts_with('/') {
            return;
        }
        let list = rest.trim_start_matches(|digit: char| digit.is_ascii_digit());
        let name = name(list);
        match count.parse() {
            Ok(0) | Err(_) => self.owed.push_back(name),
            Ok(count) => self.begun = Some((name, count)),
        }
    }

    /// A message of bytes reaches the machine.
    pub(super) fn hear_bytes(&mut self) {
        if let Some((name, missing)) = self.begun.take() {
            match missing {
                0 | 1 => self.owed.push_back(name),
                _ => self.begun = Some((name, missing - 1)),
            }
        }
    }

    /// The machine delivers an event. What is wrong with that, if anything.
    pub(super) fn settle(&mut self, name: Option<&str>) -> Option<String> {
        let delivered = name.unwrap_or_default();
        // An error packet is an event to the machine, which nobody owes.
        if delivered == "error" && self.owed.front().is_none_or(|name| name != "error") {
            return None;
        }
        let owed = self.owed.pop_front();
        match owed.as_deref().map(without_ending) {
            Some(name) if name == without_ending(delivered) => None,
            Some(name) => Some(format!("`{delivered}` delivered where `{name}` is due")),
            None => Some(format!("`{delivered}` delivered, which nobody sent")),
        }
    }

    /// All that was handed over has been read. How many events are missing, unless the machine has
    /// left the connection.
    pub(super) fn close(&mut self, is_left: bool) -> usize {
        let owed = std::mem::take(&mut self.owed).len();
        if is_left {
            self.begun = None;
            return 0;
        }
        owed
    }
}

/// The name of an event, empty where it has none.
fn name(list: &str) -> String {
    match serde_json::from_str::<Value>(list) {
        Ok(Value::Array(parts)) => match parts.first() {
            Some(Value::String(name)) => name.clone(),
            Some(Value::Number(name)) => name.to_string(),
            _ => String::new(),
        },
        // Halves of surrogate pairs are no Unicode; names have none of them in the captures.
        _ => list
            .trim_start_matches("[\"")
            .split('"')
            .next()
            .unwrap_or_default()
            .to_owned(),
    }
}

fn without_ending(name: &str) -> &str {
    name.strip_suffix("Emit").unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_owed_when_all_of_them_is_there() {
        let mut account = Account::default();
        account.hear(r#"2["a",1]"#);
        account.hear(r#"20["bEmit"]"#);
        account.hear(r#"2/admin,["x"]"#);
        account.hear("30[]");
        account.hear(r#"52-["c"]"#);
        account.hear_bytes();
        assert_eq!(account.settle(Some("a")), None);
        assert_eq!(account.settle(Some("b")), None);
        assert!(account.settle(Some("c")).is_some());
        account.hear_bytes();
        assert_eq!(account.close(false), 1);
        account.hear(r#"2["a",1]"#);
        assert_eq!(account.close(true), 0);
    }
}
