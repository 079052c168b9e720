/** The routing policy that a gateway.toml names: what is read, and where mistakes in it are shown. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { withRoutingPolicyFile } from '../../../cli/gateway-policy.ts';
import { gatewayConfig } from '../../../nodes/gateway/config.ts';
import {
  type GatewayFile,
  gatewayTomlSchema,
  reloadGatewayFile,
} from '../../../nodes/gateway/index.ts';
import { ConfigError } from '../../../topologies/files/config-error.ts';
import { readToml } from '../../../topologies/files/toml.ts';

const folder = mkdtempSync(join(tmpdir(), 'orrery-policy-'));
afterAll(() => rmSync(folder, { recursive: true }));

function read(keys: string): GatewayFile {
  const text = `[orrery]\ntopology = "net.yaml"\nnode = "gateway-111"\n${keys}\n`;
  return readToml('gateway.toml', text, withRoutingPolicyFile(gatewayTomlSchema, folder));
}

function readPolicy(policy: string): GatewayFile {
  writeFileSync(join(folder, 'routing.policy'), policy);
  return read('routing_policy = "routing.policy"');
}

function mistakeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return expect.fail('there is no mistake');
}

describe('a gateway.toml with a routing policy', () => {
  const POLICY = 'advertise 1-ff00:0:111 0-0 10.1.0.0/16 # ours\naccept 0-0 0-0 10.0.0.0/8\n';

  it('gives the text of the file as an option that the node accepts', () => {
    const { options } = readPolicy(POLICY);
    expect(options['routing']).toBe(POLICY);
    expect(gatewayConfig.parse(options).routing).toBe(POLICY);
    expect(read(`routing = '''${POLICY}'''`).options['routing']).toBe(POLICY);
    expect(read('').options).not.toHaveProperty('routing');
  });

  it('is reloaded', () => {
    const started = readPolicy(POLICY);
    const next = readPolicy('accept 0-0 0-0 10.0.0.0/8');
    const reload = reloadGatewayFile(started, started, next);
    expect(reload.needsRestart).toEqual([]);
    expect(reload.applied.join()).toContain('orrery.routing');
    expect(reload.file.options['routing']).toBe('accept 0-0 0-0 10.0.0.0/8');
  });

  it.each([
    ['acept 0-0 0-0 10.0.0.0/8', ':1:1  "acept" is no action', 'did you mean "accept"?'],
    [
      '# ours\n\nparty 0-0 0-0 10.0.0.0/8',
      ':3:1  "party" is no action',
      'expected accept, reject, advertise',
    ],
    ['accept 0-0 0-0 10.0.0.1/8', ':1:16  "10.0.0.1/8" has bits behind', 'expected 10.0.0.0/8'],
    ['\taccept 0-0 1-ff00:0:x 10.0.0.0/8', ':1:13  ', '^^^^'],
  ])('shows a mistake at its place in the file: %j', (policy, place, more) => {
    const message = mistakeOf(() => readPolicy(policy));
    expect(message).toContain(`routing.policy${place}`);
    expect(message).toContain(more);
  });

  it.each([
    [
      'routing_policy = "missing.policy"',
      'gateway.toml:4:18  orrery.routing_policy: cannot be read',
    ],
    [
      'routing_policy = "/dev/zero"',
      'gateway.toml:4:18  orrery.routing_policy: cannot be read: it is no file',
    ],
    [
      'routing = "party"',
      'gateway.toml:4:11  orrery.routing: line 1, column 1: "party" is no action',
    ],
    [
      'routing = ""\nrouting_policy = "routing.policy"',
      'gateway.toml:5:18  orrery.routing_policy: "routing.policy" is given twice',
    ],
    ['classes = [{ name = "a", match = { dscp = 64 }, paths = [{}] }]', 'orrery.classes'],
  ])('names the key of %s', (keys, wanted) => {
    expect(mistakeOf(() => read(keys))).toContain(wanted);
  });

  it('has traffic classes as tables', () => {
    const { options } = read(
      '[[orrery.classes]]\nname = "voice"\nmatch = { dscp = 46 }\npaths = ["0*"]',
    );
    expect(gatewayConfig.parse(options).classes).toMatchObject([
      { name: 'voice', match: { dscp: 46 } },
    ]);
  });
});
