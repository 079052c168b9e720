/**
 * What a pipeline counts.
 *
 * @module
 */

/** Counts since the start of a pipeline; packets, except where said. */
export interface PipelineStats {
  /** Offered, dropped ones included. */
  submitted: number;
  /** Done by a job that did not throw. */
  processed: number;
  /** Their job threw, or is not open. */
  failed: number;
  /** With a worker when it died. */
  lost: number;
  /** Never taken in, by reason. */
  drops: { 'queue-full': number; 'too-long': number; 'no-worker': number };
  /** Taken into a slot, or into a buffer of the queue that lay ready. */
  poolHits: number;
  /** Taken into memory made for them, because no slot was free and no buffer lay ready. */
  poolMisses: number;
  /** Bytes copied on the way to a worker: once into a slot, and once before for a packet that waited for one. */
  copiedBytes: number;
  /** Most inside at a time. */
  peak: number;
  /** Times that a worker found packets. */
  batches: number;
  /** Times that a worker found none and slept. */
  sleeps: number;
}

/** All zero. */
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

/** Share of buffers that came from the pool, 0 ... 1; 1 when none was taken. */
export function poolHitRatio({ poolHits, poolMisses }: PipelineStats): number {
  const taken = poolHits + poolMisses;
  return taken === 0 ? 1 : poolHits / taken;
}
