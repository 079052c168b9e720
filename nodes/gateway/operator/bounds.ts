/**
 * Upper bounds of the buckets of a gateway's published histograms.
 *
 * @module
 */

/**
 * Bounds for times from 10 µs to 10 s, in seconds. The published bounds begin at 1 ms, but
 * processing usually takes less.
 */
export const SECOND_BOUNDS: readonly number[] = [
  ...[0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025],
  ...[0.05, 0.1, 0.15, 0.25, 0.5, 0.75, 1, 2.5, 5, 10],
];
/**
 * Bounds for times from 100 ns to 100 ms, in microseconds. The published bounds begin at 10 µs, but
 * many times are below one.
 */
export const MICROSECOND_BOUNDS: readonly number[] = [
  ...[0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 120, 200, 250, 500, 1_000, 2_500, 5_000],
  ...[10_000, 25_000, 50_000, 100_000],
];
/** Bounds for sizes of packets, bytes. */
export const SIZE_BOUNDS: readonly number[] = [
  64, 128, 256, 512, 1_024, 1_500, 2_048, 4_096, 8_192, 16_384, 32_768, 65_536,
];
/** Bounds for distances, as numbers of places. */
export const STEP_BOUNDS: readonly number[] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 8_192];
