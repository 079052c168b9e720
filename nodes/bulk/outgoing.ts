/**
 * Bulk: the packets on their way to one peer, over one stream that is opened for the first of them.
 *
 * A packet is answered `ok` when the stream has taken it and has room for more, so that a sender who
 * waits for the answer goes at the pace of the network. When the stream ends, packets that were not
 * answered are refused by the name of the reason; what was answered before may be lost with it.
 *
 * @module
 */
import type { Host, NodeRequest } from '../../engine/host/host.ts';
import type { Endpoint } from '../../engine/host/socket.ts';
import type { SecureOptions, Stream } from '../../engine/host/stream.ts';
import { WAITING_MAX } from './geometry.ts';
import { encodePacket } from './wire.ts';

/** Who is sent to, and how. */
export interface OutgoingSetup {
  readonly host: Host;
  readonly to: Endpoint;
  /** Absent when packets travel in the clear. */
  readonly secure: SecureOptions | undefined;
}

interface Waiting {
  readonly bytes: Uint8Array;
  readonly respond: NodeRequest['respond'];
}

/** See the module. */
export class Outgoing {
  readonly #setup: OutgoingSetup;
  readonly #waiting: Waiting[] = [];
  /** Taken by the stream while that was full; answered when it drains. */
  #last: Waiting | undefined;
  #state: 'closed' | 'opening' | 'open' | 'full' = 'closed';
  #stream: Stream | undefined;

  constructor(setup: OutgoingSetup) {
    this.#setup = setup;
  }

  /** Sends a packet, now or when there is room. */
  send(request: NodeRequest): void {
    if (this.#waiting.length >= WAITING_MAX) {
      request.respond('queue-full');
      return;
    }
    const bytes = encodePacket(request.body);
    this.#waiting.push({ bytes, respond: (outcome) => request.respond(outcome) });
    if (this.#state === 'closed') this.#open();
    else if (this.#state === 'open') this.#flush();
  }

  /** Ends the stream after everything that it has taken. */
  stop(): void {
    this.#stream?.end();
    this.#refuseAll('stopped');
  }

  #open(): void {
    const { host, to, secure } = this.#setup;
    this.#state = 'opening';
    host.meter.counter('bulk.connects').add(1);
    host.connect({ to }, (stream, error) => {
      if (stream === undefined) {
        this.#state = 'closed';
        this.#refuseAll(error ?? 'unreachable');
        return;
      }
      this.#stream = stream;
      stream.handle({
        // The peer has nothing to say on this stream.
        onData: () => stream.reset(),
        onEnd: () => stream.end(),
        onDrain: () => this.#drained(),
        onClose: (reason) => this.#closed(reason),
      });
      if (secure === undefined) this.#opened();
      else stream.secure(secure, (failure) => failure === undefined && this.#opened());
    });
  }

  #opened(): void {
    this.#state = 'open';
    this.#flush();
  }

  #drained(): void {
    this.#last?.respond('ok');
    this.#last = undefined;
    if (this.#state === 'full') this.#opened();
  }

  #flush(): void {
    while (this.#state === 'open') {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      if (this.#stream?.write(next.bytes) === 'full') {
        this.#last = next;
        this.#state = 'full';
      } else next.respond('ok');
    }
  }

  #closed(reason: string | undefined): void {
    if (reason !== undefined) this.#setup.host.meter.counter('bulk.resets').add(1);
    this.#stream = undefined;
    this.#state = 'closed';
    this.#refuseAll(reason ?? 'closed');
  }

  #refuseAll(reason: string): void {
    const refused = this.#waiting.splice(0);
    if (this.#last !== undefined) refused.unshift(this.#last);
    this.#last = undefined;
    for (const { respond } of refused) respond(reason);
  }
}
