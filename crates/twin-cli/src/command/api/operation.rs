//! What the tool knows of a call. The calls themselves are printed ([`operations`](super::operations)).

use super::operations::OPERATIONS;

/// A call.
#[derive(Debug)]
pub(super) struct Operation {
    /// Its name in the specification, as `sendMessage`.
    pub(super) name: &'static str,
    /// What it does, in a few words.
    pub(super) about: &'static str,
    pub(super) method: &'static str,
    /// Its path, with names in braces.
    pub(super) path: &'static str,
    pub(super) fields: &'static [Field],
}

/// A field of a call, wherever it stands.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) place: Place,
    pub(super) form: Form,
    pub(super) is_required: bool,
    pub(super) about: &'static str,
}

/// Where a field stands in the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Body,
    /// The `Authorization` header.
    Header,
    Path,
    Query,
}

/// How a field is written on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Boolean,
    /// A file to send.
    File,
    Json,
    Number,
    /// Text that must not stand on the command line itself.
    Secret,
    Text,
}

impl Operation {
    pub(super) fn find(name: &str) -> Option<&'static Self> {
        OPERATIONS.iter().find(|operation| operation.name == name)
    }

    /// The field of this name. One of files may be named without its brackets, which mean something to
    /// many shells.
    pub(super) fn field(&self, name: &str) -> Option<&'static Field> {
        let is_named = |field: &&Field| {
            let short = field.name.strip_suffix("[]");
            field.name == name || field.form == Form::File && short == Some(name)
        };
        self.fields.iter().find(is_named)
    }
}

impl Form {
    /// In a word or two, for people.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Boolean => "true|false",
            Self::File => "@FILE or @-",
            Self::Json => "JSON",
            Self::Number => "number",
            Self::Secret => "@FILE or @-",
            Self::Text => "text",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_and_their_fields_have_names_of_their_own() {
        assert!(
            OPERATIONS
                .windows(2)
                .all(|pair| pair[0].name < pair[1].name)
        );
        for operation in OPERATIONS {
            for (at, field) in operation.fields.iter().enumerate() {
                let rest = &operation.fields[at + 1..];
                assert!(
                    rest.iter().all(|other| other.name != field.name),
                    "{} {}",
                    operation.name,
                    field.name
                );
            }
        }
    }
}
