/**
 * One relayed stream from the moment at which the client's end of the modelled stream is open, with the sockets at both
 * ends (docs/spec/live.md#streams).
 *
 * The real connection to the server is made when the client's end is open, so that `connect` ends
 * after one round trip with the answer of the server's system. Knows no links and no ports.
 *
 * @module
 */
import type { Socket } from 'node:net';
import type { Stream, StreamError } from '../../host/stream.ts';
import { classifyStreamError, resetSocket } from '../tcp-errors.ts';
import { RelayEnd } from './relay-end.ts';
import type { RelayEntryPort } from './relay-entry.ts';

/** The real sockets of the host that opens a relayed stream. */
export interface RelayClient {
  /** Opens a real connection to the server. */
  dial(done: (far: Socket | undefined, error?: StreamError) => void): void;
  /**
   * Called when the stream is open.
   * @returns the function by which the relay tells the client why its stream failed, before the socket is cut.
   */
  opened(ends: { readonly own: Socket; readonly far: Socket }): (reason: StreamError) => void;
  failed(reason: StreamError): void;
}

/** What a relayed stream needs from its relay. */
export interface RelayedStreamSetup {
  readonly client: RelayClient;
  /** Indices of the hosts at both ends. */
  readonly from: number;
  readonly to: number;
  readonly entry: RelayEntryPort;
  /** Runs code after the links have caught up with the present instant. */
  readonly enter: (code: () => void) => void;
  /** Called once, when the client's end of the modelled stream has ended. */
  readonly onNearOver: () => void;
  /** Called once, when both ends of the stream and both sockets have ended. */
  readonly onOver: () => void;
}

/**
 * One relayed stream, with the real sockets at both ends, from the opening of the client's end on.
 */
export class RelayedStream {
  readonly #setup: RelayedStreamSetup;
  readonly #near: RelayEnd;
  #far: RelayEnd | undefined;
  /** The real socket to the server. */
  #farSocket: Socket | undefined;
  #isNearOver = false;
  #isFarOver = false;
  /** True once the client knows whether its stream is open. */
  #isAnswered = false;
  #tell: (reason: StreamError) => void = () => undefined;

  /** @param stream The client's end of the modelled stream, which has just opened. */
  constructor(stream: Stream, setup: RelayedStreamSetup) {
    this.#setup = setup;
    const onClosed = (error: StreamError | undefined): void => {
      if (error !== undefined) this.#failed(error);
      this.#nearOver();
    };
    this.#near = new RelayEnd(stream, { enter: setup.enter, onClosed });
  }

  /** Opens the real connections: to the server, and between client and relay. */
  begin(): void {
    const { client, entry } = this.#setup;
    client.dial((far, error) => {
      if (far === undefined || this.#isNearOver) {
        if (far !== undefined) resetSocket(far);
        this.#giveUp(error ?? 'unreachable');
        return;
      }
      this.#farSocket = far;
      this.#far?.attach(far);
      entry.open((pair, trouble) => {
        if (pair === undefined || this.#isNearOver) {
          if (pair !== undefined) resetSocket(pair.client);
          this.#giveUp(trouble === undefined ? 'reset' : classifyStreamError(trouble));
          return;
        }
        this.#isAnswered = true;
        this.#tell = client.opened({ own: pair.client, far });
        this.#near.attach(pair.relay);
      });
    });
  }

  /** Called when the server's end of the modelled stream is open, too. */
  accepted(stream: Stream): void {
    const { enter } = this.#setup;
    this.#far = new RelayEnd(stream, { enter, onClosed: (): void => this.#farOver() });
    if (this.#farSocket !== undefined) this.#far.attach(this.#farSocket);
  }

  /** Called when a host has crashed: its end of the stream ends without notice, and the other end remains. */
  crashed(host: number): void {
    const { from, to } = this.#setup;
    if (host === from) {
      this.#near.abandon();
      this.#nearOver();
    }
    if (host === to) {
      this.#far?.abandon();
      this.#cutFar();
      this.#farOver();
    }
  }

  /** Cuts off both ends without notice. */
  close(): void {
    this.#near.abandon();
    this.#far?.abandon();
    this.#cutFar();
  }

  #giveUp(reason: StreamError): void {
    this.#failed(reason);
    this.#setup.enter(() => this.#near.reset());
  }

  #failed(reason: StreamError): void {
    this.#tell(reason);
    if (this.#isAnswered) return;
    this.#isAnswered = true;
    this.#setup.client.failed(reason);
  }

  #nearOver(): void {
    if (this.#isNearOver) return;
    this.#isNearOver = true;
    // The server's end may never open any more.
    if (this.#far === undefined) this.#cutFar();
    this.#setup.onNearOver();
    this.#checkOver();
  }

  #farOver(): void {
    this.#isFarOver = true;
    this.#checkOver();
  }

  #checkOver(): void {
    const isFarOver = this.#isFarOver || this.#far === undefined;
    if (this.#isNearOver && isFarOver) this.#setup.onOver();
  }

  #cutFar(): void {
    if (this.#farSocket !== undefined) resetSocket(this.#farSocket);
  }
}
