/** Which keys of a gateway's file take effect while it runs. */
import { expect, it } from 'vitest';
import {
  type GatewayFile,
  gatewayTomlSchema,
  reloadGatewayFile,
} from '../../../../nodes/gateway/index.ts';
import { readToml } from '../../../../topologies/files/toml.ts';

const read = (text: string, more = ''): GatewayFile =>
  readToml('g.toml', `[orrery]\ntopology = "t"\nnode = "n"\n${more}${text}`, gatewayTomlSchema);

const HOT =
  'log = "debug"\npeers = ["a"]\npolicy = { acl = ["- 1-ff00:0:110", "+"] }\n' +
  '[multipath]\nfailover_rtt_threshold = 3.0\nfailover_loss_threshold = 0.2\nmin_paths = 2\nmax_paths = 5\n' +
  'exploration_probability = 0.5\n[security.rate_limiting]\nenabled = true\n';
const COLD =
  '[multipath]\nquality_smoothing = 0.5\n[htx]\nmax_connections = 5\nenable_h3 = true\n[aead]\nmax_time_per_key = "2h"\n';

it('applies levels, limits, peers, policy and thresholds, with the old and the new value', () => {
  const started = read('');
  const { file, applied, needsRestart } = reloadGatewayFile(started, started, read(HOT));
  expect(needsRestart).toEqual([]);
  expect(applied).toEqual([
    'multipath.failover_rtt_threshold: 2 -> 3',
    'multipath.failover_loss_threshold: 0.1 -> 0.2',
    'multipath.min_paths: 1 -> 2',
    'multipath.max_paths: 10 -> 5',
    'multipath.exploration_probability: 0.1 -> 0.5',
    expect.stringMatching(/^security.rate_limiting: .*false.* -> .*true/),
    'orrery.log: "info" -> "debug"',
    'orrery.peers: none -> ["a"]',
    'orrery.policy: none -> {"acl":["- 1-ff00:0:110","+"]}',
  ]);
  expect(file.options).toEqual(read(HOT).options);
  expect(file.log).toBe('debug');
  const again = reloadGatewayFile(started, file, read(HOT));
  expect([again.applied, again.needsRestart]).toEqual([[], []]);
  const back = reloadGatewayFile(started, file, started);
  expect(back.applied.length).toBe(9);
  expect(back.file.options).toEqual(started.options);
});

it('names all other keys that have an effect, and leaves them as they were', () => {
  const started = read('');
  const { file, applied, needsRestart } = reloadGatewayFile(
    started,
    started,
    read(`${COLD}[orrery.policy]\nsequence = "0*"\n`),
  );
  expect(applied).toEqual(['orrery.policy: none -> {"sequence":"0*"}']);
  expect(needsRestart).toEqual([
    ...['htx.max_connections', 'aead.max_time_per_key', 'multipath.quality_smoothing'],
  ]);
  expect({ ...file.options, policy: undefined }).toEqual({ ...started.options, policy: undefined });
});

it('refuses a policy at its place', () => {
  expect(() => read('policy = { acl = ["- 1-ff00:0:110"] }\n')).toThrow(
    /g.toml:4:\d+.*has no entry for all interfaces/,
  );
});
