/**
 * Creates a client's packets: chooses paths and has the format encode them. Every packet starts at
 * the client's own provider and has the network's single packet length.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import {
  decodeForwardPlaintext,
  encodeForwardPlaintext,
  type PathHop,
  RECIPIENT_ID_LENGTH,
  type RoutingCommand,
  SURB_ID_LENGTH,
} from '../../sphinx/index.ts';
import type { Descriptor, DirectoryDocument } from '../directory/index.ts';
import type { ClientDropReason } from './drops.ts';
import { erlangUpperQuantile } from './erlang.ts';
import type {
  ArrivalWindowSettings,
  ClientContact,
  ClientHost,
  ClientPacketFormat,
  GetNeighbourGraph,
} from './parts.ts';
import {
  type ChosenPath,
  choosePath,
  computeStopAndGoWindows,
  type PathDrawInput,
} from './path.ts';
import type { MeanIntervalNs } from './rates.ts';
import { type ClientMessage, decodeMessage, encodeMessage } from './wire.ts';

/**
 * If mixes choose the delays, a time-out is too short with this probability: it covers the 0.999
 * quantile of the sum of the delays (docs/spec/mixnet.md, "Delays by VRF").
 */
const UNKNOWN_TAIL = 1e-3;

/** Recipient of drop cover: the identifier of no client; the last provider discards the packet. */
const COVER_RECIPIENT_ID: Uint8Array = new Uint8Array(RECIPIENT_ID_LENGTH);

/** True when a packet for this recipient is drop cover. */
export function isCoverRecipient(recipientId: Uint8Array): boolean {
  return recipientId.every((byte) => byte === 0);
}

/** A packet ready to be sent to the client's provider. */
export interface ComposedPacket {
  readonly packet: Uint8Array;
  /** Sum of the delays that the packet requests. */
  readonly delayNs: Nanoseconds;
  /** Number of hops that delay the packet: all but the last. */
  readonly delayingHops: number;
}

/** A packet that contains a SURB. */
export interface ComposedPacketWithSurb extends ComposedPacket {
  /** Identifier of the SURB, 16 bytes. */
  readonly surbId: Uint8Array;
  /** Keys for decrypting the reply. */
  readonly surbKeys: Uint8Array;
  /**
   * Sum of the delays of the packet and its reply; if the delays are unknown, a quantile of their
   * sum.
   */
  readonly roundTripNs: Nanoseconds;
}

/** The collaborators and settings of a composer. */
export interface ComposerParts {
  readonly self: ClientContact;
  readonly host: ClientHost;
  readonly format: ClientPacketFormat;
  readonly windows?: ArrivalWindowSettings;
  readonly isDelayUnknown?: boolean;
  readonly neighboursIn?: GetNeighbourGraph;
  /**
   * Called for each path that is drawn, to a recipient or back for a reply, with its mixes, first
   * to last.
   */
  pathDrawn?(mixes: readonly Descriptor[]): void;
  epochAt(at: Nanoseconds): number;
}

/** The times that a composer uses. */
export interface ComposerTimes {
  readonly delayMeanNs: MeanIntervalNs;
  /**
   * Time that the message and its reply may wait at the two clients, in addition to the delays at
   * mixes.
   */
  readonly replyWaitNs: Nanoseconds;
}

/** Chooses paths and encodes packets for one client. */
export class Composer {
  readonly #parts: ComposerParts;
  readonly #source: PathDrawInput;
  readonly #replyWaitNs: Nanoseconds;
  readonly #providers = new Map<string, Descriptor>();
  readonly #randomBytes: (length: number) => Uint8Array;
  /**
   * The payload of every cover packet. It is encoded once: formats copy a payload and never change
   * it.
   */
  #coverPayload: Uint8Array | undefined;

  constructor(parts: ComposerParts, document: DirectoryDocument, times: ComposerTimes) {
    const { host } = parts;
    this.#replyWaitNs = times.replyWaitNs;
    this.#parts = parts;
    this.#source = {
      document,
      choices: host.random('client.path'),
      delays: host.random('client.delay'),
      delayMeanNs: times.delayMeanNs,
      epochAt: (at): number => parts.epochAt(at),
      neighbours: parts.neighboursIn?.(document),
    };
    this.#randomBytes = (length): Uint8Array => host.randomBytes(length);
    for (const provider of document.providers) this.#providers.set(provider.name, provider);
  }

  /** Makes a packet for a client, without a SURB; undefined if no path is found. */
  toContact(
    now: Nanoseconds,
    to: ClientContact,
    message: ClientMessage,
  ): ComposedPacket | undefined {
    const payload = this.#payloadOf(message);
    return this.#forward(now, this.#providers.get(to.provider), to.recipientId, payload);
  }

  /**
   * Makes a packet of drop cover, which a randomly drawn provider discards; undefined if no path is
   * found.
   */
  toNobody(now: Nanoseconds): ComposedPacket | undefined {
    const { document, choices } = this.#source;
    const { providers } = document;
    if (providers.length === 0) return undefined;
    const provider = providers[choices.below(providers.length)];
    this.#coverPayload ??= this.#payloadOf({ kind: 'cover' });
    return this.#forward(now, provider, COVER_RECIPIENT_ID, this.#coverPayload);
  }

  /** Makes a packet for a client, with a SURB for its answer; undefined if no path is found. */
  withSurb(
    now: Nanoseconds,
    to: ClientContact,
    message: ClientMessage,
  ): ComposedPacketWithSurb | undefined {
    const there = this.#path(now, this.#own, this.#providers.get(to.provider));
    if (there === undefined) return undefined;
    const back = this.#path(now + there.delayNs, this.#providers.get(to.provider), this.#own);
    if (back === undefined) return undefined;
    const surbId = this.#randomBytes(SURB_ID_LENGTH);
    const { self, format } = this.#parts;
    const ending: RoutingCommand[] = [
      { kind: 'recipient', id: self.recipientId },
      { kind: 'surbReply', id: surbId },
    ];
    const startAt = now + there.delayNs;
    const windows = createWindowCommands(back, this.#parts.windows, {
      startAt,
      waitNs: this.#replyWaitNs,
    });
    const path = addHopCommands(back, ending, windows);
    const created = format.createSurb({ path, random: this.#randomBytes });
    if ('refusal' in created) return undefined;
    const payload = this.#payloadOf(message, created.surb);
    const composed = this.#pack(now, there, to.recipientId, payload);
    if (composed === undefined) return undefined;
    const roundTripNs = this.#roundTripNs(there, back);
    return { ...composed, surbId, surbKeys: created.keys, roundTripNs };
  }

  #roundTripNs(there: ChosenPath, back: ChosenPath): Nanoseconds {
    if (this.#parts.isDelayUnknown !== true) return there.delayNs + back.delayNs;
    // Every hop of a path delays the packet, except the last hop.
    const delaying = there.hops.length + back.hops.length - 2;
    return Math.ceil(erlangUpperQuantile(delaying, UNKNOWN_TAIL) * this.#source.delayMeanNs);
  }

  /** Makes the packet that answers with a SURB. */
  reply(
    surb: Uint8Array,
    message: ClientMessage,
  ): Uint8Array | { readonly drop: ClientDropReason } {
    const { format } = this.#parts;
    const payload = encodeForwardPlaintext(format.geometry, { data: encodeMessage(message) });
    if ('drop' in payload) return { drop: 'surb-refused' };
    const created = format.createReply(surb, payload);
    if ('drop' in created) return { drop: 'surb-refused' };
    // Clients send only to their own provider, whatever first hop the SURB names.
    const isOwn = sameId(created.firstHop, this.#own?.nodeId);
    return isOwn ? created.packet : { drop: 'surb-foreign' };
  }

  get #own(): Descriptor | undefined {
    return this.#providers.get(this.#parts.self.provider);
  }

  #path(at: Nanoseconds, from?: Descriptor, to?: Descriptor): ChosenPath | undefined {
    if (from === undefined || to === undefined) return undefined;
    const path = choosePath(this.#source, { from, to }, at);
    if (path !== undefined) this.#parts.pathDrawn?.(mixesOf(path));
    return path;
  }

  #forward(
    now: Nanoseconds,
    provider: Descriptor | undefined,
    recipientId: Uint8Array,
    payload: Uint8Array | undefined,
  ): ComposedPacket | undefined {
    const path = this.#path(now, this.#own, provider);
    return path && this.#pack(now, path, recipientId, payload);
  }

  #payloadOf(message: ClientMessage, surb?: Uint8Array): Uint8Array | undefined {
    const { geometry } = this.#parts.format;
    const data = encodeMessage(message);
    const payload = encodeForwardPlaintext(
      geometry,
      surb === undefined ? { data } : { surb, data },
    );
    return 'drop' in payload ? undefined : payload;
  }

  #pack(
    now: Nanoseconds,
    path: ChosenPath,
    recipientId: Uint8Array,
    payload: Uint8Array | undefined,
  ): ComposedPacket | undefined {
    if (payload === undefined) return undefined;
    const { format } = this.#parts;
    const windows = createWindowCommands(path, this.#parts.windows, { startAt: now, waitNs: 0 });
    const hops = addHopCommands(path, [{ kind: 'recipient', id: recipientId }], windows);
    const created = format.createPacket({ path: hops, random: this.#randomBytes }, payload);
    if ('refusal' in created) return undefined;
    return {
      packet: created.packet,
      delayNs: path.delayNs,
      delayingHops: path.hops.length - 1,
    };
  }
}

/** The mixes of a path from provider to provider. */
function mixesOf({ hops }: ChosenPath): readonly Descriptor[] {
  return hops.slice(1, -1).map(({ node }) => node);
}

/** The content of a forward payload. */
export type DecodedPayload =
  | { readonly message: ClientMessage; readonly surb?: Uint8Array }
  | { readonly drop: ClientDropReason };

/** Decodes the payload of a forward packet or of a decrypted reply; both have the same format. */
export function decodeForwardPayload(
  format: ClientPacketFormat,
  payload: Uint8Array,
): DecodedPayload {
  const forward = decodeForwardPlaintext(format.geometry, payload);
  if ('drop' in forward) return { drop: 'payload-format' };
  const message = decodeMessage(forward.data);
  if ('drop' in message) return message;
  return forward.surb === undefined ? { message } : { message, surb: forward.surb };
}

/**
 * Adds the commands to the hops of a path: a delay for every hop but the last, and the commands
 * `ending` for the last hop.
 */
export function addHopCommands(
  path: ChosenPath,
  ending: readonly RoutingCommand[],
  windows: readonly RoutingCommand[],
): PathHop[] {
  const last = path.hops.length - 1;
  return path.hops.map(({ node, publicKey, delayMs }, index) => ({
    id: node.nodeId,
    publicKey,
    commands: index === last ? ending : delayed(delayMs, windows[index]),
  }));
}

function delayed(delayMs: number, window: RoutingCommand | undefined): readonly RoutingCommand[] {
  const delay: RoutingCommand = { kind: 'nodeDelay', delayMs };
  return window === undefined ? [delay] : [delay, window];
}

/**
 * Returns, for each hop, the command with the arrival window of stop-and-go mixing; an empty list
 * for other strategies.
 * @param start When the packet leaves its sender at the earliest, and by how many ns it may leave
 *   later.
 */
export function createWindowCommands(
  path: ChosenPath,
  windows: ArrivalWindowSettings | undefined,
  start: { readonly startAt: Nanoseconds; readonly waitNs: Nanoseconds },
): readonly RoutingCommand[] {
  if (windows === undefined) return [];
  const clockErrorNs = windows.lengthNs + start.waitNs;
  const bounds = { transitMinNs: 0, transitMaxNs: 0, clockErrorNs };
  return computeStopAndGoWindows(path, start.startAt, bounds).map(([first, last]) => {
    const firstMs = windows.calendarMsAt(first);
    return { kind: 'nodeWindow', firstMs, spanMs: windows.calendarMsAt(last) + 1 - firstMs };
  });
}

function sameId(left: Uint8Array, right: Uint8Array | undefined): boolean {
  return right !== undefined && left.every((byte, index) => byte === right[index]);
}
