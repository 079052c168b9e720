/** The table `security.access_control` of a gateway's file. */
import { describe, expect, it } from 'vitest';
import { gatewayTomlSchema, selectPeers } from '../../../../nodes/gateway/index.ts';
import { ConfigError } from '../../../../topologies/files/config-error.ts';
import { readToml } from '../../../../topologies/files/toml.ts';

const PLACE = '[orrery]\ntopology = "net.yaml"\nnode = "gateway-111"\n';
const read = (keys: string): ReturnType<typeof gatewayTomlSchema.parse> =>
  readToml('g.toml', `[security.access_control]\n${keys}\n${PLACE}`, gatewayTomlSchema);

describe('access control', () => {
  it('is read with ranges of both families', () => {
    const { access, warnings } = read(`enabled = true
allowed_ip_ranges = ["10.0.0.0/8", "2001:db8::/32", "192.0.2.1"]
blocked_ip_ranges = ["::ffff:10.1.0.0/112"]
blocked_peers = ["1-ff00:0:112"]`);
    expect(warnings).toEqual([]);
    expect(access).toEqual({
      ranges: {
        allowed: [
          { address: '10.0.0.0', prefixLength: 8, family: 'ipv4' },
          { address: '2001:db8::', prefixLength: 32, family: 'ipv6' },
          { address: '192.0.2.1', prefixLength: 32, family: 'ipv4' },
        ],
        blocked: [{ address: '::ffff:10.1.0.0', prefixLength: 112, family: 'ipv6' }],
      },
      peers: { allowed: [], blocked: ['1-ff00:0:112'] },
    });
  });

  it('has no effect unless it is enabled, and says so', () => {
    const { access, warnings } = read('blocked_peers = ["x"]');
    expect(access).toBeUndefined();
    expect(warnings).toEqual(['security.access_control has no effect: `enabled` is not true']);
    expect(read('').warnings).toEqual([]);
  });

  it.each([
    '10.0.0.0/33',
    '10.0.0/8',
    '::/129',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0.0/-1',
    'a',
    '',
  ])('refuses the range "%s" at its place', (text) => {
    let problem: unknown;
    try {
      read(`blocked_ip_ranges = ["10.0.0.0/8", "${text}"]`);
    } catch (error) {
      problem = error;
    }
    const [issue] = (problem as ConfigError).issues;
    expect(problem).toBeInstanceOf(ConfigError);
    expect(`${issue?.line}:${issue?.column}`).toBe('2:36');
    expect(issue?.message).toContain('10.0.0.0/8 or 2001:db8::/32');
  });
});

describe('peers', () => {
  const gateways = [
    { name: 'a', area: '1-ff00:0:111' },
    { name: 'b', area: '1-ff00:0:112' },
    { name: 'c', area: '2-ff00:0:211' },
  ];
  const select = (allowed: string[], blocked: string[] = []): unknown =>
    selectPeers({ allowed, blocked }, gateways);

  it('are selected by name or AS, and blocked in spite of being allowed', () => {
    expect(select([])).toEqual({ peers: ['a', 'b', 'c'] });
    expect(select(['a', '2-ff00:0:211'])).toEqual({ peers: ['a', 'c'] });
    expect(select([], ['1-FF00:0:112'])).toEqual({ peers: ['a', 'c'] });
    expect(select(['a', 'b'], ['1-ff00:0:112'])).toEqual({ peers: ['a'] });
  });

  it('are refused if a list names none of the network', () => {
    expect(select(['a'], ['d'])).toEqual({ unknown: 'd' });
    expect(select(['9-9'])).toEqual({ unknown: '9-9' });
  });
});
