/**
 * Federated learning: the option that compresses updates before they are sent.
 *
 * @module
 */
import { z } from 'zod';
import { shareSchema } from '../../_kit/options.ts';

/** Schema of the compression of updates. */
export const compressionConfig = z.union([
  z.literal('none'),
  /**
   * Each coordinate in few bits; then `learn.scale` and the bits of secure sums follow from that number
   * of bits.
   */
  z.strictObject({
    /** Bits of a coordinate. */
    bits: z.int().min(2).max(24),
  }),
  /** This share of the coordinates, the same random ones for all clients of a round. */
  z.strictObject({
    /** Share of the coordinates that is sent, the same random ones for all clients of a round. */
    randomK: shareSchema().refine((value) => value > 0, 'must be above 0'),
  }),
  /** Each client sends this share of the coordinates, its largest ones; the others are not sent. */
  z.strictObject({
    /** Share of the coordinates that each client sends: its largest ones. */
    topK: shareSchema().refine((value) => value > 0, 'must be above 0'),
  }),
  /** Only the coordinates whose magnitude is above a threshold; the others are not sent. */
  z.strictObject({
    /** Magnitude above which coordinates are sent. */
    threshold: z.number().min(0).max(1_000),
  }),
  /** A count-sketch: coordinates are added to rows of counters, and read as the median over the rows. */
  z.strictObject({
    sketch: z.strictObject({
      /** Rows of counters, an odd number. */
      rows: z
        .int()
        .min(1)
        .max(15)
        .refine((rows) => rows % 2 === 1, 'must be odd, so that there is a middle one')
        .default(5),
      /** Counters of a row. */
      columns: z.int().min(1).max(10_000_000),
    }),
  }),
]);

/** Checked options of the compression. */
export type CompressionOptions = z.output<typeof compressionConfig>;
