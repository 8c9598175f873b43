//! Serves an emulator until it is interrupted: `cargo run -p twin-emulator --example serve`.
#![allow(clippy::print_stdout, reason = "an example prints")]

use twin_emulator::Emulator;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let emulator = Emulator::start().await?;
    println!("{}", emulator.addresses().http);
    tokio::signal::ctrl_c().await?;
    emulator.stop().await;
    Ok(())
}
