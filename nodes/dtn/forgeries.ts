/**
 * Datagrams that an attacker without keys can send to a DTN node (ADR 0027), made from public information. Only events
 * with `action: flood` send them; nodes never do. Identifiers are those of the scheme `ipn`.
 *
 * @module
 */
import type { AttackerKnowledge, Forgery } from '../../engine/host/forgery.ts';
import { leastOf } from '../../engine/pure/extremes.ts';
import { encodeEncounterRecord } from './agent/encounter-record.ts';
import {
  BUNDLE_FLAG,
  CRC_TYPE,
  DATAGRAM_BYTES_MAX,
  DTN_EPOCH_S,
  ENCOUNTER_RECORD_LIFETIME_MS,
} from './geometry.ts';
import { udpclDatagrams } from './layer/udpcl.ts';
import { makeHostEids } from './names.ts';
import { encodeRouterTable } from './router/record-table.ts';
import { EID_NONE, type Eid } from './wire/eid.ts';
import { encodeEid } from './wire/eid-wire.ts';
import { encodeBundle, payloadBlock } from './wire/encode.ts';

/** Length of the payload of a forged bundle, bytes. */
const PAYLOAD_BYTES = 64;
/**
 * Length of an attacking name, characters. If a decoder passed each character as an argument of one call, 125,000
 * would overflow the stack of a process and 500,000 that of a thread.
 */
const LONG_NAME_LETTERS = 600_000;
const MS_PER_S = 1_000;

/** The forgeries of DTN, by kind. */
export const DTN_FORGERIES: Readonly<Record<string, Forgery>> = {
  ageless: {
    help: 'bundles without a creation time and without an age, over UDPCL',
    make: agelessBundles,
  },
  'long-names': {
    help: 'records of a router with a name of 600,000 letters, over UDPCL in pieces',
    make: piecesOfLongRecords,
  },
  'silent-stream': {
    help: 'streams to TCPCL on which nothing is said',
    isStream: true,
    make: () => () => new Uint8Array(0),
  },
};

/** Makes bundles without a creation time and without the age that such bundles must have (RFC 9171 section 4.4.2). */
function agelessBundles(parts: AttackerKnowledge): () => Uint8Array {
  const { network, random } = parts;
  const names = makeHostEids(network, 'ipn');
  const source = names.applicationOf(parts.source.name);
  // Their destinations are other hosts, so that the attacked node reads them a second time when it forwards them.
  const others = network.hosts.filter(
    ({ name }) => name !== parts.target.name && names.numberOf(name) !== undefined,
  );
  const payload = new Uint8Array(PAYLOAD_BYTES);
  return () => {
    const { name } = others[random.below(Math.max(1, others.length))] ?? parts.target;
    return bundleOf(parts, {
      destination: names.applicationOf(name),
      source,
      createdMs: 0,
      payload,
    });
  };
}

function piecesOfLongRecords(parts: AttackerKnowledge): () => Uint8Array {
  const { network, target, random } = parts;
  const names = makeHostEids(network, 'ipn');
  const ends = {
    destination: names.routerOf(target.name),
    source: names.routerOf(parts.source.name),
  };
  const own = network.links.filter(({ a, b }) => [a.host, b.host].includes(target.name));
  const datagramMax = leastOf(
    own.map(({ mtu }) => mtu),
    DATAGRAM_BYTES_MAX,
  );
  const router = encodeRouterTable([['a'.repeat(LONG_NAME_LETTERS), 0]]);
  const payload = encodeEncounterRecord({ kind: 'greeting', known: [], router });
  let pieces: Iterator<Uint8Array> = [].values();
  return () => {
    const piece = pieces.next();
    if (piece.done !== true) return piece.value;
    const createdMs = (parts.clock().seconds - DTN_EPOCH_S) * MS_PER_S;
    const record = bundleOf(parts, { ...ends, createdMs, payload });
    const [first = record, ...rest] = udpclDatagrams(record, datagramMax, random.u32());
    pieces = rest.values();
    return first;
  };
}

interface ForgedBundle {
  readonly destination: Eid;
  readonly source: Eid;
  readonly createdMs: number;
  readonly payload: Uint8Array;
}

function bundleOf(
  { random }: AttackerKnowledge,
  { destination, source, createdMs, payload }: ForgedBundle,
): Uint8Array {
  const crcType = CRC_TYPE.castagnoli;
  const primary = {
    ...{ flags: BUNDLE_FLAG.mustNotFragment, crcType },
    ...{
      destination: encodeEid(destination),
      source: encodeEid(source),
      reportTo: encodeEid(EID_NONE),
    },
    ...{ createdMs, sequence: random.u32(), lifetimeMs: ENCOUNTER_RECORD_LIFETIME_MS },
  };
  return encodeBundle(primary, [], payloadBlock(payload, crcType));
}
