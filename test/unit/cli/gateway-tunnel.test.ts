/** A gateway whose TUN device cannot be opened says so in one line, and does not run. */
import { tmpdir } from 'node:os';
import { afterEach, expect, it } from 'vitest';
import { openGatewayFace } from '../../../cli/gateway-face.ts';
import { Refusal } from '../../../scenarios/refusal.ts';
import { createJsonLog } from '../../../services/operator/index.ts';

const { PATH } = process.env;
afterEach(() => {
  process.env['PATH'] = PATH;
});

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
