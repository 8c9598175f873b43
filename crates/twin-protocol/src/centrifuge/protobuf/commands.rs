//! Commands in Protobuf: what the JSON codec writes, under its numbers.

use serde::Serialize;

use super::{messages, wire};
use crate::centrifuge::command::Request;

/// Adds a command with its length before it.
pub(in crate::centrifuge) fn encode(id: u32, request: &Request<'_>, out: &mut Vec<u8>) {
    let mut command = messages::Command {
        id,
        ..Default::default()
    };
    let data;
    match request {
        Request::Connect(connect) => {
            data = json(&connect.data);
            let subs = connect.subs.iter().map(|(channel, recover)| {
                let sub = messages::SubscribeRequest {
                    recover: recover.recover,
                    offset: recover.offset.unwrap_or_default(),
                    epoch: recover.epoch.unwrap_or_default(),
                    ..Default::default()
                };
                (channel.as_str(), sub)
            });
            command.connect = Some(messages::ConnectRequest {
                token: connect.token.map_or("", |token| token.expose()),
                data: &data,
                subs: subs.collect(),
                name: connect.name,
            });
        }
        Request::Refresh { token } => {
            let token = token.expose();
            command.refresh = Some(messages::RefreshRequest { token });
        }
        Request::Rpc(join) => {
            data = json(&join.data);
            command.rpc = Some(messages::RpcRequest {
                data: &data,
                method: join.method,
            });
        }
        Request::Subscribe { channel } => {
            command.subscribe = Some(messages::SubscribeRequest {
                channel,
                ..Default::default()
            });
        }
        Request::Unsubscribe { channel } => {
            command.unsubscribe = Some(messages::UnsubscribeRequest { channel });
        }
    }
    let mut message = Vec::new();
    command.encode(&mut message);
    wire::put_varint(out, message.len() as u64);
    out.extend_from_slice(&message);
}

fn json(data: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(data).expect("commands hold nothing that JSON cannot")
}
