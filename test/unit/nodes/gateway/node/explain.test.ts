/** What a gateway says of its peers, and of why packets take the path that they take, in virtual time. */
import { beforeEach, expect, it } from 'vitest';
import { load, prepare, SECOND } from '../../../runner/fixture.ts';

const FAULT_NS = 5 * SECOND;
const scenario = load('failover.yaml', {
  ...{ duration: '20s', warmup: '3s', 'traffic.0.rate': '1/s', 'traffic.0.stop': '1s' },
  'options.gateway.multipath.preferences': '{ avoidAs: [3-ff00:0:320] }',
  events:
    '[{ at: 5s, for: 14s, link: { activePath: "gateway-111 -> gateway-211", hop: 1 }, set: { up: false } }]',
});
let { world } = prepare(scenario);
let nowNs = 0;

beforeEach(() => {
  world = prepare(scenario).world;
  nowNs = 0;
  runOn(4 * SECOND);
});

function runOn(ns: number): void {
  nowNs += ns;
  world.sim.runUntil(nowNs);
}

// biome-ignore lint/suspicious/noExplicitAny: an answer of any kind
function ask(kind: string, target = ''): readonly [string, any] {
  let answer: readonly [string, unknown] = ['unanswered', undefined];
  world.request('gateway-111', {
    ...{ kind, target, body: new Uint8Array(0) },
    respond: (outcome, text) => {
      const said = Buffer.from(text ?? []).toString();
      answer = [outcome, said.startsWith('{') ? JSON.parse(said) : said];
    },
  });
  return answer;
}

it('says why a path is in use, and what speaks against each other one', () => {
  const [outcome, decision] = ask('explain', '2-ff00:0:211');
  expect(outcome).toBe('ok');
  expect(decision).toMatchObject({
    ...{ name: 'gateway-211', isdAs: '2-ff00:0:211', strategy: 'failover' },
    why: 'had the best score when the first path was chosen',
    lastSwitch: { to: decision.inUse, cause: 'start', isFault: false },
  });
  const [used, ...others] = decision.candidates;
  expect(used).toMatchObject({ name: decision.inUse, isInUse: true, share: 1 });
  expect(others.map((one: { share: number }) => one.share)).toEqual([0, 0]);
  const reasons = Object.fromEntries(
    others.map(({ name, why }: { name: string; why: string }) => [/320/.test(name), why]),
  );
  expect(reasons).toEqual({ true: 'is ruled out by avoidAs', false: 'is not better by enough' });
  for (const { score } of decision.candidates) expect(score).toBeGreaterThan(0.5);
  expect(ask('explain', 'gateway-211')).toEqual([outcome, decision]);
});

it('says when packets left which path, and because of what', () => {
  const before = ask('status')[1].peers[0].inUse;
  runOn(4 * SECOND);
  const [, decision] = ask('explain', 'gateway-211');
  const { lastSwitch, inUse, candidates } = decision;
  expect(inUse).not.toBe(before);
  expect(lastSwitch).toMatchObject({ from: before, to: inUse, isFault: true });
  expect(lastSwitch.why).toMatch(/^(does not answer probes|was reported down by SCMP)$/);
  const agoNs = nowNs - FAULT_NS;
  expect(lastSwitch.agoNs).toBeGreaterThan(agoNs - SECOND);
  expect(lastSwitch.agoNs).toBeLessThan(agoNs);
  expect(decision.why).toBe(`took over from one that ${lastSwitch.why}`);
  expect(candidates.find(({ name }: { name: string }) => name === before)).toMatchObject({
    ...{ health: 'dead', why: lastSwitch.why, isInUse: false },
  });
});

it('says in the status how old the keys and the paths are, and where paths are from', () => {
  const { peers } = ask('status')[1];
  expect(peers[0].session).toMatchObject({ epoch: 2, opening: false });
  const { ageNs } = peers[0].session;
  expect(ageNs).toBeGreaterThan(2 * SECOND);
  runOn(SECOND);
  expect(ask('status')[1].peers[0].session.ageNs).toBe(ageNs + SECOND);
  expect(peers[0].paths[0]).toMatchObject({ source: 'computed', sourceAgeNs: 4 * SECOND });
});

it('names its peers to whoever asks about another gateway', () => {
  expect(ask('explain', '7-7')).toEqual([
    ...['unknown-peer', '7-7 is no peer; there are gateway-211'],
  ]);
});
