/**
 * The bytes of MACs that the hop fields of an entry leave out: 10 of 16 for each. A sender needs them to make the
 * validation fields of an EPIC-HP path. They are outside the signed part of an entry, which contains their digest
 * (reference proto/control_plane/experimental/v1/seg_detached_extensions.proto and pkg/segment/extensions/epic).
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import { concatByteList, equalBytes, writeUint16 } from '../../_kit/bytes.ts';
import { field, type MessageOf, message, optional, repeated } from '../../_kit/protobuf.ts';
import { bytes } from '../../_kit/protobuf-scalars.ts';
import { EPIC_REST_LENGTH } from '../geometry.ts';
import type { AsEntry, SegmentHop } from './segment.ts';
import { PEERS_MAX } from './static-info.ts';

/** Bytes of the digest (reference pkg/segment/extensions/digest, DigestLength). */
const DIGEST_LENGTH = 16;

/** The message PathSegmentUnsignedExtensions. */
export const UNSIGNED_EXTENSIONS = message({
  epic: optional(
    1_000,
    message({ hop: field(1, bytes), peers: repeated(2, bytes, { most: PEERS_MAX }) }),
  ),
});
type UnsignedExtensions = MessageOf<typeof UNSIGNED_EXTENSIONS>;

/** The message of an entry's unsigned extensions; undefined if it has none. */
export function makeUnsignedExtensions({ hop, peers }: AsEntry): UnsignedExtensions | undefined {
  if (hop.macRest === undefined) return undefined;
  const none = new Uint8Array(0);
  return {
    epic: { hop: hop.macRest, peers: peers.map(({ hop: { macRest } }) => macRest ?? none) },
  };
}

/**
 * Returns the entry with the MAC bytes of its unsigned extensions.
 * @returns undefined unless there are 10 bytes for each of its hop fields.
 */
export function withUnsignedExtensions(
  entry: AsEntry,
  read: UnsignedExtensions | undefined,
): AsEntry | undefined {
  if (read?.epic === undefined) return entry;
  const { hop, peers } = read.epic;
  const isWhole = [hop, ...peers].every(({ length }) => length === EPIC_REST_LENGTH);
  if (!isWhole || peers.length !== entry.peers.length) return undefined;
  const withRest = (of: SegmentHop, macRest: Uint8Array): SegmentHop => ({ ...of, macRest });
  return {
    ...entry,
    hop: withRest(entry.hop, hop),
    peers: entry.peers.map((peer, index) => ({
      ...peer,
      hop: withRest(peer.hop, peers[index] as Uint8Array),
    })),
  };
}

/** The digest of an entry's unsigned extensions; undefined if it has none. */
export function computeEpicDigest(
  crypto: Pick<CryptoProvider, 'sha256'>,
  entry: AsEntry,
): Uint8Array | undefined {
  const epic = makeUnsignedExtensions(entry)?.epic;
  if (epic === undefined) return undefined;
  // Reference epic.Detached, DigestInput: number of hop fields (2 bytes), then the left-out bytes of each
  // MAC.
  const count = new Uint8Array(2);
  writeUint16(count, 0, 1 + epic.peers.length);
  const input = concatByteList([count, epic.hop, ...epic.peers]);
  return crypto.sha256(input).subarray(0, DIGEST_LENGTH);
}

/**
 * True if an entry has no unsigned extensions, or exactly those whose digest it signed: an AS that passes a segment on
 * may leave them out, but not change or add them (reference pkg/segment/unsigned.go, checkUnsignedExtensions).
 */
export function isEpicDigestOf(
  crypto: Pick<CryptoProvider, 'sha256'>,
  digest: Uint8Array,
  entry: AsEntry,
): boolean {
  const computed = computeEpicDigest(crypto, entry);
  return computed === undefined || equalBytes(computed, digest);
}
