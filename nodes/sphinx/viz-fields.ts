/**
 * The fields of a Sphinx packet for the browser view. Their lengths come from the format that the nodes at the
 * link have traced (`trace-states.ts`). Encrypted fields are marked as such: the bytes alone do not reveal whose
 * key opens a slot, nor what the slot contains.
 *
 * @module
 */
import { makePacketReader } from '../../viz/format/layout-reader.ts';
import type { PacketReader } from '../../viz/format/packet-fields.ts';
import type { LayoutField, PacketLayout } from '../../viz/format/packet-layout.ts';
import { readSingleTracedState } from '../_kit/trace-state.ts';
import {
  createPacketGeometry,
  MAC_LENGTH,
  PAYLOAD_TAG_LENGTH,
  type PacketGeometry,
  VERSION_LENGTH,
} from './geometry.ts';
import { PACKET_FORMAT_TRACE } from './trace-states.ts';

/** The layout of the packets of nodes that have traced their format. */
export function layout(states: ReadonlyMap<string, string>): PacketLayout | undefined {
  const packets = readSingleTracedState(PACKET_FORMAT_TRACE, states)?.value;
  if (packets === undefined) return undefined;
  const geometry = createPacketGeometry(packets.options);
  const isModelled = packets.format === 'modelled';
  return {
    isWhole: true,
    within: 'mixnet',
    layers: [
      { layer: 'Sphinx header', fields: headerFields(geometry, isModelled) },
      { layer: 'Sphinx payload', fields: payloadFields(geometry, isModelled) },
    ],
  };
}

/** Reads the fields of a Sphinx packet. */
export const fields: PacketReader = makePacketReader(layout);

function headerFields(geometry: PacketGeometry, isModelled: boolean): readonly LayoutField[] {
  const { elementLength, nrHops, perHopRoutingInfoLength } = geometry;
  const seal = isModelled ? ', readable' : ', sealed';
  const slot = (number: number): LayoutField => ({
    ...{ name: `slot ${number + 1}`, size: perHopRoutingInfoLength },
    // The last real slot is followed by filler, which looks the same.
    text: `${number === 0 ? 'for the next node' : 'later node, or filler'}${seal}`,
  });
  return [
    { name: 'version', size: VERSION_LENGTH, form: 'hex' },
    { name: elementName(geometry), size: elementLength, text: '{value} ({bytes} B)' },
    ...Array.from({ length: nrHops }, (_, number) => slot(number)),
    { name: isModelled ? 'checksum for the MAC' : 'MAC', size: MAC_LENGTH },
  ];
}

function elementName({ nikeName, kemName }: PacketGeometry): string {
  return nikeName === '' ? `ciphertext of ${kemName}` : `group element of ${nikeName}`;
}

/** One field for the whole payload: AEZ enciphers tag and text as one block, so neither has a position of its own. */
function payloadFields(geometry: PacketGeometry, isModelled: boolean): readonly LayoutField[] {
  const { forwardPayloadLength } = geometry;
  return [
    {
      ...{ name: isModelled ? 'checksum for the tag' : 'tag (AEZ)', size: PAYLOAD_TAG_LENGTH },
      text: isModelled ? 'readable' : '32 zeros when all layers are off',
    },
    {
      ...{ name: 'forward payload', size: forwardPayloadLength },
      text: `{bytes} B, ${isModelled ? 'readable' : 'one AEZ layer a node'}`,
    },
  ];
}
