/**
 * Packets as our hosts, routers and control services send them, over all paths of a small network: of every path type,
 * upper layer and kind of address.
 *
 * @module
 */

import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import type { Random } from '../../../engine/host/random.ts';
import type { CalendarTime } from '../../../engine/host/time.ts';
import { concatBytes, toHex } from '../../../nodes/_kit/bytes.ts';
import {
  BLANK_ONE_HOP_PATH,
  createBfdPacketEncoder,
  makeOneHopPath,
} from '../../../nodes/scion/bfd/envelope.ts';
import { BFD_STATES } from '../../../nodes/scion/bfd/packet.ts';
import {
  FLOW_ID_MAX,
  HOST_TYPE_IPV4,
  HOST_TYPE_IPV6,
  ISD_AS_LENGTH,
  PROTOCOL_END_TO_END,
  PROTOCOL_SCMP,
  SCMP_CHECKSUM_OFFSET,
  UDP_HEADER_LENGTH,
} from '../../../nodes/scion/geometry.ts';
import { makeSegments } from '../../../nodes/scion/paths/beacon.ts';
import { PathFinder } from '../../../nodes/scion/paths/finder.ts';
import type { Path } from '../../../nodes/scion/paths/path.ts';
import { drkeyEpochAt } from '../../../nodes/scion/router/drkey.ts';
import { DrkeyStore } from '../../../nodes/scion/router/drkey-store.ts';
import { ScmpAuthenticator } from '../../../nodes/scion/router/scmp-authentication.ts';
import { URGENT_TRAFFIC_CLASS } from '../../../nodes/scion/urgency.ts';
import { writeChecksum } from '../../../nodes/scion/wire/checksum.ts';
import { makeEpicPath } from '../../../nodes/scion/wire/epic.ts';
import { encodePacket, type ScionHeader } from '../../../nodes/scion/wire/header.ts';
import {
  type HostAddress,
  hostAddressLength,
  requireHostAddress,
} from '../../../nodes/scion/wire/host-address.ts';
import { writeIsdAs } from '../../../nodes/scion/wire/isd-as.ts';
import { EMPTY_PATH } from '../../../nodes/scion/wire/path.ts';
import {
  encodeScmp,
  encodeScmpPacket,
  type ScmpBody,
  type ScmpMessage,
} from '../../../nodes/scion/wire/scmp.ts';
import { encodeUdpPacket, type UdpDatagram } from '../../../nodes/scion/wire/udp.ts';
import { interopTopology, masterKeyOf, masterKeysOf } from './network.ts';
import { PathWalker } from './walk.ts';

/** A packet of ours, and what the reference needs to check it. */
export interface DrawnPacket {
  readonly packet: string;
  /** Master key of the AS of each hop field, in hexadecimal. */
  readonly masterKeys: readonly string[];
  /** The key of the authenticator option; empty if there is none. */
  readonly scmpKey: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

type Header = Omit<ScionHeader, 'payloadLength' | 'nextHeader'>;

const MS_PER_S = 1_000;
const NS_PER_MS = 1_000_000;
const NOW: CalendarTime = { seconds: 1_700_000_000, nanos: 250_000_000 };
const SEGMENT_AGE_S = 3_600;
const DATA_BYTES_MAX = 1_000;
const UINT16_VALUES = 0x1_0000;
const UINT8_VALUES = 0x100;
const SERVICES = ['SVC CS', 'SVC DS', 'SVC Wildcard', 'SVC CS_M'];

/** Draws packets; the same random stream gives the same packets. */
export class PacketDrawer {
  readonly #crypto: CryptoProvider;
  readonly #random: Random;
  readonly #walker: PathWalker;
  readonly #paths: readonly Path[];
  readonly #drkeys: DrkeyStore;

  constructor(crypto: CryptoProvider, random: Random) {
    this.#crypto = crypto;
    this.#random = random;
    this.#walker = new PathWalker(crypto);
    this.#drkeys = new DrkeyStore(crypto, this.#bytes(16));
    const topology = interopTopology(crypto);
    const timestamp = NOW.seconds - SEGMENT_AGE_S;
    const segments = makeSegments({ topology, crypto, random, timestamp });
    const finder = new PathFinder({ ases: topology.ases, segments, crypto, timestamp });
    const names = topology.ases.map(({ isdAs }) => isdAs);
    this.#paths = names.flatMap((from) => names.flatMap((to) => finder.paths(from, to)));
  }

  draw(): DrawnPacket {
    const path = this.#one(this.#paths);
    const masterKeys = masterKeysOf(path);
    const header = this.#headerOver(path);
    switch (this.#random.below(8)) {
      case 0:
        return this.#bfd(path);
      case 1:
        return this.#overEpic(header, masterKeys);
      case 2:
        return this.#authenticated(header, masterKeys);
      case 3:
      case 4:
        return drawn(encodeScmpPacket(header, this.#message()), masterKeys);
      default:
        return drawn(encodeUdpPacket(header, this.#datagram()), masterKeys);
    }
  }

  /** A BFD packet of a router to its neighbour over a one-hop path, or to a router of its AS over an empty path. */
  #bfd({ source, target }: Path): DrawnPacket {
    const bfd = {
      ...{ diagnostic: this.#random.below(9), state: this.#one(BFD_STATES) },
      ...{ detectMultiplier: 1 + this.#random.below(UINT8_VALUES - 1) },
      ...{ myDiscriminator: this.#nonZero(), yourDiscriminator: this.#nonZero() },
      ...{ desiredMinTxUs: this.#random.u32(), requiredMinRxUs: this.#random.u32() },
    };
    const ends = { source, target, sourceHost: this.#ip(), targetHost: this.#ip() };
    if (source === target)
      return drawn(createBfdPacketEncoder(ends, EMPTY_PATH)(EMPTY_PATH, bfd), []);
    const masterKey = masterKeyOf(source);
    const oneHop = makeOneHopPath(this.#walker.authenticatorOf(masterKey), this.#nonZero(), NOW);
    return drawn(createBfdPacketEncoder(ends, BLANK_ONE_HOP_PATH)(oneHop, bfd), [masterKey]);
  }

  #overEpic(header: Header, masterKeys: readonly string[]): DrawnPacket {
    const datagram = this.#datagram();
    const plain = encodeUdpPacket(header, datagram);
    const { source, sourceHost, path } = header;
    if (path.kind !== 'scion') return drawn(plain, masterKeys);
    const [penultimate, last] = this.#walker.tags(plain, masterKeys).slice(-2);
    if (penultimate === undefined || last === undefined) throw new Error('a path of one hop');
    const packet = {
      ...{ now: NOW, counter: this.#random.u32() },
      payloadLength: UDP_HEADER_LENGTH + datagram.payload.length,
    };
    const sender = { source, sourceHost, path, penultimate, last };
    const epic = makeEpicPath(this.#crypto, sender, packet);
    if (epic === undefined) throw new Error('the path is too old for EPIC-HP');
    return drawn(encodeUdpPacket({ ...header, path: epic }, datagram), masterKeys);
  }

  /** An SCMP message with the authenticator option, as routers send it. */
  #authenticated(header: Header, masterKeys: readonly string[]): DrawnPacket {
    const authenticator = new ScmpAuthenticator({
      crypto: this.#crypto,
      clock: (): CalendarTime => NOW,
      keyOf: (request): Uint8Array => this.#drkeys.keyOf(request),
    });
    const upper = encodeScmp(this.#message());
    const payload = concatBytes(authenticator.extension(), upper);
    const packet = encodePacket({ ...header, nextHeader: PROTOCOL_END_TO_END }, payload);
    const upperOffset = packet.length - upper.length;
    const fieldOffset = SCMP_CHECKSUM_OFFSET;
    writeChecksum(packet, { upperOffset, protocol: PROTOCOL_SCMP, fieldOffset });
    authenticator.sign(packet);
    const isdAs = new Uint8Array(ISD_AS_LENGTH);
    writeIsdAs(isdAs, 0, header.target);
    const epochBegin = drkeyEpochAt(NOW.seconds);
    const key = this.#drkeys.keyOf({ epochBegin, isdAs, host: header.targetHost });
    return drawn(packet, masterKeys, toHex(key));
  }

  #headerOver({ source, target, wire: path }: Path): Header {
    const isUrgent = this.#random.below(4) === 0;
    const trafficClass = isUrgent ? URGENT_TRAFFIC_CLASS : this.#random.below(UINT8_VALUES);
    const flowId = this.#random.below(FLOW_ID_MAX + 1);
    const isService = this.#random.below(5) === 0;
    const targetHost = isService ? requireHostAddress(this.#one(SERVICES)) : this.#ip();
    return { trafficClass, flowId, source, target, sourceHost: this.#ip(), targetHost, path };
  }

  #ip(): HostAddress {
    const isIpv4 = this.#random.below(2) === 0;
    return isIpv4
      ? { type: HOST_TYPE_IPV4, bytes: this.#bytes(hostAddressLength(HOST_TYPE_IPV4)) }
      : { type: HOST_TYPE_IPV6, bytes: this.#bytes(hostAddressLength(HOST_TYPE_IPV6)) };
  }

  #datagram(): UdpDatagram {
    const payload = this.#bytes(this.#random.below(DATA_BYTES_MAX));
    return { sourcePort: this.#uint16(), targetPort: this.#uint16(), payload };
  }

  #message(): ScmpMessage {
    const data = this.#bytes(this.#random.below(DATA_BYTES_MAX));
    return { ...this.#body(), code: this.#random.below(UINT8_VALUES), data };
  }

  #body(): ScmpBody {
    const [identifier, sequence, ifId] = [this.#uint16(), this.#uint16(), this.#uint16()];
    const { source: isdAs } = this.#one(this.#paths);
    return this.#one<ScmpBody>([
      { kind: 'destination-unreachable' },
      { kind: 'packet-too-big', mtu: sequence },
      { kind: 'parameter-problem', pointer: sequence },
      { kind: 'external-interface-down', isdAs, ifId },
      { kind: 'internal-connectivity-down', isdAs, ingress: ifId, egress: sequence },
      { kind: 'echo-request', identifier, sequence },
      { kind: 'echo-reply', identifier, sequence },
      { kind: 'traceroute-request', identifier, sequence, isdAs, ifId },
      { kind: 'traceroute-reply', identifier, sequence, isdAs, ifId },
    ]);
  }

  #bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.#random.below(UINT8_VALUES));
  }

  #uint16(): number {
    return this.#random.below(UINT16_VALUES);
  }

  #nonZero(): number {
    return 1 + this.#random.below(UINT16_VALUES - 1);
  }

  #one<T>(items: readonly T[]): T {
    return items[this.#random.below(items.length)] as T;
  }
}

function drawn(packet: Uint8Array, masterKeys: readonly string[], scmpKey = ''): DrawnPacket {
  const now = NOW.seconds * MS_PER_S + NOW.nanos / NS_PER_MS;
  return { packet: toHex(packet), masterKeys, scmpKey, now };
}
