// centrifuge-js, with the packages of tests/peers/centrifuge-js.
'use strict';
const { createRequire } = require('node:module');
const path = require('node:path');
const { Account, SESSION, args, idle, look } = require('./meter.js');

const peer = path.resolve(__dirname, '../../../peers/centrifuge-js/package.json');
const { Centrifuge } = createRequire(peer)('centrifuge');
const websocket = createRequire(peer)('ws');

const NAME = 'centrifuge-js';

/** A client that is connected and joined. */
async function open(url, publication) {
  const data = { application: 'widget', settings: { sessions: [SESSION] } };
  const client = new Centrifuge(url, { websocket, data });
  client.on('publication', publication);
  client.connect();
  await client.ready();
  await client.rpc('joinSession', { sessionId: SESSION });
  return client;
}

async function main() {
  const { url, count, idle: conns } = args();
  if (count === 0) {
    await idle(NAME, conns, () => open(url, () => {}));
  } else {
    const account = new Account(NAME, count);
    await new Promise((done, failed) => {
      open(url, ({ data, offset }) => {
        if (!account.event(offset, look(data.payload))) done();
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
