/**
 * Frames of the radio mesh (our own format, with the fields of Bluetooth meshes in a head of 20
 * bytes):
 *
 * ```
 *  0      1      2        4        6          10       12       14      15     16        20
 * +------+------+--------+--------+----------+--------+--------+-------+------+---------+-------
 * | kind | TTL  | origin | target | message  | index  | total  | row   | rows | length  | data
 * +------+------+--------+--------+----------+--------+--------+-------+------+---------+-------
 *
 * kind    1 fragment, 2 repair        index   of the fragment; of a repair, that of its block
 * total   fragments of the message    row     index of a repair in its block, of `rows` repairs
 * length  bytes of the message
 * ```
 *
 * In a profile with a longer head, zeros follow these fields.
 *
 * @module
 */
import { readUint16, readUint32, writeUint16, writeUint32 } from '../../_kit/bytes.ts';

/** Bytes of the fields in front of the data. */
export const MESH_HEAD_BYTES = 20;

const FRAGMENT = 1;
const REPAIR = 2;

/** A frame of a mesh: a fragment of a message, or a repair for a block of fragments. */
export interface MeshFrame {
  readonly kind: 'fragment' | 'repair';
  /** Number of hops that the frame may still make. */
  readonly ttl: number;
  /** Node numbers of sender and receiver of the message. */
  readonly origin: number;
  readonly target: number;
  readonly message: number;
  readonly index: number;
  readonly total: number;
  readonly row: number;
  readonly rows: number;
  readonly length: number;
  /** A view into the bytes of the frame. */
  readonly data: Uint8Array;
}

/** Encodes a frame of the radio mesh. @param headBytes Length of the head in the profile, bytes. */
export function encodeMeshFrame(frame: MeshFrame, headBytes: number): Uint8Array {
  const bytes = new Uint8Array(headBytes + frame.data.length);
  bytes[0] = frame.kind === 'fragment' ? FRAGMENT : REPAIR;
  bytes[1] = frame.ttl;
  writeUint16(bytes, 2, frame.origin);
  writeUint16(bytes, 4, frame.target);
  writeUint32(bytes, 6, frame.message);
  writeUint16(bytes, 10, frame.index);
  writeUint16(bytes, 12, frame.total);
  bytes[14] = frame.row;
  bytes[15] = frame.rows;
  writeUint32(bytes, 16, frame.length);
  bytes.set(frame.data, headBytes);
  return bytes;
}

/** Reads a frame; undefined if the bytes are not a frame. */
export function decodeMeshFrame(bytes: Uint8Array, headBytes: number): MeshFrame | undefined {
  const kind = bytes[0];
  if (bytes.length <= headBytes || (kind !== FRAGMENT && kind !== REPAIR)) return undefined;
  const [ttl, row, rows] = [bytes[1], bytes[14], bytes[15]] as [number, number, number];
  const [index, total] = [readUint16(bytes, 10), readUint16(bytes, 12)];
  const isRepair = kind === REPAIR;
  if (ttl === 0 || total === 0 || (!isRepair && index >= total)) return undefined;
  if (isRepair ? row >= rows : row + rows > 0) return undefined;
  return {
    kind: isRepair ? 'repair' : 'fragment',
    ttl,
    origin: readUint16(bytes, 2),
    target: readUint16(bytes, 4),
    message: readUint32(bytes, 6),
    index,
    total,
    row,
    rows,
    length: readUint32(bytes, 16),
    data: bytes.subarray(headBytes),
  };
}
