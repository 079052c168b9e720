/**
 * The field of a datagram, for the packet panel: a message without a header. If it is a packet of a
 * protocol above this one, that protocol's fields are shown.
 *
 * @module
 */
import type { PacketReader } from '../../viz/format/packet-fields.ts';

/** Reads the field of a datagram. */
export const fields: PacketReader = ({ length }) => [
  {
    ...{ layer: 'datagram', name: 'message', offset: 0, length, holds: 'any' },
    value: `${length} bytes, no header`,
  },
];
