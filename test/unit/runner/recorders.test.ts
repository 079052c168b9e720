/** What is recorded about a run, and that recording does not change the run. @module */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PATH_QUALITY_TRACE } from '../../../nodes/_kit/path-states.ts';
import { readTracedState, type StateTexts } from '../../../nodes/_kit/trace-state.ts';
import { HANDSHAKE_TRACE, WINDOW_TRACE } from '../../../nodes/gateway/trace-states.ts';
import type { SeedResult } from '../../../reports/model.ts';
import type { Experiment } from '../../../runner/experiment/experiment.ts';
import { recordPcap } from '../../../runner/recording/record-pcap.ts';
import type { RecordingPaths } from '../../../runner/recording/recordings.ts';
import { prepareSeed } from '../../../runner/run/assemble-seed.ts';
import { runSeed } from '../../../runner/run/run-seed.ts';
import { loadScenario } from '../../../scenarios/files/load.ts';
import { SHIPPED_FILE_FOLDERS } from '../../../scenarios/folders.ts';
import { ProtocolRegistry } from '../../../scenarios/open/registry.ts';
import { RateDelayHistory } from '../../../viz/app/data/paces.ts';
import { QUERY_HANDLERS } from '../../../viz/app/data/trace-queries.ts';
import type { TraceFile } from '../../../viz/format/trace-file.ts';
import { readPcapng } from '../engine/measure/pcapng/second-reader.ts';
import { good, opened } from '../viz/format/trace-lab.ts';

const SECOND = 1_000_000_000;
const folder = mkdtempSync(join(tmpdir(), 'orrery-recorders-'));
const registry = new ProtocolRegistry();

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Recorded {
  readonly result: SeedResult;
  readonly journey: string;
}

function record(
  name: string,
  overrides: Readonly<Record<string, string>>,
  recordings: RecordingPaths,
): Recorded {
  const path = join(SHIPPED_FILE_FOLDERS.scenarios, `${name}.yaml`);
  const scenario = loadScenario({ path, folders: SHIPPED_FILE_FOLDERS, overrides, registry });
  let journey = '';
  const onJourneys = (text: string): void => {
    journey = text;
  };
  return { result: runSeed({ scenario, registry, seed: 1, recordings, onJourneys }), journey };
}

it('writes rates, delays and their changes, from which the time on each link follows exactly', async () => {
  const path = join(folder, 'paces.orr');
  const set = 'set: { rate: 2Mbit/s, delay: 31ms }';
  // Traffic has left the slow path when that path recovers, because packets with a shorter delay
  // wait for those before them.
  const events = `[{ at: 3s, for: 2s, link: core-110--core-310, ${set} }]`;
  const overrides = { 'traffic.0.rate': '80/s', duration: '6s', warmup: '2s', events };
  record('failover', overrides, { trace: { path, extent: 'full' } });
  const trace = await opened(new Uint8Array(readFileSync(path)));
  const changes = good(await QUERY_HANDLERS.paces(trace, { fromNs: 0, toNs: 9 * SECOND }));
  const { links } = trace;
  const slow = changes.filter(({ timeNs }) => timeNs === 3 * SECOND).at(-1);
  expect(links[slow?.link ?? -1]?.id).toBe('core-110--core-310');
  expect(slow).toMatchObject({ rateBps: 2e6, delayNs: 31e6 });
  const last = changes.at(-1);
  const { rateBps, delayNs } = links[last?.link ?? -1] ?? {};
  expect(last).toMatchObject({ timeNs: 5 * SECOND, rateBps, delayNs });
  const book = new RateDelayHistory(links, changes);
  const errors = good(await trace.hops(0, 9 * SECOND)).flatMap(
    ({ link, bytes, departNs, arriveNs }) => {
      const time = book.timeOf(link, bytes, departNs);
      if (arriveNs === undefined || time === undefined) return [];
      return [Math.abs(arriveNs - departNs - time.serialisationNs - time.propagationNs)];
    },
  );
  expect(errors.length).toBeGreaterThan(3_000);
  expect(Math.max(...errors)).toBeLessThanOrEqual(1);
}, 60_000);

describe('a run of failover with everything recorded', () => {
  const overrides = { 'traffic.0.rate': '50/s', duration: '20s', warmup: '2s' };
  const files = { trace: join(folder, 'trace.orr'), pcap: join(folder, 'trace.pcapng') };
  let plain: SeedResult;
  let recorded: Recorded;
  let trace: TraceFile;

  beforeAll(async () => {
    plain = record('failover', overrides, {}).result;
    recorded = record('failover', overrides, {
      trace: { path: files.trace, extent: 'windows' },
      pcapPath: files.pcap,
      explain: 2,
    });
    trace = await opened(new Uint8Array(readFileSync(files.trace)));
  }, 120_000);

  it('has the fingerprint, the events and the metrics of a run without recorders', () => {
    const { result } = recorded;
    expect(result.fingerprint).toBe(plain.fingerprint);
    expect(result.events).toBe(plain.events);
    expect(result.metrics).toEqual(plain.metrics);
    expect(trace.summary?.fingerprint).toBe(plain.fingerprint);
  });

  it('holds at each instant what a gateway measures of its paths, and its window', async () => {
    const states = good(await trace.stateAt(12 * SECOND));
    const node = trace.header.nodes.findIndex(({ name }) => name === 'gateway-211');
    const own: StateTexts = states.get(node) ?? new Map();
    const peer = 'gateway-111';
    const quality = readTracedState(
      PATH_QUALITY_TRACE,
      { path: 'via-220-320-120', peer },
      own,
    )?.value;
    expect(quality?.rttUs).toBeGreaterThan(24_000);
    expect(quality?.rttUs).toBeLessThan(25_000);
    const window = readTracedState(WINDOW_TRACE, { peer }, own)?.value;
    expect(window?.seen[0]).toBe(true);
    const steps = readTracedState(HANDSHAKE_TRACE, { peer }, own)?.value?.steps;
    expect([...(steps ?? new Map()).keys()].at(-1)).toBe('confirmed');
  });

  it('has a hop row for each packet that entered a link, and a drop row for each loss', async () => {
    const { packets, nodeDrops } = recorded.result;
    const hops = good(await trace.hops(0, 30 * SECOND));
    const arrived = hops.filter(({ arriveNs }) => arriveNs !== undefined);
    expect(arrived).toHaveLength(packets.delivered);
    const drops = good(await trace.rows('drop', 0, 30 * SECOND));
    const rows = drops.reduce((sum, { from, to }) => sum + to - from, 0);
    const sumOf = (counts: object): number =>
      Object.values(counts).reduce((sum: number, count: number) => sum + count, 0);
    expect(rows).toBeGreaterThanOrEqual(sumOf(packets.drops));
    expect(rows).toBe(sumOf(packets.drops) + sumOf(nodeDrops));
  });

  it('follows a packet of the application over all its links', async () => {
    const hops = good(await trace.hops(4 * SECOND, 4.5 * SECOND));
    const data = hops.filter((hop) => hop.flow === 1);
    const first = data[0]?.packet;
    const way = data.filter(({ packet }) => packet === first);
    const names = way.map(({ link }) => trace.links[link]?.name);
    expect(names).toHaveLength(6);
    expect(names[0]).toMatch(/^gateway-111->br-111-/);
    expect(names[5]).toMatch(/->gateway-211$/);
    expect(trace.header.flows[1]).toBe('gateway-111 -> gateway-211');
    expect(way.every((hop, i) => i === 0 || hop.departNs >= (way[i - 1]?.arriveNs ?? 0))).toBe(
      true,
    );
  });

  it('knows faults, states, and series of the report', async () => {
    const [fault] = recorded.result.faults;
    const ranges = good(await trace.rows('fault', 0, 30 * SECOND));
    const rows = ranges.flatMap(({ block, from, to }) =>
      Array.from({ length: to - from }, (_, i) => ({
        at: block.time('time', from + i),
        kind: trace.header.faultKinds[block.value('kind', from + i)],
        target: trace.name(block.value('target', from + i)),
        text: trace.name(block.value('text', from + i)),
      })),
    );
    const [target] = fault?.targets ?? [];
    expect(rows[0]).toEqual({ at: fault?.beginNs, kind: 'begin', target, text: fault?.text });
    expect(rows.filter(({ kind }) => kind === 'end')).toHaveLength(1);
    expect(rows.filter(({ kind }) => kind === 'effect').length).toBeGreaterThan(0);
    const node = trace.header.nodes.findIndex(({ name }) => name === 'gateway-111');
    const before = good(await trace.stateAt((fault?.beginNs ?? 0) - 1)).get(node);
    const after = good(await trace.stateAt((fault?.beginNs ?? 0) + SECOND)).get(node);
    expect(before?.get('path to gateway-211')).toBeTruthy();
    expect(after?.get('path to gateway-211')).not.toBe(before?.get('path to gateway-211'));
    expect(trace.metrics.map(({ name }) => name)).toEqual(
      recorded.result.series.map(({ name }) => name),
    );
  });

  it('captures both ends of every link, and every loss with its reason', () => {
    const capture = readPcapng(new Uint8Array(readFileSync(files.pcap)));
    const { packets } = recorded.result;
    const inbound = capture.packets.filter(({ flags }) => flags === 1);
    expect(inbound).toHaveLength(packets.delivered);
    const comments = capture.packets.filter(({ comment }) => comment?.startsWith('drop: '));
    const dropped = Object.values(packets.drops).reduce((sum, count) => sum + count, 0);
    expect(comments).toHaveLength(dropped);
    expect(comments.map(({ comment }) => comment)).toContain('drop: link-down');
    const left = new Map<string, string | undefined>();
    for (const { data, interfaceId, flags, comment } of capture.packets) {
      const bytes = Buffer.from(data).toString('latin1');
      const name = capture.interfaces[interfaceId]?.name;
      if (flags === 2 && comment === undefined) left.set(bytes, name);
      if (flags === 1) expect(name?.split('->').reverse().join('->')).toBe(left.get(bytes));
    }
    const times = capture.packets.map(({ time }) => time);
    expect(times.every((time, i) => i === 0 || time >= (times[i - 1] ?? 0n))).toBe(true);
    const received = capture.interfaces.reduce(
      (sum, one) => sum + (one.statistics?.received ?? 0n),
      0n,
    );
    expect(received).toBe(BigInt(capture.packets.length - comments.length));
    const names = capture.interfaces.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const one of names) expect(names).toContain(one?.split('->').reverse().join('->'));
  });

  it('keeps the bytes of the packets that it explains', async () => {
    const hops = good(await trace.hops(2 * SECOND, 3 * SECOND)).filter(({ flow }) => flow === 1);
    const captures = good(await trace.captures(hops[0]?.packet ?? -1));
    expect(captures.slice(0, -1).map(({ bytes }) => bytes.length)).toEqual(
      Array(6).fill(hops[0]?.bytes),
    );
    expect(captures.map(({ link }) => trace.links[link ?? -1]?.to)).toEqual([
      ...captures.slice(1).map(({ node }) => node),
      undefined,
    ]);
    // The payload that the gateway took out of its frame, as the application received it.
    expect(captures.at(-1)?.bytes).toHaveLength(1_000);
  });

  it('tells the way of a packet within 80 columns', () => {
    const journeys = recorded.journey.split('\n\n');
    expect(journeys).toHaveLength(2);
    const [journey = ''] = journeys;
    const lines = journey.split('\n');
    expect(lines[0]).toMatch(
      /^Packet 1 \(sequence \d+\), gateway-111 to gateway-211, at 2\.\d{9} s$/,
    );
    expect(lines.filter((line) => line.includes('scion: checks passed'))).toHaveLength(5);
    expect(lines.filter((line) => line.includes('to serialise to'))).toHaveLength(6);
    expect(lines.at(-1)).toMatch(
      /^ {2}\+\d[\d ]* ns {2}gateway-211 {2}delivered to its application$/,
    );
    expect(lines.every((line) => line.length <= 80)).toBe(true);
  });
});

describe('a run of a mixnet', () => {
  const overrides = {
    duration: '14s',
    warmup: '3s',
    crypto: 'modelled',
    'topology.generate.clients': '4',
    'options.mixnet.rates.payload': '10/s',
    'options.mixnet.double': 'lossy',
    traffic: '[{ from: client-1, to: client-2, kind: poisson, rate: 3/s, size: 500B, stop: 6s }]',
    kpis: '{}',
  };
  const path = join(folder, 'mixnet.orr');
  const recordings: RecordingPaths = { trace: { path, extent: 'full' }, explain: 6 };
  const { result, journey } = record('mixnet', overrides, recordings);
  const journeys = journey
    .split('\n\n')
    .map((text) =>
      text
        .split('\n')
        .flatMap((line) => line.match(/ns {2}(\S.*)$/)?.[1]?.replace(/ +/, ' ') ?? []),
    );

  it('tells the way of a packet through mixes, though each makes another packet of it', () => {
    const whole = journeys.find((lines) => lines.filter((l) => l.includes('packed')).length === 2);
    const number = /\d(?:[\d .]*\d)?(?= ms,| B to| B inside| B$)/;
    const words = whole?.filter((line) => !/arrived|serialise/.test(line));
    expect(words?.map((line) => line.replace(number, '#'))).toEqual([
      'client-1 its application sends # B',
      'client-1 mixnet: packed, # B to send',
      expect.stringMatching(/^provider-\d mixnet: held # ms, \d+ B changed$/),
      expect.stringMatching(/^mix-1-\d mixnet: held # ms, \d+ B changed$/),
      expect.stringMatching(/^mix-2-\d mixnet: held # ms, \d+ B changed$/),
      expect.stringMatching(/^mix-3-\d mixnet: held # ms, \d+ B changed$/),
      expect.stringMatching(/^provider-\d kept for its recipient$/),
      'client-2 mixnet: unpacked, # B inside',
      'client-2 delivered to its application',
    ]);
    expect(whole?.filter((line) => line.includes('serialise to'))).toHaveLength(5);
  });

  it('keeps the bytes of each packet that a mix made of another, under one number', async () => {
    const trace = await opened(new Uint8Array(readFileSync(path)));
    const ways = await Promise.all(
      good(await trace.trails()).map(async ({ packet }) => good(await trace.captures(packet))),
    );
    const whole = ways.find(({ length }) => length === 5);
    expect(new Set(whole?.map(({ packet }) => packet)).size).toBe(5);
    expect(whole?.map(({ heldNs }) => heldNs !== undefined)).toEqual([
      false,
      true,
      true,
      true,
      true,
    ]);
    expect(new Set(whole?.map(({ bytes }) => bytes.length)).size).toBe(1);
    const [first, second] = whole ?? [];
    const hop = good(await trace.hops(first?.timeNs ?? 0, (first?.timeNs ?? 0) + 1)).find(
      ({ packet }) => packet === first?.packet,
    );
    expect(hop?.link).toBe(first?.link);
    expect(second?.timeNs).toBe((hop?.arriveNs ?? 0) + (second?.heldNs ?? 0));
    const states = good(await trace.stateAt(second?.timeNs ?? 0)).get(second?.node ?? -1);
    expect(states?.get('packets')).toMatch(/^modelled nike x25519 hops=5 payload=2000 surb$/);
  });

  it('tells why a packet ended on its way, and that it was sent again', () => {
    const lost = journeys.find((lines) => lines.some((line) => line.includes('dropped: ')));
    const at = lost?.findIndex((line) => line.includes('dropped: ')) ?? -1;
    expect(lost?.slice(at + 1).some((line) => line.includes('mixnet: packed'))).toBe(true);
    expect(lost?.at(-1)).toBe('client-2 delivered to its application');
  });

  it('has the fingerprint of a run whose packets nobody explains', () => {
    expect(record('mixnet', overrides, {}).result.fingerprint).toBe(result.fingerprint);
  });
});

describe('a run of hello', () => {
  it('is told the same way every time', () => {
    const first = record('hello', { duration: '2s' }, { explain: 1 }).journey;
    expect(record('hello', { duration: '2s' }, { explain: 1 }).journey).toBe(first);
    expect(first.split('\n').map((line) => line.trim().replace(/ {2,}/g, ' '))).toEqual([
      'Packet 1 (sequence 99), alice to bob, at 1.000000000 s',
      '+0 ns alice its application sends 100 B',
      '+0 ns alice ping: packed, 108 B to send',
      '+0 ns alice 86.4 µs to serialise to bob',
      '+5 086 400 ns bob arrived, 5.086 ms on the link',
      '+5 086 400 ns bob ping: unpacked, 100 B inside',
      '+5 086 400 ns bob delivered to its application',
      '+5 086 400 ns bob ping: checks passed, now 8 B, sent on',
      '+5 086 400 ns bob 6.4 µs to serialise to alice',
      '+10 092 800 ns alice arrived, 5.006 ms on the link',
      '',
    ]);
  });

  it('is the same with a full trace, and asks for nothing when nothing is recorded', () => {
    const path = join(folder, 'hello.orr');
    const traced = record('hello', { duration: '2s' }, { trace: { path, extent: 'full' } });
    const plain = record('hello', { duration: '2s' }, {});
    expect(traced.result.fingerprint).toBe(plain.result.fingerprint);
    expect(plain.journey).toBe('');
  });

  it('says where a capture ended that was full, and still counts what is not in it', () => {
    const path = join(SHIPPED_FILE_FOLDERS.scenarios, 'hello.yaml');
    const overrides = { duration: '2s' };
    const scenario = loadScenario({ path, folders: SHIPPED_FILE_FOLDERS, overrides, registry });
    const { world } = prepareSeed({ scenario, registry, seed: 1 });
    const file = join(folder, 'small.pcapng');
    const capture = recordPcap({ world, scenario, registry, seed: 1 }, file, 4_000);
    world.sim.observer = capture.observer;
    expect(capture.warning?.()).toBeUndefined();
    world.sim.runUntil(2 * SECOND);
    capture.finish({} as SeedResult, {} as Experiment);
    capture.close?.();
    const { packets, interfaces } = readPcapng(new Uint8Array(readFileSync(file)));
    const counted = interfaces.reduce((sum, one) => sum + Number(one.statistics?.received), 0);
    expect(packets.length).toBeLessThan(40);
    expect(counted).toBeGreaterThan(700);
    expect(capture.warning?.()).toMatch(/^trace.pcapng is full and ends at 0\.\d{3} s/);
  });
});
