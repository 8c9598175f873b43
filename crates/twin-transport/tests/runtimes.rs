//! Both runtimes through the suite of their trait.

mod by_tokio {
    use std::sync::Arc;

    use twin_transport::TokioRuntime;

    twin_transport::runtime_suite! {
        run: |case| {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            runtime.block_on(async {
                let current = TokioRuntime::current().unwrap();
                case(Arc::new(current)).await;
            });
        },
        differs: {},
    }
}

mod by_a_virtual_clock {
    use std::sync::Arc;

    use twin_transport::testing::VirtualRuntime;

    twin_transport::runtime_suite! {
        run: |case| {
            let runtime = VirtualRuntime::new();
            runtime.block_on(case(Arc::new(runtime.handle())));
        },
        differs: {},
    }
}

#[test]
fn there_is_no_tokio_runtime_outside_of_one() {
    assert!(twin_transport::TokioRuntime::current().is_err());
}
