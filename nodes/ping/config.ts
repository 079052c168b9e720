/**
 * Ping: the options of a node in a topology or scenario file.
 *
 * @module
 */
import { z } from 'zod';
import { durationNsSchema } from '../_kit/options.ts';
import { DEFAULT_TIMEOUT_NS, PING_PORT } from './geometry.ts';

/** Schema of the options of `ping` nodes. */
export const pingConfig = z.strictObject({
  /** UDP port to listen on. */
  port: z.int().min(1).max(65_535).default(PING_PORT),
  /** Time to wait for a reply. */
  timeout: durationNsSchema().default(DEFAULT_TIMEOUT_NS),
});

/** The checked options of a `ping` node. */
export type PingOptions = z.output<typeof pingConfig>;
