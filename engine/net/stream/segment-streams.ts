/**
 * The model of reliable streams of one simulated world (docs/spec/stream-model.md): segments are
 * datagrams between hidden ports, so they queue, get lost and are counted like everything else.
 *
 * It is not TCP: the header is the model's own (segment.ts); there is no Nagle, no keep-alive, no
 * tail-loss probe, no restart after idle times; acknowledgements travel alone.
 *
 * @module
 */
import type {
  ConnectCallback,
  ConnectOptions,
  Listener,
  ListenOptions,
  Stream,
} from '../../host/stream.ts';
import type { StreamHost, StreamModel } from '../stream-hook.ts';
import { type StreamOptions, streamOptionsWith } from './stream-options.ts';
import { StreamStack } from './stream-stack.ts';

/** Number of connection numbers, which have 32 bits on the wire. */
const CONNECTIONS = 0x1_0000_0000;

/** What the model keeps for a host, also across its crashes. */
interface HostRecord {
  /** The present object of the host: a restart of the host may make a new one. */
  host: StreamHost;
  readonly addresses: string[];
  /**
   * The number of the host's latest connection. It is kept across crashes, so that no segment from
   * before a crash fits a new stream.
   */
  connection: number;
  /** The streams of the host; absent until a host of this world listens or connects: many worlds have no streams. */
  stack: StreamStack | undefined;
  isUp: boolean;
}

/**
 * The model of reliable streams of one simulated world, made of datagrams between hidden ports. One
 * per world.
 */
export class SegmentStreamModel implements StreamModel {
  private readonly options: StreamOptions;
  private readonly records: HostRecord[] = [];
  private isUsed = false;

  /** @param changes What differs from the defaults in docs/spec/stream-model.md. */
  constructor(changes: Partial<StreamOptions> = {}) {
    this.options = streamOptionsWith(changes);
  }

  attached(host: StreamHost, address: string): void {
    const record = this.recordOf(host);
    if (!record.addresses.includes(address)) record.addresses.push(address);
    record.stack?.open(address);
  }

  listen(
    host: StreamHost,
    options: ListenOptions,
    onStream: (stream: Stream) => void,
  ): Listener | undefined {
    return this.stackOf(host).listen(options, onStream);
  }

  connect(host: StreamHost, options: ConnectOptions, done: ConnectCallback): void {
    this.stackOf(host).connect(options, done);
  }

  crashed(host: StreamHost): void {
    const record = this.recordOf(host);
    record.isUp = false;
    record.stack?.abandon();
  }

  restarted(host: StreamHost): void {
    const record = this.recordOf(host);
    record.host = host;
    record.isUp = true;
    if (this.isUsed) this.raise(record);
  }

  /** Number of streams of a host that are open, and of closed ones that it remembers. */
  countsOf(host: StreamHost): { readonly open: number; readonly lingering: number } {
    const { streamCount, lingeringCount } = this.stackOf(host);
    return { open: streamCount, lingering: lingeringCount };
  }

  private stackOf(host: StreamHost): StreamStack {
    if (!this.isUsed) this.begin();
    const record = this.recordOf(host);
    return record.stack ?? this.raise(record);
  }

  /** Called for the first stream of this world: from now on every host answers, even if only with refusals. */
  private begin(): void {
    this.isUsed = true;
    for (const record of this.records) {
      if (record?.isUp === true) this.raise(record);
    }
  }

  private recordOf(host: StreamHost): HostRecord {
    const known = this.records[host.index];
    if (known !== undefined) return known;
    const stack = this.isUsed ? this.makeStack(host) : undefined;
    const record = { host, addresses: [], connection: 0, stack, isUp: true };
    this.records[host.index] = record;
    return record;
  }

  private raise(record: HostRecord): StreamStack {
    const stack = this.makeStack(record.host);
    record.stack = stack;
    for (const address of record.addresses) stack.open(address);
    return stack;
  }

  private makeStack(host: StreamHost): StreamStack {
    return new StreamStack(host, this.options, () => {
      const record = this.recordOf(host);
      record.connection = (record.connection + 1) % CONNECTIONS;
      return record.connection;
    });
  }
}
