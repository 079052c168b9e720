/**
 * Mixnet: converts a file `mixnode.toml`, in its published format (keys, units, defaults), to the
 * options of a node.
 *
 * Keys that describe a process or a goal rather than a node (workers, batch, targets) are returned
 * separately from the options. Settings with no equivalent here are refused with a reason: packets
 * without Sphinx, more than five hops. The input of the schema is the parsed content of the file.
 *
 * @module
 */
import { z } from 'zod';

/** The content of a `mixnode.toml`, converted to the options of this project. */
export interface MixnodeFile {
  /** Options of `run: mixnet`, in the form that a topology or scenario file uses. */
  readonly options: Readonly<Record<string, unknown>>;
  /**
   * Settings of the process that handles packets: number of worker threads, packets per wake-up,
   * buffers, and packets held.
   */
  readonly pipeline: {
    readonly workers: number;
    readonly batch: number;
    readonly slots: number;
    readonly queue: number;
  };
  /** The operator's targets: throughput, packets/s, and mean processing time of a packet, ms. */
  readonly targets: { readonly packetsPerSecond: number; readonly processingMs: number };
  /** Position of the mix: `entry` mixes are in the first layer, `exit` mixes in the last. */
  readonly place: 'entry' | 'middle' | 'exit';
}

const HOPS_MAX = 5;
const PORT_MAX = 65_535;
const NO_SPHINX = 'false would mean copying packets unchanged, which a mix never does';

const count = z.int().min(1);
const positive = z.number().refine((value) => value > 0, 'is not above 0');
const isOn = z.boolean().default(true);

/** Schema of a table of the file whose keys all have defaults, so that the table may be missing. */
const table = <S extends z.ZodRawShape>(keys: S): z.ZodPrefault<z.ZodObject<S, z.core.$strict>> =>
  z.strictObject(keys).prefault({} as never);

const tables = z.strictObject({
  node: table({
    type: z.enum(['entry', 'middle', 'exit']).default('middle'),
    port: count.max(PORT_MAX).default(9_001),
  }),
  pipeline: table({
    workers: count.default(4),
    batch_size: count.default(128),
    pool_size: count.default(1_024),
    max_queue_depth: count.default(10_000),
  }),
  performance: table({
    target_throughput_pps: positive.default(25_000),
    max_avg_latency_ms: positive.default(1),
  }),
  sphinx: table({
    enabled: isOn.refine((value) => value, NO_SPHINX),
    num_hops: count.max(HOPS_MAX).default(3),
  }),
  vrf: table({ enabled: isOn, delay_variance_ms: positive.default(50) }),
  cover_traffic: table({ enabled: isOn, generation_rate_pps: positive.default(100) }),
  // The published keys of the file do not include these; they are fields of the program's
  // RateLimitingConfig.
  rate_limiting: table({
    max_rate_pps: positive.default(25_000),
    burst_size: count.default(1_000),
    traffic_shaping_enabled: isOn,
  }),
});

/** Schema that checks the values of a file and converts them to options. */
export const mixnodeTomlSchema: z.ZodType<MixnodeFile> = tables.transform(
  ({ node, pipeline, performance, sphinx, vrf, cover_traffic: cover, rate_limiting: limit }) => ({
    place: node.type,
    options: {
      role: 'mix',
      port: node.port,
      layers: sphinx.num_hops,
      queue: pipeline.max_queue_depth,
      pool: pipeline.pool_size,
      // The file calls the standard deviation of the delay `delay_variance_ms`; for an exponential
      // distribution it equals the mean.
      rates: {
        delay: { mean: `${vrf.delay_variance_ms}ms` },
        mixLoop: `${cover.enabled ? cover.generation_rate_pps : 0}/s`,
      },
      mixing: {
        strategy: vrf.enabled ? 'vrf-exp' : 'poisson',
        queueLimit: pipeline.max_queue_depth,
      },
      limit: {
        rate: `${limit.max_rate_pps}/s`,
        burst: limit.burst_size,
        shaping: limit.traffic_shaping_enabled,
      },
    },
    pipeline: {
      workers: pipeline.workers,
      batch: pipeline.batch_size,
      slots: pipeline.pool_size,
      queue: pipeline.max_queue_depth,
    },
    targets: {
      packetsPerSecond: performance.target_throughput_pps,
      processingMs: performance.max_avg_latency_ms,
    },
  }),
);
