/**
 * Mixnet: the published `mixnode.toml` as options of a node.
 *
 * Every published key is read, in its published unit, with its published default. Keys that
 * describe a process or a goal rather than a node (workers, batch, targets) are returned beside the
 * options. Settings with no equivalent here are refused with a reason: packets without Sphinx, more
 * than five hops.
 *
 * Reads the part of TOML that such a file uses: tables, and keys with strings, numbers and
 * booleans.
 *
 * @module
 */
import { linesOf } from '../../engine/pure/text-lines.ts';

/** Values of a file, by `table.key`. */
type Flat = Map<string, string | number | boolean>;

/** The content of a file. */
export interface MixnodeFile {
  /** Options of `run: mixnet`, as a topology or scenario file would give them. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Options of a packet pipeline: threads, buffers, packets held, packets per wake-up. */
  readonly pipeline: {
    readonly workers: number;
    readonly batch: number;
    readonly slots: number;
    readonly queue: number;
  };
  /** The operator's targets: packets/s, and milliseconds of processing. */
  readonly targets: { readonly packetsPerSecond: number; readonly processingMs: number };
  /** `entry` mixes are in the first layer, `exit` mixes in the last. */
  readonly place: 'entry' | 'middle' | 'exit';
}

/** A file that cannot be used: the reason, and the line. */
export interface MixnodeRefusal {
  readonly refusal: string;
  /** The line number, from 1; absent if a combination of keys is wrong. */
  readonly line?: number;
}

/** The published keys with their defaults. */
const DEFAULTS = {
  'node.type': 'middle',
  'node.port': 9_001,
  'pipeline.workers': 4,
  'pipeline.batch_size': 128,
  'pipeline.pool_size': 1_024,
  'pipeline.max_queue_depth': 10_000,
  'performance.target_throughput_pps': 25_000,
  'performance.max_avg_latency_ms': 1,
  'sphinx.enabled': true,
  'sphinx.num_hops': 3,
  'vrf.enabled': true,
  'vrf.delay_variance_ms': 50,
  'cover_traffic.enabled': true,
  'cover_traffic.generation_rate_pps': 100,
  // Published as fields of the program's RateLimitingConfig, but not as keys of the file.
  'rate_limiting.max_rate_pps': 25_000,
  'rate_limiting.burst_size': 1_000,
  'rate_limiting.traffic_shaping_enabled': true,
} as const;
type Key = keyof typeof DEFAULTS;

/** Largest file that is read; the published one has 40 lines. */
const LIMITS = { lines: 10_000, columns: 1_000 };
const HOPS_MAX = 5;
const PORT_MAX = 65_535;
const TABLE = /^\[([\w.-]+)\]$/;
const ENTRY = /^([\w-]+)\s*=\s*("[^"]*"|'[^']*'|[^\s#]+)$/;
const COMMENT = /^((?:"[^"]*"|'[^']*'|[^"'#])*)#.*$/;

/** Reads a file; unknown keys, wrong types and values out of range are rejected with their line. */
export function readMixnodeToml(text: string): MixnodeFile | MixnodeRefusal {
  const read = linesOf(text, LIMITS);
  if (read.kind === 'mistakes') {
    const [mistake] = read.mistakes;
    const line = text.slice(0, mistake?.start).split('\n').length;
    return { refusal: mistake?.message ?? '', line };
  }
  const found: Flat = new Map();
  let table = '';
  let number = 0;
  for (const { text: whole } of read.lines) {
    number += 1;
    const line = whole.replace(COMMENT, '$1').trim();
    if (line === '') continue;
    const named = TABLE.exec(line);
    if (named !== null) {
      table = `${named[1]}.`;
      continue;
    }
    const refusal = readEntry(line, table, found);
    if (refusal !== undefined) return { refusal, line: number };
  }
  return build(found);
}

function readEntry(line: string, table: string, found: Flat): string | undefined {
  const [, name, text] = ENTRY.exec(line) ?? [];
  if (name === undefined || text === undefined) return `cannot read: ${line}`;
  const key = `${table}${name}`;
  if (!Object.hasOwn(DEFAULTS, key))
    return `unknown key ${key}; keys: ${Object.keys(DEFAULTS).join(', ')}`;
  if (found.has(key)) return `${key} occurs twice`;
  const value = scalarOf(text);
  const expected = DEFAULTS[key as Key];
  if (typeof value !== typeof expected) return `${key}: ${text} is no ${typeof expected}`;
  if (typeof value === 'number' && !(value > 0)) return `${key}: ${text} is not above 0`;
  found.set(key, value as string | number | boolean);
  return undefined;
}

function scalarOf(text: string): string | number | boolean | undefined {
  if (text === 'true' || text === 'false') return text === 'true';
  if (/^["']/.test(text)) return text.slice(1, -1);
  const digits = text.replace(/(\d)_(?=\d)/g, '$1');
  return /^[+-]?\d+(\.\d+)?$/.test(digits) ? Number(digits) : undefined;
}

function build(found: Flat): MixnodeFile | MixnodeRefusal {
  const number = (key: Key): number => Number(found.get(key) ?? DEFAULTS[key]);
  const isOn = (key: Key): boolean => (found.get(key) ?? DEFAULTS[key]) === true;
  const place = String(found.get('node.type') ?? DEFAULTS['node.type']);
  if (place !== 'entry' && place !== 'middle' && place !== 'exit') {
    return { refusal: `node.type: ${place} is none of entry, middle, exit` };
  }
  const refusal = refusalOf(number, isOn('sphinx.enabled'));
  if (refusal !== undefined) return { refusal };
  const queue = number('pipeline.max_queue_depth');
  const cover = isOn('cover_traffic.enabled') ? number('cover_traffic.generation_rate_pps') : 0;
  return {
    place,
    options: {
      role: 'mix',
      port: number('node.port'),
      layers: number('sphinx.num_hops'),
      queue,
      pool: number('pipeline.pool_size'),
      // The standard deviation of an exponential distribution is its mean.
      rates: {
        delay: { mean: `${number('vrf.delay_variance_ms')}ms` },
        mixLoop: `${cover}/s`,
      },
      mixing: { strategy: isOn('vrf.enabled') ? 'vrf-exp' : 'poisson', queueLimit: queue },
      limit: {
        rate: `${number('rate_limiting.max_rate_pps')}/s`,
        burst: number('rate_limiting.burst_size'),
        shaping: isOn('rate_limiting.traffic_shaping_enabled'),
      },
    },
    pipeline: {
      workers: number('pipeline.workers'),
      batch: number('pipeline.batch_size'),
      slots: number('pipeline.pool_size'),
      queue,
    },
    targets: {
      packetsPerSecond: number('performance.target_throughput_pps'),
      processingMs: number('performance.max_avg_latency_ms'),
    },
  };
}

function refusalOf(number: (key: Key) => number, isSphinx: boolean): string | undefined {
  if (!isSphinx)
    return 'sphinx.enabled: false would mean copying packets unchanged, which a mix never does';
  const hops = number('sphinx.num_hops');
  if (hops > HOPS_MAX) return `sphinx.num_hops: ${hops} is more than ${HOPS_MAX}`;
  if (number('node.port') > PORT_MAX) return `node.port: ${number('node.port')} is not a port`;
  const whole: readonly Key[] = [
    'node.port',
    'sphinx.num_hops',
    'pipeline.workers',
    'pipeline.batch_size',
    'pipeline.pool_size',
    'pipeline.max_queue_depth',
    'rate_limiting.burst_size',
  ];
  const broken = whole.find((key) => !Number.isInteger(number(key)));
  return broken === undefined ? undefined : `${broken}: ${number(broken)} is not a whole number`;
}
