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
  ConnectDone,
  ConnectOptions,
  Listener,
  ListenOptions,
  Stream,
} from '../../host/stream.ts';
import type { StreamHost, StreamModel } from '../stream-hook.ts';
import { type StreamOptions, streamOptions } from './stream-options.ts';
import { StreamStack } from './stream-stack.ts';

/** Connection numbers are 32 bits on the wire. */
const CONNECTIONS = 0x1_0000_0000;

/** The data that survive crashes of a host. */
interface HostRecord {
  readonly addresses: string[];
  /** The last number assigned, so that no segment from before a crash fits a new stream. */
  connection: number;
  stack: StreamStack;
}

/** See the module. One per world. */
export class SegmentStreams implements StreamModel {
  private readonly options: StreamOptions;
  private readonly records = new Map<number, HostRecord>();

  /** @param changes What differs from the defaults in docs/spec/stream-model.md. */
  constructor(changes: Partial<StreamOptions> = {}) {
    this.options = streamOptions(changes);
  }

  attached(host: StreamHost, address: string): void {
    const record = this.records.get(host.index) ?? this.record(host);
    if (!record.addresses.includes(address)) record.addresses.push(address);
    record.stack.open(address);
  }

  listen(
    host: StreamHost,
    options: ListenOptions,
    onStream: (stream: Stream) => void,
  ): Listener | undefined {
    return this.stackOf(host).listen(options, onStream);
  }

  connect(host: StreamHost, options: ConnectOptions, done: ConnectDone): void {
    this.stackOf(host).connect(options, done);
  }

  crashed(host: StreamHost): void {
    this.stackOf(host).abandon();
  }

  restarted(host: StreamHost): void {
    const record = this.records.get(host.index);
    if (record === undefined) return;
    record.stack = this.makeStack(host);
    for (const address of record.addresses) record.stack.open(address);
  }

  /** Streams of a host that have not ended, and ended ones that it remembers. */
  countsOf(host: StreamHost): { readonly open: number; readonly lingering: number } {
    const { streamCount, lingeringCount } = this.stackOf(host);
    return { open: streamCount, lingering: lingeringCount };
  }

  private stackOf(host: StreamHost): StreamStack {
    return (this.records.get(host.index) ?? this.record(host)).stack;
  }

  private record(host: StreamHost): HostRecord {
    const record: HostRecord = { addresses: [], connection: 0, stack: this.makeStack(host) };
    this.records.set(host.index, record);
    return record;
  }

  private makeStack(host: StreamHost): StreamStack {
    return new StreamStack(host, this.options, () => {
      const record = this.records.get(host.index);
      if (record === undefined) return 0;
      record.connection = (record.connection + 1) % CONNECTIONS;
      return record.connection;
    });
  }
}
