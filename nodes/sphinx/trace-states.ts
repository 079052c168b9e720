/**
 * The trace state in which a node records the format of its packets: the lengths of their fields do not follow
 * from their bytes. Nodes write it, and the browser view and dissectors read it.
 *
 * @module
 */
import {
  countFormat,
  oneOfFormat,
  type TextFormat,
  textFormatFromTemplate,
  wordFormat,
} from '../_kit/text-form.ts';
import type { SingleTraceState } from '../_kit/trace-state.ts';
import {
  EXCHANGE_ELEMENT_LENGTH,
  HOPS_MAX,
  type KeyExchangeId,
  type PacketGeometry,
  type PacketGeometryOptions,
  USER_PAYLOAD_LENGTH_MAX,
} from './geometry.ts';

/** A format of packets, and the options from which its lengths are computed. */
export interface PacketFormatState {
  /** Name of the format: `sphinx`, `modelled` or `outfox-like`. */
  readonly format: string;
  readonly options: PacketGeometryOptions;
}

const NAMES = Object.values(EXCHANGE_ELEMENT_LENGTH).flatMap((kind) => Object.keys(kind));
const LENGTHS = textFormatFromTemplate('{format} {kind} {name} hops={nrHops} payload={bytes}', {
  format: wordFormat,
  kind: oneOfFormat(['nike', 'kem']),
  name: oneOfFormat(NAMES),
  nrHops: countFormat,
  bytes: countFormat,
});
const WITH_SURB = ' surb';

const PACKETS_FORM: TextFormat<PacketFormatState> = {
  write: ({ format, options }): string => {
    const { exchange, nrHops, userForwardPayloadLength: bytes, withSurb } = options;
    const text = LENGTHS.write({ format, ...exchange, nrHops, bytes });
    return withSurb ? text + WITH_SURB : text;
  },
  read: (text): PacketFormatState | undefined => {
    const withSurb = text.endsWith(WITH_SURB);
    const found = LENGTHS.read(withSurb ? text.slice(0, -WITH_SURB.length) : text);
    if (found === undefined) return undefined;
    const { format, kind, name, nrHops, bytes } = found;
    const isFit =
      nrHops >= 1 && nrHops <= HOPS_MAX && bytes >= 1 && bytes <= USER_PAYLOAD_LENGTH_MAX;
    if (!isFit || !Object.hasOwn(EXCHANGE_ELEMENT_LENGTH[kind], name)) return undefined;
    const exchange = { kind, name } as KeyExchangeId;
    return { format, options: { exchange, nrHops, userForwardPayloadLength: bytes, withSurb } };
  },
};

/** The format of a node's packets, such as `sphinx nike x25519 hops=5 payload=2000 surb`. */
export const PACKET_FORMAT_TRACE: SingleTraceState<PacketFormatState> = {
  machine: 'packets',
  state: PACKETS_FORM,
};

/** The trace state that a node with packets of this format and geometry writes. */
export function packetFormatState(format: string, geometry: PacketGeometry): PacketFormatState {
  const { nikeName, kemName, nrHops, userForwardPayloadLength, withSurb } = geometry;
  const lengths = { nrHops, userForwardPayloadLength, withSurb };
  if (nikeName !== '') {
    return { format, options: { exchange: { kind: 'nike', name: nikeName }, ...lengths } };
  }
  if (kemName === '') throw new RangeError(`packets of ${format} have no key exchange`);
  return { format, options: { exchange: { kind: 'kem', name: kemName }, ...lengths } };
}
