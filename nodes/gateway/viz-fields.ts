/**
 * The fields of a gateway's frame (layout in `wire.ts`). Sealed bytes stay sealed; of a handshake
 * only the frame type is shown, because its parts depend on which side sent it.
 *
 * @module
 */
import { makePacketReader } from '../../viz/format/layout-reader.ts';
import type { PacketReader } from '../../viz/format/packet-fields.ts';
import type { PacketLayout } from '../../viz/format/packet-layout.ts';
import { FRAME_CBOR_ITEMS, FRAME_TYPE, FRAME_VERSION, TAG_BYTES } from './geometry.ts';

const NAMES = Object.fromEntries(Object.entries(FRAME_TYPE).map(([name, type]) => [type, name]));
const HANDSHAKE = [FRAME_TYPE.handshake];
const TAG_WORDS = 'ChaCha20-Poly1305, over header and body';

/** The layout of a frame: the array's head and its integers in order, then the body. */
export const layout: PacketLayout = {
  isWhole: true,
  within: 'scion',
  layers: [
    {
      layer: 'gateway frame',
      fields: [
        {
          name: `array of ${FRAME_CBOR_ITEMS}`,
          size: 'cbor array',
          only: [FRAME_CBOR_ITEMS],
          text: '',
        },
        { name: 'version', size: 'cbor unsigned', only: [FRAME_VERSION] },
        {
          ...{ name: 'type', size: 'cbor unsigned', names: NAMES },
          only: Object.values(FRAME_TYPE),
        },
        { name: 'epoch', size: 'cbor unsigned' },
        { name: 'sequence', size: 'cbor unsigned' },
        { name: 'timestamp', size: 'cbor unsigned', text: '{value} us since 1970' },
        { name: 'fragment', size: 'cbor unsigned', text: '{value}, counted from 0' },
        { name: 'fragments', size: 'cbor unsigned' },
        { name: 'length', size: 'cbor bytes', text: '{value} bytes' },
        {
          ...{ name: 'Noise message', size: { of: 'length' }, when: { of: 'type', is: HANDSHAKE } },
          text: '{bytes} bytes',
        },
        {
          ...{ name: 'ciphertext', size: { of: 'length', plus: -TAG_BYTES } },
          ...{ when: { of: 'type', isNot: HANDSHAKE }, text: '{bytes} bytes' },
        },
        {
          ...{ name: 'tag', size: TAG_BYTES, when: { of: 'type', isNot: HANDSHAKE } },
          text: TAG_WORDS,
        },
      ],
    },
  ],
};

/** Reads the fields of a gateway's frame. */
export const fields: PacketReader = makePacketReader(layout);
