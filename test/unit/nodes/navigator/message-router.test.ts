/**
 * The calls of the library: which ways a message may take, and what is sent over them.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type {
  SendWishes,
  Transport,
  TransportHandlers,
} from '../../../../engine/host/transport.ts';
import {
  MessageRouter,
  type RoutableMessage,
  type WayCost,
} from '../../../../nodes/navigator/index.ts';

const TERMS = { maxBytes: 1_000, delivery: 'best-effort', isOrdered: false } as const;
const cost = (latencyMs: number, energyMah: number, epsilon: number): WayCost => ({
  ...{ latencyMs, energyMah, epsilon },
  unreliability: 0.01,
});

interface Sent {
  readonly carrier: string;
  readonly wishes: SendWishes;
}

/** A router over a gateway, a mixnet and bundles, each of which reaches bob; carol is reached by gateway alone, eve by bundles. */
class Bench {
  now = 0;
  readonly sent: Sent[] = [];
  readonly outcomes: string[] = [];
  /** What carriers answer; `ok` by default. */
  readonly answers = new Map<string, string>();
  readonly handlers = new Map<string, TransportHandlers>();
  readonly router: MessageRouter;

  constructor(budget = 10) {
    this.router = new MessageRouter({
      host: {
        now: (): number => this.now,
        transport: (handlers, carrier = ''): Transport | undefined =>
          this.#transport(handlers, carrier),
      },
      carriers: ['gateway', 'mixnet', 'dtn', 'absent'],
      navigator: {
        budget,
        costs: { gateway: cost(20, 1, 0.5), mixnet: cost(700, 2, 0), dtn: cost(30_000, 0.1, 0) },
      },
      onMessage: (): void => undefined,
    });
  }

  send(wishes: SendWishes, to = 'bob'): number {
    return this.router.sendMessage(messageOf(wishes), to, (one) => void this.outcomes.push(one));
  }

  get carriers(): readonly string[] {
    return this.sent.map(({ carrier }) => carrier);
  }

  #transport(handlers: TransportHandlers, carrier: string): Transport | undefined {
    if (carrier === 'absent') return undefined;
    this.handlers.set(carrier, handlers);
    return {
      carrier,
      terms: { ...TERMS, hides: carrier === 'mixnet' },
      peers: ['bob', { dtn: 'eve', gateway: 'carol' }[carrier] ?? 'bob'],
      send: (_to, _bytes, wishes, done): void => {
        this.sent.push({ carrier, wishes });
        done(this.answers.get(carrier) ?? 'ok');
      },
      delivery: (): undefined => undefined,
    };
  }
}

const messageOf = (wishes: SendWishes): RoutableMessage => ({
  payload: new Uint8Array(10),
  ...wishes,
});

describe('a message router', () => {
  it('sends each message by the way that suits it, with its wishes, and counts from 1 (R-083)', () => {
    const bench = new Bench();
    const wishes = [{ priority: 2, lifetime: 5 }, {}, { private: true }] as const;
    expect(wishes.map((one) => bench.send(one))).toEqual([1, 2, 3]);
    expect(bench.sent).toEqual([
      { carrier: 'gateway', wishes: wishes[0] },
      { carrier: 'dtn', wishes: wishes[1] },
      { carrier: 'mixnet', wishes: wishes[2] },
    ]);
    expect(bench.outcomes).toEqual(['ok', 'ok', 'ok']);
  });

  it('finds a route without sending or spending anything, and says why (R-083)', () => {
    const bench = new Bench(0.5);
    for (let turn = 0; turn < 3; turn += 1) {
      const { ways, why } = bench.router.findOptimalRoute('bob', messageOf({ priority: 2 }));
      expect([ways.length, ways[0]]).toEqual([3, 'gateway']);
      expect(why).toMatch(/^realtime: gateway [\d.]+, /);
    }
    expect(bench.sent).toEqual([]);
    bench.send({ priority: 2 });
    // The budget paid for one message by gateway.
    expect(bench.router.findOptimalRoute('bob', messageOf({ priority: 2 })).ways).not.toContain(
      'gateway',
    );
  });

  it('takes the next way of a route where a carrier refuses, and tells the last refusal (R-083)', () => {
    const bench = new Bench();
    bench.answers.set('gateway', 'no-path');
    bench.send({ priority: 2 });
    expect([bench.carriers.length, bench.carriers[0], bench.outcomes]).toEqual([
      2,
      'gateway',
      ['ok'],
    ]);
    for (const carrier of ['mixnet', 'dtn']) bench.answers.set(carrier, `${carrier}-full`);
    bench.send({ priority: 2 });
    expect(bench.outcomes.at(-1)).toBe(`${bench.carriers.at(-1)}-full`);
    expect(bench.carriers).toHaveLength(5);
  });

  it('prefers carriers that do not say that they are closed', () => {
    const bench = new Bench();
    bench.handlers.get('gateway')?.onWay?.('bob', 'closed');
    bench.send({ priority: 2 });
    bench.handlers.get('gateway')?.onWay?.('bob', 'open');
    bench.now += 10_000_000_000;
    bench.send({ priority: 2 });
    expect([bench.carriers[0] === 'gateway', bench.carriers[1]]).toEqual([false, 'gateway']);
  });

  it('sends a private message over no way that shows it, whatever the route says (R-083)', () => {
    const bench = new Bench();
    const done = (outcome: string): void => void bench.outcomes.push(outcome);
    const route = { ways: ['gateway', 'dtn'], why: 'by hand' };
    bench.router.sendMessageWithRouting(
      messageOf({ private: true }),
      { destination: 'bob', route },
      done,
    );
    bench.send({ private: true }, 'eve');
    bench.send({}, 'nobody');
    expect(bench.sent).toEqual([]);
    expect(bench.outcomes).toEqual(['no-route', 'not-private', 'no-such-peer']);
  });

  it('refuses a message for which the budget of privacy is spent', () => {
    const bench = new Bench(0.5);
    for (let turn = 0; turn < 2; turn += 1) bench.send({}, 'carol');
    expect(bench.outcomes).toEqual(['ok', 'privacy-spent']);
  });
});
