/**
 * `orrery ask` of a live network whose paths control services discover: ping, traceroute, paths, beacons and TRCs, of a
 * gateway and of a control service.
 */
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { blockOf, cleanUp, folder, orrery, type Started, write } from './support.ts';

afterAll(cleanUp);

const FAR = '1-ff00:0:121';

/** Two core ASes, and an AS with a gateway below each. */
const NETWORK = `
name: questioned
question: Do nodes of a live network answer what their operator asks?
topology:
  name: questioned
  defaults:
    link: { rate: 1Gbit/s, delay: 5ms, mtu: 1472B, queue: 1000packets }
    internal: { delay: 100us }
  ases:
    - { id: "1-ff00:0:110", core: true, mtu: 1472B }
    - { id: "1-ff00:0:120", core: true, mtu: 1472B }
    - { id: "1-ff00:0:111", mtu: 1472B }
    - { id: "1-ff00:0:121", mtu: 1472B }
  nodes:
${['110', '120', '111', '121']
  .flatMap((as, index) => {
    const of = (name: string, run: string, host: number): string =>
      `    - { name: ${name}-${as}, as: "1-ff00:0:${as}", run: ${run}, address: BLOCK.${host} }`;
    const own = [of('br', 'scion', 1 + index), of('control', 'control-service', 11 + index)];
    return as.endsWith('0') ? own : [...own, of('gateway', 'gateway', 21 + index)];
  })
  .join('\n')}
  links:
    - { ends: br-110 <-> control-110 }
    - { ends: br-120 <-> control-120 }
    - { ends: br-111 <-> control-111 }
    - { ends: br-121 <-> control-121 }
    - { ends: br-111 <-> gateway-111 }
    - { ends: br-121 <-> gateway-121 }
    - { ends: control-111 <-> gateway-111 }
    - { ends: control-121 <-> gateway-121 }
    - { ends: br-110 <-> br-120, relation: core }
    - { ends: br-110 <-> br-111, relation: child }
    - { ends: br-120 <-> br-121, relation: child }
duration: 150s
warmup: 0s
options: { control-service: { signatures: real, origination: 2s, propagation: 2s, registration: 2s, watch: ["${FAR}"] } }
traffic: [{ from: gateway-111, to: gateway-121, kind: constant, rate: 20/s, size: 400B, start: 20s }]
kpis: { gateway.delivery: { value: ">= 10%" } }
`;

interface Said {
  readonly outcome: string;
  readonly parts: readonly string[];
}

describe('an operator of a live network', () => {
  it('pings, traces, and lists paths, beacons and TRCs, and reads where paths are from and how old', async () => {
    const file = write('questioned.yaml', NETWORK, blockOf(85));
    const run = orrery('live', file, '--operator-port', '0', '--out', join(folder, 'questioned'));
    await run.says('operator endpoint at ');
    const port = / 127\.0\.0\.1:(\d+)/.exec(run.stderr())?.[1] ?? '';
    const ask = async (kind: string, node: string, body = ''): Promise<unknown> => {
      const words = ['--node', node, '--body', body, '--port', port, '--json'];
      const asked: Started = orrery('ask', kind, ...words);
      await asked.ended;
      const { outcome, parts } = JSON.parse(asked.stdout()) as Said;
      expect(outcome, asked.stdout()).toBe('ok');
      return JSON.parse(parts.join(''));
    };
    await vi.waitFor(async () => expect(await ask('paths', 'gateway-111', FAR)).toHaveLength(1), {
      timeout: 90_000,
      interval: 500,
    });
    for (const node of ['gateway-111', 'control-111']) {
      expect(await ask('ping', node, `${FAR} count=2 interval=100ms`), node).toMatchObject({
        statistics: { sent: 2, received: 2 },
      });
      const traced = await ask('traceroute', node, FAR);
      const text = JSON.stringify(traced);
      for (const as of ['1-ff00:0:111', '1-ff00:0:110', '1-ff00:0:120', FAR]) {
        expect(text, node).toContain(as);
      }
    }
    // Packets of 1,472 bytes pass, larger ones do not.
    expect(await ask('ping', 'gateway-111', `${FAR} count=1 size=1300`)).toMatchObject({
      statistics: { received: 1 },
    });
    const beacons = JSON.stringify(await ask('beacons', 'control-111'));
    expect(beacons).toContain('1-ff00:0:110');
    expect(await ask('trcs', 'control-111')).toMatchObject([
      { id: { isd: 1, serial_number: 1 }, is_valid: true, voting_quorum: 2 },
    ]);
    const service = await ask('status', 'control-111');
    expect(service).toMatchObject({ revoked: [], isdAs: '1-ff00:0:111' });
    expect((service as { readonly beacons: number }).beacons).toBeGreaterThan(0);
    const gateway = (await ask('status', 'gateway-111')) as {
      readonly peers: readonly { readonly paths: readonly object[] }[];
    };
    expect(gateway.peers[0]?.paths[0]).toMatchObject({
      ...{ source: 'control-service', isRevoked: false, isEpic: false, role: 'active' },
      sourceAgeNs: expect.any(Number),
    });
    run.child.kill('SIGINT');
    await run.ended;
  });
});
