// What an application may expect of ioredis: conformance.js single|cluster HOST:PORT...
//
// It checks, then writes until a line on standard input says that a server was killed ("killed", or "killed, and calls may fail"), goes on,
// and looks for all that was acknowledged. Its last line is PASSED, or it ends with an error.
'use strict';
const assert = require('node:assert/strict');
const { randomUUID } = require('node:crypto');
const readline = require('node:readline');
const Redis = require('ioredis');

const CONNECTIONS = 8;
const INCREMENTS = 50;
const KEYS = 200;
const WRITERS = 4;
const MORE = 100;

const [kind, ...addresses] = process.argv.slice(2);
const servers = addresses.map((address) => {
  const [host, port] = address.split(':');
  return { host, port: Number(port) };
});
const clustered = kind === 'cluster';
const prefix = `${randomUUID()}:`;
const open = new Set();

function connect(number) {
  const server = servers[number % servers.length];
  const client = clustered
    ? new Redis.Cluster([server], { slotsRefreshInterval: 1000, retryDelayOnFailover: 300, maxRedirections: 50 })
    : new Redis(server);
  // Lost connections are said here and made anew; calls that fail for it fail by themselves.
  client.on('error', () => {});
  open.add(client);
  return client;
}

const pause = (millis) => new Promise((done) => setTimeout(done, millis));

async function until(what, holds) {
  const end = Date.now() + 60_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not within a minute: ${what}`);
    await pause(20);
  }
}

async function strings(client) {
  const key = `${prefix}string`;
  assert.equal(await client.get(key), null);
  assert.equal(await client.set(key, 'one'), 'OK');
  assert.equal(await client.getset(key, ''), 'one');
  assert.equal(await client.get(key), '');
  assert.equal(await client.append(key, 'é\r\n'), 4);
  assert.equal(await client.get(key), 'é\r\n');
  assert.deepEqual(await client.getBuffer(key), Buffer.from('é\r\n'));
  assert.equal(await client.del(key), 1);
  assert.equal(await client.exists(key), 0);
}

async function conditions(client) {
  const key = `${prefix}conditional`;
  assert.equal(await client.set(key, 'x', 'XX'), null);
  assert.equal(await client.set(key, 'a', 'NX'), 'OK');
  assert.equal(await client.set(key, 'b', 'NX'), null);
  assert.equal(await client.set(key, 'c', 'XX', 'GET'), 'a');
  assert.equal(await client.get(key), 'c');
}

async function expiry(client) {
  const key = `${prefix}mortal`;
  await client.set(key, 'v', 'PX', 700);
  const left = await client.pttl(key);
  assert.ok(left > 0 && left <= 700, `${left} ms`);
  await until('it has expired', async () => (await client.get(key)) === null);
  await client.set(key, 'w');
  assert.equal(await client.ttl(key), -1);
  assert.equal(await client.expire(key, 100), 1);
  assert.equal(await client.persist(key), 1);
  assert.equal(await client.ttl(key), -1);
}

async function increments(client) {
  const key = `${prefix}sum`;
  const connections = Array.from({ length: CONNECTIONS }, (_, number) => connect(number));
  const answers = await Promise.all(
    connections.map(async (connection) => {
      const own = [];
      for (let i = 0; i < INCREMENTS; i++) own.push(await connection.incr(key));
      return own;
    }),
  );
  connections.forEach(disconnect);
  assert.equal(new Set(answers.flat()).size, CONNECTIONS * INCREMENTS);
  assert.equal(await client.get(key), String(CONNECTIONS * INCREMENTS));
}

async function manyKeys(client) {
  // A cluster's client sends a command with many keys to one server: these have one slot.
  const tag = clustered ? '{tag}' : '';
  const keys = Array.from({ length: KEYS }, (_, i) => `${prefix}many:${tag}${i}`);
  await client.mset(keys.flatMap((key) => [key, `value of ${key}`]));
  assert.deepEqual(await client.mget(keys), keys.map((key) => `value of ${key}`));
  assert.deepEqual([...(await scanned(client, `${prefix}many:${tag}*`))].sort(), [...keys].sort());
  assert.equal(await client.del(keys), KEYS);
}

async function scanned(client, match) {
  const found = new Set();
  for (const node of clustered ? client.nodes('master') : [client]) {
    for await (const batch of node.scanStream({ match, count: 100 })) batch.forEach((key) => found.add(key));
  }
  return found;
}

async function pipelines(client) {
  const key = `${prefix}pipeline`;
  const answers = await client.pipeline().set(key, 1).incr(key).get(key).exec();
  assert.deepEqual(answers, [[null, 'OK'], [null, 2], [null, '2']]);
}

async function errors(client) {
  const key = `${prefix}word`;
  await client.set(key, 'abc');
  await assert.rejects(client.incr(key), { name: 'ReplyError', message: 'ERR value is not an integer or out of range' });
  await assert.rejects(client.call('GETRANGE', key), { message: "ERR wrong number of arguments for 'getrange' command" });
  await assert.rejects(client.call('NOSUCH', key), (error) =>
    error.message.startsWith(`ERR unknown command 'NOSUCH', with args beginning with: '${key}'`),
  );
  assert.equal(await client.get(key), 'abc');
}

async function respThree(client) {
  assert.match(await client.client('INFO'), / resp=3/);
}

/** Whom this server names for each slot, in CLUSTER SLOTS. */
async function named(server) {
  const plain = new Redis(server);
  try {
    const owners = [];
    for (const [from, to, [host, port]] of await plain.cluster('SLOTS')) {
      for (let slot = from; slot <= to; slot++) owners[slot] = `${host}:${port}`;
    }
    assert.equal(owners.length, 16384);
    return owners;
  } finally {
    plain.disconnect();
  }
}

const asked = (client) => client.slots.map((owners) => owners[0]);

async function map(client) {
  if (clustered) {
    for (const server of servers) assert.deepEqual(asked(client), await named(server));
  }
}

function disconnect(client) {
  client.disconnect();
  open.delete(client);
}

async function outage(lines) {
  const acknowledged = new Map();
  const failures = [];
  const counts = new Array(WRITERS).fill(0);
  let stopped = false;
  const clients = counts.map((_, number) => connect(number));
  const writers = clients.map(async (client, number) => {
    for (let i = 0; !stopped; i++) {
      const key = `${prefix}${number}:${i}`;
      try {
        await client.set(key, `value ${i}`);
        acknowledged.set(key, `value ${i}`);
        counts[number]++;
      } catch (error) {
        failures.push(error);
      }
    }
  });
  const more = async () => {
    const enough = counts.map((count) => count + MORE);
    await until('all writers go on', () => counts.every((count, number) => count >= enough[number]));
  };
  await more();
  console.log('WRITING');
  const told = (await lines.next()).value;
  await more();
  if (clustered) {
    for (const client of clients) {
      await until('the map is the survivors\'', async () => {
        const now = asked(client);
        return (await named(servers[0])).every((owner, slot) => owner === now[slot]);
      });
    }
  }
  await more();
  stopped = true;
  await Promise.all(writers);
  if (told === 'killed') assert.deepEqual(failures, []);
  const another = connect(0);
  await Promise.all([...acknowledged].map(async ([key, value]) => assert.equal(await another.get(key), value)));
  console.log(`${acknowledged.size} acknowledged writes found, ${failures.length} calls failed`);
}

async function main() {
  const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const client = connect(0);
  for (const check of [strings, conditions, expiry, increments, manyKeys, pipelines, errors, respThree, map]) {
    await check(client);
    console.log(`${check.name} passed`);
  }
  await outage(lines);
  open.forEach(disconnect);
  console.log('PASSED');
  process.exit(0);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
