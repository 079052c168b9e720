/**
 * Reads the fields of a datagram between mixnet nodes: its command and the fields of that command
 * (layout in `wire.ts`). A Sphinx packet inside is read by `nodes/sphinx`.
 *
 * @module
 */
import { makePacketReader } from '../../viz/format/layout-reader.ts';
import type { PacketReader } from '../../viz/format/packet-fields.ts';
import type { LayoutField, PacketLayout } from '../../viz/format/packet-layout.ts';
import {
  COMMAND_LENGTH,
  COMMAND_MESSAGE,
  COMMAND_PROOF,
  COMMAND_PROOF_REQUEST,
  COMMAND_RETRIEVE_MESSAGE,
  COMMAND_SEND_PACKET,
  PACKET_PORT,
  SPOOL_SEQUENCE_LENGTH,
  SPOOLED_KIND_LENGTH,
  SPOOLED_TIME_LENGTH,
} from './geometry.ts';

const COMMANDS: Readonly<Record<number, string>> = {
  [COMMAND_SEND_PACKET]: 'packet',
  [COMMAND_RETRIEVE_MESSAGE]: 'retrieve',
  [COMMAND_MESSAGE]: 'message of the spool',
  [COMMAND_PROOF_REQUEST]: 'ask for a proof',
  [COMMAND_PROOF]: 'proof',
};
const KINDS: Readonly<Record<number, string>> = { 0: 'empty', 1: 'forward payload', 2: 'reply' };
/** Length of a SURB identifier, in bytes. */
const SURB_ID_LENGTH = 16;

/** Makes a field that exists only in datagrams with one of the commands `is`. */
function ofCommand(is: readonly number[], field: Omit<LayoutField, 'when'>): LayoutField {
  return { ...field, when: { of: 'command', is } };
}

/** Makes a field that covers all remaining bytes, in datagrams with one of the commands `is`. */
function rest(is: readonly number[], name: string): LayoutField {
  return ofCommand(is, { name, size: 'rest', text: '{bytes} bytes' });
}

/** The layout of a mixnet datagram. */
export const layout: PacketLayout = {
  ports: [PACKET_PORT],
  layers: [
    {
      layer: 'mixnet frame',
      fields: [
        {
          ...{ name: 'command', size: COMMAND_LENGTH, names: COMMANDS },
          only: Object.keys(COMMANDS).map(Number),
        },
        { ...rest([COMMAND_SEND_PACKET], 'Sphinx packet'), holds: 'sphinx' },
        ofCommand([COMMAND_MESSAGE], { name: 'kind', size: SPOOLED_KIND_LENGTH, names: KINDS }),
        ofCommand([COMMAND_RETRIEVE_MESSAGE, COMMAND_MESSAGE], {
          ...{ name: 'sequence', size: SPOOL_SEQUENCE_LENGTH },
        }),
        ofCommand([COMMAND_MESSAGE], {
          ...{ name: 'waited at the provider', size: SPOOLED_TIME_LENGTH, text: '{value} us' },
        }),
        ofCommand([COMMAND_MESSAGE], { name: 'SURB id', size: SURB_ID_LENGTH }),
        rest([COMMAND_MESSAGE], 'body and zeros'),
        rest([COMMAND_RETRIEVE_MESSAGE], 'zeros'),
        rest([COMMAND_PROOF_REQUEST, COMMAND_PROOF], 'tag, answer, zeros'),
      ],
    },
  ],
};

/** Reads the fields of a mixnet datagram. */
export const fields: PacketReader = makePacketReader(layout);
