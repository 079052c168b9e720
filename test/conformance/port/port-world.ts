/**
 * What the cases of the port suite run on: two hosts, `a` and `b`, joined by a link, in any world.
 *
 * @module
 */
import type { Host } from '../../../engine/host/host.ts';
import type { DirectionSpec } from '../../../engine/net/link-spec.ts';
import type { StoreFault } from '../../../engine/net/sim-store.ts';
import { ask, type Driver, type RequestAnswer } from './drivers.ts';
import { protocol } from './port-protocol.ts';

const LINK: DirectionSpec = {
  rateBps: 1e9,
  delayNs: 100_000,
  queue: { kind: 'drop-tail', limitPackets: 10_000 },
};

/** Two hosts and the time they live in. */
export interface PortWorld extends Pick<Driver, 'kind' | 'act' | 'until' | 'pass' | 'close'> {
  readonly a: Host;
  readonly b: Host;
  readonly addressOfB: string;
  crashA(fault: StoreFault): void;
  restartA(): void;
  /** Asks `a`. */
  request(kind: string, target: string, body: Uint8Array): Promise<RequestAnswer>;
  /** What `a` delivered to its user so far. */
  readonly delivered: readonly { readonly from: string; readonly bytes: Uint8Array }[];
  /** All bytes that stand for a store of `a` where it is kept. */
  rawStoreOfA(name: string): Uint8Array;
  /** Metrics of `a` as a report would have them. */
  metricsOfA(): Readonly<Record<string, unknown>>;
  /** Drops that `a` named so far. */
  dropsOfA(): Readonly<Record<string, number>>;
  /** Datagrams lost for this reason of the network. */
  networkDrops(reason: string): number;
}

/** One case; `run` fails by an expectation. */
export interface PortCase {
  /** `area/what`, unique. */
  readonly id: string;
  /** A sentence of the contract. */
  readonly says: string;
  readonly run: (world: PortWorld) => Promise<void>;
}

/** Puts the two hosts into a world. */
export function portWorld(driver: Driver): PortWorld {
  const { world, block } = driver;
  const { jobs, drops, metrics } = protocol;
  const a = world.addHost({ name: 'a', address: `${block}.2`, jobs, drops, metrics });
  const b = world.addHost({ name: 'b', address: `${block}.3`, jobs, drops, metrics });
  const ends = { a: { host: 'a', port: 50_000 }, b: { host: 'b', port: 50_000 } };
  world.addLink({ id: 'a--b', ...ends, forward: LINK, backward: LINK });
  world.seal();
  const delivered: { from: string; bytes: Uint8Array }[] = [];
  a.onDelivery = (from, buffer, offset, length): void => {
    delivered.push({ from, bytes: buffer.slice(offset, offset + length) });
  };
  return {
    ...driver,
    a,
    b,
    addressOfB: b.address,
    delivered,
    crashA: (fault) => world.crash('a', fault),
    restartA: () => world.restart('a'),
    request: (kind, target, body) => ask(driver, 'a', { kind, target, body }),
    rawStoreOfA: (name) => a.rawStore(name),
    metricsOfA: () => a.meter.data(),
    dropsOfA: () => Object.fromEntries(a.drops),
    networkDrops: (reason) => world.network.dropsByReason()[reason] ?? 0,
  };
}
