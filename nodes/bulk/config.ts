/**
 * Bulk: the options of a node in a topology or scenario file.
 *
 * @module
 */
import { z } from 'zod';
import { BULK_PORT } from './geometry.ts';

/** Schema of the options of `bulk` nodes. */
export const bulkConfig = z.strictObject({
  /** Port on which the node listens for streams. */
  port: z.int().min(1).max(65_535).default(BULK_PORT),
  /**
   * `psk`: TLS 1.3 with a key provisioned for each pair of nodes. Must be the same on all nodes.
   */
  secure: z.enum(['none', 'psk']).default('none'),
  /**
   * The work of the node is done when it has handed over this many packets, from all peers
   * together.
   */
  expects: z.int().min(1).optional(),
  /**
   * Defects for tests, never for real traffic: `flip` damages every hundredth packet it delivers,
   * `forgetful` forgets on restart what it delivered, `careless` forgets on restart what it had
   * accepted for sending, `swallowing` silently loses every hundredth packet it confirms, `mute`
   * answers no `flush`, `late` handles each `flush` 16 s later.
   */
  double: z.enum(['flip', 'forgetful', 'careless', 'swallowing', 'mute', 'late']).optional(),
});

/** The checked options of a `bulk` node. */
export type BulkOptions = z.output<typeof bulkConfig>;
