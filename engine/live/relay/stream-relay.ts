/**
 * The relay of a live world: streams between hosts of the run pass its links, as in virtual time
 * (docs/spec/live.md#streams, ADR 0040).
 *
 *   client -- TCP -- relay == segments over the links of the run == relay -- TCP -- server
 *
 * Both ends are real TCP sockets; between them runs the stream model of virtual time
 * (docs/spec/stream-model.md) on the links that datagrams use. The process of the client relays
 * both directions. Does not carry streams to or from programs outside of the run.
 *
 * @module
 */
import { assert } from '../../core/assert.ts';
import type { Scheduler } from '../../core/scheduler.ts';
import type { Endpoint } from '../../host/socket.ts';
import type { ConnectOptions, Listener, Stream } from '../../host/stream.ts';
import { SegmentStreamModel } from '../../net/stream/segment-streams.ts';
import type { StreamHost, StreamModel } from '../../net/stream-hook.ts';
import { RelayEntryPort } from './relay-entry.ts';
import { RelayHost } from './relay-host.ts';
import { type RelayClient, RelayedStream } from './relayed-stream.ts';

/** What the relay needs from the world whose links carry the streams. */
export interface RelayWorld {
  readonly scheduler: Scheduler;
  /** Index of the host that owns an address. */
  hostOf(address: string): number | undefined;
  /** Runs code after the links have caught up with the present instant. */
  enter(code: () => void): void;
}

/** A listening address and port to which relayed streams lead. */
interface Door {
  readonly host: number;
  readonly listener: Listener | undefined;
  /** Number of streams that lead there, including those that are being opened. */
  users: number;
}

/**
 * Passes streams between hosts of a live run over its modelled links; both ends are real TCP
 * sockets.
 */
export class StreamRelay implements StreamModel {
  readonly #segments = new SegmentStreamModel();
  readonly #hosts: RelayHost[] = [];
  readonly #doors = new Map<Endpoint, Door>();
  /** Relayed streams, by the endpoint of the client. */
  readonly #relayed = new Map<Endpoint, RelayedStream>();
  readonly #entry = new RelayEntryPort();
  #world: RelayWorld | undefined;

  /** Number of relayed streams that are open or being opened. */
  get openCount(): number {
    return this.#relayed.size;
  }

  /** Called before the first host is added. */
  join(world: RelayWorld): void {
    this.#world = world;
  }

  /** Never used: nodes of a live world listen on real sockets. */
  listen(): undefined {
    return undefined;
  }

  /** Never used: nodes of a live world connect by {@link open}. */
  connect(): void {
    assert(false, 'a live host connects by its own sockets');
  }

  attached(host: StreamHost, address: string): void {
    this.#hosts[host.index] ??= new RelayHost(host, this.#joined.scheduler);
    this.#segments.attached(this.#host(host.index), address);
  }

  crashed({ index }: StreamHost): void {
    const old = this.#host(index);
    this.#segments.crashed(old);
    old.end();
    for (const relayed of [...this.#relayed.values()]) relayed.crashed(index);
    for (const [place, door] of this.#doors) {
      if (door.host === index) this.#doors.delete(place);
    }
  }

  restarted(host: StreamHost): void {
    const next = new RelayHost(host, this.#joined.scheduler);
    this.#hosts[host.index] = next;
    this.#segments.restarted(next);
  }

  /** True if a stream from this host to that endpoint passes links of the run. */
  carries(host: number, to: Endpoint): boolean {
    const { address } = this.#host(host).endpointOf(to);
    const peer = this.#joined.hostOf(address);
    return peer !== undefined && peer !== host;
  }

  /** Opens a relayed stream for a client on a host. */
  open(from: number, options: ConnectOptions, client: RelayClient): void {
    const { to } = options;
    const door = this.#enterDoor(from, to);
    this.#segments.connect(this.#host(from), options, (stream, error) => {
      if (stream === undefined) {
        this.#leaveDoor(to, door);
        client.failed(error ?? 'unreachable');
        return;
      }
      const { local } = stream;
      const relayed = new RelayedStream(stream, {
        client,
        from,
        to: door.host,
        entry: this.#entry,
        enter: this.#joined.enter,
        onNearOver: () => this.#leaveDoor(to, door),
        onOver: () => void this.#relayed.delete(local),
      });
      this.#relayed.set(local, relayed);
      relayed.begin();
    });
  }

  /** Ends all relayed streams without notice to their ends. */
  close(): void {
    this.#entry.close();
    for (const relayed of this.#relayed.values()) relayed.close();
    this.#relayed.clear();
  }

  get #joined(): RelayWorld {
    assert(this.#world !== undefined, 'the relay has no world yet');
    return this.#world;
  }

  #host(index: number): RelayHost {
    const host = this.#hosts[index];
    assert(host !== undefined, `the relay knows no host ${index}`);
    return host;
  }

  /** Called when the server has accepted a modelled stream. */
  #accepted(stream: Stream): void {
    const relayed = this.#relayed.get(stream.remote);
    if (relayed === undefined) stream.reset();
    else relayed.accepted(stream);
  }

  /** Lets the stream model accept streams to an endpoint; the real connection shows whether a server listens there. */
  #enterDoor(from: number, to: Endpoint): Door {
    const known = this.#doors.get(to);
    if (known !== undefined) {
      known.users += 1;
      return known;
    }
    const { address, port } = this.#host(from).endpointOf(to);
    const host = this.#joined.hostOf(address);
    assert(host !== undefined, `${address} belongs to no host`);
    const accept = (stream: Stream): void => this.#accepted(stream);
    const listener = this.#segments.listen(this.#host(host), { port, address }, accept);
    const door: Door = { host, listener, users: 1 };
    // A crashed host takes no streams; it must be asked again when it is back.
    if (listener !== undefined) this.#doors.set(to, door);
    return door;
  }

  #leaveDoor(to: Endpoint, door: Door): void {
    door.users -= 1;
    if (door.users > 0 || this.#doors.get(to) !== door) return;
    this.#doors.delete(to);
    door.listener?.close();
  }
}
