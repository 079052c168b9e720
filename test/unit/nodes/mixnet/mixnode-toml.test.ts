/** The published mixnode.toml, and the options of a node that result from it. */
import { describe, expect, it } from 'vitest';
import { mixnetConfig } from '../../../../nodes/mixnet/config.ts';
import { type MixnodeFile, mixnodeTomlSchema } from '../../../../nodes/mixnet/mixnode-toml.ts';
import { ConfigError } from '../../../../topologies/files/config-error.ts';
import { readToml } from '../../../../topologies/files/toml.ts';

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

function read(text: string): MixnodeFile {
  return readToml('mixnode.toml', text, mixnodeTomlSchema);
}

describe('a mixnode.toml', () => {
  it('R-189: is read as published, every key to its option', () => {
    expect(read(PUBLISHED)).toEqual({
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
    expect(read('')).toEqual(read(PUBLISHED));
  });

  it('R-189: gives options that a node accepts, in its units', () => {
    const file = read(`${PUBLISHED}
[rate_limiting]
max_rate_pps = 12_500   # half
burst_size = 64
traffic_shaping_enabled = false
`);
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
    expect(read(text)).not.toEqual(read(PUBLISHED));
  });

  it.each([
    ['[node]\nprot = 9001', '2:1  node.prot: unknown key', 'did you mean port?'],
    ['[node]\nkind = "middle"', '2:1  node.kind: unknown key', 'keys: type, port'],
    ['[nodes]', '1:2  nodes: unknown key', 'did you mean node?'],
    ['port = 9001', '1:1  port: unknown key', 'keys: node, pipeline, performance, sphinx, vrf'],
    ['[node]\nport = "9001"', '2:8  node.port: the text "9001", expected a number'],
    ['[node]\nport = 1979-05-27', '2:8  dates and times are not allowed here'],
    ['[node]\nport = 9001\n\nport = 9002', '4:1  defining a key multiple times is invalid'],
    ['[node]\nport = 9001\n[node]', '3:2  defining a key multiple times is invalid'],
    ['[node]\nport = 0', '2:8  node.port: 0 is below the minimum 1'],
    ['[node]\nport 9001', '2:6  expected equal (=) token'],
    ['[node]\nport = 90010', '2:8  node.port: 90010 is above the maximum 65535'],
    ['[node]\ntype = "last"', '2:8  node.type: "last" is not known, expected one of entry'],
    ['[node]\ntype = "midle"', '2:8  node.type: "midle" is not known', 'did you mean middle?'],
    ['[sphinx]\nnum_hops = 6', '2:12  sphinx.num_hops: 6 is above the maximum 5'],
    ['[sphinx]\nenabled = false', '2:11  sphinx.enabled: false would mean copying packets'],
    ['[pipeline]\nworkers = 1.5', '2:11  pipeline.workers: 1.5 is not a whole number'],
    ['[vrf]\ndelay_variance_ms = 0.0', '2:21  vrf.delay_variance_ms: 0 is not above 0'],
  ])('refuses %j with its place', (text, message, hint = '^') => {
    const reading = (): MixnodeFile => read(text);
    expect(reading).toThrow(ConfigError);
    expect(reading).toThrow(`mixnode.toml:${message}`);
    expect(reading).toThrow(hint);
  });
});
