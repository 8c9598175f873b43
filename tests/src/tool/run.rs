//! Plays scenarios, many at a time, and judges them.

use super::{play::Scene, program::program, scenario::Scenario};
use crate::conformance::{Expected, Kind, Report, run::report};

/// How many are played at once: they wait most of the time, but for their beginnings, and a server
/// that is a process of its own gives its backend only a second.
const fn at_once(kind: Kind) -> usize {
    match kind {
        Kind::Emulator => 30,
        Kind::Centrifugo | Kind::Engine => 6,
    }
}

/// Plays every scenario with a server.
pub async fn run_all(kind: Kind, scenarios: &[Scenario], expected: &Expected) -> Report {
    // Building it may take longer than any scenario; why it cannot be built, each says.
    let _ = program().await;
    let played = scenarios
        .iter()
        .map(|scenario| (&*scenario.name, run(kind, scenario)));
    report(kind, played, expected, at_once(kind)).await
}

/// Plays one; gives what is wrong.
async fn run(kind: Kind, scenario: &Scenario) -> Vec<String> {
    let mut scene = match Scene::start(kind, scenario).await {
        Ok(scene) => scene,
        Err(error) => return vec![format!("it did not start: {error}")],
    };
    for (number, step) in scenario.steps.iter().enumerate() {
        if let Err(error) = scene.perform(step).await {
            scene.findings.push(format!("step {}: {error}", number + 1));
            break;
        }
    }
    scene.findings(scenario).await
}
