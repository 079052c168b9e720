/**
 * Opening of frames as a job on bytes (engine/host/compute.ts): the work of the worker threads. They decide nothing: when the
 * frame comes back, the session, which owns the replay window, checks its sequence number.
 *
 * ```
 * setup   | number of the key (4) | key (32) | ... for each epoch of each peer
 * bytes   | number of the key (4) | offset of the frame in the datagram (4) | datagram |
 * record  | length of the plaintext plus one, or 0 if the frame is not the peer's (4) |
 * ```
 * The plaintext replaces the body of the frame; the headers before it stay unchanged.
 *
 * @module
 */
import type { ByteJob, OpenedByteJob } from '../../../engine/host/compute.ts';
import type { AeadKey } from '../../../engine/host/crypto.ts';
import { readUint32, writeUint32 } from '../../_kit/bytes.ts';
import { wipe, wipeRange } from '../../_kit/secrets.ts';
import { openFrame } from '../crypto.ts';
import { BODY_BYTES_MAX, NONCE_BYTES, STATIC_KEY_BYTES } from '../geometry.ts';
import { decodeFrame, FrameHeader } from '../wire.ts';

/** Name of the job in the field `jobs` of the protocol. */
export const OPEN_JOB = 'open';
/** Number of bytes that a key with its number takes in a setup. */
export const KEY_ENTRY_BYTES: number = 4 + STATIC_KEY_BYTES;
/** Number of bytes before the datagram in the input of a job. */
export const OPEN_PREFIX_BYTES = 8;
const FRAME_AT = 4;
const RECORD_BYTES = 4;

/** Time of a call on the modelled processor, ns: ChaCha20-Poly1305 of a frame; not calibrated. */
export const openCostNs = (length: number): number => 2_000 + 2 * length;

/** Writes the bytes that precede the datagram. @param at Offset of the frame in the datagram. */
export function writeOpenPrefix(bytes: Uint8Array, key: number, at: number): void {
  writeUint32(bytes, 0, key);
  writeUint32(bytes, FRAME_AT, at);
}

/** Number of the key in the bytes of a call. */
export function openPrefixKey(bytes: Uint8Array): number {
  return readUint32(bytes, 0);
}

/** Offset of the frame in the bytes of a call. */
export function frameOffset(bytes: Uint8Array): number {
  return OPEN_PREFIX_BYTES + readUint32(bytes, FRAME_AT);
}

/** Reads a record. @returns the length of the plaintext; -1 if the frame is not from the peer. */
export function readOpenRecord(record: Uint8Array): number {
  return readUint32(record, 0) - 1;
}

/** The job that opens a data frame. */
export const openJob: ByteJob = {
  recordLength: RECORD_BYTES,
  open(setup, crypto): OpenedByteJob {
    const keys = new Map<number, AeadKey>();
    for (let at = 0; at < setup.length; at += KEY_ENTRY_BYTES) {
      const key = setup.slice(at + 4, at + KEY_ENTRY_BYTES);
      keys.set(readUint32(setup, at), crypto.aead('chacha20-poly1305', key));
      wipe(key);
    }
    const header = new FrameHeader();
    const nonce = new Uint8Array(NONCE_BYTES);
    const plaintext = new Uint8Array(BODY_BYTES_MAX);
    return {
      run(bytes, record): void {
        const key = keys.get(openPrefixKey(bytes));
        const at = frameOffset(bytes);
        if (key === undefined || decodeFrame(bytes, at, bytes.length - at, header) !== undefined) {
          return;
        }
        const length = openFrame({ key, nonce }, header, bytes, plaintext);
        if (length < 0) return;
        bytes.set(plaintext.subarray(0, length), header.body);
        wipeRange(plaintext, 0, length);
        writeUint32(record, 0, length + 1);
      },
      close(): void {
        for (const key of keys.values()) key.wipe();
      },
    };
  },
};
