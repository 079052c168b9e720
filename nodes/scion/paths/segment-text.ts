/**
 * Path segments as text, in which form they are published: JSON with MACs in hexadecimal. The text
 * is written and read by the same program within one run.
 *
 * @module
 */
import { fromHex, toHex } from '../../_kit/bytes.ts';
import type { TopologySegments } from './beacon.ts';

interface MacText {
  readonly hex: string;
}

/** Formats segments as JSON. */
export function segmentsToJson(segments: TopologySegments): string {
  return JSON.stringify(segments, (_, value: unknown) =>
    value instanceof Uint8Array ? ({ hex: toHex(value) } satisfies MacText) : value,
  );
}

/**
 * Parses the text of {@link segmentsToJson}.
 * @throws SyntaxError for text that is not JSON.
 */
export function segmentsFromJson(text: string): TopologySegments {
  return JSON.parse(text, (_, value: unknown) =>
    isMac(value) ? fromHex(value.hex) : value,
  ) as TopologySegments;
}

function isMac(value: unknown): value is MacText {
  return typeof value === 'object' && value !== null && 'hex' in value;
}
