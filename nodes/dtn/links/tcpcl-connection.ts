/**
 * Connects one stream of the host with its TCPCL session.
 *
 * @module
 */
import type { Stream, StreamTlsOptions } from '../../../engine/host/stream.ts';
import { type StateMachineHost, StateMachineRunner } from '../../_kit/shell.ts';
import type {
  TcpclDropReason,
  TcpclEffect,
  TcpclInput,
  TcpclSessionParameters,
} from '../layer/tcpcl-interface.ts';
import { TcpclSession } from '../layer/tcpcl-session.ts';

/** Called when a session receives a bundle or its state changes. */
export interface TcpclConnectionHandlers {
  /** Bundles of at most `transferMax` octets can be sent from now on, until `onDown` is called. */
  readonly onUp: (transferMax: number) => void;
  readonly onDown: () => void;
  readonly onBundle: (bundle: Uint8Array) => void;
  readonly onSent: (transfer: number) => void;
  readonly onFailed: (transfer: number) => void;
  readonly onDrop: (reason: TcpclDropReason) => void;
  /** TLS begins. @returns the role and the key of this end. */
  readonly onSecure: () => StreamTlsOptions;
  /** TLS is up. */
  readonly onSecured: () => void;
  /** The session is over. Called once. */
  readonly onOver: () => void;
}

/** A session on a stream. */
export class TcpclConnection {
  readonly #stream: Stream;
  readonly #handlers: TcpclConnectionHandlers;
  readonly #session: TcpclSession;
  readonly #shell: StateMachineRunner<TcpclInput, TcpclEffect>;
  #isFull = false;
  #isOver = false;

  constructor(
    host: StateMachineHost,
    stream: Stream,
    facts: TcpclSessionParameters,
    handlers: TcpclConnectionHandlers,
  ) {
    this.#stream = stream;
    this.#handlers = handlers;
    this.#session = new TcpclSession(facts);
    this.#shell = new StateMachineRunner(host, this.#session, (effect) => this.#perform(effect));
    stream.handle({
      onData: (buffer, offset, length) =>
        this.#shell.take({ kind: 'bytes', bytes: buffer.slice(offset, offset + length) }),
      onEnd: () => stream.end(),
      onDrain: () => {
        this.#isFull = false;
        this.#shell.take({ kind: 'room' });
      },
      onClose: () => this.#over(),
    });
    this.#shell.take({ kind: 'opened' });
  }

  /** True if the session is up, so that bundles can be sent. */
  get isUp(): boolean {
    return this.#session.isUp;
  }

  /** True if the neighbour has proved that it is at the other end. */
  get isProven(): boolean {
    return this.#session.isProven;
  }

  send(transfer: number, bundle: Uint8Array): void {
    this.#shell.take({ kind: 'send', transfer, bundle });
  }

  /** Called when the node has stored the bundle that came last. */
  kept(): void {
    this.#shell.take({ kind: 'kept' });
  }

  /** Ends the session after the transfers that are under way. */
  finish(): void {
    this.#shell.take({ kind: 'finish' });
  }

  /** Ends stream and session at once: the contact is over, and no data would get through. */
  abort(): void {
    if (this.#isOver) return;
    this.#stream.reset();
    this.#over();
  }

  #over(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#shell.take({ kind: 'closed' });
    this.#handlers.onOver();
    this.#shell.stop();
  }

  #perform(effect: TcpclEffect): void {
    switch (effect.kind) {
      case 'write':
        this.#write(effect.bytes, effect.asksForRoom);
        return;
      case 'secure':
        this.#secure();
        return;
      case 'pause':
        this.#stream.setPaused(effect.isPaused);
        return;
      case 'end':
        this.#stream.end();
        return;
      case 'reset':
        this.#stream.reset();
        return;
      case 'up':
        this.#handlers.onUp(effect.transferMax);
        return;
      case 'down':
        this.#handlers.onDown();
        return;
      case 'bundle':
        this.#handlers.onBundle(effect.bundle);
        return;
      case 'sent':
        this.#handlers.onSent(effect.transfer);
        return;
      case 'failed':
        this.#handlers.onFailed(effect.transfer);
        return;
      case 'drop':
        this.#handlers.onDrop(effect.reason);
    }
  }

  #secure(): void {
    this.#stream.secure(this.#handlers.onSecure(), (error) => {
      if (this.#isOver) return;
      if (error === undefined) this.#handlers.onSecured();
      this.#shell.take({ kind: 'secured', isSecure: error === undefined });
    });
  }

  /**
   * Writes head and data of a message in one call, so that no small packet is delayed until an
   * acknowledgement (Nagle's algorithm).
   */
  #write(bytes: Uint8Array, asksForRoom: boolean): void {
    if (this.#stream.write(bytes) === 'full') this.#isFull = true;
    if (asksForRoom && !this.#isFull) this.#shell.take({ kind: 'room' });
  }
}
