// A chat with the official JavaScript client of Socket.IO 2. Prints `ok`, or fails and says why.
// Arguments: the emulator's address; the transports, `websocket`, `polling` or `polling,websocket`.
'use strict';
const io = require('socket.io-client');

const PATIENCE_MS = 60_000;
const [base, transports] = process.argv.slice(2);
const chats = `${base}/api/chats/v1`;

async function call(method, url, body) {
  const response = await fetch(url, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (response.status !== 201) throw new Error(`${method} ${url}: ${response.status}`);
  return response.json();
}

async function main() {
  const started = await call('POST', `${chats}/chats/recipe/sessions?x_widget=1`, {
    name: 'recipe',
    returnAnswerAsync: false,
  });
  const events = [];
  const waiting = new Set();
  const socket = io(base, {
    path: '/operator/socket.io/',
    query: { key: started.id },
    transports: transports.split(','),
    reconnection: false,
  });
  const put = (name, payload) => {
    events.push([name, payload]);
    for (const look of [...waiting]) look();
  };
  for (const name of [
    'showTypingIndicatorEmit',
    'chatMessageCreatedEmit',
    'chatMessageReadEmit',
    'operatorChangedEmit',
    'binary',
  ]) {
    socket.on(name, (...payload) => put(name, payload.length === 1 ? payload[0] : payload));
  }
  socket.on('ask', (question, answer) => answer({ heard: question }));
  socket.on('connect', () => put('connect'));
  socket.on('disconnect', (reason) => put('disconnect', reason));
  const wait = (what, fits) =>
    new Promise((resolve, reject) => {
      const look = () => {
        const found = events.find(fits);
        if (!found) return;
        waiting.delete(look);
        clearTimeout(timer);
        resolve(found);
      };
      const came = () => events.map(([name]) => name).join(', ');
      const timer = setTimeout(() => reject(new Error(`no ${what}; came: ${came()}`)), PATIENCE_MS);
      waiting.add(look);
      look();
    });
  const send = (body) => call('POST', `${chats}/sessions/${started.id}/messages`, { body });
  const message = (body) => ([name, it]) =>
    name === 'chatMessageCreatedEmit' && it.body.includes(body);

  await wait('connection', ([name]) => name === 'connect');
  await send('picture');
  const [, picture] = await wait('picture', message('A picture'));
  await new Promise((resolve) => {
    socket.emit('chatMessageReadEmit', { messageId: picture.id }, resolve);
  });
  const control = (path, body) =>
    fetch(`${base}/_emulator/socketio/${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ session: started.id, ...body }),
    });
  await control('emit', { event: 'binary', arguments: [{ n: 1 }], binary: ['жар-птица 🙂'] });
  const [, [, bytes]] = await wait('binary event', ([name]) => name === 'binary');
  if (bytes.toString() !== 'жар-птица 🙂') throw new Error(`other bytes: ${bytes}`);
  await control('emit', { event: 'ask', arguments: ['?'], ack: true });
  await send('привет 🙂');
  await wait('echo', message('привет 🙂'));
  await send('operator');
  await wait('operator', ([name, it]) => name === 'operatorChangedEmit' && it.operatorName === 'Anna');
  await send('bye');
  await wait('goodbye', message('Goodbye'));
  const [, reason] = await wait('end', ([name]) => name === 'disconnect');
  if (reason !== 'io server disconnect') throw new Error(`ended otherwise: ${reason}`);

  const refused = io(base, {
    path: '/operator/socket.io/',
    query: { key: 'nobody' },
    transports: transports.split(','),
    reconnection: false,
    forceNew: true,
  });
  const word = await new Promise((resolve) => {
    refused.on('error', (error) => resolve(`error: ${error}`));
    refused.on('connect_error', (error) => resolve(`connect_error: ${error}`));
    refused.on('connect', () => resolve('connected'));
  });
  // Node's server refuses on an open connection, Python's by an HTTP status.
  if (!/^(connect_)?error/.test(word)) throw new Error(`a bad key was answered by ${word}`);
  refused.close();
  console.log('ok');
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
