/**
 * SCMP at a host: handles the packets that arrive at its end-host port, 30041. Echo and traceroute
 * requests are answered on the reversed path, as the reference's shim does
 * (dispatcher/dispatcher.go, replyToSCMPInfoRequest). Errors are passed to the part of the host
 * that sent the quoted packet.
 *
 * @module
 */
import type { DatagramSocket, Endpoint } from '../../../engine/host/socket.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { HostPart } from '../../_kit/host-part.ts';
import { TokenBucket } from '../../_kit/token-bucket.ts';
import { PROTOCOL_SCMP } from '../geometry.ts';
import { END_HOST_PORT } from '../router/geometry.ts';
import type { WireDropReason } from '../wire/drops.ts';
import { decodeHeader } from '../wire/header.ts';
import { formatHost, hostAddressLength } from '../wire/host-address.ts';
import { type IsdAs, isdAsOfWords, isdAsWords } from '../wire/isd-as.ts';
import { type PacketEnd, PacketView } from '../wire/packet-view.ts';
import { reverseWirePath } from '../wire/path.ts';
import {
  decodeScmp,
  encodeScmp,
  encodeScmpPacket,
  isScmpError,
  type ReceivedScmp,
  type ScmpMessage,
} from '../wire/scmp.ts';
import type { EndHostDropReason } from './drops.ts';
import { ANSWERED_REQUEST_RATE_MAX, CONVERSATIONS_MAX } from './geometry.ts';
import type { ProbeRoute } from './route.ts';

/** Handles a datagram for this host; returns the drop reason, or undefined. */
type TakeDatagram = (datagram: Uint8Array, from: Endpoint) => string | undefined;

type DropReason = EndHostDropReason | WireDropReason | 'not-for-us';

/** The parts of a host that its end-host port needs. */
interface ScmpEndHostParts {
  readonly own: PacketEnd;
  readonly now: () => Nanoseconds;
  /** Handles SCMP errors about packets of this host that belong to no conversation. */
  readonly takeError: TakeDatagram;
}

/** A request without its identifier, which the conversation adds. */
export type ScmpRequest =
  | (Omit<Extract<ScmpMessage, { readonly kind: 'echo-request' | 'echo-reply' }>, 'identifier'> & {
      readonly kind: 'echo-request';
    })
  | (Omit<
      Extract<ScmpMessage, { readonly kind: 'traceroute-request' | 'traceroute-reply' }>,
      'identifier'
    > & { readonly kind: 'traceroute-request' });

/** The sender of a message, and the size of its packet. */
export interface ScmpSource {
  readonly isdAs: IsdAs;
  readonly address: string;
  /** Bytes of the packet with its SCION header. */
  readonly bytes: number;
}

/** Handles the replies and errors of a conversation. */
export interface ScmpReceiver {
  /**
   * Handles a reply.
   * @returns false if the reply answers no request.
   */
  reply(message: ScmpReply, source: ScmpSource): boolean;
  /**
   * Handles an error about the request with that sequence number.
   * @returns false if there was no such request.
   */
  error(message: ReceivedScmp, source: ScmpSource, sequence: number): boolean;
}

/** A series of requests with one identifier, by which their replies are recognised. */
export interface ScmpConversation {
  /**
   * Sends a request.
   * @returns the size of its packet, bytes; 0 if it cannot be dated on an EPIC-HP path.
   */
  send(route: ProbeRoute, request: ScmpRequest): number;
  close(): void;
}

/** A reply; it repeats the identifier and the sequence number of its request. */
export type ScmpReply = Extract<ReceivedScmp, { readonly sequence: number }>;

/** A conversation that is open. */
interface OpenConversation {
  readonly receiver: ScmpReceiver;
  /** Where its latest request went. */
  sentTo?: PacketEnd;
}

/** The end-host port of one host. */
export class ScmpEndHost {
  readonly #host: HostPart<'alloc' | 'drop' | 'log' | 'udp'>;
  readonly #parts: ScmpEndHostParts;
  readonly #view = new PacketView();
  readonly #quoted = new PacketView();
  /** Conversations by their identifiers. */
  readonly #conversations = new Map<number, OpenConversation>();
  readonly #answered = TokenBucket.of(ANSWERED_REQUEST_RATE_MAX);
  #socket: DatagramSocket | undefined;

  constructor(host: HostPart<'alloc' | 'drop' | 'log' | 'udp'>, parts: ScmpEndHostParts) {
    this.#host = host;
    this.#parts = parts;
  }

  start(): void {
    this.#socket = this.#host.udp({
      port: END_HOST_PORT,
      onDatagram: (buffer, offset, length, from) => {
        const drop = this.#receive(buffer.subarray(offset, offset + length), from);
        if (drop !== undefined) this.#host.drop(drop);
      },
    });
    if (this.#socket === undefined) this.#host.log.warn(`port ${END_HOST_PORT} is taken`);
  }

  stop(): void {
    this.#socket?.close();
  }

  /**
   * Opens a conversation. Its identifier is the end-host port or a number just below: routers
   * deliver a reply to the port with the number of its identifier if that port is in the dispatched
   * range, otherwise to the end-host port (doc/protocols/underlay.rst).
   * @returns undefined if {@link CONVERSATIONS_MAX} are open.
   */
  converse(receiver: ScmpReceiver): ScmpConversation | undefined {
    let identifier = END_HOST_PORT;
    while (this.#conversations.has(identifier)) identifier -= 1;
    if (identifier <= END_HOST_PORT - CONVERSATIONS_MAX) return undefined;
    const conversation: OpenConversation = { receiver };
    this.#conversations.set(identifier, conversation);
    return {
      send: (route, request): number => {
        conversation.sentTo = { isdAs: isdAsWords(route.target), host: route.targetHost };
        return this.#request(route, { ...request, identifier });
      },
      close: (): void => {
        if (this.#conversations.get(identifier) === conversation)
          this.#conversations.delete(identifier);
      },
    };
  }

  #request(route: ProbeRoute, message: ScmpMessage): number {
    const { target, targetHost, nextHop, epic } = route;
    const { isdAs, host } = this.#parts.own;
    const ends = { source: isdAsOfWords(isdAs), sourceHost: host, target, targetHost };
    const path = epic === undefined ? route.path : epic.next(encodeScmp(message).length);
    if (path === undefined) {
      this.#host.drop('epic-clock');
      return 0;
    }
    const packet = encodeScmpPacket({ trafficClass: 0, flowId: 1, path, ...ends }, message);
    const drop = this.#send(packet, nextHop);
    if (drop !== undefined) this.#host.drop(drop);
    return packet.length;
  }

  #receive(datagram: Uint8Array, from: Endpoint): string | undefined {
    const view = this.#view;
    const drop =
      view.parse(datagram, 0, datagram.length) ?? this.#checkTarget() ?? view.checkUpper();
    if (drop !== undefined) return drop;
    if (view.upperProtocol !== PROTOCOL_SCMP) return 'scmp-only';
    const upper = datagram.subarray(view.upperOffset);
    const message = decodeScmp(upper);
    if (typeof message === 'string') return message;
    if (!isScmpError(upper[0] as number)) return this.#takeInformation(datagram, message, from);
    return this.#isErrorOfConversation(message) ? undefined : this.#parts.takeError(datagram, from);
  }

  #checkTarget(): 'not-for-us' | undefined {
    return this.#view.isFor(this.#parts.own) ? undefined : 'not-for-us';
  }

  #takeInformation(
    datagram: Uint8Array,
    message: ReceivedScmp,
    from: Endpoint,
  ): DropReason | undefined {
    switch (message.kind) {
      case 'echo-request':
        return this.#answer(datagram, { ...message, kind: 'echo-reply', code: 0 }, from);
      case 'traceroute-request':
        return this.#answer(datagram, { ...message, kind: 'traceroute-reply', code: 0 }, from);
      case 'echo-reply':
      case 'traceroute-reply':
        return this.#takeReply(message);
      default:
        return 'scmp-unknown';
    }
  }

  #takeReply(message: ScmpReply): 'scmp-unasked' | undefined {
    const conversation = this.#conversations.get(message.identifier);
    return conversation?.receiver.reply(message, this.#source()) ? undefined : 'scmp-unasked';
  }

  /**
   * Passes an error to the conversation whose request, with its target, the error quotes; false if there is no such
   * conversation.
   */
  #isErrorOfConversation(message: ReceivedScmp): boolean {
    const { data } = message;
    const quoted = this.#quoted;
    if (quoted.parse(data, 0, data.length) !== undefined || !quoted.isFrom(this.#parts.own))
      return false;
    if (quoted.upperProtocol !== PROTOCOL_SCMP) return false;
    const request = decodeScmp(data.subarray(quoted.upperOffset));
    if (typeof request === 'string' || !('sequence' in request)) return false;
    const { receiver, sentTo } = this.#conversations.get(request.identifier) ?? {};
    if (receiver === undefined || sentTo === undefined || !quoted.isFor(sentTo)) return false;
    return receiver.error(message, this.#source(), request.sequence);
  }

  #source(): ScmpSource {
    const { buffer, sourceHigh, sourceLow, sourceHostOffset, sourceHostType, start, end } =
      this.#view;
    const hostEnd = sourceHostOffset + hostAddressLength(sourceHostType);
    const bytes = buffer.subarray(sourceHostOffset, hostEnd);
    return {
      isdAs: isdAsOfWords({ high: sourceHigh, low: sourceLow }),
      address: formatHost({ type: sourceHostType, bytes }),
      bytes: end - start,
    };
  }

  /**
   * Answers a request. The answer is sent to the router, or the host of this AS, from which the
   * request came.
   */
  #answer(request: Uint8Array, message: ScmpMessage, from: Endpoint): DropReason | undefined {
    if (!this.#answered.take(this.#parts.now())) return 'scmp-rate';
    const decoded = decodeHeader(request);
    if (typeof decoded === 'string') return decoded;
    const { trafficClass, flowId, source, target, sourceHost, targetHost, path } = decoded.header;
    const back = reverseWirePath(path);
    if (typeof back === 'string') return back;
    const swapped = {
      source: target,
      sourceHost: targetHost,
      target: source,
      targetHost: sourceHost,
    };
    const answer = encodeScmpPacket({ trafficClass, flowId, path: back, ...swapped }, message);
    return this.#send(answer, from);
  }

  #send(packet: Uint8Array, to: Endpoint): 'scmp-queue' | undefined {
    const buffer = this.#host.alloc(packet.length);
    buffer.set(packet);
    return this.#socket?.send(buffer, 0, packet.length, to) === 'sent' ? undefined : 'scmp-queue';
  }
}
