/**
 * Floods: forged datagrams of a protocol, sent at a steady rate from a socket of a neighbour of the
 * target; or streams that this neighbour opens, and keeps open until the flood ends.
 *
 * The target's protocol makes them (`Protocol.forgeries`, ADR 0027), from public data only. The sender
 * is an ordinary host of the world, so its datagrams occupy links and queues and appear in counters, in
 * virtual time and on real sockets.
 *
 * @module
 */
import { assert } from '../../engine/core/assert.ts';
import { openRandomStream, type Seed } from '../../engine/core/stream.ts';
import type { Host } from '../../engine/host/host.ts';
import type { NetworkView } from '../../engine/host/network-view.ts';
import type { DatagramSocket } from '../../engine/host/socket.ts';
import type { Stream } from '../../engine/host/stream.ts';
import type { Scenario } from '../../scenarios/model.ts';
import type { ProtocolStackOf } from '../../scenarios/open/nodes.ts';
import type { FloodCommand, Forger, MakeForger } from '../flood-command.ts';
import type { Undo, World } from '../world.ts';

/** What {@link createForger} needs of the run. */
export interface ForgerParts {
  readonly scenario: Scenario;
  /** Makes the view of the sending host, of which the attacker gets the public part only. */
  readonly viewOf: (host: string) => NetworkView;
  readonly stackOf: ProtocolStackOf;
}

/** A flood that is later than this, ns, does not catch up: it need not keep an exact rate. */
const LATE_NS_MAX = 100_000_000;
/** Largest number of streams that a flood has open or is opening at a time (our choice). */
const STREAMS_MAX = 256;
const NS_PER_SECOND = 1_000_000_000;

/** Makes the forger of a flood, whose names the loader has checked. */
export function createForger(parts: ForgerParts, { flood }: FloodCommand): ReturnType<MakeForger> {
  const { scenario, viewOf, stackOf } = parts;
  const spec = scenario.topology.hosts.find(({ name }) => name === flood.node);
  assert(spec !== undefined, `the topology has no node ${flood.node}`);
  const forgery = stackOf(spec)[0].protocol.forgeries?.[flood.forgery];
  assert(forgery !== undefined, `${flood.forgery} is not a forgery of ${spec.protocol}`);
  const view = viewOf(flood.by);
  const [target, source] = [flood.node, flood.as].map((name) =>
    view.hosts.find((host) => host.name === name),
  );
  assert(target !== undefined, `${flood.by} does not see ${flood.node}`);
  assert(source !== undefined, `${flood.by} does not see ${flood.as}`);
  const link = view.links.find(({ id }) => id === flood.about);
  const { sizeBytes } = flood;
  return (tools) => ({
    port: forgery.port ?? portOfLink(view, flood),
    address: target.address,
    isStream: forgery.isStream === true,
    next: forgery.make({
      ...tools,
      network: { hosts: view.hosts, links: view.links, areas: view.areas },
      publicKey: (host, name) => view.identity(host).publicKey(name),
      target,
      source,
      ...(link === undefined ? {} : { link }),
      ...(sizeBytes === undefined ? {} : { sizeBytes }),
    }),
  });
}

/** The port of the target's link to the sender. */
function portOfLink({ links }: NetworkView, { node, by }: FloodCommand['flood']): number {
  const ends = links.flatMap(({ a, b }) => [
    { near: a, far: b },
    { near: b, far: a },
  ]);
  const end = ends.find(({ near, far }) => near.host === node && far.host === by);
  assert(end !== undefined, `no link joins ${by} and ${node}`);
  return end.near.port;
}

/** A flood in progress. */
export class Flood {
  readonly #world: Pick<World, 'now' | 'at'>;
  readonly #host: Host;
  readonly #seed: Seed;
  readonly #order: FloodCommand;
  readonly #beginNs: number;
  #forger: Forger | undefined;
  #socket: DatagramSocket | undefined;
  /** Streams that are open. */
  readonly #streams = new Set<Stream>();
  /** Number of streams that are being opened. */
  #opening = 0;
  #isOver = false;
  /** Number of forgeries that were due so far, whether they were sent or not. */
  #count = 0;

  constructor(parts: {
    readonly world: Pick<World, 'now' | 'at'>;
    readonly host: Host;
    readonly seed: Seed;
    readonly order: FloodCommand;
  }) {
    this.#world = parts.world;
    this.#host = parts.host;
    this.#seed = parts.seed;
    this.#order = parts.order;
    this.#beginNs = parts.world.now();
  }

  /** Starts the flood with its first forgery; returns a function that ends it. */
  start(makeForger: MakeForger): Undo {
    const host = this.#host;
    this.#forger = makeForger(this.#order)({
      crypto: host.crypto,
      random: openRandomStream(this.#seed, 'floods', this.#order.id),
      clock: () => host.clock(),
    });
    if (this.#forger.isStream) this.#openAndGoOn(this.#forger);
    else {
      this.#socket = host.udp({ port: 0, onDatagram: () => undefined });
      this.#sendAndGoOn();
    }
    return (): void => {
      this.#isOver = true;
      this.#socket?.close();
      this.#socket = undefined;
      for (const stream of this.#streams) stream.reset();
      this.#streams.clear();
    };
  }

  /** Opens a stream now, and the next one when it is due, unless the host crashes until then. */
  #openAndGoOn(forger: Forger): void {
    if (this.#isOver) return;
    this.#open(forger);
    const waitNs = Math.max(0, this.#nextNs() - this.#world.now());
    this.#host.after(waitNs, () => this.#openAndGoOn(forger));
  }

  #open(forger: Forger): void {
    if (this.#streams.size + this.#opening >= STREAMS_MAX) return;
    this.#opening += 1;
    const to = this.#host.endpoint(forger.address, forger.port);
    this.#host.connect({ to }, (stream) => {
      this.#opening -= 1;
      if (stream === undefined) return;
      stream.handle({
        onData: () => undefined,
        onClose: () => void this.#streams.delete(stream),
      });
      if (this.#isOver) {
        stream.reset();
        return;
      }
      this.#streams.add(stream);
      const bytes = forger.next();
      if (bytes.length > 0) stream.write(bytes);
    });
  }

  #sendAndGoOn(): void {
    const [socket, forger] = [this.#socket, this.#forger];
    if (socket === undefined || forger === undefined) return;
    const bytes = forger.next();
    const buffer = this.#host.alloc(bytes.length);
    buffer.set(bytes);
    // If the socket is full, the datagram is lost: an attacker has no more buffer space than other
    // senders.
    const to = this.#host.endpoint(forger.address, forger.port);
    socket.send(buffer, 0, bytes.length, to, this.#order.flood.dscp);
    this.#world.at(this.#nextNs(), () => this.#sendAndGoOn());
  }

  #nextNs(): number {
    const now = this.#world.now();
    const { rate } = this.#order.flood;
    const dueOf = (count: number): number =>
      this.#beginNs + Math.floor((count * NS_PER_SECOND) / rate);
    const latest = Math.floor(((now - LATE_NS_MAX - this.#beginNs) * rate) / NS_PER_SECOND);
    this.#count = Math.max(this.#count + 1, latest);
    return Math.max(now, dueOf(this.#count));
  }
}
