/**
 * Path segments as text, for publishing: JSON with MACs in hexadecimal. Written and read within one
 * run by the same program.
 *
 * @module
 */
import { fromHex, toHex } from '../../_kit/bytes.ts';
import type { TopologySegments } from './beacon.ts';

interface MacText {
  readonly hex: string;
}

/** Writes segments. */
export function segmentsToJson(segments: TopologySegments): string {
  return JSON.stringify(segments, (_, value: unknown) =>
    value instanceof Uint8Array ? ({ hex: toHex(value) } satisfies MacText) : value,
  );
}

/** Reads what {@link segmentsToJson} wrote. @throws SyntaxError for anything else. */
export function segmentsFromJson(text: string): TopologySegments {
  return JSON.parse(text, (_, value: unknown) =>
    isMac(value) ? fromHex(value.hex) : value,
  ) as TopologySegments;
}

function isMac(value: unknown): value is MacText {
  return typeof value === 'object' && value !== null && 'hex' in value;
}
