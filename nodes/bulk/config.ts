/**
 * Bulk: the options of a node in a topology or scenario file.
 *
 * @module
 */
import { z } from 'zod';
import { BULK_PORT } from './geometry.ts';

/** Schema of the options. */
export const bulkConfig = z.strictObject({
  /** Stream port to listen on. */
  port: z.int().min(1).max(65_535).default(BULK_PORT),
  /** `psk`: TLS 1.3 with a key that each pair of nodes was provisioned with. Alike on all nodes. */
  secure: z.enum(['none', 'psk']).default('none'),
  /**
   * Test doubles, never for traffic: `flip` damages each hundredth packet that it hands over,
   * `forgetful` no longer knows after a restart what it handed over, `careless` no longer has what it
   * had taken over to send, `swallowing` loses each hundredth packet that it confirms, without a word.
   */
  double: z.enum(['flip', 'forgetful', 'careless', 'swallowing']).optional(),
});

/** Checked options. */
export type BulkOptions = z.output<typeof bulkConfig>;
