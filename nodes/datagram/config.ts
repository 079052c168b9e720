/**
 * Datagram: the options of a node in a topology or scenario file.
 *
 * @module
 */
import { z } from 'zod';
import { DATAGRAM_BODY_BYTES_DEFAULT, DATAGRAM_BODY_BYTES_MAX, DATAGRAM_PORT } from './geometry.ts';

/** Schema of the options of a datagram node. */
export const datagramConfig = z.strictObject({
  /** UDP port to listen on; the same on all nodes. */
  port: z.int().min(1).max(65_535).default(DATAGRAM_PORT),
  /** Longest message, bytes; not above the MTU of the links. */
  maxBytes: z.int().min(64).max(DATAGRAM_BODY_BYTES_MAX).default(DATAGRAM_BODY_BYTES_DEFAULT),
});

/** The checked options of a datagram node. */
export type DatagramOptions = z.output<typeof datagramConfig>;
