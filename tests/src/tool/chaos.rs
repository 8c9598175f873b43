//! Scenarios drawn from a seed: faults upon faults, and publications in between.

use std::ops::Range;

use fastrand::Rng;
use serde_json::json;
use twin_emulator::Kick;

use super::scenario::{Link, List, Scenario, Step, Twin};
use crate::conformance::case::{Network, ServerAct, Settings};

/// How many faults a scenario has.
const FAULTS: Range<usize> = 3..8;
/// The most messages at once.
const MESSAGES: usize = 40;
/// Codes that invite to come back.
const PASSING: [u16; 12] = [
    1000, 1001, 1013, 3000, 3001, 3004, 3005, 3008, 3010, 3012, 4000, 4499,
];
/// Answers to an upgrade that may pass.
const PORTALS: [u16; 9] = [200, 302, 408, 425, 429, 500, 502, 503, 504];

/// The scenario of this seed: always the same one.
pub fn scenario(seed: u64) -> Scenario {
    // Every fourth one is about the other live channel.
    let link = match seed % 4 {
        0 => Link::Socketio,
        _ => Link::Centrifugo,
    };
    let mut draw = Draw {
        rng: Rng::with_seed(seed),
        link,
        steps: Vec::new(),
        is_slow: false,
        faults: Vec::new(),
    };
    let twin = Twin {
        chat: draw.rng.u8(..4) == 0,
        sessions: draw.rng.usize(1..4),
        list: match draw.rng.bool() {
            true => List::Answers,
            false => List::Unknown,
        },
        link,
        ..Twin::default()
    };
    // `twin chat` is about one session.
    let sessions = if twin.chat { 1 } else { twin.sessions };
    let twin = Twin { sessions, ..twin };
    let server = Settings {
        history_size: (draw.rng.u8(..4) == 0).then(|| draw.rng.usize(0..10)),
        ..Settings::default()
    };
    // Over Socket.IO each session has a link of its own.
    let links = match link {
        Link::Centrifugo => 1,
        Link::Socketio => twin.sessions,
    };
    for _ in 0..links {
        draw.state("connected");
    }
    draw.publish();
    for _ in 0..draw.rng.usize(FAULTS) {
        draw.fault();
        draw.publish();
        // Mostly what is published proves that the link is alive, before the next fault.
        if draw.rng.u8(..4) > 0 {
            draw.publish_some(1..3);
            draw.steps.push(Step::Settle {});
        }
    }
    draw.steps.push(Step::Network(Network::Pass));
    draw.steps.push(Step::Behave(json!({})));
    draw.publish_some(1..2);
    draw.steps.push(Step::Settle {});
    let mut scenario = Scenario::default();
    scenario.name = format!("seed-{seed}");
    scenario.about = draw.faults.join(", ");
    scenario.server = server;
    scenario.twin = twin;
    scenario.steps = draw.steps;
    scenario.expect.gaps_at_most = Some(usize::MAX);
    scenario.expect.links = Some(links);
    scenario
}

/// A kind of fault: its name, the live channel that alone has it, and what draws one.
type Kind = (&'static str, Option<Link>, fn(&mut Draw));

struct Draw {
    rng: Rng,
    link: Link,
    steps: Vec<Step>,
    is_slow: bool,
    /// What was drawn, for people.
    faults: Vec<&'static str>,
}

impl Draw {
    /// Nothing, a few, a burst, or more than a history holds; small or big.
    fn publish(&mut self) {
        let counts = match self.rng.u8(..10) {
            0..2 => return,
            _ if self.is_slow => 1..6,
            2..8 => 1..6,
            8 => 20..60,
            _ => 100..180,
        };
        self.publish_some(counts);
    }

    fn publish_some(&mut self, counts: Range<usize>) {
        let count = self.rng.usize(counts);
        if self.link == Link::Socketio {
            // Nothing else goes over that link. The list of messages has room for a few hundred.
            self.steps.push(Step::Messages(count.min(MESSAGES)));
            return;
        }
        let bytes = match self.rng.u8(..10) {
            5..9 if count < 6 && !self.is_slow => self.rng.usize(..4_000),
            5..9 => self.rng.usize(..500),
            9 if count < 6 && !self.is_slow => self.rng.usize(..200_000),
            _ => 0,
        };
        self.steps.push(Step::Publish {
            count,
            session: None,
            bytes,
        });
    }

    fn network(&mut self, network: Network) {
        // What is published on a slow network is little: all of it has to come through.
        self.is_slow = match network {
            Network::Drip { .. } | Network::OneByte => true,
            Network::Kill | Network::Reset => self.is_slow,
            _ => false,
        };
        self.steps.push(Step::Network(network));
    }

    fn state(&mut self, state: &str) {
        self.steps.push(Step::State(state.into()));
    }

    /// The network is as it should be, and the link is there again.
    fn come_back(&mut self) {
        self.network(Network::Pass);
        self.state("connected");
    }

    /// The link is gone, and what is published now is missed.
    fn go_away(&mut self) {
        self.network(Network::Refuse);
        self.state("waiting");
        self.publish();
    }

    fn fault(&mut self) {
        const CENTRIFUGO: Option<Link> = Some(Link::Centrifugo);
        const KINDS: [Kind; 18] = [
            ("kill", None, |draw| draw.network(Network::Kill)),
            ("reset", None, |draw| draw.network(Network::Reset)),
            ("refuse", None, |draw| {
                draw.go_away();
                if draw.rng.bool() {
                    draw.state("waiting");
                    draw.publish();
                }
                draw.come_back();
            }),
            ("stall", None, |draw| {
                draw.network(Network::BlackHole);
                draw.publish();
                draw.network(Network::Pass);
            }),
            ("stall and kill", None, |draw| {
                draw.network(Network::BlackHole);
                draw.publish();
                draw.network(Network::Kill);
                draw.publish();
                draw.network(Network::Pass);
            }),
            ("drip", None, |draw| {
                let bytes = draw.rng.usize(20..400);
                let ms = draw.rng.u64(1..4);
                draw.network(Network::Drip { bytes, ms });
            }),
            ("latency", None, |draw| {
                let ms = draw.rng.u64(5..300);
                draw.network(Network::Latency(ms));
            }),
            ("one byte", None, |draw| draw.network(Network::OneByte)),
            ("garbage", None, |draw| {
                draw.network(Network::Garbage);
                draw.publish_some(1..3);
                draw.state("waiting");
                draw.publish();
                draw.come_back();
            }),
            ("silence", None, |draw| {
                draw.network(Network::AcceptAndSilence);
                draw.network(Network::Kill);
                draw.state("connecting");
                draw.publish();
                draw.come_back();
            }),
            ("portal", None, |draw| {
                let status = PORTALS[draw.rng.usize(..PORTALS.len())];
                draw.network(Network::Portal(status));
                draw.network(Network::Kill);
                draw.state("waiting");
                draw.publish();
                draw.state("waiting");
                draw.publish();
                draw.come_back();
            }),
            ("put out", Some(Link::Socketio), |draw| {
                draw.steps.push(Step::Kick(Kick::Drop));
            }),
            ("disconnect", CENTRIFUGO, |draw| {
                let code = PASSING[draw.rng.usize(..PASSING.len())];
                let reason = String::new();
                draw.act(ServerAct::Disconnect { code, reason });
            }),
            ("history removed", CENTRIFUGO, |draw| {
                draw.go_away();
                draw.act(ServerAct::RemoveHistory {});
                draw.come_back();
            }),
            ("restart", CENTRIFUGO, |draw| {
                draw.act(ServerAct::Restart {})
            }),
            ("restart while away", CENTRIFUGO, |draw| {
                draw.go_away();
                draw.act(ServerAct::Restart {});
                draw.publish();
                draw.come_back();
            }),
            ("connects refused", CENTRIFUGO, |draw| {
                let fault = json!({"error": {"code": 100, "temporary": true}});
                draw.behave(json!({"connectFault": fault, "connectFaultTimes": 1}));
                draw.network(Network::Kill);
            }),
            ("joins refused", CENTRIFUGO, |draw| {
                let fault = json!({"error": {"code": 100, "temporary": true}});
                draw.behave(json!({"joinFault": fault, "joinFaultTimes": 2}));
                draw.network(Network::Kill);
            }),
        ];
        let link = self.link;
        let kinds: Vec<&Kind> = KINDS
            .iter()
            .filter(|(_, only, _)| only.is_none_or(|only| only == link))
            .collect();
        let (name, _, make) = *kinds[self.rng.usize(..kinds.len())];
        self.faults.push(name);
        make(self);
    }

    fn act(&mut self, act: ServerAct) {
        self.steps.push(Step::Server(act));
    }

    fn behave(&mut self, behaviour: serde_json::Value) {
        self.steps.push(Step::Behave(behaviour));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_scenario_each_time_and_others_give_others() {
        let shown = |seed| format!("{:?}", scenario(seed));
        assert_eq!(shown(7), shown(7));
        assert_ne!(shown(7), shown(8));
    }
}
