/**
 * What a node traces about its packets: the lengths of Sphinx packets follow from their format, not
 * from their bytes. Written where a node runs, read where packets are shown.
 *
 * @module
 */
import { count, type Form, form, oneOf, word } from '../_kit/text-form.ts';
import type { SingleState } from '../_kit/trace-state.ts';
import {
  EXCHANGE_ELEMENT_LENGTH,
  type Geometry,
  type GeometryOptions,
  HOPS_MAX,
  type KemName,
  type NikeName,
  USER_PAYLOAD_LENGTH_MAX,
} from './geometry.ts';

/** A format of packets and the input for its lengths. */
export interface PacketsState {
  /** Name of the format: `sphinx`, `modelled` or `outfox-like`. */
  readonly format: string;
  readonly options: GeometryOptions;
}

const NIKES = Object.keys(EXCHANGE_ELEMENT_LENGTH.nike) as NikeName[];
const KEMS = Object.keys(EXCHANGE_ELEMENT_LENGTH.kem) as KemName[];
const COMMON = { format: word, hops: count, bytes: count };
const BY_NIKE = form('{format} nike {name} hops={hops} payload={bytes}', {
  ...COMMON,
  name: oneOf(NIKES),
});
const BY_KEM = form('{format} kem {name} hops={hops} payload={bytes}', {
  ...COMMON,
  name: oneOf(KEMS),
});
const WITH_SURB = ' surb';

const PACKETS_FORM: Form<PacketsState> = {
  write: ({
    format,
    options: { exchange, nrHops, userForwardPayloadLength, withSurb },
  }): string => {
    const lengths = { format, hops: nrHops, bytes: userForwardPayloadLength };
    const text =
      exchange.kind === 'nike'
        ? BY_NIKE.write({ ...lengths, name: exchange.name })
        : BY_KEM.write({ ...lengths, name: exchange.name });
    return withSurb ? text + WITH_SURB : text;
  },
  read: (text): PacketsState | undefined => {
    const withSurb = text.endsWith(WITH_SURB);
    const plain = withSurb ? text.slice(0, -WITH_SURB.length) : text;
    const nike = BY_NIKE.read(plain);
    if (nike !== undefined) return packetsOf(nike, { kind: 'nike', name: nike.name }, withSurb);
    const kem = BY_KEM.read(plain);
    return kem && packetsOf(kem, { kind: 'kem', name: kem.name }, withSurb);
  },
};

/** The format of a node's packets, such as `sphinx nike x25519 hops=5 payload=2000 surb`. */
export const PACKETS: SingleState<PacketsState> = { machine: 'packets', state: PACKETS_FORM };

/** The state of a node with packets of this format. */
export function packetsState(format: string, geometry: Geometry): PacketsState {
  const { nikeName, kemName, nrHops, userForwardPayloadLength, withSurb } = geometry;
  const lengths = { nrHops, userForwardPayloadLength, withSurb };
  if (nikeName !== '') {
    return { format, options: { exchange: { kind: 'nike', name: nikeName }, ...lengths } };
  }
  if (kemName === '') throw new RangeError(`packets of ${format} have no key exchange`);
  return { format, options: { exchange: { kind: 'kem', name: kemName }, ...lengths } };
}

/** Undefined if no packet can have these lengths. */
function packetsOf(
  {
    format,
    hops,
    bytes,
  }: { readonly format: string; readonly hops: number; readonly bytes: number },
  exchange: GeometryOptions['exchange'],
  withSurb: boolean,
): PacketsState | undefined {
  if (hops < 1 || hops > HOPS_MAX || bytes < 1 || bytes > USER_PAYLOAD_LENGTH_MAX) return undefined;
  const lengths = { nrHops: hops, userForwardPayloadLength: bytes };
  return { format, options: { exchange, ...lengths, withSurb } };
}
