/**
 * Datagrams that an attacker without keys can send to a gateway (ADR 0027): they look like
 * those of a peer or a router and are made from public information. Only events with `action:
 * flood` send them; nodes never do.
 *
 * Their paths are empty: the attacker is a neighbour, and a gateway looks at a path only to answer.
 *
 * @module
 */
import type { AttackerKnowledge, Forgery } from '../../engine/host/forgery.ts';
import type { LinkEndView, LinkView } from '../../engine/host/network-view.ts';
import type { Random } from '../../engine/host/random.ts';
import {
  encodeScmpPacket,
  interfaceIdOf,
  markUrgent,
  readLinkRelation,
  requireHostAddress,
  requireIsdAs,
} from '../scion/index.ts';
import { HandshakeMacs, OPENING_MACS_BYTES } from './admission/handshake-macs.ts';
import { STATIC_KEY_NAME } from './crypto.ts';
import {
  ANSWER_NOISE_BYTES,
  FRAME_OVERHEAD_BYTES_MAX,
  FRAME_TYPE,
  HEADER_BYTES_MAX,
  MAC_BYTES,
  OPENING_NOISE_BYTES,
  TAG_BYTES,
} from './geometry.ts';
import { unixMicroseconds } from './session-parts.ts';
import { type PacketAddresses, PacketTemplate } from './underlay/packet-template.ts';
import { GATEWAY_PORT } from './underlay/underlay-path.ts';
import {
  encodeHeader,
  encodeHeaderIntegers,
  FrameHeader,
  HANDSHAKE_MESSAGE_SEQUENCE,
} from './wire.ts';

/** Forged frames name epochs from 1 to this number: low, as those of a gateway that started recently. */
const EPOCHS = 16;
/** Length of the body of a forged frame when the event gives no size, bytes. */
const FRAME_BYTES = 128;
/** Forged frames name sequence numbers below this number. */
const SEQUENCES = 1_000_000;
/** Number of junk bytes that are derived from one random draw. */
const JUNK_PERIOD = 64;
const EMPTY = { kind: 'empty' } as const;

/** The forgeries of the gateway, by kind. */
export const GATEWAY_FORGERIES: Readonly<Record<string, Forgery>> = {
  opening: {
    help: 'openings of handshakes with random bytes inside, the length and time being right',
    port: GATEWAY_PORT,
    make: (parts) => packets(parts, () => handshake(parts, 'opening')),
  },
  'keyed-opening': {
    help: "the same with the MAC that everybody can make who knows the gateway's public key",
    port: GATEWAY_PORT,
    make: keyedOpenings,
  },
  answer: {
    help: 'answers to handshakes with random bytes inside',
    port: GATEWAY_PORT,
    make: (parts) => packets(parts, () => handshake(parts, 'answer')),
  },
  frame: {
    help: 'data frames with random bytes in place of ciphertext',
    port: GATEWAY_PORT,
    sizes: { least: TAG_BYTES, most: 9_000 },
    make: (parts) => packets(parts, () => dataFrame(parts, parts.sizeBytes ?? FRAME_BYTES)),
  },
  'urgent-frame': {
    help: 'the same in the traffic class of probes and handshakes, to pass in front of data',
    port: GATEWAY_PORT,
    sizes: { least: TAG_BYTES, most: 9_000 },
    make: urgentFrames,
  },
  'interface-down': {
    help: 'SCMP messages of a router that an interface is down, quoting a packet that was never sent',
    port: GATEWAY_PORT,
    hasLink: true,
    make: interfaceDown,
  },
};

function keyedOpenings(parts: AttackerKnowledge): () => Uint8Array {
  const { crypto, publicKey, target } = parts;
  const key = publicKey(target.name, STATIC_KEY_NAME);
  const macs = new HandshakeMacs(crypto, { own: key, peer: key });
  return packets(parts, () => {
    const frame = handshake(parts, 'opening');
    macs.signOpening(frame, undefined);
    return frame;
  });
}

function urgentFrames(parts: AttackerKnowledge): () => Uint8Array {
  const next = packets(parts, () => dataFrame(parts, parts.sizeBytes ?? FRAME_BYTES));
  return () => {
    const packet = next();
    markUrgent(packet);
    return packet;
  };
}

/** Wraps frames in packets from the source to the target. */
function packets(parts: AttackerKnowledge, frame: () => Uint8Array): () => Uint8Array {
  const template = new PacketTemplate(endsOf(parts), EMPTY, 1);
  return () => packetOf(template, frame());
}

function packetOf(template: PacketTemplate, frame: Uint8Array): Uint8Array {
  const packet = new Uint8Array(template.length + frame.length);
  template.begin(packet);
  packet.set(frame, template.length);
  template.finish(packet, frame.length);
  return packet;
}

function endsOf({ source, target }: AttackerKnowledge): PacketAddresses {
  return {
    source: requireIsdAs(source.area ?? target.area ?? ''),
    sourceHost: requireHostAddress(source.address),
    sourcePort: GATEWAY_PORT,
    target: requireIsdAs(target.area ?? ''),
    targetHost: requireHostAddress(target.address),
    targetPort: GATEWAY_PORT,
  };
}

function handshake(parts: AttackerKnowledge, kind: 'opening' | 'answer'): Uint8Array {
  const header = headerNow(parts);
  header.type = FRAME_TYPE.handshake;
  header.sequence = HANDSHAKE_MESSAGE_SEQUENCE[kind];
  const fields = encodeHeaderIntegers(header, new Uint8Array(HEADER_BYTES_MAX), 0);
  const body =
    kind === 'opening'
      ? OPENING_NOISE_BYTES + fields + OPENING_MACS_BYTES
      : ANSWER_NOISE_BYTES + fields + MAC_BYTES;
  const frame = frameOf(parts, header, body);
  // An invented cookie would be answered with a real one; a zero cookie means that there is none.
  if (kind === 'opening') frame.fill(0, frame.length - MAC_BYTES);
  return frame;
}

function dataFrame(parts: AttackerKnowledge, body: number): Uint8Array {
  const header = headerNow(parts);
  header.sequence = parts.random.below(SEQUENCES);
  return frameOf(parts, header, body);
}

function headerNow({ random, clock }: AttackerKnowledge): FrameHeader {
  const { seconds, nanos } = clock();
  const header = new FrameHeader();
  header.epoch = 1 + random.below(EPOCHS);
  header.timestamp = unixMicroseconds(seconds, nanos);
  return header;
}

function frameOf({ random }: AttackerKnowledge, header: FrameHeader, body: number): Uint8Array {
  const frame = new Uint8Array(FRAME_OVERHEAD_BYTES_MAX + body);
  const at = encodeHeader(header, body, frame, 0);
  frame.set(junk(random, body), at);
  return frame.subarray(0, at + body);
}

/** Makes bytes without meaning, many from each random draw, since floods are large. */
function junk(random: Random, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let word = 0;
  for (let k = 0; k < length; k += 1) {
    if (k % JUNK_PERIOD === 0) word = random.u32();
    bytes[k] = word >>> (8 * (k % 4));
    word = (Math.imul(word, 1_664_525) + 1_013_904_223) >>> 0;
  }
  return bytes;
}

/**
 * Makes SCMP errors in the name of the router that owns the interface; each quotes a packet that
 * seems to come from the target.
 */
function interfaceDown(parts: AttackerKnowledge): () => Uint8Array {
  const { network, random, target } = parts;
  const links = parts.link === undefined ? network.links.filter(isExternal) : [parts.link];
  const quoted = new PacketTemplate(reversed(endsOf(parts)), EMPTY, 1);
  const asOf = (end: LinkEndView): string =>
    network.hosts.find(({ name }) => name === end.host)?.area ?? target.area ?? '';
  const ends = links.flatMap(({ a, b }) => [a, b]);
  return () => {
    const end = ends[random.below(Math.max(1, ends.length))];
    const as = end === undefined ? (target.area ?? '') : asOf(end);
    return encodeScmpPacket(
      {
        trafficClass: 0,
        flowId: 1,
        target: requireIsdAs(target.area ?? ''),
        targetHost: requireHostAddress(target.address),
        source: requireIsdAs(as),
        sourceHost: requireHostAddress(end?.address ?? target.address),
        path: EMPTY,
      },
      {
        kind: 'external-interface-down',
        code: 0,
        isdAs: requireIsdAs(as),
        ifId: end === undefined ? 1 : interfaceIdOf(end),
        data: packetOf(quoted, dataFrame(parts, FRAME_BYTES)),
      },
    );
  };
}

function isExternal(link: LinkView): boolean {
  return readLinkRelation(link) !== 'internal';
}

function reversed(ends: PacketAddresses): PacketAddresses {
  return {
    source: ends.target,
    sourceHost: ends.targetHost,
    sourcePort: ends.targetPort,
    target: ends.source,
    targetHost: ends.sourceHost,
    targetPort: ends.sourcePort,
  };
}
