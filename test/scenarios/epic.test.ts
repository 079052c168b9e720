/** Gateways that send on EPIC-HP paths: which packets do, what comes back, and what routers make of changed ones. */
import { describe, expect, it } from 'vitest';
import { isdAsOfWords } from '../../nodes/scion/wire/isd-as.ts';
import { PacketView } from '../../nodes/scion/wire/packet-view.ts';
import type { PreparedRun } from '../../runner/run/assemble-seed.ts';
import { load, MS, prepare, SECOND } from '../unit/runner/fixture.ts';

const SCION = 1;
const EPIC = 3;
const PROTOCOL_UDP = 17;
/** Offsets in the path: before the fields of the last two hops are 8 bytes that identify the packet. */
const PENULTIMATE_FIELD = 8;
const LAST_FIELD = 12;
const OURS = '1-ff00:0:111';
const PLACES = [1, 2, 3];
/** The routers whose hop fields are the last but one and the last of our paths. */
const PENULTIMATE = ['core-210', 'core-220', 'core-230'];
const LAST = ['br-211-1', 'br-211-2', 'br-211-3'];

/** What may happen in a run, and which control services announce nothing. */
interface Circumstances {
  readonly events?: string;
  readonly silent?: readonly string[];
}

/** Traffic of 200 packets a second from one gateway to the other from 6 s to 9 s. */
function started({ events = '[]', silent = [] }: Circumstances = {}): PreparedRun {
  const own = silent.map((name) => `, ${name}: { epic: false }`).join('');
  const run = prepare(
    load('scion-failover.yaml', {
      ...{ duration: '16s', warmup: '6s', events },
      options: `{ control-service: { epic: true }, gateway: { multipath: { epic: true } }${own} }`,
      traffic:
        '[{ from: gateway-111, to: gateway-211, kind: constant, rate: 200/s, size: 400B, start: 6s, stop: 9s }]',
      kpis: '{ gateway.delivery: { value: ">= 0" } }',
    }),
  );
  run.world.sim.runUntil(6 * SECOND);
  return run;
}

/** Shows each UDP packet between our gateway and its routers, by whether we sent it; it may be changed. */
function watch({ world }: PreparedRun, see: (packet: PacketView, isOurs: boolean) => void): void {
  const view = new PacketView();
  for (const place of PLACES) {
    for (const side of ['forward', 'backward'] as const) {
      world.link(`gateway-111--br-111-${place}`).tap(side, ({ bytes, offset, length }) => {
        if (view.parse(bytes, offset, length) !== undefined) return true;
        const source = isdAsOfWords({ high: view.sourceHigh, low: view.sourceLow });
        if (view.upperProtocol === PROTOCOL_UDP) see(view, source === OURS);
        return true;
      });
    }
  }
}

/** Packets of gateways that we sent and received, by their path type. */
function countTypes(run: PreparedRun): Readonly<Record<'sent' | 'received', number[]>> {
  const counts = { sent: [0, 0, 0, 0], received: [0, 0, 0, 0] };
  watch(run, ({ pathType }, isOurs) => {
    const of = isOurs ? counts.sent : counts.received;
    of[pathType] = (of[pathType] ?? 0) + 1;
  });
  return counts;
}

interface PeerStatus {
  readonly paths: readonly { readonly isEpic: boolean }[];
}

/** Whether a gateway sends on its paths as on EPIC-HP paths: what is true of one of them at least. */
function areEpic({ experiment }: PreparedRun, gateway: string): ReadonlySet<boolean> {
  const { peers = [] } = experiment.node(gateway)?.status?.() ?? {};
  return new Set(
    (peers as readonly PeerStatus[]).flatMap(({ paths }) => paths.map(({ isEpic }) => isEpic)),
  );
}

function deliveredIn({ experiment }: PreparedRun): number {
  return experiment.flows[0]!.meter.deliveredTotal;
}

/** Drops of one name, by the routers that had some. */
function dropsOf({ world }: PreparedRun, reason: string): string[] {
  const dropping = world.sim.hosts.filter(({ drops }) => (drops.get(reason) ?? 0) > 0);
  return dropping.map(({ name }) => name).sort();
}

describe('gateways on EPIC-HP paths', () => {
  it('send all of their own frames on them, answer on the path inside, and everything arrives', () => {
    const run = started();
    const counts = countTypes(run);
    run.world.sim.runUntil(12 * SECOND);
    expect(areEpic(run, 'gateway-111')).toEqual(new Set([true]));
    expect(areEpic(run, 'gateway-211')).toEqual(new Set([true]));
    // 200 a second for 3 s, the first after a random part of an interval.
    expect(deliveredIn(run)).toBeGreaterThanOrEqual(599);
    expect(counts.sent[EPIC]).toBeGreaterThan(600);
    // Probes of the other gateway, and its answers to probes and its reports.
    expect(counts.received[EPIC]).toBeGreaterThan(50);
    expect(counts.received[SCION]).toBeGreaterThan(100);
    const drops = Object.keys(run.world.nodeDrops());
    expect(drops.filter((name) => name.startsWith('epic'))).toEqual([]);
  });

  it('send on plain paths where one of the last two ASes announces nothing, and say so', () => {
    const run = started({ silent: ['control-210', 'control-111'] });
    const counts = countTypes(run);
    // While links come up, their interfaces are reported down: the plain path is left out of answers for 10 s.
    run.world.sim.runUntil(16 * SECOND);
    expect(areEpic(run, 'gateway-111')).toEqual(new Set([true, false]));
    expect(areEpic(run, 'gateway-211')).toEqual(new Set([false]));
    // 200 a second for 3 s, the first after a random part of an interval.
    expect(deliveredIn(run)).toBeGreaterThanOrEqual(599);
    expect(counts.sent[EPIC]).toBeGreaterThan(20);
    expect(counts.received[EPIC]).toBe(0);
  });

  it('never identify two packets alike', () => {
    const run = started();
    const ids = new Set<string>();
    let sent = 0;
    watch(run, ({ pathType, buffer, pathOffset, firstTimestamp }, isOurs) => {
      if (pathType !== EPIC || !isOurs) return;
      sent += 1;
      ids.add(`${firstTimestamp} ${buffer.subarray(pathOffset, pathOffset + PENULTIMATE_FIELD)}`);
    });
    run.world.sim.runUntil(9 * SECOND);
    expect(sent).toBeGreaterThan(600);
    // Packets on different paths may be.
    expect(ids.size).toBeGreaterThan(sent - 10);
  });
});

describe('a packet on an EPIC-HP path', () => {
  it.each([
    ['the last but one', PENULTIMATE_FIELD, PENULTIMATE],
    ['the last', LAST_FIELD, LAST],
  ])('whose field for %s router is changed is dropped there', (_, field, routers) => {
    const run = started();
    watch(run, ({ pathType, buffer, pathOffset }, isOurs) => {
      if (pathType === EPIC && isOurs) buffer[pathOffset + field]! ^= 1;
    });
    run.world.sim.runUntil(12 * SECOND);
    expect(dropsOf(run, 'epic-field')).toEqual(routers);
    expect(deliveredIn(run)).toBe(0);
  });

  it('is dropped as of the future if the clock of its sender is 2 s ahead, but not if it is 0.9 s', () => {
    const ahead = (step: string): string[] => {
      const run = started({
        events: `[{ at: 7s, for: 3s, clock: { node: gateway-111, step: ${step} } }]`,
      });
      run.world.sim.runUntil(8 * SECOND);
      return dropsOf(run, 'epic-future');
    };
    expect(ahead('900ms')).toEqual([]);
    const routers = ahead('2s');
    expect(routers.length).toBeGreaterThan(0);
    expect(PENULTIMATE).toEqual(expect.arrayContaining(routers));
  });

  it('does not leave if its segment is of the future by the clock of its sender', () => {
    const run = started({
      events: '[{ at: 7s, for: 3s, clock: { node: gateway-111, step: -60s } }]',
    });
    run.world.sim.runUntil(7 * SECOND);
    const counts = countTypes(run);
    run.world.sim.runUntil(8 * SECOND);
    expect(dropsOf(run, 'epic-clock')).toEqual(['gateway-111']);
    expect(counts.sent[EPIC]).toBe(0);
    run.world.sim.runUntil(12 * SECOND);
    expect(counts.sent[EPIC]).toBeGreaterThan(10);
  });

  it('is delivered 2.9 s after it was sent, and dropped as expired after 3.1 s', () => {
    const delayed = (ms: number): { readonly drops: string[]; readonly delivered: number } => {
      const run = started();
      for (const place of PLACES) {
        run.world.link(`core-1${place}0--core-3${place}0`).change({ delayNs: ms * MS }, 'both');
      }
      run.world.sim.runUntil(12 * SECOND);
      return { drops: dropsOf(run, 'epic-expired'), delivered: deliveredIn(run) };
    };
    expect(delayed(2_900).drops).toEqual([]);
    expect(delayed(2_900).delivered).toBeGreaterThan(0);
    const late = delayed(3_100);
    expect(late.drops.filter((name) => PENULTIMATE.includes(name)).length).toBeGreaterThan(0);
    expect(late.delivered).toBe(0);
  });
});
