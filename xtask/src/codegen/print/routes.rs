//! The emulator's route table: every path with its methods, one router a service.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToUpperCamelCase as _;

use crate::codegen::spec::{Body, Operation, Response, Spec};

/// The file of the table, below its header.
pub(super) fn print(spec: &Spec) -> String {
    let mut services = BTreeMap::<&str, BTreeMap<&str, Vec<&Operation>>>::new();
    for operation in &spec.operations {
        let paths = services.entry(&operation.service).or_default();
        paths.entry(&operation.path).or_default().push(operation);
    }
    let modules: BTreeSet<_> = spec.operations.iter().map(|one| &*one.module).collect();
    let handlers: BTreeSet<_> = spec.operations.iter().map(handler).collect();
    let mut text = format!(
        "//! Which call is at which path, with which method. A call that the emulator does not serve \
         does\n//! not compile.\n\n\
         use std::sync::Arc;\n\n\
         use axum::{{Router, routing::{{MethodFilter, on}}}};\n\
         use twin_protocol::api::{{{}}};\n\n\
         use crate::rest::{{Rest, call::{{{}}}}};\n",
        modules.into_iter().collect::<Vec<_>>().join(", "),
        handlers.into_iter().collect::<Vec<_>>().join(", "),
    );
    for (service, paths) in &services {
        text.push_str(&format!(
            "\n/// The calls of the service `{service}`.\n\
             pub(super) fn {service}() -> Router<Arc<Rest>> {{\nRouter::new()\n"
        ));
        for (path, operations) in paths {
            let mut methods = String::new();
            for operation in operations {
                let function = if methods.is_empty() { "on" } else { ".on" };
                methods.push_str(&format!(
                    "{function}(MethodFilter::{}, {}::<{}::{}>)",
                    operation.method,
                    handler(operation),
                    operation.module,
                    operation.id.to_upper_camel_case(),
                ));
            }
            text.push_str(&format!(".route({path:?}, {methods})\n"));
        }
        text.push_str("}\n");
    }
    text
}

/// What carries such a call out.
fn handler(operation: &Operation) -> &'static str {
    match (&operation.body, &operation.response) {
        (Body::Multipart { .. }, _) => "upload",
        (_, Response::Bytes) => "download",
        _ => "call",
    }
}
