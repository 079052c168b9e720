/** What an observer who compares the bits of packets learns, in networks with known answers. */
import { describe, expect, it } from 'vitest';
import type { LinkDirectionView } from '../../../engine/net/direction-context.ts';
import type { SeedResult } from '../../../reports/model.ts';
import {
  PacketBitObserver,
  type PacketBitObserverParts,
} from '../../../runner/privacy/bit-watch.ts';

const SECOND = 1e9;
const NAMES = ['a', 'b', 'c', 'relay'];

/** Packets are what the test says; users are a, b and c. */
class Network {
  readonly watch: PacketBitObserver;
  readonly #world = {
    sim: {
      scheduler: { now: 0 },
      hosts: NAMES.map((name) => ({ name })),
      network: { table: { length: [0], view: (): Uint8Array => this.bytes } },
    },
  };
  bytes: Uint8Array = new Uint8Array(0);
  readonly flow = {
    ...{ index: 0, nextSequence: 0 },
    spec: { from: 'a', to: 'b', sizeBytes: 100 },
  };

  constructor() {
    const hosts = NAMES.map((name) => (name === 'relay' ? { name } : { name, layers: [] }));
    const scenario = { topology: { hosts }, warmupNs: 0, durationNs: 100 * SECOND, drainNs: 0 };
    this.watch = new PacketBitObserver({
      world: this.#world,
      scenario,
      everyNs: SECOND,
      flows: [this.flow],
    } as unknown as PacketBitObserverParts);
  }

  /** A packet whose bytes count from `tail` goes from one node to the next. */
  hop(atSeconds: number, way: string, tail: number, { head = 0, step = 1 } = {}): void {
    const [from = '', to = ''] = way.split('-');
    this.bytes = Uint8Array.from({ length: 100 }, (_, at) => tail + step * at);
    this.bytes[0] = head;
    this.#world.sim.scheduler.now = atSeconds * SECOND;
    this.#world.sim.network.table.length[0] = 100;
    const direction = { fromNode: NAMES.indexOf(from), toNode: NAMES.indexOf(to) };
    this.watch.onStarted(direction as LinkDirectionView, 0);
    this.watch.onDelivered(direction as LinkDirectionView, 0);
  }

  bits(): readonly number[] {
    const metric = this.watch.addTo({ metrics: {} } as SeedResult).metrics['privacy.entropy.bits'];
    return metric?.kind === 'samples' ? metric.values : [];
  }
}

describe('an observer who compares bits', () => {
  it('follows a packet whose head changes, and learns all: 0 bits', () => {
    const net = new Network();
    net.flow.nextSequence = 1;
    net.hop(1, 'a-relay', 7, { head: 1 });
    net.hop(2, 'relay-c', 9);
    net.hop(3, 'relay-b', 7, { head: 2 });
    expect(net.bits()).toEqual([0]);
  });

  it('learns nothing from a relay that changes all bits: log2 of what users receive in 10 s', () => {
    const net = new Network();
    net.flow.nextSequence = 1;
    net.hop(1, 'a-relay', 7);
    for (let at = 0; at < 8; at += 1)
      net.hop(2 + at, at % 2 === 0 ? 'relay-b' : 'relay-c', 100 + at);
    net.hop(11.5, 'relay-b', 200);
    expect(net.bits()).toEqual([3]);
  });

  it('counts a packet once that comes twice', () => {
    const net = new Network();
    net.flow.nextSequence = 1;
    net.hop(1, 'a-relay', 7);
    net.hop(2, 'relay-b', 7);
    net.hop(2, 'relay-c', 7);
    expect(net.bits()).toEqual([0]);
  });

  it('says nothing of a packet that was lost on its first link, or that a relay may still have', () => {
    const net = new Network();
    net.flow.nextSequence = 1;
    net.hop(95, 'a-relay', 7);
    net.hop(96, 'relay-b', 100);
    expect(net.bits()).toEqual([]);
  });

  it('chooses no packet without a message, and one in each interval', () => {
    const net = new Network();
    net.hop(1, 'a-b', 1);
    expect(net.bits()).toEqual([]);
    net.flow.nextSequence = 1;
    net.hop(1.1, 'a-b', 2);
    net.flow.nextSequence = 2;
    net.hop(1.2, 'a-b', 3);
    net.hop(2.2, 'a-b', 4);
    net.hop(3.3, 'a-b', 5);
    expect(net.bits()).toEqual([0, 0]);
  });

  it('chooses no padding: it says nothing, and looks like that of all others', () => {
    const net = new Network();
    net.flow.nextSequence = 1;
    net.hop(1, 'a-b', 5, { step: 0 });
    expect(net.bits()).toEqual([]);
  });
});
