//! What Centrifugo's server API does, on the embedded one (captures `push-*`).

use serde_json::value::RawValue;
use tokio::time::Instant;

use super::Hub;
use crate::live::{
    LiveSide, Outcome, Published, Whom,
    embedded::{
        outgoing::Close,
        reply::{News, PublicationReply, Reply, single_line},
        stream::Stream,
    },
};

impl LiveSide for Hub {
    fn publish(&self, channel: &str, data: Box<RawValue>) -> Outcome {
        let data = single_line(data);
        let mut state = self.locked();
        let stream = &mut state.channel(channel).stream;
        let mut offset = 0;
        let mut epoch = String::new();
        if self.settings.history_size > 0 {
            offset = stream.append(data.clone(), &self.settings, Instant::now());
            epoch = stream.epoch().to_owned();
        }
        let publication = PublicationReply {
            data: &data,
            offset,
        };
        let push = Reply::push(channel, News::Publication(publication));
        state.tell(channel, &push);
        Outcome::published(Published { offset, epoch })
    }

    fn subscribe(&self, whom: &Whom, channel: &str) -> Outcome {
        let mut state = self.locked();
        for link in state.found(whom) {
            state.hold(&link, channel);
            let result = self.result(&mut state.channel(channel).stream, None);
            link.push(Reply::push(channel, News::Subscribe(result)));
        }
        Outcome::done()
    }

    fn unsubscribe(&self, whom: &Whom, channel: &str) -> Outcome {
        let mut state = self.locked();
        for link in state.found(whom) {
            state.release(&link.client, channel);
            // It comes for a channel that is not held, too (capture `push-subscribe-unsubscribe`).
            let reason = "server unsubscribe";
            let news = News::Unsubscribe { code: 2000, reason };
            link.push(Reply::push(channel, news));
        }
        Outcome::done()
    }

    fn disconnect(&self, whom: &Whom, code: u16, reason: &str) -> Outcome {
        for link in self.locked().found(whom) {
            link.close(Close::new(code, reason));
        }
        Outcome::done()
    }

    fn remove_history(&self, channel: &str) -> Outcome {
        if let Some(channel) = self.locked().channels.get_mut(channel) {
            channel.stream.forget();
        }
        Outcome::done()
    }

    fn restart(&self) -> bool {
        let mut state = self.locked();
        for channel in state.channels.values_mut() {
            channel.stream = Stream::new();
        }
        for link in state.found(&Whom::Everyone) {
            // A process that dies sends no close frame (capture `recover-after-kill`).
            link.close(Close::new(3000, ""));
        }
        true
    }

    fn settle(&self) -> Outcome {
        Outcome::done()
    }
}
