/**
 * Messages between nodes above a carrier (ours; there is no specification):
 *
 * ```
 *  0               1 … 4             5 …
 * +---------------+-----------------+-----------+
 * | 1 bundle      | transfer        | bundle    |
 * | 2 receipt     | transfer        |           |
 * +---------------+-----------------+-----------+
 * ```
 *
 * @module
 */
import { readUint32, writeUint32 } from '../../_kit/bytes.ts';

const BUNDLE = 1;
const RECEIPT = 2;

/** Bytes in front of a bundle. */
export const CARRIER_HEAD = 5;

/** A message; the bundle is a part of its bytes. */
export type CarrierMessage =
  | { readonly kind: 'bundle'; readonly transfer: number; readonly bundle: Uint8Array }
  | { readonly kind: 'receipt'; readonly transfer: number };

/** Writes a message. */
export function encodeCarrierMessage(message: CarrierMessage): Uint8Array {
  const isBundle = message.kind === 'bundle';
  const bytes = new Uint8Array(CARRIER_HEAD + (isBundle ? message.bundle.length : 0));
  bytes[0] = isBundle ? BUNDLE : RECEIPT;
  writeUint32(bytes, 1, message.transfer);
  if (isBundle) bytes.set(message.bundle, CARRIER_HEAD);
  return bytes;
}

/** Reads a message; undefined if it is none. */
export function decodeCarrierMessage(bytes: Uint8Array): CarrierMessage | undefined {
  if (bytes.length < CARRIER_HEAD) return undefined;
  const transfer = readUint32(bytes, 1);
  if (bytes[0] === BUNDLE) {
    return { kind: 'bundle', transfer, bundle: bytes.subarray(CARRIER_HEAD) };
  }
  const isReceipt = bytes[0] === RECEIPT && bytes.length === CARRIER_HEAD;
  return isReceipt ? { kind: 'receipt', transfer } : undefined;
}
