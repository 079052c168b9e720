/** The published mixnode.toml, and the options of a node that result from it. */
import { describe, expect, it } from 'vitest';
import { mixnetConfig } from '../../../../nodes/mixnet/config.ts';
import { readMixnodeToml } from '../../../../nodes/mixnet/mixnode-toml.ts';

/** The file as published. */
const PUBLISHED = `[node]
type = "middle"
port = 9001

[pipeline]
workers = 4
batch_size = 128
pool_size = 1024
max_queue_depth = 10000

[performance]
target_throughput_pps = 25000
max_avg_latency_ms = 1.0

[sphinx]
enabled = true
num_hops = 3

[vrf]
enabled = true
delay_variance_ms = 50

[cover_traffic]
enabled = true
generation_rate_pps = 100
`;

describe('a mixnode.toml', () => {
  it('R-189: is read as published, every key to its option', () => {
    expect(readMixnodeToml(PUBLISHED)).toEqual({
      place: 'middle',
      options: {
        role: 'mix',
        port: 9_001,
        layers: 3,
        queue: 10_000,
        pool: 1_024,
        rates: { delay: { mean: '50ms' }, mixLoop: '100/s' },
        mixing: { strategy: 'vrf-exp', queueLimit: 10_000 },
        limit: { rate: '25000/s', burst: 1_000, shaping: true },
      },
      pipeline: { workers: 4, batch: 128, slots: 1_024, queue: 10_000 },
      targets: { packetsPerSecond: 25_000, processingMs: 1 },
    });
    // Omitted keys get the published defaults.
    expect(readMixnodeToml('')).toEqual(readMixnodeToml(PUBLISHED));
  });

  it('R-189: gives options that a node accepts, in its units', () => {
    const file = readMixnodeToml(`${PUBLISHED}
[rate_limiting]
max_rate_pps = 12_500   # half
burst_size = 64
traffic_shaping_enabled = false
`);
    if ('refusal' in file) throw new Error(file.refusal);
    const options = mixnetConfig.parse(file.options);
    expect(options).toMatchObject({ role: 'mix', port: 9_001, layers: 3, pool: 1_024 });
    expect(options.rates).toMatchObject({ delay: 50_000_000, mixLoop: 10_000_000 });
    expect(options.limit).toEqual({ rate: 80_000, burst: 64, shaping: false });
    expect(options.mixing).toMatchObject({ strategy: 'vrf-exp', queueLimit: 10_000 });
  });

  it.each([
    ['vrf.enabled', PUBLISHED.replace('[vrf]\nenabled = true', '[vrf]\nenabled = false')],
    ['cover', PUBLISHED.replace('traffic]\nenabled = true', 'traffic]\nenabled = false')],
    ['num_hops', PUBLISHED.replace('num_hops = 3', 'num_hops = 5')],
    ['type', PUBLISHED.replace('"middle"', "'exit'")],
  ])('R-189: means something else when %s does', (_key, text) => {
    const file = readMixnodeToml(text);
    expect(file).not.toHaveProperty('refusal');
    expect(file).not.toEqual(readMixnodeToml(PUBLISHED));
  });

  it.each([
    ['[node]\nkind = "middle"', 'unknown key node.kind; keys: node.type', 2],
    ['port = 9001', 'unknown key port', 1],
    ['toString = 5', 'unknown key toString', 1],
    [`[node]\n${'"a"'.repeat(400)}`, 'the line has 1200 characters, the limit is 1000', 2],
    ['#\n'.repeat(10_001), 'line 10001 begins here, the limit is 10000 lines', 10_001],
    ['[node]\nport = "9001"', 'node.port: "9001" is no number', 2],
    ['[node]\nport = 9001\n\nport = 9002', 'node.port occurs twice', 4],
    ['[node]\nport = 0', 'node.port: 0 is not above 0', 2],
    ['[node]\nport 9001', 'cannot read: port 9001', 2],
    ['[node]\nport = 90010', 'node.port: 90010 is not a port', undefined],
    ['[node]\ntype = "last"', 'node.type: last is none of', undefined],
    ['[sphinx]\nnum_hops = 6', 'sphinx.num_hops: 6 is more than 5', undefined],
    ['[sphinx]\nenabled = false', 'sphinx.enabled: false would mean copying packets', undefined],
    ['[pipeline]\nworkers = 1.5', 'pipeline.workers: 1.5 is not a whole number', undefined],
  ])('refuses %j by name', (text, refusal, line) => {
    const read = readMixnodeToml(text);
    expect(read).toMatchObject({ refusal: expect.stringContaining(refusal) });
    expect('line' in read ? read.line : undefined).toBe(line);
  });
});
