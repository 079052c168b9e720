/**
 * A `Host` on real sockets, as far as it differs from a simulated one: time is the wall clock, key
 * material and random draws come from the system, datagrams leave through real sockets, heavy work
 * runs on other threads, stores are files. Everything else (requests, drops, meters, crashes) is the
 * code of `engine/net`, so both worlds behave the same by construction.
 *
 * @module
 */
import { randomFillSync } from 'node:crypto';
import { join } from 'node:path';
import { assert } from '../core/assert.ts';
import type { RandomStream } from '../core/stream.ts';
import type {
  ByteJobInput,
  ComputeOptions,
  ComputeResult,
  Job,
  JobDefinition,
} from '../host/compute.ts';
import type { Random } from '../host/random.ts';
import type {
  DatagramSocket,
  Endpoint,
  SendResult,
  UdpOptions,
  UrgencyTest,
} from '../host/socket.ts';
import type { Store } from '../host/store.ts';
import type {
  ConnectCallback,
  ConnectOptions,
  Listener,
  ListenOptions,
  Stream,
} from '../host/stream.ts';
import type { Nanoseconds, Timer } from '../host/time.ts';
import { NO_BUFFER } from '../net/buffer-pool.ts';
import type { HostLayerServices, LayerOptions } from '../net/host-layer.ts';
import { moveJobInput } from '../net/move-input.ts';
import { NODE_CALL_KINDS } from '../net/node-calls.ts';
import type { JobRequest } from '../net/sim-compute.ts';
import { SimHost, type SimHostOptions } from '../net/sim-host.ts';
import type { StoreFault } from '../net/sim-store.ts';
import { DSCP_NETWORK_CONTROL } from '../pure/traffic-class.ts';
import { hashOfJobKey } from './compute-pool.ts';
import {
  EnvironmentError,
  findEnvironmentError,
  findPathError,
  systemErrorText,
} from './environment.ts';
import { FileDisk } from './file-disk.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';
import { NOT_SAMPLED } from './handover/handover-samples.ts';
import type { LiveContext } from './live-context.ts';
import { LiveStore } from './live-store.ts';
import { LiveTimer } from './live-timer.ts';
import { SystemRandomStreams } from './system-random.ts';
import { type HostRelay, TcpHost } from './tcp-host.ts';
import { UrgentAllowance } from './urgent-allowance.ts';
import type { UdpSocketFailure } from './wire-table.ts';

/** Largest number of dynamic ports to try if other programs use some of them. */
const PORT_TRIES = 256;

/** A host of a live run: its node's time, sockets, streams and stores are real. */
export class LiveHost extends SimHost {
  /** Number of ends of streams that pass no links, since the start of the run. */
  directStreams = 0;
  readonly #live: LiveContext;
  /** Jobs of the protocols that run here, by the name under which their module is known. */
  readonly #owners = new Map<string, Readonly<Record<string, JobDefinition>>>();
  readonly #disks = new Map<string, FileDisk>();
  /** Streams of random numbers; they outlive a restart. */
  readonly #random = new SystemRandomStreams();
  /** The stores opened since the last restart. */
  readonly #stores = new Map<string, LiveStore>();
  #tcp: TcpHost | undefined;
  /** Lock of the folder of all stores of this host, taken with the first store. */
  #lock: FolderLock | undefined;

  constructor(live: LiveContext, index: number, options: SimHostOptions) {
    super(live, index, options);
    this.#live = live;
    this.#owners.set(this.name, options.jobs ?? {});
  }

  /** Addresses of the modules that have jobs on plain data. */
  get jobModules(): readonly string[] {
    return this.#modulesWith(({ bytes }) => bytes === undefined);
  }

  /** Addresses of the modules that have byte jobs whose threads start before the run. */
  get byteJobModules(): readonly string[] {
    return this.#modulesWith(({ bytes, onDemand }) => bytes !== undefined && onDemand !== true);
  }

  /**
   * Addresses of the modules of those protocols of this host that have at least one job for which
   * `isWanted` is true.
   */
  #modulesWith(isWanted: (job: JobDefinition) => boolean): readonly string[] {
    return [...this.#owners]
      .filter(([, jobs]) => Object.values(jobs).some(isWanted))
      .flatMap(([owner]) => this.#live.moduleOf(owner) ?? []);
  }

  /** Number of failed syncs of stores, including those before a restart. */
  get storeFailures(): number {
    return [...this.#disks.values()].reduce((sum, { failures }) => sum + failures, 0);
  }

  override now(): Nanoseconds {
    return this.#live.clock.now();
  }

  override after(delay: Nanoseconds, fire: () => void): Timer {
    const { pump, network } = this.#live;
    const { life } = this;
    const fireInLife = (): void => {
      if (this.life === life) this.called(NODE_CALL_KINDS.timer, fire);
    };
    const timer = new LiveTimer(pump, network.scheduler, fireInLife, this.name);
    timer.rearm(delay);
    pump.wake();
    return timer;
  }

  override random(purpose: string): Random {
    return this.#random.of(purpose);
  }

  override randomBytes(length: number): Uint8Array {
    return randomFillSync(new Uint8Array(length));
  }

  /**
   * Binds a socket, and a real socket for it; undefined if this host already uses the port, as in every world.
   * @throws EnvironmentError if the system refuses the real socket, without which the run would not be the requested
   * one.
   */
  override udp(options: UdpOptions, protocol?: string): DatagramSocket | undefined {
    for (let attempt = 0; attempt < PORT_TRIES; attempt += 1) {
      const socket = super.udp(options, protocol);
      if (socket === undefined) return undefined;
      const failure = this.#openWire(socket.local, options);
      if (failure === undefined) return new LiveSocket(this.#live, socket, this.index);
      socket.close();
      if (failure.code !== 'EADDRINUSE' || options.port !== 0) throw this.#trouble(socket, failure);
    }
    const address = options.address ?? this.address;
    const words = `no dynamic port is free, other programs hold the ${PORT_TRIES} that were tried`;
    throw new EnvironmentError(`${this.name}: ${address}: ${words}`);
  }

  override listen(
    options: ListenOptions,
    onStream: (stream: Stream) => void,
  ): Listener | undefined {
    return this.#streams().listen(options, onStream);
  }

  override connect(options: ConnectOptions, done: ConnectCallback): void {
    this.#streams().connect(options, done);
  }

  override compute(
    job: string,
    input: unknown,
    done: (result: ComputeResult) => void,
    options: ComputeOptions = {},
  ): Job {
    return this.#compute(this.name, { job, input, done, options });
  }

  protected override supplyOf({ protocol, jobs = {} }: LayerOptions): HostLayerServices {
    const owner = `${this.name}/${protocol}`;
    const streams = new SystemRandomStreams();
    this.#owners.set(owner, jobs);
    return {
      random: (purpose): Random => streams.of(purpose),
      randomBytes: (length): Uint8Array => this.randomBytes(length),
      compute: (job, input, done, options = {}): Job =>
        this.#compute(owner, { job, input, done, options }),
    };
  }

  #compute(owner: string, { job, input, done, options }: JobRequest): Job {
    const moduleUrl = this.#live.moduleOf(owner);
    const definition = this.#owners.get(owner)?.[job];
    assert(definition !== undefined, `job ${job} is not one of the protocol's jobs`);
    assert(moduleUrl !== undefined, `${owner}: no module is known that holds job ${job}`);
    const { life } = this;
    let isCancelled = false;
    const isWanted = (): boolean => !isCancelled && this.life === life;
    const finished = (result: ComputeResult): void =>
      this.called(NODE_CALL_KINDS.job, () => done(result));
    const tell = (result: ComputeResult): void => this.#live.pump.enter(() => finished(result));
    const key = options.key === undefined ? undefined : `${owner}/${options.key}`;
    const crypto = this.crypto.name;
    if (definition.bytes === undefined) {
      const moved = moveJobInput(definition, input);
      const transfer = definition.transfer?.input(moved) ?? [];
      const call = { moduleUrl, job, input: moved, crypto };
      const lane = options.lane ?? 'data';
      this.#live.compute.submit({ call, transfer, lane, key, isWanted, done: tell });
    } else {
      this.#live.compute.bytes.submit({
        owner: this.name,
        address: { moduleUrl, job, crypto },
        input: input as ByteJobInput,
        affinity: key === undefined ? -1 : hashOfJobKey(key),
        isWanted,
        done: tell,
      });
    }
    return {
      cancel: (): void => {
        isCancelled = true;
      },
    };
  }

  override store(name: string): Store {
    const open = this.#stores.get(name);
    if (open !== undefined) return open;
    const disk = this.#disks.get(name) ?? this.#openDisk(name);
    const asEvent = this.#asEvents();
    const store = new LiveStore(disk, asEvent, (error) => {
      asEvent(() => this.#storeTurned(name, error));
    });
    this.#stores.set(name, store);
    return store;
  }

  override crash(fault: StoreFault): void {
    super.crash(fault);
    for (const store of this.#stores.values()) store.end();
    this.#stores.clear();
    for (const [name, disk] of this.#disks) {
      // The effect of a fault on a disk is drawn from the scenario's random streams, not from the node's.
      disk.crash(fault, super.random(`store-fault/${name}`) as RandomStream);
    }
    this.#end();
  }

  /** Closes sockets and streams, and waits until started writes and sends have finished. */
  async close(): Promise<void> {
    this.#end();
    const disks = [...this.#disks.values()].map((disk) => disk.close());
    await Promise.all([...disks, this.#live.wires.drained()]);
    this.#lock?.release();
    this.#lock = undefined;
  }

  #end(): void {
    this.#live.compute.bytes.forget(this.name);
    this.#live.wires.closeAll(this.index);
    this.#tcp?.close();
    this.#tcp = undefined;
  }

  override rawStore(name: string): Uint8Array {
    return this.#disks.get(name)?.raw() ?? new Uint8Array(0);
  }

  #openDisk(name: string): FileDisk {
    try {
      const folder = this.#live.folderOf(this.name);
      this.#lock ??= lockFolder(folder);
      const file = join(folder, `${encodeURIComponent(name)}.log`);
      const disk = new FileDisk(file);
      if (disk.cutBytes > 0)
        this.log.info(`store ${name}: cut ${disk.cutBytes} B of a torn record`);
      this.#disks.set(name, disk);
      return disk;
    } catch (error) {
      const known = findPathError(error);
      if (known === undefined) throw error;
      throw new EnvironmentError(`${this.name}: store ${name}: ${known.message}`, { cause: error });
    }
  }

  #storeTurned(name: string, error: string | undefined): void {
    if (error === undefined) this.log.info(`store ${name}: durable again`);
    else this.log.warn(`store ${name}: nothing more is durable: ${error}`);
  }

  /** Makes the error for a socket that the system rejected; it names the real address. */
  #trouble({ local }: DatagramSocket, { code, place }: UdpSocketFailure): EnvironmentError {
    const { address, port } = place ?? this.#live.endpoints.pairOf(local);
    const words = place === undefined ? 'its range of ports is used up' : systemErrorText(code);
    return new EnvironmentError(`${this.name}: ${address}:${port}: ${words}`);
  }

  #streams(): TcpHost {
    this.#tcp ??= new TcpHost({
      address: this.address,
      endpoints: this.#live.endpoints,
      ports: this.#live.wires.ports,
      relay: this.#relay(),
      asEvent: this.#asEvents(),
      onTrouble: (error, place): void => {
        const known = findEnvironmentError(error);
        if (known === undefined) return;
        const words = `${this.name}: ${place}: ${systemErrorText(error.code ?? '')}`;
        this.#live.pump.enter(() => {
          throw new EnvironmentError(words, { cause: error });
        });
      },
      warn: (message): void => this.log.warn(message),
      onDirect: (): void => {
        this.directStreams += 1;
      },
    });
    return this.#tcp;
  }

  /** The relay for streams of this host; absent if streams do not pass links. */
  #relay(): HostRelay | undefined {
    const { relay } = this.#live;
    return (
      relay && {
        carries: (to): boolean => relay.carries(this.index, to),
        open: (options, client): void => relay.open(this.index, options, client),
      }
    );
  }

  /** Returns what runs calls as events of the node; after a crash of the node they have no effect. */
  #asEvents(): (call: () => void) => void {
    const { life } = this;
    return (call): void =>
      this.#live.pump.enter(() => {
        if (this.life === life) this.called(NODE_CALL_KINDS.stream, call);
      });
  }

  /** Wraps the node's test of urgency, so that the time of the test counts as time of the node. */
  #asCall(isUrgent: UrgencyTest): UrgencyTest {
    const { calls } = this.#live;
    // hot: once per datagram that is sent.
    return (buffer, offset, length): boolean => {
      const outer = calls.begin(this.index, NODE_CALL_KINDS.datagram, length, -1);
      const answer = isUrgent(buffer, offset, length);
      calls.end(outer);
      return answer;
    };
  }

  #openWire(local: Endpoint, options: UdpOptions): UdpSocketFailure | undefined {
    const { wires, ownership, pump, handovers, endpoints, calls } = this.#live;
    const { life } = this;
    const enter = this.#asEvents();
    // hot: one closure per socket and none per datagram; a variable for the current bytes is
    // enough, because the handling of datagrams never nests.
    let bytes = NO_BUFFER;
    let from: Endpoint = 0;
    const handle = (): void => {
      if (this.life !== life) return;
      ownership.current = bytes;
      if (handovers.follows(bytes)) {
        const sender = this.#live.hostOf(endpoints.pairOf(from).address);
        handovers.taken(bytes, { from: sender, to: this.index });
      }
      const outer = calls.begin(this.index, NODE_CALL_KINDS.datagram, bytes.length, from);
      // The class with which the datagram was sent is not read from the kernel (ADR 0068).
      const isControl = options.isUrgent?.(bytes, 0, bytes.length) === true;
      options.onDatagram(bytes, 0, bytes.length, from, isControl ? DSCP_NETWORK_CONTROL : 0);
      calls.end(outer);
      handovers.current = NOT_SAMPLED;
      ownership.current = NO_BUFFER;
    };
    const isUrgent = options.isUrgent && this.#asCall(options.isUrgent);
    const allowance = isUrgent && new UrgentAllowance(this.#live.clock, isUrgent);
    const handleLate = (): void => {
      if (this.life !== life) return;
      if (allowance?.admits(bytes) === true) {
        handle();
        return;
      }
      // The account of messages recognises the lost message by these bytes (ADR 0028).
      ownership.current = bytes;
      this.shed();
      ownership.current = NO_BUFFER;
    };
    return wires.open(local, {
      host: this.index,
      isUrgent,
      onDatagram: (received, sender): void => {
        bytes = received;
        from = sender;
        pump.enter(handle);
      },
      onLate: (received, sender): void => {
        bytes = received;
        from = sender;
        pump.enter(handleLate);
      },
      onError: (reason) => enter(() => options.onError?.(reason)),
    });
  }
}

/** A socket whose packets first pass the links and then the kernel. */
class LiveSocket implements DatagramSocket {
  readonly local: Endpoint;
  readonly #live: LiveContext;
  readonly #links: DatagramSocket;
  readonly #host: number;

  constructor(live: LiveContext, links: DatagramSocket, host: number) {
    this.#live = live;
    this.#links = links;
    this.#host = host;
    this.local = links.local;
  }

  // biome-ignore lint/complexity/useMaxParams: an object for each datagram would be garbage
  send(buffer: Uint8Array, offset: number, length: number, to: Endpoint, dscp = 0): SendResult {
    if (this.#live.handovers.sourceDueNs >= 0) {
      this.#noteSource(buffer.subarray(offset, offset + length));
    }
    const result = this.#links.send(buffer, offset, length, to, dscp);
    this.#live.pump.wake();
    return result;
  }

  close(): void {
    const { endpoints, wires } = this.#live;
    // Another socket, opened later, may own the endpoint now.
    const isBound = endpoints.sockets[this.local] === this.#links;
    this.#links.close();
    if (isBound) wires.close(this.local);
  }

  /** Notes a datagram that was sent in an application's own turn. */
  #noteSource(bytes: Uint8Array): void {
    const { handovers, network } = this.#live;
    if (handovers.follows(bytes)) handovers.sourced(bytes, this.#host, network.scheduler.now);
  }
}
