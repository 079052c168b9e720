/** IP packets of applications in a capture of the run, as Wireshark reads them: those of a captured file come out unchanged. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadScenario } from '../../../scenarios/files/load.ts';
import { ipPacket, pcapOf } from '../engine/measure/pcapng/captures.ts';
import { readPcapng } from '../engine/measure/pcapng/second-reader.ts';
import { folders, registry, run } from './fixture.ts';

const hasTshark = spawnSync('tshark', ['--version']).status === 0;
const WITHOUT = hasTshark ? '' : ' (tshark is missing: apt-get install tshark)';
const folder = mkdtempSync(join(tmpdir(), 'orrery-inner-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SENT = [
  ipPacket('ipv4', 'tcp', 700),
  ipPacket('ipv6', 'udp', 300, 9),
  ipPacket('ipv4', 'udp', 1_200, 3),
];
const START = 1_700_000_000_000_000_000n;
/** One each 100 ms, through two gateways. */
function capture(): string {
  const timed = SENT.map((bytes, index) => ({
    timeNs: START + BigInt(index) * 100_000_000n,
    bytes,
  }));
  writeFileSync(join(folder, 'x.pcap'), pcapOf(timed, { isLittle: false, tickNs: 1n }, 101));
  const path = join(folder, 'inner.yaml');
  writeFileSync(
    path,
    `name: inner
question: What do the gateways carry?
topology: scion-default.yaml
duration: 4s
traffic:
  - { from: gateway-111, to: gateway-211, kind: ip, file: x.pcap, start: 2s }
  - { from: gateway-111, to: gateway-211, kind: constant, rate: 10/s }
`,
  );
  const scenario = loadScenario({ path, folders, registry, overrides: {} });
  const pcapPath = join(folder, 'trace.pcapng');
  run(scenario, 1, { recordings: { pcapPath } });
  return pcapPath;
}

describe('a capture of a run with IP packets of applications', () => {
  const path = capture();

  it('has them on an interface of each gateway, out at one and in at the other, and no other packets', () => {
    const { interfaces, packets } = readPcapng(new Uint8Array(readFileSync(path)));
    const seen = packets.flatMap(({ interfaceId, flags, data }) => {
      const { name = '' } = interfaces[interfaceId] ?? {};
      return name.startsWith('ip:') ? [`${name} ${flags} ${data.length}`] : [];
    });
    expect(seen.sort()).toEqual(
      SENT.flatMap(({ length }) => [
        `ip:gateway-111 2 ${length}`,
        `ip:gateway-211 1 ${length}`,
      ]).sort(),
    );
    const received = interfaces.filter(({ name }) => name?.startsWith('ip:'));
    expect(received.map(({ statistics }) => statistics?.received)).toEqual([3n, 3n]);
    expect(new Set(interfaces.map(({ name }) => name)).size).toBe(interfaces.length);
  });

  it.skipIf(!hasTshark)(
    `is read by Wireshark, checksums included${WITHOUT}`,
    () => {
      const wanted = [
        '-e',
        'ip.checksum.status',
        '-e',
        'udp.checksum.status',
        '-e',
        'tcp.checksum.status',
      ];
      const { stdout } = spawnSync(
        'tshark',
        [
          ...[
            '-r',
            path,
            '-Y',
            'frame.interface_name == "ip:gateway-211"',
            '-T',
            'fields',
            '-E',
            'separator= ',
          ],
          ...[
            '-o',
            'ip.check_checksum:TRUE',
            '-o',
            'udp.check_checksum:TRUE',
            '-o',
            'tcp.check_checksum:TRUE',
          ],
          ...[
            '-e',
            'ip.src',
            '-e',
            'ipv6.src',
            '-e',
            'udp.srcport',
            '-e',
            'tcp.dstport',
            ...wanted,
          ],
        ],
        { encoding: 'utf8' },
      );
      // 1: the checksum is right.
      expect(stdout.split('\n').slice(0, 3)).toEqual([
        '10.1.0.1   443 1  1',
        ' fd01::9 4009   1 ',
        '10.1.0.3  4003  1 1 ',
      ]);
    },
    60_000,
  );
});
