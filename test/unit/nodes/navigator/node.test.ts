/**
 * The protocol navigator: which carrier takes a message of the application, what is refused by name, and what happens
 * to the messages of peers.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { Host, NodeRequest } from '../../../../engine/host/host.ts';
import type { Counter, Histogram } from '../../../../engine/host/measure.ts';
import type { NodeSetup } from '../../../../engine/host/protocol.ts';
import type {
  SendWishes,
  Transport,
  TransportHandlers,
} from '../../../../engine/host/transport.ts';
import { navigatorConfig } from '../../../../nodes/navigator/config.ts';
import { protocol } from '../../../../nodes/navigator/index.ts';
import { deliveryOf, runText } from '../../../conformance/stack.ts';
import { counter } from '../../runner/fixture.ts';

const COSTS = {
  datagram: { latency: '20ms', energy: 0.8, epsilon: 0.5 },
  dtn: { latency: '30s', energy: 0.1, epsilon: 0.5 },
  mixnet: { latency: '700ms', energy: 2 },
};
const BYTES = Uint8Array.of(1, 2, 3);

interface Sent {
  readonly carrier: string;
  readonly bytes: readonly number[];
  readonly wishes: SendWishes;
}

/** A node over two or three carriers, all of which reach bob. */
class Bench {
  readonly sent: Sent[] = [];
  readonly delivered: (readonly [from: string, bytes: readonly number[]])[] = [];
  readonly drops: string[] = [];
  readonly outcomes: string[] = [];
  readonly states: (readonly [machine: string, state: string])[] = [];
  readonly handlers = new Map<string, TransportHandlers>();
  /** Answers that carriers have yet to give, where they do not take a message at once. */
  readonly late: ((outcome: string) => void)[] = [];
  readonly slow = new Set<string>();
  #handler: (request: NodeRequest) => void = () => undefined;

  constructor(options: object = {}, ways: readonly string[] = ['datagram', 'dtn']) {
    const host = {
      now: (): number => 0,
      transport: (handlers: TransportHandlers, carrier: string): Transport =>
        this.#transport(handlers, carrier),
      onRequest: (handler: (request: NodeRequest) => void): void => {
        this.#handler = handler;
      },
      deliver: (from: string, buffer: Uint8Array, offset: number, length: number): void =>
        void this.delivered.push([from, [...buffer.subarray(offset, offset + length)]]),
      drop: (reason: string): void => void this.drops.push(reason),
      trace: {
        isRecorded: true,
        state: (...state: [string, string]): void => void this.states.push(state),
      },
      meter: {
        counter: (): Counter => ({ add: (): void => undefined }),
        histogram: (): Histogram => ({ record: (): void => undefined }),
      },
    };
    const checked = navigatorConfig.parse({ ways, costs: COSTS, budget: 10, ...options });
    const setup = { options: checked } as NodeSetup<typeof checked>;
    protocol.create(host as unknown as Host, setup).start();
  }

  send(wishes: SendWishes = {}, target = 'bob', kind = 'send'): void {
    const body = BYTES.slice();
    const respond = (outcome: string): void => void this.outcomes.push(outcome);
    this.#handler({ kind, target, body, wishes, respond } as NodeRequest);
    // The bytes belong to somebody else from here on.
    body.fill(0);
  }

  get carriers(): readonly string[] {
    return this.sent.map(({ carrier }) => carrier);
  }

  #transport(handlers: TransportHandlers, carrier: string): Transport {
    this.handlers.set(carrier, handlers);
    const hides = carrier === 'mixnet';
    return {
      carrier,
      terms: { maxBytes: 1_000, delivery: 'best-effort', isOrdered: false, hides },
      peers: ['bob'],
      send: (_to, bytes, wishes, done): void => {
        this.sent.push({ carrier, bytes: [...bytes], wishes });
        if (this.slow.has(carrier)) this.late.push(done);
        else done('ok');
      },
      delivery: (): undefined => undefined,
    };
  }
}

describe('a navigator node', () => {
  it('sends each message with its wishes by the carrier that suits its class, and says why (R-081)', () => {
    const bench = new Bench();
    bench.send({ priority: 2, lifetime: 5 });
    bench.send();
    expect(bench.sent).toEqual([
      { carrier: 'datagram', bytes: [...BYTES], wishes: { priority: 2, lifetime: 5 } },
      { carrier: 'dtn', bytes: [...BYTES], wishes: {} },
    ]);
    expect(bench.outcomes).toEqual(['ok', 'ok']);
    expect(bench.states).toEqual([
      ['choice of a way to bob', expect.stringMatching(/^realtime: datagram [\d.]+, dtn [\d.]+$/)],
      ['choice of a way to bob', expect.stringMatching(/^tolerant: dtn [\d.]+, datagram [\d.]+$/)],
    ]);
  });

  it('refuses a private message by name unless a carrier hides who writes to whom', () => {
    const open = new Bench();
    open.send({ private: true });
    expect([open.sent, open.outcomes, open.drops]).toEqual([[], ['not-private'], ['not-private']]);
    const hiding = new Bench({}, ['datagram', 'mixnet']);
    hiding.send({ private: true });
    expect([hiding.carriers, hiding.outcomes, hiding.drops]).toEqual([['mixnet'], ['ok'], []]);
  });

  it('refuses by name what the budget of its destination does not pay for', () => {
    const bench = new Bench({ budget: 1 });
    for (let turn = 0; turn < 3; turn += 1) bench.send();
    expect(bench.carriers).toHaveLength(2);
    expect(bench.outcomes).toEqual(['ok', 'ok', 'privacy-spent']);
    expect(bench.drops).toEqual(['privacy-spent']);
  });

  it('leaves a carrier that says that it is closed', () => {
    const bench = new Bench();
    bench.handlers.get('datagram')?.onWay?.('bob', 'closed');
    bench.send({ priority: 2 });
    expect(bench.carriers).toEqual(['dtn']);
  });

  it('sends the same bytes by the next carrier where one refuses later, and answers once', () => {
    const bench = new Bench();
    bench.slow.add('datagram');
    bench.send({ priority: 2 });
    expect(bench.outcomes).toEqual([]);
    bench.late[0]?.('socket-full');
    expect(bench.sent.map(({ carrier, bytes }) => [carrier, bytes])).toEqual([
      ['datagram', [...BYTES]],
      ['dtn', [...BYTES]],
    ]);
    expect([bench.outcomes, bench.drops]).toEqual([['ok'], []]);
  });

  it('passes the last refusal on, which its carrier counts', () => {
    const bench = new Bench({}, ['datagram']);
    bench.slow.add('datagram');
    bench.send();
    bench.late[0]?.('socket-full');
    expect([bench.outcomes, bench.drops]).toEqual([['socket-full'], []]);
  });

  it('knows no destination without a carrier, and no other kind of request', () => {
    const bench = new Bench();
    for (let turn = 0; turn < 3; turn += 1) bench.send({}, `nobody-${turn}`);
    bench.send({}, 'bob', 'call');
    expect(bench.outcomes).toEqual([
      ...new Array<string>(3).fill('no-such-peer'),
      'unknown-request',
    ]);
    expect(new Set(bench.drops)).toEqual(new Set(['no-such-peer']));
    expect([bench.sent, bench.states]).toEqual([[], []]);
  });

  it('hands over messages of peers as they are, and drops those of strangers', () => {
    const bench = new Bench();
    const { onMessage } = bench.handlers.get('dtn') ?? expect.fail('no handler');
    const packet = Uint8Array.of(9, 1, 2, 9);
    onMessage('bob', packet, 1, 2);
    onMessage('bob', packet, 4, 0);
    onMessage('mallory', packet, 0, 4);
    expect(bench.delivered).toEqual([
      ['bob', [1, 2]],
      ['bob', []],
    ]);
    expect(bench.drops).toEqual(['unknown-peer']);
  });
});

describe('messages of a navigator', () => {
  it('are delivered, refused by name, or lost by their carrier', async () => {
    const result = await runText(`
name: navigator-conserves
topology:
  name: pair
  defaults: { node: { run: datagram }, link: { rate: 10Mbit/s, delay: 5ms, loss: 5% } }
  nodes: [{ name: alice }, { name: bob }]
  links: [{ ends: alice <-> bob }]
stack:
  - { on: "*", run: dtn, over: links, options: { router: direct } }
  - { on: "*", run: navigator, options: { ways: [datagram, dtn], budget: 2, costs: ${JSON.stringify({ ...COSTS, datagram: { ...COSTS.datagram, epsilon: 0.01 } })} } }
duration: 5s
warmup: 0s
traffic:
  - { from: alice, to: bob, kind: constant, rate: 100/s, size: 100B, priority: expedited, stop: 4s }
  - { from: alice, to: bob, kind: constant, rate: 10/s, size: 100B, private: true, stop: 4s }
`);
    const [delivered, sent] = deliveryOf(result, 'navigator');
    const spent = result.nodeDrops['privacy-spent'] ?? 0;
    const shown = result.nodeDrops['not-private'] ?? 0;
    expect(shown).toBeGreaterThan(30);
    expect(spent).toBeGreaterThan(150);
    const lost = result.packets.drops['loss'] ?? 0;
    expect(lost).toBeGreaterThan(0);
    expect(sent).toBe(delivered + spent + shown + lost);
    expect(counter(result, 'navigator.exposed')).toBe(0);
  });
});
