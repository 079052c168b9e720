/**
 * Replay protection: the options `replay` of a mix or provider in a topology or scenario file.
 *
 * @module
 */
import { z } from 'zod';
import {
  EXPECTED_TAGS_DEFAULT,
  EXPECTED_TAGS_MAX,
  FALSE_POSITIVE_SHARE_DEFAULT,
  FALSE_POSITIVE_SHARE_MAX,
  FALSE_POSITIVE_SHARE_MIN,
  PENDING_TAGS_MAX_DEFAULT,
} from './geometry.ts';

/** Schema of the options of replay protection. */
export const replayConfig = z.strictObject({
  /**
   * Expected number of packets that arrive under one mix key: rate times length of the epoch, with
   * a margin.
   */
  expectedTags: z.int().min(1).max(EXPECTED_TAGS_MAX).default(EXPECTED_TAGS_DEFAULT),
  /** Share of new packets that are dropped as replays once `expectedTags` packets have arrived. */
  falsePositive: z
    .number()
    .min(FALSE_POSITIVE_SHARE_MIN)
    .max(FALSE_POSITIVE_SHARE_MAX)
    .default(FALSE_POSITIVE_SHARE_DEFAULT),
  /**
   * Largest number of filters of one key. With 2, a second filter for as many packets is added when
   * the first one is full; packets are refused only when both filters are full.
   */
  filters: z.union([z.literal(1), z.literal(2)]).default(1),
  /** Largest number of packets that wait until their tags are on disk. */
  pendingMax: z.int().min(1).default(PENDING_TAGS_MAX_DEFAULT),
});

/** The checked options of replay protection. */
export type ReplayOptions = z.output<typeof replayConfig>;
