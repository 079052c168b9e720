/**
 * Pairs of channels on loopback for the tests of channels.
 *
 * @module
 */
import { connect, type Socket } from 'node:net';
import { toHex } from '../../../../../nodes/_kit/bytes.ts';
import { dialChannel } from '../../../../../runner/distributed/channel/dial.ts';
import { type DialKeys, publicKeyOf } from '../../../../../runner/distributed/channel/handshake.ts';
import { listenChannel } from '../../../../../runner/distributed/channel/listen.ts';
import type {
  Channel,
  ChannelLimits,
  ChannelListener,
  CloseReason,
} from '../../../../../runner/distributed/channel/model.ts';

export const HOST = '127.0.0.1';
/** Secret key of the connecting side. */
const KEY: Uint8Array = new Uint8Array(32).fill(7);
/** Secret key of the listening side; its public key follows. */
export const DOOR_KEY: Uint8Array = new Uint8Array(32).fill(9);
export const LISTENER: Uint8Array = publicKeyOf(DOOR_KEY);
/** Valid keys for connecting. */
export const GOOD: DialKeys = { key: KEY, listener: LISTENER };
const GUEST = toHex(publicKeyOf(KEY));

/** The name that belongs to the one known key. */
export function nameOf(publicKey: Uint8Array): string | undefined {
  return toHex(publicKey) === GUEST ? 'alice' : undefined;
}

/** One side of a channel, with everything that happened to it. */
export class Side {
  readonly channel: Channel;
  readonly messages: unknown[] = [];
  readonly reasons: CloseReason[] = [];
  #wake: (() => void) | undefined;

  constructor(channel: Channel) {
    this.channel = channel;
    channel.onMessage = (message): void => {
      this.messages.push(message);
      this.#wake?.();
    };
    channel.onClose = (reason): void => {
      this.reasons.push(reason);
      this.#wake?.();
    };
  }

  /** Resolves when the condition holds; checked at each message and at the end. */
  async until(condition: (side: Side) => boolean): Promise<void> {
    while (!condition(this)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async received(count: number): Promise<unknown[]> {
    await this.until((side) => side.messages.length >= count);
    return this.messages;
  }

  async closed(): Promise<CloseReason> {
    await this.until((side) => side.reasons.length > 0);
    return this.reasons[0]!;
  }
}

/** A listener with all channels that it has accepted. */
export class Lobby {
  readonly sides: Side[] = [];
  readonly refusals: string[] = [];
  listener: ChannelListener | undefined;
  #wake: (() => void)[] = [];

  async open(limits: Partial<ChannelLimits> = {}, key: Uint8Array = DOOR_KEY): Promise<number> {
    this.listener = await listenChannel({
      host: HOST,
      port: 0,
      key,
      limits,
      nameOf,
      onChannel: (channel) => {
        this.sides.push(new Side(channel));
        this.#tell();
      },
      onRefused: (_peer, reason) => {
        this.refusals.push(reason);
        this.#tell();
      },
    });
    return this.listener.port;
  }

  async until(condition: (lobby: Lobby) => boolean): Promise<void> {
    while (!condition(this)) {
      await new Promise<void>((resolve) => {
        this.#wake.push(resolve);
      });
    }
  }

  async close(): Promise<void> {
    await this.listener?.close();
    for (const side of this.sides) side.channel.close();
  }

  #tell(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const call of wake) call();
  }
}

/** Opens a channel; returns both ends. */
export async function openPair(
  lobby: Lobby,
  limits: Partial<ChannelLimits> = {},
): Promise<{ readonly dialled: Side; readonly accepted: Side }> {
  const before = lobby.sides.length;
  const { port } = lobby.listener!;
  const dialled = new Side(await dialChannel({ host: HOST, port, ...GOOD, limits }));
  await lobby.until(({ sides }) => sides.length > before);
  return { dialled, accepted: lobby.sides[before]! };
}

/**
 * Sends raw bytes as a peer that does not know the protocol; returns what it receives until the
 * connection ends.
 */
export function sendRaw(port: number, bytes: Uint8Array, hold = false): Promise<Buffer> {
  return new Promise((resolve) => {
    const got: Buffer[] = [];
    const socket: Socket = connect({ host: HOST, port, noDelay: true });
    socket.on('data', (chunk: Buffer) => got.push(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(Buffer.concat(got)));
    if (hold) socket.write(bytes);
    else socket.end(bytes);
  });
}
