//! Open enumerations.

use crate::codegen::{
    print::doc,
    spec::{Schema, Value},
};

/// The file of an open enumeration, below its header.
pub(super) fn print(schema: &Schema, values: &[Value]) -> String {
    let mut text = doc::lines("//!", 0, &schema.title);
    text.push_str("\nuse crate::wire::open_enum;\n\nopen_enum! {\n");
    // rustfmt leaves the inside of a macro call as it is.
    let push = |text: &mut String, indentation: usize, lines: &str| {
        for line in lines.lines() {
            text.push_str(&format!("{:indentation$}{line}\n", ""));
        }
    };
    push(
        &mut text,
        4,
        &doc::of_type(4, &schema.description, &schema.sources),
    );
    push(&mut text, 4, &format!("pub enum {} {{", schema.name));
    for value in values {
        push(&mut text, 8, &doc::lines("///", 8, &value.description));
        push(&mut text, 8, &format!("{} = {:?},", value.name, value.wire));
    }
    push(&mut text, 4, "}");
    text.push_str("}\n");
    text
}
