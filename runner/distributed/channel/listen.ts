/**
 * Listens for connections, and admits diallers whose keys are known.
 *
 * Other diallers learn nothing: no byte is written before the first message is authenticated, and a
 * replayed first message is refused too. Handshakes under way are bounded in time and number; if there
 * are too many, the oldest is dropped, because an honest handshake takes milliseconds.
 *
 * @module
 */

import { createServer, type Server, type Socket } from 'node:net';
import { toHex } from '../../../nodes/_kit/bytes.ts';
import { wipe } from '../../../nodes/_kit/secrets.ts';
import type { Handshake, NoiseTransport } from '../../../nodes/noise/index.ts';
import { encodeNoiseFrame, FRAME_CONTENT_KIND, NoiseMessageReader } from './frames.ts';
import { checkChannelKey, FIRST_MESSAGE_BYTES, listenHandshake } from './handshake.ts';
import {
  type Channel,
  type ChannelLimits,
  type ChannelListener,
  LISTEN_LIMITS,
  type ListenOptions,
  type RefusalReason,
} from './model.ts';
import { SecureChannel } from './secure-channel.ts';
import { abandonSocket, attachSocketHandlers, formatHostPort } from './sockets.ts';

/**
 * Number of first messages that are remembered against replays. Only a dialler with a known key can
 * add one. A replay of a forgotten message gets an answer of 48 bytes that is useless to its
 * sender, and fails at the confirmation.
 */
const SEEN_MAX = 4_096;
const EMPTY = new Uint8Array(0);

/**
 * Starts to listen for connections of agents.
 * @throws (rejects) the system's error if the address is not available.
 * @throws RangeError if the key is not 32 bytes.
 */
export function listenChannel(options: ListenOptions): Promise<ChannelListener> {
  checkChannelKey(options.key);
  const door = new Door(options);
  return door.open();
}

class Door {
  readonly #options: ListenOptions;
  readonly #key: Uint8Array;
  readonly #limits: ChannelLimits;
  readonly #server: Server;
  /** Connections that are not yet authenticated, in order of arrival. */
  readonly #guests = new Set<Guest>();
  readonly #seen = new Set<string>();
  #refused = 0;

  constructor(options: ListenOptions) {
    this.#options = options;
    this.#key = new Uint8Array(options.key);
    this.#limits = { ...LISTEN_LIMITS, ...options.limits };
    this.#server = createServer({ noDelay: true }, (socket) => this.#receive(socket));
  }

  open(): Promise<ChannelListener> {
    const { host, port } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port, exclusive: true }, () => {
        this.#server.off('error', reject);
        // Errors of the server now mean that a connection was lost before it could be accepted.
        this.#server.on('error', () => this.#countRefused('unknown', 'connection lost'));
        resolve(this.#asListener());
      });
    });
  }

  #asListener(): ChannelListener {
    const address = this.#server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const door = this;
    return {
      port,
      get refused(): number {
        return door.#refused;
      },
      close: (): Promise<void> => this.#close(),
    };
  }

  #close(): Promise<void> {
    for (const guest of this.#guests) guest.leave();
    this.#guests.clear();
    wipe(this.#key);
    // Continues without waiting for the server's `close` event, which comes only when the last
    // channel has ended.
    this.#server.close();
    return new Promise((resolve) => setImmediate(resolve));
  }

  #receive(socket: Socket): void {
    const guest: Guest = new Guest(socket, {
      handshake: listenHandshake(this.#key),
      handshakeMs: this.#limits.handshakeMs,
      isRepeated: (message) => this.#isRepeated(message),
      refuse: (reason) => this.#refuse(guest, reason),
      nameOf: (key) => this.#options.nameOf(key),
      admit: (transport, reader) => this.#admit(guest, transport, reader),
    });
    this.#guests.add(guest);
    if (this.#guests.size > this.#limits.handshakesMax) {
      const [oldest] = this.#guests;
      if (oldest !== undefined) this.#refuse(oldest, 'too many handshakes');
    }
  }

  #refuse(guest: Guest, reason: RefusalReason): void {
    if (!this.#guests.delete(guest)) return;
    guest.leave();
    this.#countRefused(guest.peer, reason);
  }

  #countRefused(peer: string, reason: RefusalReason): void {
    this.#refused += 1;
    this.#options.onRefused?.(peer, reason);
  }

  #admit(guest: Guest, transport: NoiseTransport, reader: NoiseMessageReader): void {
    this.#guests.delete(guest);
    const { peer, socket } = guest;
    const channel: Channel = new SecureChannel({
      peer,
      socket,
      transport,
      reader,
      limits: this.#limits,
    });
    this.#options.onChannel(channel, guest.name);
  }

  /** True if this first message was seen before; called with authenticated messages only. */
  #isRepeated(message: Uint8Array): boolean {
    const name = toHex(message);
    if (this.#seen.has(name)) return true;
    this.#seen.add(name);
    if (this.#seen.size > SEEN_MAX) {
      const [oldest] = this.#seen;
      if (oldest !== undefined) this.#seen.delete(oldest);
    }
    return false;
  }
}

/** What a new connection needs from the listener. */
interface GuestHost {
  readonly handshake: Handshake;
  readonly handshakeMs: number;
  readonly isRepeated: (message: Uint8Array) => boolean;
  readonly nameOf: (key: Uint8Array) => string | undefined;
  readonly refuse: (reason: RefusalReason) => void;
  readonly admit: (transport: NoiseTransport, reader: NoiseMessageReader) => void;
}

/** A connection that has not yet proved anything. */
class Guest {
  readonly peer: string;
  readonly socket: Socket;
  /** The owner of the key that it has proved to hold. */
  name = '';
  readonly #host: GuestHost;
  readonly #reader = new NoiseMessageReader(FIRST_MESSAGE_BYTES, (message) =>
    this.#takeFirst(message),
  );
  readonly #alarm: NodeJS.Timeout;
  readonly #letGo: () => void;
  /** Set after the two messages of the handshake, until the confirmation arrives. */
  #transport: NoiseTransport | undefined;

  constructor(socket: Socket, host: GuestHost) {
    this.peer = formatHostPort(socket.remoteAddress ?? 'unknown', socket.remotePort ?? 0);
    this.socket = socket;
    this.#host = host;
    this.#alarm = setTimeout(() => host.refuse('timeout'), host.handshakeMs);
    this.#letGo = attachSocketHandlers(socket, {
      data: (chunk) => this.#read(chunk),
      end: () => host.refuse('connection lost'),
      error: () => host.refuse('connection lost'),
    });
  }

  /** Disconnects without an answer. */
  leave(): void {
    this.#release();
    this.#reader.onMessage = (): void => undefined;
    abandonSocket(this.socket);
    this.#host.handshake.wipe();
    this.#transport?.wipe();
  }

  #read(chunk: Uint8Array): void {
    if (!this.#reader.read(chunk)) this.#host.refuse('protocol error: not a handshake');
  }

  #takeFirst(message: Uint8Array): void {
    const { handshake, isRepeated, nameOf, refuse } = this.#host;
    if ('failure' in handshake.readMessage(message)) {
      refuse('authentication failed');
      return;
    }
    const { remoteStatic } = handshake;
    const name = remoteStatic === undefined ? undefined : nameOf(remoteStatic);
    if (name === undefined) {
      refuse('authentication failed');
      return;
    }
    this.name = name;
    if (isRepeated(message)) {
      refuse('protocol error: a repeated handshake');
      return;
    }
    this.socket.write(encodeNoiseFrame(handshake.writeMessage(EMPTY)));
    const keys = handshake.finish();
    const transport = keys.transport();
    keys.wipe();
    this.#transport = transport;
    this.#reader.expected = undefined;
    this.#reader.onMessage = (sealed): void => this.#takeConfirmation(sealed, transport);
  }

  #takeConfirmation(sealed: Uint8Array, transport: NoiseTransport): void {
    const opened = transport.decrypt(sealed);
    if ('failure' in opened || opened.payload[0] !== FRAME_CONTENT_KIND.confirm) {
      this.#host.refuse('authentication failed');
      return;
    }
    this.#release();
    this.#host.admit(transport, this.#reader);
  }

  #release(): void {
    clearTimeout(this.#alarm);
    this.#letGo();
  }
}
