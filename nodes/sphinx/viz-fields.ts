/**
 * The fields of a Sphinx packet, for the packet panel. Their lengths come from what the nodes at
 * the link have traced (`trace-states.ts`). Encrypted fields are shown as such: the bytes alone do
 * not reveal whose key opens a slot, nor what it contains.
 *
 * @module
 */
import type { PacketField, PacketReader } from '../../viz/format/packet-fields.ts';
import { toHex } from '../_kit/bytes.ts';
import { singleState } from '../_kit/trace-state.ts';
import {
  createGeometry,
  type Geometry,
  MAC_LENGTH,
  PAYLOAD_TAG_LENGTH,
  VERSION_LENGTH,
} from './geometry.ts';
import { PACKETS } from './trace-states.ts';

const HEADER = 'Sphinx header';
const PAYLOAD = 'Sphinx payload';

/** Reads the fields of a Sphinx packet. */
export const fields: PacketReader = (bytes, states) => {
  const packets = singleState(PACKETS, states)?.value;
  if (packets === undefined) return undefined;
  const geometry = createGeometry(packets.options);
  if (bytes.length !== geometry.packetLength) return undefined;
  const isModelled = packets.format === 'modelled';
  return [...headerFields(bytes, geometry, isModelled), ...payloadFields(geometry, isModelled)];
};

function headerFields(
  bytes: Uint8Array,
  geometry: Geometry,
  isModelled: boolean,
): readonly PacketField[] {
  const { elementLength, nrHops, perHopRoutingInfoLength, routingInfoOffset, macOffset } = geometry;
  const seal = isModelled ? ', readable' : ', sealed';
  const slot = (number: number): PacketField => ({
    layer: HEADER,
    name: `slot ${number + 1}`,
    offset: routingInfoOffset + number * perHopRoutingInfoLength,
    length: perHopRoutingInfoLength,
    // The last real slot is followed by filler, which looks the same.
    value: `${number === 0 ? 'for the next node' : 'later node, or filler'}${seal}`,
  });
  return [
    {
      ...{ layer: HEADER, name: 'version', offset: 0, length: VERSION_LENGTH },
      value: hex(bytes, 0, VERSION_LENGTH),
    },
    {
      ...{ layer: HEADER, name: elementName(geometry) },
      ...{ offset: VERSION_LENGTH, length: elementLength },
      value: `${hex(bytes, VERSION_LENGTH, 6)}… (${elementLength} B)`,
    },
    ...Array.from({ length: nrHops }, (_, number) => slot(number)),
    {
      ...{ layer: HEADER, name: isModelled ? 'checksum for the MAC' : 'MAC' },
      ...{ offset: macOffset, length: MAC_LENGTH },
      value: `${hex(bytes, macOffset, 6)}…`,
    },
  ];
}

function elementName({ nikeName, kemName }: Geometry): string {
  return nikeName === '' ? `ciphertext of ${kemName}` : `group element of ${nikeName}`;
}

/** AEZ enciphers tag and text as one block, so neither has a visible position. */
function payloadFields(geometry: Geometry, isModelled: boolean): readonly PacketField[] {
  const { headerLength, forwardPayloadLength } = geometry;
  const text = isModelled ? 'readable' : 'one AEZ layer a node';
  return [
    {
      ...{ layer: PAYLOAD, name: isModelled ? 'checksum for the tag' : 'tag (AEZ)' },
      ...{ offset: headerLength, length: PAYLOAD_TAG_LENGTH },
      value: isModelled ? 'readable' : '32 zeros when all layers are off',
    },
    {
      ...{ layer: PAYLOAD, name: 'forward payload' },
      ...{ offset: headerLength + PAYLOAD_TAG_LENGTH, length: forwardPayloadLength },
      value: `${forwardPayloadLength} B, ${text}`,
    },
  ];
}

function hex(bytes: Uint8Array, offset: number, length: number): string {
  return toHex(bytes.subarray(offset, offset + length));
}
