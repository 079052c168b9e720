/**
 * Counters of a pipeline.
 *
 * @module
 */

/** Counters since the start of a pipeline; packets, unless stated otherwise. */
export interface PipelineStats {
  /** Number of packets offered, including dropped ones. */
  submitted: number;
  /** Number of packets processed by a job that did not throw. */
  processed: number;
  /** Number of packets whose job threw, or was not open. */
  failed: number;
  /** Number of packets that were with a worker when it died. */
  lost: number;
  /** Number of rejected packets, by reason. */
  drops: { 'queue-full': number; 'too-long': number; 'no-worker': number };
  /** Accepted into a slot, or into a free buffer of the queue. */
  poolHits: number;
  /** Accepted into newly allocated memory, because no slot and no buffer was free. */
  poolMisses: number;
  /**
   * Bytes copied on the way to a worker: once into a slot, and once more for a packet that waited
   * for one.
   */
  copiedBytes: number;
  /** Largest number of packets inside at a time. */
  peak: number;
  /** Times that a worker found packets. */
  batches: number;
  /** Times that a worker found none and slept. */
  sleeps: number;
}

/** Counters set to zero. */
export function createStats(): PipelineStats {
  return {
    submitted: 0,
    processed: 0,
    failed: 0,
    lost: 0,
    drops: { 'queue-full': 0, 'too-long': 0, 'no-worker': 0 },
    poolHits: 0,
    poolMisses: 0,
    copiedBytes: 0,
    peak: 0,
    batches: 0,
    sleeps: 0,
  };
}

/** Share of buffers that came from the pool, 0 to 1; 1 if none was needed. */
export function poolHitRatio({ poolHits, poolMisses }: PipelineStats): number {
  const taken = poolHits + poolMisses;
  return taken === 0 ? 1 : poolHits / taken;
}
