// What the official JavaScript client tells its user of what a server says, in the words of
// tests/src/differential/told.rs. Ends with the event named `end` or with the connection.
//
//     node differential.mjs ws://127.0.0.1:8000/connection/websocket

import { Centrifuge } from 'centrifuge';
import WebSocket from 'ws';

const say = (line) => process.stdout.write(`${line}\n`);
const end = () => process.exit(0);

const centrifuge = new Centrifuge(process.argv[2], {
  websocket: WebSocket,
  name: 'js',
  minReconnectDelay: 1,
  maxReconnectDelay: 20,
});
centrifuge.on('connected', () => say('up'));
// Code 0 is the first attempt.
centrifuge.on('connecting', ({ code }) => code !== 0 && say('lost'));
centrifuge.on('disconnected', ({ code }) => {
  say(`down ${code}`);
  end();
});
centrifuge.on('subscribed', ({ channel, wasRecovering, recovered }) => {
  if (wasRecovering && !recovered) say(`${channel}: gap`);
});
centrifuge.on('unsubscribed', ({ channel }) => say(`${channel}: gone`));
centrifuge.on('publication', ({ channel, data }) => {
  say(`${channel}: ${data.event}`);
  if (data.event === 'end') end();
});
centrifuge.connect();
