/**
 * Dials a listener with a known public key, and proves possession of a secret whose public key the
 * listener knows.
 *
 * It makes one attempt: a caller that wants to wait for a coordinator must dial again.
 *
 * @module
 */
import { connect, type Socket } from 'node:net';
import type { Handshake } from '../../../nodes/noise/index.ts';
import {
  encodeFramePlaintext,
  encodeNoiseFrame,
  FRAME_CONTENT_KIND,
  NoiseMessageReader,
} from './frames.ts';
import { checkChannelKey, dialHandshake, SECOND_MESSAGE_BYTES } from './handshake.ts';
import {
  type Channel,
  DIAL_LIMITS,
  DialError,
  type DialFailure,
  type DialOptions,
} from './model.ts';
import { SecureChannel } from './secure-channel.ts';
import { abandonSocket, attachSocketHandlers, formatHostPort } from './sockets.ts';

const EMPTY = new Uint8Array(0);

/**
 * Connects, performs the handshake and returns the channel.
 * @throws (rejects) DialError with the address, the reason and what to check.
 * @throws RangeError if the key is not 32 bytes.
 * @example
 * const channel = await dialChannel({ host: '127.0.0.1', port: 7000, key, listener });
 * channel.onMessage = (message) => take(message);
 * channel.onClose = (reason) => stop(reason);
 * channel.send({ kind: 'ready' });
 */
export function dialChannel(options: DialOptions): Promise<Channel> {
  checkChannelKey(options.key);
  checkChannelKey(options.listener);
  return new Promise((resolve, reject) => {
    const dialling = new Dialling(options, (result) => {
      if (result instanceof DialError) reject(result);
      else resolve(result);
    });
    dialling.start();
  });
}

class Dialling {
  readonly #peer: string;
  readonly #options: DialOptions;
  readonly #done: (result: Channel | DialError) => void;
  readonly #handshake: Handshake;
  readonly #reader = new NoiseMessageReader(SECOND_MESSAGE_BYTES, (message) => this.#take(message));
  readonly #socket: Socket;
  #alarm: NodeJS.Timeout | undefined;
  #isConnected = false;
  #letGo: () => void = () => undefined;

  constructor(options: DialOptions, done: (result: Channel | DialError) => void) {
    const { host, port } = options;
    this.#peer = formatHostPort(host, port);
    this.#options = options;
    this.#done = done;
    this.#handshake = dialHandshake(options);
    this.#socket = connect({ host, port, noDelay: true });
  }

  start(): void {
    const { timeoutMs, limits } = this.#options;
    const allowedMs = timeoutMs ?? limits?.handshakeMs ?? DIAL_LIMITS.handshakeMs;
    this.#alarm = setTimeout(() => {
      this.#fail('timeout', `no answer within ${allowedMs} ms`);
    }, allowedMs);
    this.#socket.once('connect', () => {
      this.#isConnected = true;
      this.#socket.write(encodeNoiseFrame(this.#handshake.writeMessage(EMPTY)));
    });
    this.#letGo = attachSocketHandlers(this.#socket, {
      data: (chunk) => this.#read(chunk),
      end: () => this.#sentAway(),
      error: (error) => (this.#isConnected ? this.#sentAway() : this.#unreachable(error)),
    });
  }

  #read(chunk: Uint8Array): void {
    if (this.#reader.read(chunk)) return;
    this.#fail('protocol error', 'what answers is not an Orrery coordinator');
  }

  #take(message: Uint8Array): void {
    if ('failure' in this.#handshake.readMessage(message)) {
      this.#fail('authentication failed', 'it does not hold the key of our coordinator');
      return;
    }
    this.#succeed();
  }

  #succeed(): void {
    const keys = this.#handshake.finish();
    const transport = keys.transport();
    keys.wipe();
    this.#release();
    this.#socket.write(
      encodeNoiseFrame(transport.encrypt(encodeFramePlaintext(FRAME_CONTENT_KIND.confirm))),
    );
    this.#done(
      new SecureChannel({
        peer: this.#peer,
        socket: this.#socket,
        transport,
        reader: this.#reader,
        limits: { ...DIAL_LIMITS, ...this.#options.limits },
      }),
    );
  }

  #sentAway(): void {
    this.#fail(
      'authentication failed',
      'it closed the connection during the handshake: it does not know our key, its own ' +
        'key ' +
        'is a different one, or it is not an Orrery coordinator of this version',
    );
  }

  #unreachable(error: NodeJS.ErrnoException): void {
    if (error.code === 'ECONNREFUSED') {
      this.#fail('connection refused', 'nobody listens there');
    } else if (error.code === 'ETIMEDOUT') {
      this.#fail('timeout', 'the machine does not answer');
    } else {
      this.#fail('unreachable', error.code ?? 'unknown error');
    }
  }

  #fail(reason: DialFailure, what: string): void {
    this.#release();
    this.#reader.onMessage = (): void => undefined;
    abandonSocket(this.#socket);
    this.#handshake.wipe();
    this.#done(new DialError(reason, `${this.#peer}: ${reason} (${what})`));
  }

  #release(): void {
    clearTimeout(this.#alarm);
    this.#letGo();
  }
}
