/** The published configuration file of a gateway. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { gatewayConfig } from '../../../../nodes/gateway/config.ts';
import { UNUSED_KEYS } from '../../../../nodes/gateway/gateway-toml.ts';
import { gatewaySampleToml, gatewayTomlSchema } from '../../../../nodes/gateway/index.ts';
import { ConfigError } from '../../../../topologies/files/config-error.ts';
import { readToml } from '../../../../topologies/files/toml.ts';

const PLACE = '[orrery]\ntopology = "net.yaml"\nnode = "gateway-111"\n';
const read = (toml: string): ReturnType<typeof gatewayTomlSchema.parse> =>
  readToml('gateway.toml', `${toml}\n${PLACE}`, gatewayTomlSchema);

describe('a gateway.toml', () => {
  it('has the published defaults, but for addresses, and gives options that the node accepts', () => {
    const file = read('');
    expect(file).toEqual({
      options: {
        multipath: {
          ...{ rttThreshold: 2, lossThreshold: 0.1, minPaths: 1, maxPaths: 10 },
          ...{ exploration: 0.1, smoothing: 0.125 },
        },
        antiReplay: {
          ...{ windowSize: 1_024, cleanupTtl: '86400000ms', maxSequenceAge: '3600000ms' },
        },
        rekey: { bytes: '1073741824B', age: '3600000ms' },
        rateLimit: { enabled: false, perSecond: 1_000, burst: 5_000 },
      },
      place: { topology: 'net.yaml', node: 'gateway-111', keys: 'keys', state: 'state' },
      htx: {
        ...{ host: '127.0.0.1', port: 8_443, packetBytesMax: 65_536 },
        ...{ connectionsMax: 1_000, idleMs: 30_000, isProfiled: false },
      },
      metrics: { host: '127.0.0.1', port: 9_090, labelSetsMax: 10_000 },
      grpc: undefined,
      workerThreads: undefined,
      ...{ log: 'info', warnings: [], tables: expect.anything() },
    });
    expect(gatewayConfig.safeParse(file.options).success).toBe(true);
  });

  it('asks for as many threads as it says', () => {
    const { options, workerThreads, warnings } = read('[performance]\nworker_threads = 2');
    expect(gatewayConfig.parse(options).opening).toBe('threads');
    expect([workerThreads, warnings]).toEqual([2, []]);
    expect(() => read('[performance]\nworker_threads = 0')).toThrow(ConfigError);
  });

  it('has in the sample the defaults, with other ports and gRPC', () => {
    const parts = { topology: 'net.yaml', node: 'gateway-111', index: 1 };
    const {
      grpc,
      tables: _tables,
      ...sample
    } = readToml('s.toml', gatewaySampleToml(parts), gatewayTomlSchema);
    const {
      grpc: _grpc,
      tables: _others,
      ...file
    } = read('[htx]\nbind_addr = "127.0.0.1:8444"\n[metrics]\nbind_addr = "127.0.0.1:9091"');
    expect(sample).toEqual(file);
    expect(grpc).toMatchObject({ host: '127.0.0.1', port: 8_544 });
  });

  it('sets what it says, and names what has no effect', () => {
    const file = read(`
[htx]
bind_addr = "0.0.0.0:8443"
enable_h3 = true
max_frame_size = 1024
[anti_replay]
window_size = 2048
cleanup_ttl = "2h"
db_path = "/data/replay.db"
[multipath]
measurement_interval = "5s"
failover_loss_threshold = 0.2
[security.rate_limiting]
enabled = true
requests_per_second = 100
window_duration = "2s"
`);
    expect(file.htx).toMatchObject({ host: '0.0.0.0', packetBytesMax: 1_024 });
    expect(file.options).toMatchObject({
      multipath: { lossThreshold: 0.2 },
      antiReplay: { windowSize: 2_048, cleanupTtl: '7200000ms' },
      rateLimit: { enabled: true, perSecond: 50 },
    });
    expect(gatewayConfig.safeParse(file.options).success).toBe(true);
    expect(file.warnings.map((one) => one.split(' ')[0])).toEqual([
      'htx.enable_h3',
      'anti_replay.db_path',
      'multipath.measurement_interval',
    ]);
    // R-058, ADR 0089: who asks for HTTP/3 is told the obstacle.
    expect(file.warnings[0]).toContain('no HTTP/3 server for Node 20');
    const record = readFileSync(new URL('../../../../docs/adr/faces.md', import.meta.url), 'utf8');
    expect(record).toContain('## 0089 No HTTP/3');
  });

  it.each([...UNUSED_KEYS])(
    'sets what it says: %s is accepted, and named as without effect',
    (name) => {
      const [table = '', key = ''] = name.split('.');
      const { warnings } = read(`[${table}]\n${key} = 1`);
      expect(warnings.map((one) => one.split(' ')[0])).toEqual([name]);
    },
  );

  it('opens a device for IP packets if it names one, with room for the packets of IPv6', () => {
    expect(read('').tun).toBeUndefined();
    const addresses = ['10.1.0.1/24', 'fd00::1/64'];
    const table = `[orrery.tun]\nname = "orrery0"\naddresses = ${JSON.stringify(addresses)}`;
    expect(read(table).tun).toEqual({ name: 'orrery0', addresses, mtuBytes: 1_280 });
    expect(read(`${table}\nmtu = 9000`).tun?.mtuBytes).toBe(9_000);
  });

  it.each([
    ['[htx]\nbind_addr = "8443"', '2:13', 'no address'],
    ['[htx]\nmax_frame_size = 20000000', '2:18', '16 MiB'],
    ['[htx]\nconnection_timeout = 30', '2:22', '30'],
    ['[htx]\nmax_conections = 3', '2:1', 'max_conections'],
    ['[htx]\ncert_path = "a.pem"', '2:13', 'key_path is missing'],
    ['[htx]\nkey_path = "a.pem"', '2:12', 'cert_path is missing'],
    ['[anti_replay]\ncleanup_ttl = "30min"', '2:15', 're-open the window'],
    ['[anti_replay]\nwindow_size = 70000', '2:15', '70000'],
    ['[aead]\nmax_time_per_key = "soon"', '2:20', 'soon'],
    ['[multipath]\nmin_paths = 11', '2:13', 'above max_paths'],
    ['[multipath]\nexploration_probability = 2', '2:27', '2'],
    ['[multipath]\nfailover_rtt_threshold = 1.0', '2:26', '1'],
    ['[security.rate_limiting]\nenabled = "yes"', '2:11', 'yes'],
    ['[orrery.tun]\nname = "a device"', '2:8', 'no name of a device'],
    ['[orrery.tun]\nname = "--help"', '2:8', 'no name of a device'],
    ['[orrery.tun]\nname = "orrery0123456789"', '2:8', 'no name of a device'],
    ['[orrery.tun]\nname = "o"\naddresses = ["10.1.0.1"]', '3:14', 'no address'],
    ['[orrery.tun]\nname = "o"\nmtu = 1279', '3:7', '1280'],
    ['[metric]\nbind_addr = "127.0.0.1:9090"', '1:2', 'metric'],
  ])('is refused at its place: %j', (toml, place, words) => {
    let problem: unknown;
    try {
      read(toml);
    } catch (error) {
      problem = error;
    }
    expect(problem).toBeInstanceOf(ConfigError);
    const [issue] = (problem as ConfigError).issues;
    expect(`${issue?.line}:${issue?.column}`).toBe(place);
    expect(`${issue?.message} ${issue?.path}`).toContain(words);
  });
});
