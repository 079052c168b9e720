/**
 * Several lowest protocols on one host (ADR 0094): each has its sockets, links, secrets and peers, and a layer is carried
 * by those that it names.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { SeedResult } from '../../reports/model.ts';
import { FOUR_PROTOCOLS, twoLowest } from './lowest.ts';
import { deliveryOf, loadText, prepareText, runText, SHIMS, SIZE } from './stack.ts';

const [SHIM1 = ''] = SHIMS;

const counter = (result: SeedResult, name: string): number => {
  const value = result.metrics[name];
  if (value?.kind === 'histogram') return value.data.count;
  if (value?.kind === 'samples') return value.values.length;
  return value?.kind === 'counter' ? value.value : 0;
};

const PAIR = (stack: string, flow: string): string => `
name: pair
topology:
  name: pair
  defaults: { node: { run: datagram }, link: { rate: 10Mbit/s, delay: 10ms } }
  nodes: [{ name: alice }, { name: bob }]
  links: [{ ends: alice <-> bob, loss: 5% }]
duration: 5s
${stack}
traffic: [{ from: alice, to: bob, kind: constant, rate: 50/s, ${flow} }]
`;

describe('several lowest protocols', () => {
  it('carry messages by gateway, by mixnet, and by bundles, as each of them is cut (R-146)', async () => {
    const result = await runText(FOUR_PROTOCOLS);
    const [delivered, sent] = deliveryOf(result, 'fabric');
    expect(delivered).toBe(sent);
    expect(sent).toBeGreaterThan(100);
    expect(result.messages).toMatchObject({ submitted: sent, delivered: sent, open: 0 });
    expect(counter(result, 'navigator.switch')).toBeGreaterThanOrEqual(2);
    for (const metric of ['gateway.wire_bytes', 'mix.latency', 'dtn.hops'])
      expect(counter(result, metric), metric).toBeGreaterThan(0);
    expect(result.nodeDrops['no-upper-layer']).toBeUndefined();
  });

  it('repeat their fingerprint', async () => {
    const [first, again] = [await runText(twoLowest('')), await runText(twoLowest(''))];
    expect(again.fingerprint).toBe(first.fingerprint);
  });

  it('come back after a crash, and lose no message of a layer above them', async () => {
    const crashes = `
  - { at: 20s, for: 1s, crash: alice, store: torn }
  - { at: 70s, for: 1s, crash: bob, store: torn }`;
    const result = await runText(twoLowest(crashes));
    expect(counter(result, 'dtn.hops')).toBeGreaterThan(10);
    const { messages } = result;
    // Those that found their node down are refused; all others arrive.
    const { submitted = 0, delivered, refused = {} } = messages ?? {};
    expect(submitted).toBeGreaterThan(100);
    expect(Object.keys(refused)).toEqual(['node-down']);
    expect(delivered).toBe(submitted - (refused['node-down'] ?? 0));
  });

  it('move no draw and no event of each other while they are silent', async () => {
    const alone = await runText(PAIR('', `size: ${SIZE}B`));
    // The byte in front of a message to a carrier takes the place of one of the application's.
    const stack = 'stack: [{ on: "*", run: ping, over: links }]';
    const beside = await runText(PAIR(stack, `size: ${SIZE - 1}B, by: datagram`));
    expect(deliveryOf(beside, 'datagram')).toEqual(deliveryOf(alone, 'datagram'));
    expect(beside.events).toBe(alone.events);
    expect(beside.packets).toEqual(alone.packets);
    expect(beside.metrics['datagram.latency']).toEqual(alone.metrics['datagram.latency']);
  });

  it('each take the requests of their own flows', async () => {
    const stack = 'stack: [{ on: "*", run: ping, over: links }]';
    const result = await runText(PAIR(stack, `size: ${SIZE}B`));
    const [delivered, sent] = deliveryOf(result, 'ping');
    expect(sent).toBeGreaterThan(200);
    expect(delivered).toBeGreaterThan(sent * 0.85);
    expect(counter(result, 'datagram.sent')).toBe(0);
  });

  it('carry a layer over the one that it names, and over no other', async () => {
    const over = (carrier: string): string => `
stack:
  - { on: "*", run: bulk, over: links }
  - { on: "*", run: ${SHIM1}, over: ${carrier} }`;
    const byDatagram = await runText(PAIR(over('datagram'), `size: ${SIZE}B`));
    expect(counter(byDatagram, 'datagram.sent')).toBeGreaterThan(200);
    expect(counter(byDatagram, 'bulk.taken')).toBe(0);
    const byBulk = await runText(PAIR(over('bulk'), `size: ${SIZE}B`));
    expect(counter(byBulk, 'datagram.sent')).toBe(0);
    expect(counter(byBulk, 'bulk.taken')).toBeGreaterThan(200);
    const [delivered, sent] = deliveryOf(byBulk, 'shim1');
    expect(delivered).toBe(sent);
  });

  it('have as peers the hosts that run the same one, whichever is the first there', async () => {
    const text = `
name: mixed
topology:
  name: mixed
  defaults: { node: { run: datagram }, link: { rate: 10Mbit/s, delay: 10ms } }
  nodes: [{ name: alice }, { name: bob, run: bulk }, { name: carol, run: bulk }]
  links: [{ ends: alice <-> bob }, { ends: alice <-> carol }]
stack:
  - { on: alice, run: bulk, over: links }
  - { on: bob, run: datagram, over: links }
  - { on: alice, run: fabric, options: { ways: [datagram, bulk] } }
  - { on: bob, run: fabric, options: { ways: [bulk, datagram] } }
  - { on: carol, run: fabric }
duration: 5s
traffic:
  - { from: alice, to: carol, kind: constant, rate: 10/s, size: 100B }
  - { from: alice, to: bob, kind: constant, rate: 10/s, size: 100B }
`;
    const { prepared } = await prepareText(text);
    const peersOf = (node: string): unknown =>
      Object.fromEntries(
        ['datagram', 'bulk'].map((carrier) => {
          const layer = prepared.world.sim.host(node).layers.at(-1);
          return [carrier, layer?.carriers.find((one) => one.carrier === carrier)?.members];
        }),
      );
    expect(peersOf('alice')).toEqual({
      datagram: new Set(['alice', 'bob']),
      bulk: new Set(['alice', 'bob', 'carol']),
    });
    const result = await runText(text);
    const [delivered, sent] = deliveryOf(result, 'fabric');
    expect(delivered).toBe(sent);
  });

  it('do not account for messages of their own flows, whose links another one shares', async () => {
    const stack = 'stack: [{ on: "*", run: dtn, over: links }]';
    const result = await runText(PAIR(stack, `size: ${SIZE}B`));
    expect(result.messages).toBeUndefined();
    expect(result.messagesUntracked).toBe('dtn shares links with datagram');
  });

  it('keep the options of their entry in the processes of a live run', async () => {
    const { scenario } = await loadText(twoLowest(''));
    expect(scenario.stack?.map(({ name, over }) => [name, over])).toEqual([
      ['dtn', 'links'],
      ['dtn', 'links'],
      ['fabric', undefined],
      ['fabric', undefined],
    ]);
  });
});
