/**
 * The fields of a datagram between mixnet nodes, for the packet panel: its command and the fields
 * that belong to it (layout in `wire.ts`). A Sphinx packet inside is read by `nodes/sphinx`.
 *
 * @module
 */
import type { PacketField, PacketReader } from '../../viz/format/packet-fields.ts';
import { readUint32, toHex } from '../_kit/bytes.ts';
import {
  COMMAND_ASK,
  COMMAND_LENGTH,
  COMMAND_MESSAGE,
  COMMAND_PACKET,
  COMMAND_PROOF,
  COMMAND_RETRIEVE,
  KIND_LENGTH,
  SEQUENCE_LENGTH,
  WAITED_LENGTH,
} from './geometry.ts';

const FRAME = 'mixnet frame';
const COMMANDS: Readonly<Record<number, string>> = {
  [COMMAND_PACKET]: 'packet',
  [COMMAND_RETRIEVE]: 'retrieve',
  [COMMAND_MESSAGE]: 'message of the spool',
  [COMMAND_ASK]: 'ask for a proof',
  [COMMAND_PROOF]: 'proof',
};
const KINDS = ['empty', 'forward payload', 'reply'];
/** Length of a SURB identifier, in bytes. */
const SURB_ID_LENGTH = 16;

/** Reads the fields of a mixnet datagram. */
export const fields: PacketReader = (bytes) => {
  const [command = -1] = bytes;
  const name = COMMANDS[command];
  if (name === undefined) return undefined;
  const first = { layer: FRAME, name: 'command', offset: 0, length: COMMAND_LENGTH, value: name };
  const rest = [first, ...bodyOf(bytes, command)];
  return rest.filter(({ offset, length }) => length > 0 && offset + length <= bytes.length);
};

function bodyOf(bytes: Uint8Array, command: number): readonly PacketField[] {
  const length = bytes.length - COMMAND_LENGTH;
  const whole = { layer: FRAME, offset: COMMAND_LENGTH, length, value: `${length} bytes` };
  switch (command) {
    case COMMAND_PACKET:
      return [{ ...whole, name: 'Sphinx packet', holds: 'sphinx' }];
    case COMMAND_RETRIEVE:
      return [sequenceField(bytes, COMMAND_LENGTH), zeros(bytes, COMMAND_LENGTH + SEQUENCE_LENGTH)];
    case COMMAND_MESSAGE:
      return messageFields(bytes);
    default:
      return [{ ...whole, name: 'tag, answer, zeros' }];
  }
}

function messageFields(bytes: Uint8Array): readonly PacketField[] {
  const sequenceAt = COMMAND_LENGTH + KIND_LENGTH;
  const waitedAt = sequenceAt + SEQUENCE_LENGTH;
  const surbAt = waitedAt + WAITED_LENGTH;
  const bodyAt = surbAt + SURB_ID_LENGTH;
  if (bytes.length < bodyAt) return [];
  const kind = KINDS[bytes[COMMAND_LENGTH] ?? -1] ?? 'unknown';
  const surb = toHex(bytes.subarray(surbAt, surbAt + 6));
  return [
    { layer: FRAME, name: 'kind', offset: COMMAND_LENGTH, length: KIND_LENGTH, value: kind },
    sequenceField(bytes, sequenceAt),
    {
      ...{ layer: FRAME, name: 'waited at the provider', offset: waitedAt, length: WAITED_LENGTH },
      value: `${readUint32(bytes, waitedAt)} us`,
    },
    {
      ...{ layer: FRAME, name: 'SURB id', offset: surbAt, length: SURB_ID_LENGTH },
      value: `${surb}…`,
    },
    {
      ...{ layer: FRAME, name: 'body and zeros', offset: bodyAt, length: bytes.length - bodyAt },
      value: `${bytes.length - bodyAt} bytes`,
    },
  ];
}

function sequenceField(bytes: Uint8Array, offset: number): PacketField {
  const shape = { layer: FRAME, name: 'sequence', offset, length: SEQUENCE_LENGTH };
  const isThere = offset + SEQUENCE_LENGTH <= bytes.length;
  return { ...shape, value: isThere ? String(readUint32(bytes, offset)) : '' };
}

function zeros(bytes: Uint8Array, offset: number): PacketField {
  const length = bytes.length - offset;
  return { layer: FRAME, name: 'zeros', offset, length, value: `${length} bytes` };
}
