//! The integration article's recipe with the official JavaScript client, against the emulator.
//!
//! It wants Node and `npm ci` in `tests/peers/centrifuge-js`, so it runs on demand only:
//! `cargo xtask ci --step peers`.

use std::{path::Path, process::Stdio, time::Duration};

use tokio::{process::Command, time::timeout};
use twin_emulator::Emulator;

/// The recipe gives up by itself earlier; this only keeps a hung one from staying for ever.
const PATIENCE: Duration = Duration::from_secs(120);

#[tokio::test]
#[ignore = "wants Node and the packages of tests/peers/centrifuge-js"]
async fn the_articles_recipe_works_with_nothing_but_its_addresses_changed() {
    let emulator = Emulator::start().await.unwrap();
    let recipe = Command::new("node")
        .arg("recipe.mjs")
        .arg(&emulator.addresses().http)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/centrifuge-js"))
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = timeout(PATIENCE, recipe)
        .await
        .expect("the recipe ends")
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {said}", output.status);
    assert_eq!(output.stdout, b"ok\n");
    emulator.stop().await;
}
