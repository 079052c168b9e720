/**
 * Messages that two DTN nodes exchange over a carrier protocol (our own format; there is no
 * specification):
 *
 * ```
 *  0               1 … 4             5 … 8       9 …
 * +---------------+-----------------+-----------+-----------+
 * | 1 bundle      | transfer        | checksum  | bundle    |
 * | 2 receipt     | transfer        | checksum  |           |
 * +---------------+-----------------+-----------+-----------+
 * ```
 *
 * The checksum is CRC-32C over all other bytes. A carrier may have no checksum: then a flipped bit in
 * a transfer number would acknowledge another bundle, and blocks of a bundle need not have a CRC (RFC
 * 9171 section 4.2.1).
 *
 * @module
 */
import { crc32c } from '../../../engine/pure/crc32c.ts';
import { readUint32, writeUint32 } from '../../_kit/bytes.ts';

const BUNDLE = 1;
const RECEIPT = 2;
const CHECKSUM_AT = 5;

/** Length of a message in front of its bundle, bytes. */
export const CARRIER_HEAD_BYTES = 9;

/** A message over a carrier; a decoded `bundle` is a view into the received bytes. */
export type TransferMessage =
  | { readonly kind: 'bundle'; readonly transfer: number; readonly bundle: Uint8Array }
  | { readonly kind: 'receipt'; readonly transfer: number };

/** Encodes a message for a carrier. */
export function encodeTransferMessage(message: TransferMessage): Uint8Array {
  const isBundle = message.kind === 'bundle';
  const bytes = new Uint8Array(CARRIER_HEAD_BYTES + (isBundle ? message.bundle.length : 0));
  bytes[0] = isBundle ? BUNDLE : RECEIPT;
  writeUint32(bytes, 1, message.transfer);
  if (isBundle) bytes.set(message.bundle, CARRIER_HEAD_BYTES);
  writeUint32(bytes, CHECKSUM_AT, checksumOf(bytes));
  return bytes;
}

/** Decodes a message; undefined if the bytes are not a message, or were changed on the way. */
export function decodeTransferMessage(bytes: Uint8Array): TransferMessage | undefined {
  if (bytes.length < CARRIER_HEAD_BYTES) return undefined;
  if (readUint32(bytes, CHECKSUM_AT) !== checksumOf(bytes)) return undefined;
  const transfer = readUint32(bytes, 1);
  if (bytes[0] === BUNDLE) {
    return { kind: 'bundle', transfer, bundle: bytes.subarray(CARRIER_HEAD_BYTES) };
  }
  const isReceipt = bytes[0] === RECEIPT && bytes.length === CARRIER_HEAD_BYTES;
  return isReceipt ? { kind: 'receipt', transfer } : undefined;
}

function checksumOf(bytes: Uint8Array): number {
  return crc32c(bytes, crc32c(bytes, 0, 0, CHECKSUM_AT), CARRIER_HEAD_BYTES);
}
