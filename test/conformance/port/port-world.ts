/**
 * The environment of the port cases: two hosts, `a` and `b`, connected by a link, in any world,
 * and a third one, `c`, that `a` reaches during contacts.
 *
 * @module
 */
import { assert } from '../../../engine/core/assert.ts';
import type { Host } from '../../../engine/host/host.ts';
import type {
  DeliveryFacts,
  SendWishes,
  Transport,
  TransportHandlers,
} from '../../../engine/host/transport.ts';
import type { AnswerReceiver, OpenRequest } from '../../../engine/net/inquiry.ts';
import type { ContactsSpec, LinkDirectionSpec } from '../../../engine/net/link-spec.ts';
import type { StoreFault } from '../../../engine/net/sim-store.ts';
import { ask, type Driver, type RequestAnswer } from './drivers.ts';
import { protocol } from './port-protocol.ts';

const MS = 1_000_000;
/** First byte of what `a` delivers to the protocol above it. */
export const UPPER_CHANNEL = 9;
const LINK: LinkDirectionSpec = {
  rateBps: 1e9,
  delayNs: 100_000,
  queue: { kind: 'priority', classes: [{ limitPackets: 10_000 }, { limitPackets: 10_000 }] },
};

/** A contact of 120 ms every 200 ms; the second one begins 50 ms late and the third is missing. */
const CONTACTS: ContactsSpec = {
  windows: [{ startNs: 0, endNs: 120 * MS }],
  periodNs: 200 * MS,
  outside: 'drop',
  actual: [
    { plannedStartNs: 200 * MS, startNs: 250 * MS },
    { plannedStartNs: 400 * MS, isMissing: true },
  ],
};

/** Two hosts and their world. */
export interface PortWorld extends Pick<Driver, 'kind' | 'act' | 'until' | 'pass' | 'close'> {
  readonly a: Host;
  readonly b: Host;
  /** Joined to `a` by a link with contacts; `a` is the only one that hears of them. */
  readonly c: Host;
  readonly addressOfB: string;
  readonly addressOfC: string;
  crashA(fault: StoreFault): void;
  restartA(): void;
  /** Cuts the link between `a` and `b`; returns a function that repairs it. */
  cutAB(): () => void;
  /** Sends a request to `a`. */
  request(
    kind: string,
    target: string,
    body: Uint8Array,
    wishes?: SendWishes,
  ): Promise<RequestAnswer>;
  /** Sends a request to `a` for an asker that takes parts, and may leave. Calls of what it returns are events. */
  inquire(asker: AnswerReceiver): OpenRequest;
  /** What `a` has delivered to its user so far. */
  readonly delivered: readonly { readonly from: string; readonly bytes: Uint8Array }[];
  /** Called within each delivery of `a` to its user. */
  whileDelivered: (() => void) | undefined;
  /** What `a` says of the message that it is delivering, as its user asks for it. */
  deliveryOfA(): DeliveryFacts | undefined;
  /** Puts a protocol on top of `a`, and returns its transport. */
  transportOverA(handlers: TransportHandlers): Transport;
  /** The stored bytes behind a store of `a`. */
  rawStoreOfA(name: string): Uint8Array;
  /** The metrics of `a` as a report would show them. */
  metricsOfA(): Readonly<Record<string, unknown>>;
  /** The drops that `a` has counted so far, by reason. */
  dropsOfA(): Readonly<Record<string, number>>;
  /** Marks and ends of the work of `a`, in order: `mark finished`, `finished`. */
  readonly endsOfA: readonly string[];
  /** Number of datagrams that the network lost for a reason. */
  networkDrops(reason: string): number;
}

/** One case; `run` fails by a vitest expectation. */
export interface PortCase {
  /** A unique id of the form `area/what`. */
  readonly id: string;
  /** The title, as a sentence of the contract. */
  readonly says: string;
  readonly run: (world: PortWorld) => Promise<void>;
}

/** Creates the two hosts in a world. */
export function portWorld(driver: Driver): PortWorld {
  const { world, block } = driver;
  const { jobs, drops, metrics } = protocol;
  const a = world.addHost({ name: 'a', address: `${block}.2`, jobs, drops, metrics });
  const b = world.addHost({ name: 'b', address: `${block}.3`, jobs, drops, metrics });
  const ends = { a: { host: 'a', port: 50_000 }, b: { host: 'b', port: 50_000 } };
  world.addLink({ id: 'a--b', ...ends, forward: LINK, backward: LINK });
  const c = world.addHost({ name: 'c', address: `${block}.4`, jobs, drops, metrics });
  const toC = { a: { host: 'a', port: 50_001 }, b: { host: 'c', port: 50_001 } };
  world.addLink({ id: 'a--c', ...toC, forward: { ...LINK, contacts: CONTACTS }, backward: LINK });
  world.seal();
  const endsOfA: string[] = [];
  world.recorder = {
    state: (): void => undefined,
    span: () => (): void => undefined,
    mark: (host, name): void => {
      if (host === a.index) endsOfA.push(`mark ${name}`);
    },
    finished: (host): void => {
      if (host === a.index) endsOfA.push('finished');
    },
  };
  const delivered: { from: string; bytes: Uint8Array }[] = [];
  a.onDelivery = (from, buffer, offset, length): void => {
    delivered.push({ from, bytes: buffer.slice(offset, offset + length) });
    made.whileDelivered?.();
  };
  const made: PortWorld = {
    ...driver,
    a,
    b,
    c,
    addressOfB: b.address,
    addressOfC: c.address,
    delivered,
    endsOfA,
    crashA: (fault) => world.crash('a', fault),
    restartA: () => world.restart('a'),
    cutAB: () => {
      const effect = world.link('a--b').change({ up: false });
      return (): void => effect.end();
    },
    request: (kind, target, body, wishes) =>
      ask(driver, 'a', { kind, target, body, ...(wishes === undefined ? {} : { wishes }) }),
    inquire: (asker): OpenRequest => {
      let open: OpenRequest | undefined;
      driver.act(() => {
        open = a.request({ kind: 'parts', target: '', body: new Uint8Array(0) }, asker);
      });
      return {
        cancel: () => driver.act(() => open?.cancel()),
        room: () => driver.act(() => open?.room()),
      };
    },
    whileDelivered: undefined,
    deliveryOfA: () => a.delivery(),
    transportOverA: (handlers) => {
      const terms = { maxBytes: 100, delivery: 'best-effort', isOrdered: false } as const;
      const carrier = { carrier: a.protocol, terms, members: new Set(['a', 'b']) };
      const layer = a.addLayer({ protocol: 'upper', channel: UPPER_CHANNEL, carriers: [carrier] });
      const transport = layer.transport(handlers);
      assert(transport !== undefined, 'there is no carrier');
      return transport;
    },
    rawStoreOfA: (name) => a.rawStore(name),
    metricsOfA: () => a.meter.data(),
    dropsOfA: () => Object.fromEntries(a.drops),
    networkDrops: (reason) => world.network.dropsByReason()[reason] ?? 0,
  };
  return made;
}
