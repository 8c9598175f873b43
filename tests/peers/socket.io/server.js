// A stock socket.io 2.5.1 server at the platform's path, as a peer of our client. It accepts keys that
// begin with `good`, greets each client with an event of every kind, and emits each line of stdin as
// a message. Prints `PORT n`; ends with its stdin. Argument: the port (0: a free one).
'use strict';
const http = require('http');
const path = require('path');
const readline = require('readline');
const socketIo = require('socket.io');

const events = require(path.join(__dirname, '..', 'socketio-events.json'));
const server = http.createServer((_, answer) => answer.writeHead(404).end());
const io = socketIo(server, { path: '/operator/socket.io', serveClient: false });
io.use((socket, next) => {
  const { key } = socket.handshake.query;
  next(key.startsWith('good') ? undefined : new Error('Неизвестный ключ'));
});
io.on('connection', (socket) => {
  for (const event of events) socket.emit(...event);
  socket.emit('binary', { file: Buffer.from([0, 255]) }, 'и текст');
});
const lines = readline.createInterface({ input: process.stdin });
lines.on('line', (body) => {
  io.emit('chatMessageCreatedEmit', { authorType: 'BOT', body });
});
lines.on('close', () => process.exit(0));
server.listen(Number(process.argv[2]), '127.0.0.1', () => {
  console.log(`PORT ${server.address().port}`);
});
