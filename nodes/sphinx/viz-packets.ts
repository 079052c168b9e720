/**
 * The packet format of a node, as human-readable text for its trace: the lengths of Sphinx packets
 * follow from it, not from their bytes.
 *
 * @module
 */
import type { Geometry, GeometryOptions, KemName, NikeName } from './geometry.ts';

/** Name of the state machine that has the text as its state. */
export const PACKETS = 'packets';

const TEXT = /^([\w-]+) (nike|kem) ([\w-]+) hops=(\d+) payload=(\d+)( surb)?$/;

/** A format and the input for its lengths. */
export interface PacketsText {
  /** Name of the format: `sphinx`, `modelled` or `outfox-like`. */
  readonly format: string;
  readonly options: GeometryOptions;
}

/** Writes a text such as `sphinx nike x25519 hops=5 payload=2000 surb`. */
export function writePackets(format: string, geometry: Geometry): string {
  const { nikeName, kemName, nrHops, userForwardPayloadLength, withSurb } = geometry;
  const exchange = nikeName === '' ? `kem ${kemName}` : `nike ${nikeName}`;
  const room = withSurb ? ' surb' : '';
  return `${format} ${exchange} hops=${nrHops} payload=${userForwardPayloadLength}${room}`;
}

/** Reads {@link writePackets}; does not check names of exchanges. */
export function readPackets(text: string | undefined): PacketsText | undefined {
  const [, format, kind, name, hops, payload, surb] = TEXT.exec(text ?? '') ?? [];
  if (format === undefined || name === undefined) return undefined;
  const exchange =
    kind === 'nike'
      ? ({ kind, name: name as NikeName } as const)
      : ({ kind: 'kem', name: name as KemName } as const);
  const lengths = { nrHops: Number(hops), userForwardPayloadLength: Number(payload) };
  return { format, options: { exchange, ...lengths, withSurb: surb !== undefined } };
}
