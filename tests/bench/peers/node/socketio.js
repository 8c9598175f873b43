// socket.io-client 2, over a WebSocket, with the packages of tests/peers/socket.io-client.
'use strict';
const { createRequire } = require('node:module');
const path = require('node:path');
const { Account, SESSION, args, idle, look } = require('./meter.js');

const peer = path.resolve(__dirname, '../../../peers/socket.io-client/package.json');
const io = createRequire(peer)('socket.io-client');

const NAME = 'socket.io-client';

function open(url, event) {
  const address = new URL(url);
  const query = { ...Object.fromEntries(address.searchParams), key: SESSION };
  const options = { path: address.pathname, query, transports: ['websocket'], forceNew: true };
  const socket = io(`http://${address.host}`, { ...options, reconnection: false });
  socket.on('chatMessageCreatedEmit', event);
  return new Promise((connected, failed) => {
    socket.on('connect', () => connected(socket));
    socket.on('connect_error', failed);
  });
}

async function main() {
  const { url, count, idle: conns } = args();
  if (count === 0) {
    await idle(NAME, conns, () => open(url, () => {}));
  } else {
    const account = new Account(NAME, count);
    await new Promise((done, failed) => {
      open(url, (message) => {
        if (!account.event(0, look(message))) done();
      }).catch(failed);
    });
    account.print();
  }
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
