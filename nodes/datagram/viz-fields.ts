/**
 * The field of a datagram: a message without a header. If the message is a packet of a protocol
 * that this one carries, its fields are shown.
 *
 * @module
 */
import { makePacketReader } from '../../viz/format/layout-reader.ts';
import type { PacketReader } from '../../viz/format/packet-fields.ts';
import type { PacketLayout } from '../../viz/format/packet-layout.ts';
import { DATAGRAM_PORT } from './geometry.ts';

/** The layout of a datagram. */
export const layout: PacketLayout = {
  ports: [DATAGRAM_PORT],
  layers: [
    {
      layer: 'datagram',
      fields: [{ name: 'message', size: 'rest', text: '{bytes} bytes, no header', holds: 'any' }],
    },
  ],
};

/** Reads the field of a datagram. */
export const fields: PacketReader = makePacketReader(layout);
