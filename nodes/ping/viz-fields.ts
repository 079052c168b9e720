/**
 * The fields of a ping packet, for the packet panel (layout in `wire.ts`).
 *
 * @module
 */
import type { PacketField, PacketReader } from '../../viz/format/packet-fields.ts';
import { HEADER_LENGTH, IDENTIFIER_OFFSET } from './geometry.ts';
import { decodeHeader } from './wire.ts';

const LAYER = 'ping';

/** Reads the fields of a ping packet. */
export const fields: PacketReader = (bytes) => {
  const header = decodeHeader(bytes, 0, bytes.length);
  if (typeof header === 'string') return undefined;
  const body = bytes.length - HEADER_LENGTH;
  const all: readonly PacketField[] = [
    { layer: LAYER, name: 'version', offset: 0, length: 1, value: String(bytes[0]) },
    { layer: LAYER, name: 'kind', offset: 1, length: 1, value: header.kind },
    { layer: LAYER, name: 'zeros', offset: 2, length: 2, value: '' },
    {
      ...{ layer: LAYER, name: 'identifier', offset: IDENTIFIER_OFFSET, length: 4 },
      value: String(header.identifier),
    },
    {
      ...{ layer: LAYER, name: 'body', offset: HEADER_LENGTH, length: body },
      value: `${body} bytes, readable by anybody`,
    },
  ];
  return all.filter(({ length }) => length > 0);
};
