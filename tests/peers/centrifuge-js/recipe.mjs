// The integration article's recipe with the official JavaScript client, against an emulator:
//
//     npm install && node recipe.mjs http://127.0.0.1:8080
//
// Start a session by REST; connect with the article's data; subscribe to what the connect reply
// grants; join; write; receive every kind of event; lose the connection and miss nothing. Nothing
// here knows of the emulator but its addresses and the calls that provoke an operator's work and
// a lost connection. Ends with 0, or with 1 and what went wrong.

import assert from 'node:assert/strict';
import { Centrifuge } from 'centrifuge';
import WebSocket from 'ws';

const CHAT = '0f9619ff-8b86-4d01-b42d-00cf4fc964ff';
const LIMIT_MS = 30_000;

async function call(method, url, body) {
  const response = await fetch(url, {
    method,
    headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  assert.ok(response.ok, `${method} ${url}: ${response.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** Keeps what comes until it is asked for. */
class Events {
  #seen = [];
  #taken = 0;
  #wake = () => {};

  push(event) {
    this.#seen.push(event);
    this.#wake();
  }

  async next() {
    while (this.#taken === this.#seen.length) {
      await new Promise((wake) => (this.#wake = wake));
    }
    return this.#seen[this.#taken++];
  }

  /** Everything up to and including the first event that `wanted` accepts. */
  async until(wanted) {
    const events = [];
    for (;;) {
      const event = await this.next();
      events.push(event);
      if (wanted(event)) return events;
    }
  }

  get names() {
    return new Set(this.#seen.map((event) => event.name));
  }
}

async function recipe(url) {
  const addresses = await call('GET', `${url}/_emulator/addresses`);

  const session = await call('POST', `${addresses.widget}/chats/${CHAT}/sessions?x_widget=1`, {
    name: 'recipe',
    messageBody: 'hello',
    returnAnswerAsync: true,
  });
  const channel = `widget:${session.id}`;
  const user = session.clientId;

  const centrifuge = new Centrifuge(addresses.centrifugo, {
    websocket: WebSocket,
    name: 'js',
    data: { application: 'widget', settings: { userId: user, sessions: [session.id] } },
    minReconnectDelay: 50,
  });
  const events = new Events();
  const offsets = [];
  const publication = ({ data, offset }) => {
    offsets.push(offset);
    events.push({ name: data.event, payload: data.payload });
  };
  // Both are listened to: which one gets publications after the redundant subscribe is the
  // client's affair.
  centrifuge.on('publication', publication);
  const granted = new Events();
  centrifuge.on('subscribed', (context) => granted.push({ name: 'subscribed', context }));
  const connected = new Events();
  centrifuge.on('connected', (context) => connected.push({ name: 'connected', context }));

  centrifuge.connect();
  const { context: hello } = await connected.next();
  assert.equal(hello.transport, 'websocket');
  const { context: first } = await granted.next();
  assert.equal(first.channel, channel);
  assert.ok(first.recoverable && first.positioned && first.streamPosition.epoch !== '');

  // The article's subscribe: the channel is there already, and the server says so.
  const subscription = centrifuge.newSubscription(channel);
  subscription.on('publication', publication);
  const refused = new Promise((done) => subscription.on('unsubscribed', done));
  subscription.subscribe();
  assert.equal((await refused).code, 105);

  const joined = await centrifuge.rpc('joinSession', { id: session.id });
  assert.deepEqual(joined.data, { success: true });
  const unknown = await centrifuge.rpc('joinSession', { id: 'unknown' });
  assert.deepEqual(unknown.data, { success: false });

  const write = (body) => call('POST', `${addresses.chats}/sessions/${session.id}/messages`, { body });
  const said = (type) => (event) =>
    event.name === 'chatMessageCreated' && event.payload.authorType === type;

  await write('picture');
  const withPicture = (event) => event.payload.attachments?.length === 1;
  const [{ payload: picture }] = (await events.until(withPicture)).slice(-1);
  const file = await fetch(picture.attachments[0].downloadLink);
  assert.equal((await file.arrayBuffer()).byteLength, picture.attachments[0].size);

  const { id: asked } = await write('reply');
  const isAnswer = (event) => event.payload.replyToMessage?.id === asked;
  await events.until(isAnswer);

  await write('operator');
  await events.until(said('OPERATOR'));

  // The connection is lost, something happens meanwhile, and nothing is missed.
  await call('POST', `${url}/_emulator/disconnect`, { session: session.id, code: 3011, reason: 'force reconnect' });
  await call('POST', `${url}/_emulator/act`, {
    session: session.id,
    do: [{ typing: 'OPERATOR' }, { message: { from: 'OPERATOR', body: 'Still there?' } }],
  });
  const missed = await events.until(said('OPERATOR'));
  assert.equal(missed.at(-1).payload.body, 'Still there?');
  await connected.next();
  const { context: again } = await granted.next();
  assert.ok(again.wasRecovering && again.recovered);
  assert.deepEqual((await centrifuge.rpc('joinSession', { id: session.id })).data, { success: true });

  await write('bye');
  const closed = await events.until((event) => event.name === 'sessionClosed');
  assert.deepEqual(closed.at(-1).payload, {
    sessionId: session.id,
    chatId: CHAT,
    sessionRatingRequired: true,
  });

  assert.deepEqual(offsets, offsets.map((_, index) => offsets[0] + index));
  for (const name of [
    'showTypingIndicator',
    'chatMessageCreated',
    'operatorChanged',
    'chatMessageRead',
    'sessionClosed',
  ]) {
    assert.ok(events.names.has(name), `no ${name}`);
  }
  centrifuge.disconnect();
}

const url = process.argv[2];
if (url === undefined) {
  console.error('usage: node recipe.mjs EMULATOR-URL');
  process.exit(2);
}
setTimeout(() => {
  console.error(`the recipe did not end within ${LIMIT_MS / 1000} s`);
  process.exit(1);
}, LIMIT_MS).unref();
try {
  await recipe(url.replace(/\/$/, ''));
  console.log('ok');
  process.exit(0);
} catch (error) {
  console.error(error);
  process.exit(1);
}
