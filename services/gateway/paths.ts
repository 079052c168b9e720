/**
 * Reads the answer to the question `paths` of a gateway.
 *
 * @module
 */
import { z } from 'zod';

const PATHS = z.array(
  z.object({
    fingerprint: z.string(),
    /** Interfaces such as `1-ff00:0:110#2`. */
    interfaces: z.array(z.string()),
    mtu: z.number(),
    /** Seconds since 1970. */
    expires: z.number(),
  }),
);

/** The listed paths; undefined if the text is no such answer. */
export function readListedPaths(text: string): z.output<typeof PATHS> | undefined {
  try {
    const read = PATHS.safeParse(JSON.parse(text));
    return read.success ? read.data : undefined;
  } catch {
    // Without JSON there are no paths.
    return undefined;
  }
}
