/**
 * The fields of a gateway's frame, for the packet panel (layout in `wire.ts`). Sealed bytes stay
 * sealed; of a handshake only the frame type is shown, because its parts depend on which side sent
 * it.
 *
 * @module
 */
import type { PacketField, PacketReader } from '../../viz/format/packet-fields.ts';
import { FRAME_TYPE, TAG_BYTES } from './geometry.ts';
import { decodeFrame, FrameHeader } from './wire.ts';

const LAYER = 'gateway frame';
const TYPES = Object.entries(FRAME_TYPE);

/** Reads the fields of a gateway's frame. */
export const fields: PacketReader = (bytes) => {
  const header = new FrameHeader();
  if (decodeFrame(bytes, 0, bytes.length, header) !== undefined) return undefined;
  return [...headFields(bytes, header), ...bodyFields(header)];
};

/** The array head and its integers in order: each item states its own length. */
function headFields(bytes: Uint8Array, header: FrameHeader): readonly PacketField[] {
  const type = TYPES.find(([, number]) => number === header.type)?.[0] ?? String(header.type);
  const items: readonly (readonly [name: string, value: string])[] = [
    ['array of 8', ''],
    ['version', String(bytes[1] ?? '')],
    ['type', type],
    ['epoch', String(header.epoch)],
    ['sequence', String(header.sequence)],
    ['timestamp', `${header.timestamp} us since 1970`],
    ['fragment', `${header.fragment + 1} of ${header.fragments}`],
    ['fragments', String(header.fragments)],
    ['length', `${header.bodyLength} bytes`],
  ];
  let offset = 0;
  return items.map(([name, value]) => {
    const length = headLength(bytes[offset] ?? 0);
    const field = { layer: LAYER, name, offset, length, value };
    offset += length;
    return field;
  });
}

function bodyFields({ body, bodyLength, type }: FrameHeader): readonly PacketField[] {
  const isHandshake = type === FRAME_TYPE.handshake;
  const tag = isHandshake ? 0 : Math.min(TAG_BYTES, bodyLength);
  const sealed = bodyLength - tag;
  const all: readonly PacketField[] = [
    {
      ...{ layer: LAYER, name: isHandshake ? 'Noise message' : 'ciphertext' },
      ...{ offset: body, length: sealed, value: `${sealed} bytes` },
    },
    {
      ...{ layer: LAYER, name: 'tag', offset: body + sealed, length: tag },
      value: 'ChaCha20-Poly1305, over header and body',
    },
  ];
  return all.filter(({ length }) => length > 0);
}

/** RFC 8949 section 3: the low five bits of an item determine how many bytes its argument has. */
function headLength(first: number): number {
  const info = first & 0x1f;
  return info < 24 ? 1 : 1 + 2 ** (info - 24);
}
