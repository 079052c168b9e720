/**
 * The account of application packets that gateways carry: after crashes, cuts, loss, damage and
 * fragmentation, and with gateways that silently lose packets.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { Protocol } from '../../../engine/host/protocol.ts';
import { MESSAGE_CONSERVATION_INVARIANT } from '../../../reports/messages.ts';
import type { MessageTotals } from '../../../reports/model.ts';
import { SLICE_NS } from '../../../runner/experiment/slices.ts';
import { prepareSeed } from '../../../runner/run/assemble-seed.ts';
import { runSeed } from '../../../runner/run/run-seed.ts';
import { ProtocolRegistry } from '../../../scenarios/open/registry.ts';
import { load, registry, report, run } from './fixture.ts';

type Overrides = Readonly<Record<string, string>>;

const SMALL: Overrides = {
  crypto: 'modelled',
  duration: '6s',
  warmup: '1s',
  'traffic.0.rate': '100/s',
  events: '[]',
};
const every = (node: string): string => `{ every: 2s, from: 3s, for: 300ms, crash: ${node} }`;

function account(more: Overrides, seed = 1): MessageTotals {
  const { messages } = run(load('failover.yaml', { ...SMALL, ...more }), seed);
  if (messages === undefined) throw new Error('no account was kept');
  return messages;
}

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((all, count) => all + count, 0);
const parts = ({ delivered, refused, givenUp, lost, open }: MessageTotals): number =>
  delivered + sum(refused) + givenUp + sum(lost) + open;

/** Protocols that do not report their messages. */
class SilentRegistry extends ProtocolRegistry {
  override protocols(name: string): Protocol | undefined {
    const protocol = super.protocols(name);
    if (protocol === undefined) return undefined;
    const { account: _, ...silent } = protocol;
    return silent;
  }
}

describe('packets of applications between gateways', () => {
  it('were not accounted for: those that waited too long for a path are lost as no-path', () => {
    const totals = account({});
    expect(totals.submitted).toBeGreaterThan(500);
    expect(parts(totals)).toBe(totals.submitted);
    expect(Object.keys(totals.lost)).toEqual(['no-path']);
    // Routers need a second and a half to find each other, and a packet waits a tenth of a second.
    expect(totals.lost['no-path']).toBeGreaterThan(100);
    expect(totals.lost['no-path']).toBeLessThan(200);
    expect(totals.open).toBe(0);
  });

  it('that links and nodes lose have the reason of the link or node', () => {
    const more = { 'topology.defaults.link.loss': '2%', 'topology.defaults.link.duplicate': '2%' };
    const cut = { events: '[{ at: 3s, for: 2s, link: "core-*", set: { up: false } }]' };
    const totals = account({ ...more, ...cut });
    expect(parts(totals)).toBe(totals.submitted);
    const reasons = Object.keys(totals.lost);
    expect(reasons).toEqual(expect.arrayContaining(['link-down', 'loss', 'no-path']));
    expect(totals.lost['loss']).toBeGreaterThan(10);
  });

  it('were nowhere while their requests waited for a busy processor: open at the end, lost in a crash', () => {
    // Several times the load that one core for all nodes can process, with no limits that would
    // reject it.
    const busy: Overrides = {
      cpu: 'calibrated',
      cpuProfile: 'scenarios/profiles/two-shared-cores.json',
      cpuQueues: 'endless',
      cpuMachines: 'one',
      duration: '2600ms',
      'traffic.0.rate': '20000/s',
      'options.gateway.overload.shed': 'false',
    };
    const atEnd = account(busy);
    expect(parts(atEnd)).toBe(atEnd.submitted);
    expect(atEnd.open).toBeGreaterThan(1_000);
    const crashed = account({ ...busy, events: '[{ at: 2400ms, crash: gateway-111 }]' });
    expect(parts(crashed)).toBe(crashed.submitted);
    expect(crashed.lost['node-crashed']).toBeGreaterThan(1_000);
  });

  it('in fragments are lost for the reason of the fragment that is missing, or open', () => {
    const more = { 'traffic.0.size': '6000B', 'topology.defaults.link.loss': '1%' };
    const totals = account(more);
    expect(parts(totals)).toBe(totals.submitted);
    const given = (totals.lost['fragment-timeout'] ?? 0) + (totals.lost['fragment-evicted'] ?? 0);
    expect(given).toBeGreaterThan(10);
  });

  it('whose bits a link flipped are lost at whoever found out, or as corrupted', () => {
    const totals = account({ 'topology.defaults.link.corrupt': '3%' });
    expect(parts(totals)).toBe(totals.submitted);
    expect(totals.lost['l4-checksum']).toBeGreaterThan(5);
  });

  it.each(['gateway-111', 'gateway-211', 'core-110'])('add up over crashes of %s', (node) => {
    for (const size of ['1000B', '6000B']) {
      const totals = account({ events: `[${every(node)}]`, 'traffic.0.size': size });
      expect(parts(totals)).toBe(totals.submitted);
      const reasons = Object.keys({ ...totals.lost, ...totals.refused });
      expect(reasons).toEqual(expect.arrayContaining(['node-down']));
    }
  });

  it('that wait in a gateway which crashes are lost as node-crashed', () => {
    // The gateway has no path yet and keeps packets for a tenth of a second, which is ten packets.
    const totals = account({ events: '[{ at: 800ms, for: 200ms, crash: gateway-111 }]' });
    expect(parts(totals)).toBe(totals.submitted);
    expect(totals.lost['node-crashed']).toBeGreaterThan(4);
    expect(totals.lost['node-crashed']).toBeLessThan(20);
  });

  it('that are under way when the run ends are open', () => {
    const scenario = load('failover.yaml', SMALL);
    const { world, account: kept, experiment } = prepareSeed({ scenario, registry, seed: 1 });
    world.sim.runUntil(4_000_000_000 + SLICE_NS);
    if (kept.kind !== 'kept') throw new Error(kept.reason);
    expect(
      kept.accounts.imbalance((node, layer) => experiment.member(node, layer)?.holding?.()),
    ).toBeUndefined();
    const totals = kept.accounts.totals(experiment.flows);
    // 100 packets a second over a path of 10 ms.
    expect(totals.open).toBeGreaterThanOrEqual(1);
    expect(totals.open).toBeLessThan(6);
    expect(parts(totals)).toBe(totals.submitted);
  });

  it('add up where their processor is modelled, and what it is too late for is lost as overload', () => {
    const scenario = load('overload.yaml', {
      duration: '2700ms',
      warmup: '2s',
      'traffic.0.start': '1900ms',
      'traffic.0.rate': '20000/s',
      'options.gateway.overload.shed': 'false',
    });
    const { messages } = runSeed({ scenario, registry, seed: 1 });
    if (messages === undefined) throw new Error('no account was kept');
    expect(parts(messages)).toBe(messages.submitted);
    const shed = (messages.lost['overload'] ?? 0) + (messages.refused['overload'] ?? 0);
    expect(shed).toBeGreaterThan(100);
  });

  it('end their journeys with the reason', () => {
    const journeys: string[] = [];
    const scenario = load('failover.yaml', { ...SMALL, 'topology.defaults.link.loss': '5%' });
    const onJourneys = (text: string): number => journeys.push(...text.split('\n\n'));
    run(scenario, 1, { recordings: { explain: 300 }, onJourneys });
    const lost = journeys.filter((journey) => /lost: loss/.test(journey));
    expect(lost.length).toBeGreaterThan(10);
    for (const journey of lost) expect(journey.trimEnd().split('\n').at(-1)).toMatch(/lost: loss$/);
    const waited = journeys.filter((journey) => /lost: no-path/.test(journey));
    expect(waited.length).toBeGreaterThan(10);
  });

  it('stand in the report as an invariant', () => {
    const scenario = load('failover.yaml', SMALL);
    const { invariants, messages } = report(scenario, [run(scenario)]);
    const verdict = invariants.find(({ name }) => name === MESSAGE_CONSERVATION_INVARIANT);
    expect(verdict?.pass).toBe(true);
    expect(verdict?.detail).toBe(`${messages?.submitted} submitted, each accounted for`);
  });

  it('that a gateway swallows as they come break the account', () => {
    const swallowing = { 'options.gateway-211.double': 'swallowing' };
    expect(() => account(swallowing)).toThrow(
      /messages do not add up: message \d+ from gateway-111 to gateway-211 is nowhere/,
    );
  });

  it('that a gateway loses while they wait break the account', () => {
    const hoarding = { 'options.gateway-111.double': 'hoarding' };
    expect(() => account(hoarding)).toThrow(
      /messages do not add up: gateway-111 holds 0, but 1 went in and did not come out/,
    );
  });

  it('change nothing of the run that is measured: the fingerprint is that of a run without account', () => {
    const scenario = load('failover.yaml', SMALL);
    const without = runSeed({ scenario, registry: new SilentRegistry(), seed: 1 });
    expect(without.messagesUntracked).toContain('does not report');
    expect(run(scenario).fingerprint).toBe(without.fingerprint);
  });
});

describe('packets that race on two paths', () => {
  const RACE: Overrides = { 'options.gateway.multipath.strategy': 'race' };

  it('are one message each, whatever becomes of the copies', () => {
    const loss = { 'topology.defaults.link.loss': '2%', 'topology.defaults.link.duplicate': '2%' };
    const cut =
      '{ at: 3s, for: 2s, link: { activePath: "gateway-111 -> gateway-211" }, set: { up: false } }';
    const events = `[${cut}, ${every('gateway-211')}]`;
    const totals = account({ ...RACE, ...loss, events });
    expect(parts(totals)).toBe(totals.submitted);
    expect(totals.lost).toMatchObject({ loss: expect.any(Number) });
  });

  it('were lost as duplicates when a gateway swallowed the first copies: that breaks the account', () => {
    const swallowing = { ...RACE, 'options.gateway-211.double': 'swallowing' };
    expect(() => account(swallowing)).toThrow(/message \d+ from .* is nowhere/);
  });

  it('and wait for a window on a slow disk are duplicates in the end as well, and never replays', () => {
    const held: Overrides = {
      ...{ ...SMALL, ...RACE, 'traffic.0.rate': '1000/s' },
      'options.gateway.antiReplay.reserve': '64',
      events: '[{ at: 2s, for: 3s, disk: { node: gateway-211, slower: 100ms } }]',
    };
    const { nodeDrops } = run(load('failover.yaml', held));
    expect(nodeDrops['duplicate']).toBeGreaterThan(1_000);
    expect(nodeDrops['replay']).toBeUndefined();
  });
});
