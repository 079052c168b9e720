/**
 * Cases for the six throw-away nodes, in any world (ADR 0002, ADR 0020).
 *
 * @module
 */
import { expect } from 'vitest';
import type { NetworkMap } from '../../../engine/host/network-view.ts';
import type { MessageObserver, Protocol } from '../../../engine/host/protocol.ts';
import { PURPOSE_CONTENT } from '../../../reports/privacy/truth/truth.ts';
import { MessageObservers } from '../../../runner/privacy/message-observer.ts';
import { protocol as busyServer } from '../../fixtures/nodes/busy-server.ts';
import { protocol as face } from '../../fixtures/nodes/face.ts';
import { protocol as mix } from '../../fixtures/nodes/mix.ts';
import { protocol as router } from '../../fixtures/nodes/router.ts';
import { protocol as spy } from '../../fixtures/nodes/spy.ts';
import { protocol as upgrade } from '../../fixtures/nodes/upgrade.ts';
import type { Driver } from './drivers.ts';
import { NodeBench } from './node-bench.ts';

/** Work that takes about 2 s on a thread of this class of machine; its modelled cost is 20 s. */
const ROUNDS_OF_TWO_SECONDS = 250_000_000;
const SIM_SECONDS = 20;

/** A case for one of the nodes. */
export interface NodeCase {
  readonly id: string;
  readonly says: string;
  readonly protocol: Protocol;
  readonly run: (driver: Driver) => Promise<void>;
}

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

async function runRouter(driver: Driver): Promise<void> {
  const bench = new NodeBench(driver, {
    protocol: router,
    hosts: ['left', 'middle', 'right'],
    links: [
      ['left', 'middle'],
      ['middle', 'right'],
    ],
  });
  await driver.until(() => bench.areReady, 'all links are up');
  expect((await bench.ask('left', 'send', 'right', 'through')).outcome).toBe('ok');
  await driver.until(() => bench.delivered.length === 1, 'the datagram arrives');
  expect(bench.delivered).toEqual(['right < left: through']);
  const mend = bench.cut('middle--right');
  const down = 'middle: link middle--right down';
  await driver.until(() => bench.states.includes(down), 'the cut is noticed');
  await bench.ask('left', 'send', 'right', 'into the dark');
  await driver.until(() => bench.drops('middle')['link-dead'] === 1, 'the drop is named');
  mend();
  await driver.until(() => bench.areReady, 'the link is up again');
  await bench.ask('right', 'send', 'left', 'back again');
  await driver.until(() => bench.delivered.length === 2, 'the way back works');
  await bench.close();
}

async function runObservedMix(driver: Driver): Promise<void> {
  const nodes = ['client', 'first', 'second', 'sink'];
  const observers = new MessageObservers({
    nodes,
    protocols: new Map(nodes.map((name) => [name, mix])),
    now: (): number => driver.world.scheduler.now,
  });
  const bench = new NodeBench(driver, {
    protocol: mix,
    hosts: nodes,
    links: [
      ['client', 'first'],
      ['first', 'second'],
      ['second', 'sink'],
    ],
    observerOf: (host): MessageObserver => observers.of(host),
  });
  for (const text of ['a', 'b', 'c']) {
    expect((await bench.ask('client', 'send', 'first > second > sink', text)).outcome).toBe('ok');
  }
  await driver.until(() => bench.delivered.length === 3, 'all messages arrive');
  const { events, messages } = observers.truth();
  expect(messages.count).toBe(3);
  // The purpose that the protocol declares for its own word `onion`.
  expect([...messages.purpose.subarray(0, 3)]).toEqual([
    PURPOSE_CONTENT,
    PURPOSE_CONTENT,
    PURPOSE_CONTENT,
  ]);
  for (let message = 0; message < 3; message += 1) {
    const told: string[] = [];
    for (let i = 0; i < events.count; i += 1) {
      if (events.message[i] === message)
        told.push(`${events.code[i]} ${nodes[events.node[i] ?? 0]}`);
    }
    const passing = ['0 client', '1 first', '2 first', '1 second', '2 second', '1 sink', '3 sink'];
    expect(told).toEqual(passing);
  }
  await bench.close();
}

async function runMix(driver: Driver): Promise<void> {
  const bench = new NodeBench(driver, {
    protocol: mix,
    hosts: ['client', 'first', 'second', 'sink'],
    links: [
      ['client', 'first'],
      ['first', 'second'],
      ['second', 'sink'],
    ],
  });
  const texts = Array.from({ length: 30 }, (_, index) => `message ${index}`);
  const sends = texts.map((message) =>
    bench.ask('client', 'send', 'first > second > sink', message),
  );
  expect((await Promise.all(sends)).map(({ outcome }) => outcome)).toEqual(texts.map(() => 'ok'));
  await driver.until(() => bench.delivered.length === texts.length, 'all messages arrive');
  const expected = texts.map((message) => `sink < mix: ${message}`);
  expect(bench.delivered.toSorted()).toEqual(expected.toSorted());
  // The delays of three stages are random, so the messages do not arrive in the order of sending.
  expect(bench.delivered).not.toEqual(expected);
  await bench.close();
}

async function runUpgrade(driver: Driver): Promise<void> {
  const bench = new NodeBench(driver, {
    protocol: upgrade,
    hosts: ['client', 'server'],
    links: [['client', 'server']],
  });
  expect((await bench.ask('client', 'say', '', 'too early')).outcome).toBe('not-secure');
  await driver.until(() => bench.areReady, 'the stream is secure');
  const answers = await Promise.all(
    ['one', 'two', 'three'].map((word) => bench.ask('client', 'say', '', word)),
  );
  expect(answers.map(({ body }) => text(body))).toEqual([
    'you said one',
    'you said two',
    'you said three',
  ]);
  await bench.ask('client', 'close');
  await driver.until(() => bench.marks.length === 2, 'both ends close');
  await bench.close();
}

async function runBusyServer(driver: Driver): Promise<void> {
  const bench = new NodeBench(driver, {
    protocol: busyServer as unknown as Protocol,
    options: {
      seconds: SIM_SECONDS,
      rounds: driver.kind === 'sim' ? 1 : ROUNDS_OF_TWO_SECONDS,
    },
    hosts: ['server'],
    links: [],
  });
  const host = driver.world.host('server');
  const began = host.now();
  let answers = 0;
  let slowest = 0;
  let end = 'working';
  bench.begin('server', 'work', (outcome) => {
    end = outcome;
  });
  while (end === 'working') {
    const asked = host.now();
    const status = await bench.ask('server', 'status');
    slowest = Math.max(slowest, host.now() - asked);
    if (status.outcome === 'busy') answers += 1;
    await driver.pass(10);
  }
  expect(end).toBe('done');
  expect(answers).toBeGreaterThan(10);
  const tookNs = host.now() - began;
  // Status requests never wait for the work.
  expect(slowest).toBeLessThan(tookNs / 2);
  if (driver.kind === 'sim') expect(Math.round(tookNs / 1e9)).toBe(SIM_SECONDS);
  expect((await bench.ask('server', 'status')).outcome).toBe('idle');
  bench.begin('server', 'work', () => {
    end = 'told of work that was called off';
  });
  await bench.ask('server', 'stop');
  expect((await bench.ask('server', 'status')).outcome).toBe('idle');
  expect(end).toBe('done');
  await bench.close();
}

async function runFace(driver: Driver): Promise<void> {
  const bench = new NodeBench(driver, {
    protocol: face,
    hosts: ['near', 'far'],
    links: [['near', 'far']],
  });
  expect((await bench.ask('far', 'put', 'colour', 'blue')).outcome).toBe('ok');
  expect((await bench.ask('near', 'get', 'colour')).outcome).toBe('missing');
  const fetched = await bench.ask('near', 'fetch', 'far/colour');
  expect([fetched.outcome, text(fetched.body)]).toEqual(['ok', 'blue']);
  expect((await bench.ask('near', 'fetch', 'far/shape')).outcome).toBe('missing');
  bench.restart('far');
  const kept = await bench.ask('near', 'fetch', 'far/colour');
  expect([kept.outcome, text(kept.body)]).toEqual(['ok', 'blue']);
  bench.cut('near--far');
  expect((await bench.ask('near', 'fetch', 'far/colour')).outcome).toBe('timeout');
  expect((await bench.ask('near', 'dance')).outcome).toBe('unknown-kind');
  await bench.close();
}

async function runSpy(driver: Driver): Promise<void> {
  const bench = new NodeBench(driver, {
    protocol: spy,
    hosts: ['one', 'two', 'three'],
    links: [
      ['one', 'two'],
      ['two', 'three'],
    ],
  });
  const given = async (node: string, kind: string, target: string): Promise<string> => {
    const { outcome, body } = await bench.ask(node, kind, target);
    expect(`${outcome} ${text(body)}`).toMatch(/^given /);
    return text(body);
  };
  const refused = async (node: string, kind: string, target: string): Promise<string> => {
    const { outcome, body } = await bench.ask(node, kind, target);
    expect(outcome, `${node} asks ${kind} ${target}`).toBe('refused');
    return text(body);
  };
  const own = await given('one', 'secret', 'one static');
  expect(own.split(',').length).toBe(32);
  expect(await given('one', 'secret', 'one static')).toBe(own);
  expect(await given('one', 'secret', 'one other')).not.toBe(own);
  expect(await given('two', 'secret', 'two static')).not.toBe(own);
  expect(await refused('two', 'secret', 'one static')).toMatch(
    /two asks for the secret "static" of one/,
  );
  expect(await refused('two', 'secret', 'nobody static')).toMatch(/nobody, which does not exist/);
  expect(await refused('one', 'secret', 'one static/two')).toMatch(/no name of a secret/);
  // All hosts see the same public key, and it belongs to the secret.
  const { crypto } = driver.world.host('one');
  const publicKey = String(crypto.x25519PublicKey(Uint8Array.from(own.split(',').map(Number))));
  expect(await given('one', 'public', 'one static')).toBe(publicKey);
  expect(await given('three', 'public', 'one static')).toBe(publicKey);
  expect(await refused('three', 'public', 'one other')).toMatch(/"other" of one, which has none/);
  const circle = await given('one', 'shared', 'circle');
  expect(circle.split(',').length).toBe(32);
  expect(await given('two', 'shared', 'circle')).toBe(circle);
  expect(await refused('three', 'shared', 'circle')).toMatch(/three asks for fixture-spy\/circle/);
  expect(await refused('one', 'shared', 'square')).toMatch(/which it does not share/);
  const notice = '3 hosts, 32 bytes';
  expect(await given('three', 'published', 'fixture-spy/notice')).toBe(notice);
  expect(await given('one', 'published', 'fixture-spy/notice')).toBe(notice);
  expect(await given('one', 'published', 'fixture-spy/constructor')).toBe('nothing');
  // A node that restarts has the same keys as before.
  bench.restart('one');
  expect(await given('one', 'secret', 'one static')).toBe(own);
  await bench.close();
}

/** Words that the engine has never heard. */
function withAttributes(plain: NetworkMap): NetworkMap {
  return {
    ...plain,
    areas: [{ id: 'north', attributes: { climate: 'cold', height: 800 } }, { id: 'south' }],
    hosts: plain.hosts.map((host) => {
      if (host.name === 'three') return host;
      return { ...host, area: host.name === 'one' ? 'north' : 'south' };
    }),
    links: plain.links.map((link) => {
      if (link.a.host !== 'one') return link;
      const b = { ...link.b, attributes: { gate: 7 } };
      return { ...link, b, attributes: { border: true } };
    }),
  };
}

async function runAttributes(driver: Driver): Promise<void> {
  const bench = new NodeBench(driver, {
    protocol: spy,
    hosts: ['one', 'two', 'three'],
    links: [
      ['one', 'two'],
      ['two', 'three'],
    ],
    mapped: withAttributes,
  });
  const told = async (kind: string, target: string): Promise<unknown> =>
    JSON.parse(text((await bench.ask('two', kind, target)).body));
  expect(await told('area', 'one')).toEqual(['north', { climate: 'cold', height: 800 }]);
  expect(await told('area', 'two')).toEqual(['south', null]);
  expect(await told('area', 'three')).toEqual([null, null]);
  expect(await told('link', 'one--two')).toEqual([{ border: true }, null, { gate: 7 }]);
  expect(await told('link', 'two--three')).toEqual([null, null, null]);
  await bench.close();
}

export const nodeCases: readonly NodeCase[] = [
  {
    id: 'router',
    says: 'a router with hellos forwards, notices a cut, names the drop, and recovers',
    protocol: router,
    run: runRouter,
  },
  {
    id: 'mix',
    says: 'a mix stage does heavy crypto per packet through compute and loses nothing',
    protocol: mix,
    run: runMix,
  },
  {
    id: 'observed mix',
    says: 'a mix that is handed an observer tells it each step of each message, with its keys',
    protocol: mix,
    run: runObservedMix,
  },
  {
    id: 'upgrade',
    says: 'a line protocol upgrades its stream to TLS and goes on',
    protocol: upgrade,
    run: runUpgrade,
  },
  {
    id: 'busy-server',
    says: 'a server with 20 s of computing answers status all the while',
    protocol: busyServer as unknown as Protocol,
    run: runBusyServer,
  },
  {
    id: 'face',
    says: 'a face answers at once, from the disk, from another node, or with a time-out',
    protocol: face,
    run: runFace,
  },
  {
    id: 'spy',
    says: 'a node gets its own secrets, those it shares and public keys of all, and no others',
    protocol: spy,
    run: runSpy,
  },
  {
    id: 'attributes',
    says: 'a node sees areas, and attributes of areas, links and their ends, as they were given',
    protocol: spy,
    run: runAttributes,
  },
];
