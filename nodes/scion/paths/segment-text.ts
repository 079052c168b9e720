/**
 * Path segments as text, for what publishes them and those who read that: JSON with MACs in
 * hexadecimal. Read and written in the same run, by the same program.
 *
 * @module
 */
import { fromHex, toHex } from '../../_kit/bytes.ts';
import type { TopologySegments } from './beacon.ts';

interface MacText {
  readonly hex: string;
}

/** Writes segments. */
export function writeSegments(segments: TopologySegments): string {
  return JSON.stringify(segments, (_, value: unknown) =>
    value instanceof Uint8Array ? ({ hex: toHex(value) } satisfies MacText) : value,
  );
}

/** Reads what {@link writeSegments} wrote. @throws SyntaxError when it is something else. */
export function readSegments(text: string): TopologySegments {
  return JSON.parse(text, (_, value: unknown) =>
    isMac(value) ? fromHex(value.hex) : value,
  ) as TopologySegments;
}

function isMac(value: unknown): value is MacText {
  return typeof value === 'object' && value !== null && 'hex' in value;
}
