/** A gateway whose TUN device cannot be opened says so in one line, and does not run. */
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { afterEach, expect, it } from 'vitest';
import { openGatewayFace } from '../../../cli/gateway-face.ts';
import { Refusal } from '../../../scenarios/refusal.ts';
import { createJsonLog } from '../../../services/operator/index.ts';
import { freePort } from '../../../tools/free-port.ts';
import { tunMissing } from '../../tun-here.ts';

const { PATH } = process.env;
afterEach(() => {
  process.env['PATH'] = PATH;
});

const missing = tunMissing();

it.skipIf(missing !== undefined)(
  'says at /health that somebody has removed its device',
  async () => {
    const port = await freePort();
    const log = createJsonLog({ node: 'g', environment: 'off' });
    const name = 'orrery-face';
    const face = await openGatewayFace({
      ...{ name: 'g', log, grpc: undefined, access: undefined },
      tun: { name, addresses: [], mtuBytes: 1_280 },
      htx: {
        ...{ host: '127.0.0.1', port, packetBytesMax: 100, connectionsMax: 10 },
        ...{ idleMs: 1_000, tls: undefined, isProfiled: false },
      },
      ...{ labelSetsMax: 100, stateFolder: tmpdir() },
    });
    const reasons = async (): Promise<string> => {
      const response = await fetch(`http://127.0.0.1:${port}/health`);
      return ((await response.json()) as { reasons: string[] }).reasons.join('; ');
    };
    expect(await reasons()).not.toContain(name);
    spawnSync('ip', ['link', 'delete', name]);
    await expect.poll(reasons, { timeout: 5_000 }).toContain(`${name} carries no more packets`);
    await face.close();
  },
);

it('refuses to run without the programs that open its TUN device', async () => {
  process.env['PATH'] = '/nonexistent';
  const face = openGatewayFace({
    ...{ name: 'g', log: createJsonLog({ node: 'g', environment: 'error' }), grpc: undefined },
    tun: { name: 'orrery-none', addresses: [], mtuBytes: 1_280 },
    htx: {
      ...{ host: '127.0.0.1', port: 0, packetBytesMax: 100, connectionsMax: 10 },
      ...{ idleMs: 1_000, tls: undefined, isProfiled: false },
    },
    access: undefined,
    ...{ labelSetsMax: 100, stateFolder: tmpdir() },
  });
  await expect(face).rejects.toThrow(/^orrery\.tun: [^\n]*python3 is not installed$/);
  await expect(face).rejects.toBeInstanceOf(Refusal);
});
