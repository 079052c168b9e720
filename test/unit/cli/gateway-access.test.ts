/** Access control of a gateway, as its command applies it. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, expect, it, vi } from 'vitest';
import { addGatewayCommand, withFileOptions } from '../../../cli/gateway.ts';
import { openGatewayFace } from '../../../cli/gateway-face.ts';
import { gatewayTomlSchema } from '../../../nodes/gateway/index.ts';
import { createJsonLog } from '../../../services/operator/index.ts';
import { freePort } from '../../../tools/free-port.ts';
import { readToml } from '../../../topologies/files/toml.ts';
import type { Topology } from '../../../topologies/model.ts';

const folder = mkdtempSync(join(tmpdir(), 'gateway-access-'));
afterAll(() => rmSync(folder, { recursive: true }));

const PLACE = '[orrery]\ntopology = "two-offices.yaml"\nnode = "gateway-111"\n';
const tomlOf = (lists: string, peers = ''): string =>
  `[security.access_control]\nenabled = true\n${lists}\n${PLACE}${peers}`;

async function check(lists: string, peers = ''): Promise<string> {
  const file = join(folder, 'gateway.toml');
  writeFileSync(file, tomlOf(lists, peers));
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const program = new Command().exitOverride();
  addGatewayCommand(program);
  try {
    await program.parseAsync(['gateway', file, '--check'], { from: 'user' });
    return String(written.mock.lastCall?.[0]);
  } catch (error) {
    return (error as Error).message;
  } finally {
    written.mockRestore();
  }
}

it('refuses a list that names no gateway of the network', async () => {
  expect(await check('blocked_peers = ["1-ff00:0:112", "gateway-112"]')).toContain('right');
  expect(await check('blocked_peers = ["gateway-113"]')).toContain('gateway-113 is neither');
});

it('accepted a peer that no gateway of the network has as its name, and never talked to it', async () => {
  expect(await check('', 'peers = ["gateway-112"]\n')).toContain('right');
  const refused = await check('', 'peers = ["gateway-112", "gateway-113"]\n');
  expect(refused).toMatch(/gateway\.toml:7:25 .*gateway-113 is no gateway of the topology/);
});

it.each([
  ['', '', undefined],
  ['blocked_peers = ["gateway-113"]', '', ['gateway-111', 'gateway-112']],
  ['allowed_peers = ["1-ff00:0:113"]', '', ['gateway-113']],
  ['blocked_peers = ["gateway-113"]', 'peers = ["gateway-112", "gateway-113"]\n', ['gateway-112']],
])(
  'R-055: gives the node the peers that both lists and file allow: %j %j',
  (lists, peers, expected) => {
    const file = readToml('g.toml', tomlOf(lists, peers), gatewayTomlSchema);
    const hosts = [111, 112, 113].map((number) => ({
      ...{
        name: `gateway-${number}`,
        protocol: 'gateway',
        area: `1-ff00:0:${number}`,
        options: {},
      },
    }));
    const { hosts: own } = withFileOptions('g.toml', { hosts } as unknown as Topology, file);
    const [first, second] = own;
    const all = ['gateway-111', 'gateway-112', 'gateway-113'];
    expect(first?.options['peers']).toEqual(expected ?? all);
    expect(second?.options).toEqual({});
  },
);

it('R-053: warns of an address without certificates that other machines reach', async () => {
  const file = join(folder, 'open.toml');
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const quiet = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const warningOf = async (address: string): Promise<string> => {
    writeFileSync(file, `[htx]\nbind_addr = "${address}:8443"\n${PLACE}`);
    written.mockClear();
    const program = new Command().exitOverride();
    addGatewayCommand(program);
    await program.parseAsync(['gateway', file, '--check'], { from: 'user' });
    return written.mock.calls.map(String).join('');
  };
  expect(await warningOf('0.0.0.0')).toContain('htx.bind_addr 0.0.0.0: there is no password');
  expect(await warningOf('127.0.0.1')).toBe('');
  for (const one of [written, quiet]) one.mockRestore();
});

it('counts the connections of applications that it refuses', async () => {
  const port = await freePort();
  const blocked = [{ address: '127.0.0.3', prefixLength: 32, family: 'ipv4' } as const];
  const face = await openGatewayFace({
    ...{
      name: 'g',
      log: createJsonLog({ node: 'g', environment: 'error' }),
      grpc: undefined,
      tun: undefined,
    },
    htx: {
      ...{ host: '127.0.0.1', port, packetBytesMax: 100, connectionsMax: 10 },
      ...{ idleMs: 1_000, tls: undefined, isProfiled: false },
    },
    access: { ranges: { allowed: [], blocked }, peers: { allowed: [], blocked: [] } },
    ...{ labelSetsMax: 100, stateFolder: tmpdir() },
  });
  const socket = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.3' });
  await once(socket, 'close');
  expect(face.metrics?.()).toMatchObject({
    'gateway.callers_refused': { kind: 'counter', value: 1 },
  });
  await face.close();
});
