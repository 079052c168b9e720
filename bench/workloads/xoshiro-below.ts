/**
 * The generator that all workloads share with other simulators (docs/spec/workloads.md):
 * xoshiro128** from state (1, 2, 3, 4) and the plain, slightly biased integer below n, which any
 * kernel can implement.
 *
 * The engine itself does not use it; its integers are unbiased (engine/core/sampling.ts).
 *
 * @module
 */
import { Xoshiro128 } from '../../engine/core/random.ts';

/** Draws integers as the workloads define them. */
export class WorkloadRandom extends Xoshiro128 {
  constructor() {
    super([1, 2, 3, 4]);
  }

  /** floor(u32 * n / 2^32), exact for n < 2^21. */
  below(n: number): number {
    return Math.floor((this.nextU32() * n) / 4_294_967_296);
  }
}
