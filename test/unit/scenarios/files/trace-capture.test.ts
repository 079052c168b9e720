/** Traffic from captures: times, sizes and flows are those of the file, and each packet carries a truth. */
import { afterAll, describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../engine/core/stream.ts';
import { readIpPacket, writeIpHeaders } from '../../../../engine/pure/ip-headers.ts';
import {
  type GroundTruth,
  readTruth,
  TruthWriter,
} from '../../../../runner/traffic/ground-truth.ts';
import { loadScenario } from '../../../../scenarios/files/load.ts';
import type { Scenario } from '../../../../scenarios/model.ts';
import { ConfigError } from '../../../../topologies/files/config-error.ts';
import { FileFolder } from '../../../bad-files/fixture.ts';
import { ipPacket, type Packet, pcapngOf, pcapOf } from '../../engine/measure/pcapng/captures.ts';
import { prepare, registry } from '../../runner/fixture.ts';

const files = new FileFolder();
afterAll(() => files.remove());
const MICROSECONDS = { isLittle: true, tickNs: 1_000n };
const START = 1_700_000_000_000_000_000n;
const MS = 1_000_000n;

function load(capture: Uint8Array, entry = 'kind: ip, file: x.pcap'): Scenario {
  files.write('scenarios/x.pcap', capture);
  const path = files.write(
    'scenarios/s.yaml',
    `name: s
topology:
  name: t
  nodes: [{ name: a }, { name: b }]
  links: [{ ends: a <-> b }]
  defaults: { node: { run: datagram }, link: { rate: 1Gbit/s, delay: 1ms } }
duration: 5s
traffic: [{ from: a, to: b, ${entry} }]
`,
  );
  return loadScenario({ path, folders: files.folders, registry, overrides: {} });
}

function mistakeIn(...words: Parameters<typeof load>): string {
  try {
    load(...words);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.replaceAll(/\S*\/scenarios\//g, '');
    throw error;
  }
  return 'nothing is wrong';
}

const PACKETS: readonly Packet[] = [
  { timeNs: START + 20n * MS, bytes: ipPacket('ipv4', 'tcp', 900) },
  { timeNs: START, bytes: ipPacket('ipv4', 'udp', 300) },
  { timeNs: START + 30n * MS, bytes: ipPacket('ipv6', 'udp', 40 + 8, 7) },
  { timeNs: START + 40n * MS, bytes: ipPacket('ipv4', 'tcp', 1_100) },
];

describe('traffic from a capture', () => {
  it('has its times from the first packet on, its sizes and its flows', () => {
    const { traffic, warnings } = load(pcapOf(PACKETS, MICROSECONDS, 101));
    const pattern = traffic[0]?.pattern;
    if (pattern?.kind !== 'trace') expect.fail('no trace');
    expect(pattern.atNs).toEqual([0, 20e6, 30e6, 40e6]);
    expect(pattern.bytes).toEqual([300, 900, 80, 1_100]);
    expect(pattern.ip?.flows).toHaveLength(3);
    expect(pattern.ip?.numbers).toEqual([1, 0, 2, 0]);
    expect(warnings.join('\n')).toMatch(
      /1 of 4 packets are lengthened: they carry a truth of 32 B/,
    );
    expect(load(pcapngOf(PACKETS, false, 6, 101)).traffic[0]?.pattern).toEqual(pattern);
  });

  it('is the same when the capture kept headers only', () => {
    const whole = load(pcapOf(PACKETS, MICROSECONDS, 101)).traffic;
    expect(load(pcapOf(PACKETS, MICROSECONDS, 101, 60)).traffic).toEqual(whole);
  });

  it('is delivered, in packets of the flows of the capture, of which each has a truth', () => {
    const { world, experiment } = prepare(load(pcapOf(PACKETS, MICROSECONDS, 101)));
    const delivered: (string | number)[][] = [];
    const ignore = (): void => undefined;
    world.listen({
      delivered: (_node, _from, bytes) => {
        const { flow, length } = readIpPacket(bytes)!;
        delivered.push([
          flow.protocol,
          [...Array.from(flow.from.address)].join('.'),
          flow.to.port,
          length,
        ]);
      },
      ...{ state: ignore, spanned: ignore, marked: ignore, logged: ignore },
    });
    world.sim.runUntil(5e9);
    expect(delivered).toEqual([
      ['udp', '10.1.0.1', 443, 300],
      ['tcp', '10.1.0.1', 443, 900],
      ['udp', `253.1.${'0.'.repeat(13)}7`, 443, 80],
      ['tcp', '10.1.0.1', 443, 1_100],
    ]);
    expect(experiment.flows[0]?.meter.deliveredTotal).toBe(4);
  });

  it('is not delivered when somebody has changed its addresses, checksums included', () => {
    const writer = new TruthWriter(openRandomStream(1, 'traffic/0', 'body'));
    const truth: GroundTruth = { flow: 3, kind: 'data', sequence: 1, sentNs: 5 };
    const packet = ipPacket('ipv4', 'tcp', 200);
    const { flow } = readIpPacket(packet)!;
    writer.writeCaptured(packet, flow, truth);
    expect(readTruth(packet, { ...truth })).toBe(true);
    for (const other of [
      { ...flow, to: { ...flow.to, port: 80 } },
      { ...flow, from: flow.to },
    ]) {
      const translated = packet.slice();
      writeIpHeaders(translated, other);
      expect(readTruth(translated, { ...truth })).toBe(false);
    }
    for (let bit = 0; bit < 8 * packet.length; bit += 1) {
      const damaged = packet.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      expect(readTruth(damaged, { ...truth }), `bit ${bit}`).toBe(false);
    }
  });

  it('leaves out what has no ports, and says so', () => {
    const icmp = ipPacket('ipv4', 'udp', 100);
    icmp[9] = 1;
    const fragment = ipPacket('ipv4', 'udp', 100);
    fragment[7] = 1;
    const timed = [icmp, fragment, ipPacket('ipv4', 'udp', 100)].map((bytes) => ({
      timeNs: START,
      bytes,
    }));
    const { warnings, traffic } = load(pcapOf(timed, MICROSECONDS, 101));
    expect(warnings.join('\n')).toMatch(/2 packets are left out: only UDP and TCP have ports/);
    expect(traffic[0]?.pattern).toMatchObject({ bytes: [100] });
    expect(mistakeIn(pcapOf(timed.slice(0, 2), MICROSECONDS, 101))).toMatch(
      /no packet is one of UDP or TCP/,
    );
  });

  it('is refused with the byte of the file that is wrong, or the entry', () => {
    const file = pcapOf(PACKETS, MICROSECONDS, 101);
    expect(mistakeIn(file.subarray(0, -1))).toMatch(
      /s\.yaml:8:\d+.*x\.pcap: byte \d+: a packet of 1100 B ends after/s,
    );
    expect(mistakeIn(file, 'kind: ip, file: x.pcap, rate: 1/s')).toMatch(
      /expected either file, or rate/,
    );
    expect(mistakeIn(file, 'kind: ip, file: x.pcap, size: 100B')).toMatch(
      /expected either file, or rate/,
    );
    expect(mistakeIn(file, 'kind: ip')).toMatch(/expected either file, or rate/);
    expect(mistakeIn(file, 'kind: ip, file: y.pcap')).toMatch(/y\.pcap/);
  });
});
