//! `emulator.md`

use crate::Done;

#[tokio::test]
async fn as_a_library() -> Done {
    let emulator = twin_emulator::Emulator::start().await?;
    let address = &emulator.addresses().http;
    assert!(address.starts_with("http://127.0.0.1:"));
    Ok(())
}
