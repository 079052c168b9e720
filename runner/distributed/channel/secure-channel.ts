/**
 * A channel over a socket after the handshake: seals, opens, splits and joins messages, and ends.
 *
 * The end is authenticated: each side sends a sealed `close` before it ends its stream, so a connection
 * that breaks is recognised (`connection lost`). Wrong bytes end this channel only; they never make it
 * throw.
 *
 * @module
 */
import type { Socket } from 'node:net';
import type { NoiseTransport } from '../../../nodes/noise/index.ts';
import {
  encodeFramePlaintext,
  encodeNoiseFrame,
  FRAME_CONTENT_KIND,
  FRAME_PIECE_BYTES_MAX,
  type NoiseMessageReader,
} from './frames.ts';
import { hasMoreValues, messageFromText, messageToText } from './message-text.ts';
import type { Channel, ChannelLimits, CloseReason } from './model.ts';

/** Idle time after which TCP checks whether the other machine is there, in ms. */
const KEEP_ALIVE_MS = 5_000;

/** What a channel is made from after its handshake: peer, socket and keys. */
export interface ChannelParts {
  readonly peer: string;
  /** The socket, without listeners and paused. */
  readonly socket: Socket;
  readonly transport: NoiseTransport;
  /** The reader that the handshake used; it may already hold bytes that followed the handshake. */
  readonly reader: NoiseMessageReader;
  readonly limits: ChannelLimits;
}

/**
 * The state of the channel: `open`; `closing`, after this side has sent `close` and until the
 * peer's `close` arrives; `over`, which also follows directly after an error.
 */
type State = 'open' | 'closing' | 'over';

/** A channel after the Noise handshake: sealed messages over a socket, and an authenticated end. */
export class SecureChannel implements Channel {
  readonly peer: string;
  readonly #socket: Socket;
  readonly #transport: NoiseTransport;
  readonly #reader: NoiseMessageReader;
  readonly #limits: ChannelLimits;
  #state: State = 'open';
  #isReading = false;
  /** Messages in the chunk that ended the handshake. */
  readonly #early: Uint8Array[] = [];
  #pieces: Uint8Array[] = [];
  #piecesLength = 0;
  #onMessage: (message: unknown) => void = () => undefined;
  #onClose: ((reason: CloseReason) => void) | undefined;
  #reason: CloseReason | undefined;
  #isTold = false;

  constructor(parts: ChannelParts) {
    this.peer = parts.peer;
    this.#socket = parts.socket;
    this.#transport = parts.transport;
    this.#reader = parts.reader;
    this.#reader.expected = undefined;
    this.#reader.onMessage = (sealed): void => void this.#early.push(sealed.slice());
    this.#limits = parts.limits;
    this.#socket.setKeepAlive(true, KEEP_ALIVE_MS);
    this.#socket.on('error', (error) => this.#finish(reasonOf(error)));
    this.#socket.on('timeout', () => this.#finish('timeout'));
    this.#socket.on('close', () => this.#finish('connection lost'));
  }

  get onMessage(): (message: unknown) => void {
    return this.#onMessage;
  }

  set onMessage(handler: (message: unknown) => void) {
    this.#onMessage = handler;
    // Reading starts in a later event, because the owner sets `onClose` only after the channel was
    // created.
    setImmediate(() => this.#startReading());
  }

  get onClose(): (reason: CloseReason) => void {
    return this.#onClose ?? ((): void => undefined);
  }

  set onClose(handler: (reason: CloseReason) => void) {
    this.#onClose = handler;
    this.#tellReason();
  }

  send(message: object): void {
    if (this.#state !== 'open') return;
    const bytes = Buffer.from(messageToText(message));
    const { messageBytesMax, queueBytesMax } = this.#limits;
    if (bytes.length > messageBytesMax) {
      throw new RangeError(`a message of ${bytes.length} bytes exceeds ${messageBytesMax}`);
    }
    if (this.#socket.writableLength + bytes.length > queueBytesMax) {
      this.#finish(`protocol error: the peer does not read, ${queueBytesMax} bytes wait`);
      return;
    }
    // One system call for all frames of a message.
    this.#socket.cork();
    let offset = 0;
    for (; bytes.length - offset > FRAME_PIECE_BYTES_MAX; offset += FRAME_PIECE_BYTES_MAX) {
      this.#seal(FRAME_CONTENT_KIND.more, bytes.subarray(offset, offset + FRAME_PIECE_BYTES_MAX));
    }
    this.#seal(FRAME_CONTENT_KIND.last, bytes.subarray(offset));
    this.#socket.uncork();
  }

  close(): void {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    this.#sayClose();
    this.#pieces = [];
    // The time limit starts again with each byte sent or received.
    this.#socket.setTimeout(this.#limits.closeMs);
    this.#startReading();
  }

  #seal(mark: number, piece?: Uint8Array): void {
    this.#socket.write(
      encodeNoiseFrame(this.#transport.encrypt(encodeFramePlaintext(mark, piece))),
    );
  }

  #sayClose(): void {
    this.#seal(FRAME_CONTENT_KIND.close);
    this.#socket.end();
  }

  #startReading(): void {
    if (this.#isReading || this.#state === 'over') return;
    this.#isReading = true;
    this.#reader.onMessage = (sealed): void => this.#open(sealed);
    this.#socket.on('data', (chunk: Buffer) => this.#reader.read(chunk));
    this.#socket.on('end', () => this.#finish('connection lost'));
    for (const sealed of this.#early.splice(0)) this.#open(sealed);
    this.#socket.resume();
  }

  #open(sealed: Uint8Array): void {
    if (this.#state === 'over') return;
    const opened = this.#transport.decrypt(sealed);
    if ('failure' in opened) this.#finish('authentication failed');
    else this.#take(opened.payload);
  }

  /**
   * Handles the plaintext of a frame.
   * @param marked Its mark and its piece, authenticated.
   */
  #take(marked: Uint8Array): void {
    switch (marked[0]) {
      case FRAME_CONTENT_KIND.close:
        this.#takeClose();
        return;
      case FRAME_CONTENT_KIND.more:
        if (marked.length <= 1) this.#finish('protocol error: an empty fragment');
        else this.#takePiece(marked.subarray(1));
        return;
      case FRAME_CONTENT_KIND.last:
        this.#takePiece(marked.subarray(1));
        this.#deliver();
        return;
      default:
        this.#finish('protocol error: an unknown fragment type');
    }
  }

  #takeClose(): void {
    if (this.#state === 'closing') {
      this.#finish('closed');
      return;
    }
    this.#sayClose();
    this.#finish('peer closed');
  }

  #takePiece(piece: Uint8Array): void {
    // This side has called `close`, so messages that still arrive are ignored.
    if (this.#state !== 'open') return;
    this.#piecesLength += piece.length;
    if (this.#piecesLength > this.#limits.acceptBytesMax) {
      this.#finish(`protocol error: a message exceeds ${this.#limits.acceptBytesMax} bytes`);
      return;
    }
    this.#pieces.push(piece);
  }

  #deliver(): void {
    if (this.#state !== 'open') return;
    const bytes = Buffer.concat(this.#pieces, this.#piecesLength);
    this.#pieces = [];
    this.#piecesLength = 0;
    const { acceptValuesMax } = this.#limits;
    if (hasMoreValues(bytes, acceptValuesMax)) {
      this.#finish(`protocol error: a message holds more than ${acceptValuesMax} values`);
      return;
    }
    let message: unknown;
    try {
      message = messageFromText(bytes.toString('utf8'));
    } catch (error) {
      this.#finish(`protocol error: not a message (${(error as Error).name})`);
      return;
    }
    this.#onMessage(message);
  }

  #finish(reason: CloseReason): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#reason = reason;
    this.#pieces = [];
    this.#transport.wipe();
    this.#leaveSocket(reason);
    this.#tellReason();
  }

  #leaveSocket(reason: CloseReason): void {
    const socket = this.#socket;
    if (reason !== 'peer closed' && reason !== 'closed') {
      socket.destroy();
      return;
    }
    // The `close` frame of this side may still be under way, and the peer waits for it.
    socket.setTimeout(this.#limits.closeMs);
    socket.on('timeout', () => socket.destroy());
    socket.destroySoon();
  }

  /** Reports the reason in a separate event, so that callbacks never run inside `send`. */
  #tellReason(): void {
    queueMicrotask(() => {
      if (this.#isTold || this.#reason === undefined || this.#onClose === undefined) return;
      this.#isTold = true;
      this.#onClose(this.#reason);
    });
  }
}

function reasonOf(error: Error): CloseReason {
  return (error as NodeJS.ErrnoException).code === 'ETIMEDOUT' ? 'timeout' : 'connection lost';
}
