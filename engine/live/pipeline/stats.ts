/**
 * Counters of a pipeline.
 *
 * @module
 */

/** Counters since the start of a pipeline. */
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
  /** Number of packets that were accepted into a slot or into a free buffer of the queue. */
  poolHits: number;
  /** Number of packets accepted into newly allocated memory, because no slot and no buffer was free. */
  poolMisses: number;
  /**
   * Number of bytes copied on the way to a worker: once into a slot, and once more for a packet that waited
   * for a slot.
   */
  copiedBytes: number;
  /** Largest number of packets inside the pipeline at a time. */
  peak: number;
  /** How often a worker looked for packets and found some. */
  batches: number;
  /** How often a worker found no packets and slept. */
  sleeps: number;
}

/** Makes counters that are zero. */
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

/** Share of accepted packets for which no memory was allocated, 0 to 1; 1 if there were no packets. */
export function poolHitRatio({ poolHits, poolMisses }: PipelineStats): number {
  const taken = poolHits + poolMisses;
  return taken === 0 ? 1 : poolHits / taken;
}
