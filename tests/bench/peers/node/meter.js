// The arguments and the account of the contenders on Node, as the package `meter` has them in Rust.
'use strict';
const { readFileSync } = require('node:fs');
const { parseArgs } = require('node:util');

const SESSION = 'bce7d22e-dde6-4427-b391-ebbdfda44de6';

function args() {
  const text = { type: 'string' };
  const { values } = parseArgs({ options: { url: text, count: text, idle: text } });
  return { url: values.url, count: Number(values.count ?? 0), idle: Number(values.idle ?? 0) };
}

function status(name) {
  const line = readFileSync('/proc/self/status', 'utf8')
    .split('\n')
    .find((line) => line.startsWith(name));
  return Number(line.slice(name.length).trim().split(' ')[0]);
}

/** Looks at the fields that every contender looks at, and gives the length of the text in bytes. */
function look(message) {
  const isWhole = message.id && message.sessionId && message.authorType && message.createdAt;
  return isWhole ? Buffer.byteLength(message.body) : 0;
}

class Account {
  #line;
  #wanted;
  #first;
  #last;

  constructor(name, wanted) {
    this.#line = { name, events: 0, last_offset: 0, gaps: 0, body_units: 0 };
    this.#wanted = wanted;
  }

  /** An event. Says whether more are wanted. */
  event(offset, body) {
    const line = this.#line;
    line.events += 1;
    line.last_offset = offset;
    line.body_units += body;
    const now = () => [performance.now(), process.cpuUsage()];
    if (line.events === 1) this.#first = now();
    if (line.events === this.#wanted) this.#last = now();
    return line.events < this.#wanted;
  }

  print() {
    const { name, events, last_offset, gaps, body_units } = this.#line;
    const [began, before] = this.#first;
    const [ended, after] = this.#last;
    const cpu_s = (after.user + after.system - before.user - before.system) / 1e6;
    const cpu_us_per_event = (cpu_s * 1e6) / events;
    const wall_s = (ended - began) / 1e3;
    const max_rss_kb = status('VmHWM:');
    const line = { name, events, wall_s, cpu_s, cpu_us_per_event, max_rss_kb };
    console.log(JSON.stringify({ ...line, last_offset, gaps, body_units }));
  }
}

/** Opens ten connections, then `conns` more, and prints by how much these make the process grow. */
async function idle(name, conns, open) {
  const kept = [];
  for (let at = 0; at < 10; at += 1) kept.push(await open());
  const before = status('VmRSS:');
  for (let at = 0; at < conns; at += 1) kept.push(await open());
  const rss_kb_per_conn = (status('VmRSS:') - before) / conns;
  console.log(JSON.stringify({ name, conns, rss_kb_per_conn }));
}

module.exports = { Account, SESSION, args, idle, look };
