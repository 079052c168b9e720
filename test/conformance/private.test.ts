/**
 * Private messages of fabric, seen from the links: whoever watches all links but those of the mixnet sees the same
 * packets at the same instants, whether there are private messages or not (docs/adr/lowest.md#0094-several-lowest-protocols-on-one-host).
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { encodeEnvelope, type MessageKind, makeMessageId } from '../../nodes/fabric/envelope.ts';
import { FABRIC_CHANNEL, MEMORY_NAME_BYTES } from '../../nodes/fabric/geometry.ts';
import { PacketWriter } from '../../nodes/fabric/wire.ts';
import { fourWith, WITHOUT_BUS } from './lowest.ts';
import { deliveryOf, NETWORKS, prepareText, runText, SHIMS, textOf } from './stack.ts';

const SECOND = 1_000_000_000;
/** Ends before the crash: its messages would wait, and leave by the mixnet, too. */
const PLAIN =
  'from: client-1, to: client-2, kind: constant, rate: 2/s, size: 500B, start: 5s, stop: 34s, priority: expedited';
/** Short and long messages, in both directions. */
const HIDDEN = [
  'from: client-1, to: client-2, kind: constant, rate: 30/min, size: 400B, start: 5s, stop: 50s',
  'from: client-2, to: client-1, kind: constant, rate: 30/min, size: 300B, start: 5s, stop: 50s',
  'from: client-1, to: client-2, kind: constant, rate: 6/min, size: 12kB, start: 5s, stop: 50s',
];
const PRIVATE = HIDDEN.map((flow) => `${flow}, private: true`);
const NAVIGATOR = 'ways: [gateway, mixnet, dtn], navigator: { budget: 1000 }';

/** A run with these flows, in which the mixnet is cut for 8 s and a client crashes. */
function textWith(flows: readonly string[], fabric = NAVIGATOR): string {
  const [network = ''] = fourWith(fabric, [['duration: 40s', 'duration: 60s']]).split('traffic:');
  return `${network}traffic:
${flows.map((flow) => `  - { ${flow} }`).join('\n')}
events:
  - { at: 15s, for: 8s, link: "* <-> provider-1", set: { up: false } }
  - { at: 35s, for: 2s, crash: client-2, store: synced }
`;
}

/** What an observer sees on every link that is not one of the mixnet: direction, instant and length of each packet. */
async function seenWith(
  flows: readonly string[],
  call?: { readonly private: boolean },
): Promise<{ readonly seen: readonly string[]; readonly answers: readonly string[] }> {
  const { prepared, run } = await prepareText(textWith(flows));
  const { world } = prepared;
  const { network } = world.sim;
  const seen: string[] = [];
  for (const direction of network.directions) {
    const { name } = direction;
    if (/provider|mix-|authority/.test(name)) continue;
    direction.setTaps([
      {
        onPacket: (table, packet) => {
          seen.push(`${name} ${network.scheduler.now} ${table.length[packet]}`);
          return 'pass';
        },
      },
    ]);
  }
  const answers: string[] = [];
  const respond = (outcome: string): void => void answers.push(outcome);
  const asked = { kind: 'call', target: 'client-2', body: new Uint8Array(100), respond };
  if (call !== undefined)
    world.at(6 * SECOND, () => world.request('client-1', { ...asked, wishes: call }, 'fabric'));
  run();
  return { seen, answers };
}

describe('private messages', () => {
  it('change nothing on any link that is not of the mixnet, cut, lost, repeated and answered as they are (R-081)', async () => {
    const { seen: without } = await seenWith([PLAIN]);
    expect(without.length).toBeGreaterThan(1_000);
    const hidden = await seenWith([PLAIN, ...PRIVATE], { private: true });
    expect(hidden.answers).toEqual(['ok']);
    expect(hidden.seen).toEqual(without);
    // The test can fail: the same call leaves another way unless it is private.
    expect((await seenWith([PLAIN], { private: false })).seen).not.toEqual(without);
  });

  it('arrive all after a crash, but the one that the crashed node was to send', async () => {
    const { messages, metrics, nodeDrops } = await runText(
      textWith(PRIVATE)
        .replace(/ {2}- { at: 15s.*\n/, '')
        .replace('duration: 60s', 'duration: 150s'),
    );
    const { refused, submitted = 0, delivered } = messages ?? {};
    expect(refused).toEqual({ 'node-down': 1 });
    expect(delivered).toBe(submitted - 1);
    expect(metrics['fabric.handled_twice']).toEqual({ kind: 'counter', value: 0 });
    expect(nodeDrops['not-private']).toBeUndefined();
  });

  it('need no navigator: they leave over the first way that hides', async () => {
    const text = textWith(PRIVATE.slice(0, 1), 'ways: [gateway, mixnet, dtn]');
    const [delivered, sent] = deliveryOf(
      await runText(text.replace(/events:[\s\S]*/, '')),
      'fabric',
    );
    expect(delivered).toBe(sent);
  });
});

const OVER_LINKS = 'run: dtn, over: links, options: { router: static';
const OVER_MIXNET = 'run: dtn, over: mixnet, options: { router: direct';

/** A packet that belongs to private messages, with a message of a kind from client-2 to client-1. */
function privatePacket(kind: MessageKind): Uint8Array {
  const memory = new Uint8Array(MEMORY_NAME_BYTES).fill(9);
  const envelope = encodeEnvelope({
    ...{ id: makeMessageId(memory, 1), from: 'client-2', to: 'client-1', kind, correlation: null },
    ...{ deadlineMs: 8.64e15, priority: 1, attempt: 0, payload: new Uint8Array(100) },
  });
  const writer = new PacketWriter(1_000, { isPrivate: true });
  writer.begin(1, memory, 1);
  writer.piece(1, envelope, 0, envelope.length);
  return Uint8Array.of(FABRIC_CHANNEL, ...writer.end(0));
}

describe('a fabric that a peer sends private packets', () => {
  it.each([
    [
      'drops those that come over a way that does not hide (R-081)',
      'gateway',
      'message',
      'not-private',
    ],
    ['takes no message of a group from them', 'mixnet', 'group', 'bad-group-message'],
  ] as const)('%s', async (_does, carrier, kind, reason) => {
    const { world } = (await prepareText(textWith([PLAIN]))).prepared;
    const [sender, receiver] = ['client-2', 'client-1'].map((name) => world.sim.host(name));
    const send = { kind: 'send', target: 'client-1', body: privatePacket(kind) };
    world.at(4 * SECOND, () => sender?.request(send, undefined, sender.stack?.member(carrier)));
    world.sim.runUntil(15 * SECOND);
    const fabric = receiver?.layers.find(({ protocol }) => protocol === 'fabric');
    expect(fabric?.drops.get(reason)).toBe(1);
  });
});

describe('a host', () => {
  it('knows which of its protocols keep a message private, or refuse it themselves', async () => {
    const shim = `  - { on: "client-*", run: ${SHIMS[0]} }\ncrypto: modelled`;
    const kept = async (...changes: readonly (readonly [string, string])[]): Promise<unknown> => {
      const text = fourWith('ways: [mixnet]', [['crypto: modelled', shim], ...changes]);
      const host = (await prepareText(text)).prepared.world.sim.host('client-1');
      return [host, ...host.layers].map(({ protocol, keepsPrivate }) => [protocol, keepsPrivate]);
    };
    expect(await kept()).toEqual([
      ...[
        ['gateway', false],
        ['mixnet', true],
        ['dtn', false],
        ['fabric', true],
      ],
      // It hands the wish on; not all that might carry it keep it.
      ['shim1', false],
    ]);
    expect(await kept([OVER_LINKS, OVER_MIXNET], WITHOUT_BUS)).toContainEqual(['dtn', true]);
    // A bundle would go through the mixnet to whoever passes it on by bus, for all to see.
    expect(await kept([OVER_LINKS, OVER_MIXNET])).toContainEqual(['dtn', false]);
    const over = [`${SHIMS[0]} }`, `${SHIMS[0]}, over: fabric }`] as const;
    expect(await kept(over)).toContainEqual(['shim1', true]);
  });

  it('does not give a private message to a protocol that cannot keep it so, from above or from outside (R-081)', async () => {
    const gateways = NETWORKS.find(({ carrier }) => carrier === 'gateway');
    if (gateways === undefined) throw new Error('there is no network of gateways');
    const { world } = (await prepareText(textOf(gateways, { layers: 1 }))).prepared;
    const host = world.sim.host('gateway-111');
    const outcomes: string[] = [];
    const respond = (outcome: string): void => void outcomes.push(outcome);
    const wishes = { private: true };
    const send = {
      kind: 'send',
      target: 'gateway-211',
      body: new Uint8Array(100),
      wishes,
      respond,
    };
    world.at(3 * SECOND, () => {
      world.request('gateway-111', send, 'shim1');
      for (const layer of host.layers) layer.keepsPrivate = true;
      world.request('gateway-111', send, 'shim1');
    });
    world.sim.runUntil(3 * SECOND);
    expect(outcomes).toEqual(['not-private', 'not-private']);
    expect(host.layers[0]?.drops.get('not-private')).toBe(1);
    expect(host.drops.get('not-private')).toBe(1);
  });
});
