/**
 * The fields of a ping packet (layout in `wire.ts`).
 *
 * @module
 */
import { makePacketReader } from '../../viz/format/layout-reader.ts';
import type { PacketReader } from '../../viz/format/packet-fields.ts';
import type { PacketLayout } from '../../viz/format/packet-layout.ts';
import { KIND_REPLY, KIND_REQUEST, PING_PORT, PING_VERSION } from './geometry.ts';

/** The layout of a ping packet. */
export const layout: PacketLayout = {
  isWhole: true,
  ports: [PING_PORT],
  layers: [
    {
      layer: 'ping',
      fields: [
        { name: 'version', size: 1, only: [PING_VERSION] },
        {
          ...{ name: 'kind', size: 1, only: [KIND_REQUEST, KIND_REPLY] },
          names: { [KIND_REQUEST]: 'request', [KIND_REPLY]: 'reply' },
        },
        { name: 'zeros', size: 2, only: [0], text: '' },
        { name: 'identifier', size: 4 },
        { name: 'body', size: 'rest', text: '{bytes} bytes, readable by anybody' },
      ],
    },
  ],
};

/** Reads the fields of a ping packet. */
export const fields: PacketReader = makePacketReader(layout);
