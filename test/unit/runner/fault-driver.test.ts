import { describe, expect, it } from 'vitest';
import type { AffectedDirections, LinkChange } from '../../../engine/net/link-spec.ts';
import type { AskAnswerReceiver } from '../../../runner/asks/ask.ts';
import { type FaultContext, FaultError } from '../../../runner/faults/fault-context.ts';
import { FaultDriver } from '../../../runner/faults/fault-driver.ts';
import type { Undo, World, WorldLink } from '../../../runner/world.ts';
import type { AskSpec, FloodSpec } from '../../../scenarios/fault-parts.ts';
import type { FaultSpec, Scenario } from '../../../scenarios/model.ts';
import { load, SECOND } from './fixture.ts';

const base = load('failover.yaml');
const PATH = [
  'gateway-111--br-111-1',
  'core-110--br-111-1',
  'core-110--core-310',
  'core-310--core-210',
  'core-210--br-211-1',
  'gateway-211--br-211-1',
];

/** A world that records its faults in order: `12.5 down x both`. */
class FakeWorld {
  nowNs = 0;
  readonly log: string[] = [];
  readonly instants: number[] = [];
  /** Nodes that have crashed and not restarted. */
  readonly down = new Set<string>();
  readonly #agenda: { readonly at: number; readonly fire: () => void }[] = [];

  link(id: string): WorldLink {
    const undo = (text: string): Undo => {
      this.#note(text);
      return () => this.#note(`undo ${text}`);
    };
    return {
      id,
      change: (change: LinkChange, side: AffectedDirections): Undo =>
        undo(`${JSON.stringify(change)} ${id} ${side}`),
      hold: (side: AffectedDirections): Undo => undo(`hold ${id} ${side}`),
      attack: ({ replay }): Undo => undo(`tap ${id} ${replay}`),
      isUp: (): boolean => true,
    };
  }

  atFault(at: number, fire: () => void): void {
    this.instants.push(at);
    this.#agenda.push({ at, fire });
  }

  run(): void {
    for (let next = this.#earliest(); next !== undefined; next = this.#earliest()) {
      this.nowNs = next.at;
      next.fire();
    }
  }

  world(): World {
    return {
      now: () => this.nowNs,
      atFault: (at: number, fire: () => void) => this.atFault(at, fire),
      link: (id: string) => this.link(id),
      setClock: (node: string, change: object) => this.#note(`${node} ${JSON.stringify(change)}`),
    } as unknown as World;
  }

  attack(kind: string, node: string): () => void {
    this.#note(`${kind} attack on ${node} begins`);
    return (): void => this.#note(`${kind} attack on ${node} ends`);
  }

  /** The flood cannot run while its router is down. */
  flood(id: string, { by, node }: FloodSpec): Undo | undefined {
    if (by === 'dead-router') return undefined;
    this.#note(`flood ${id} to ${node} begins`);
    return (): void => this.#note(`flood to ${node} ends`);
  }

  /** Answered a second later; given up when the event ends. */
  ask({ node, kind }: AskSpec, { ended }: AskAnswerReceiver): Undo {
    this.#note(`${node} asked ${kind}`);
    const answer = { outcome: 'ok', tookNs: SECOND, parts: 2, bytes: 9 };
    this.atFault(this.nowNs + SECOND, () => ended(answer));
    return (): void => this.#note(`${node} asked no more`);
  }

  #note(text: string): void {
    this.log.push(`${this.nowNs / SECOND} ${text}`);
  }

  #earliest(): { readonly at: number; readonly fire: () => void } | undefined {
    this.#agenda.sort((a, b) => a.at - b.at);
    return this.#agenda.shift();
  }
}

interface Setup {
  readonly seed?: number;
  readonly path?: readonly string[] | undefined;
  readonly hasAlternative?: boolean;
  readonly durationNs?: number;
  /** True if the effect of an attack cannot be observed. */
  readonly isBlind?: boolean;
}

const FLOOD: Extract<FaultSpec['action'], { kind: 'flood' }> = {
  kind: 'flood',
  flood: { forgery: 'opening', node: 'gateway', by: 'router', as: 'peer', rate: 50 },
};

const ATTACK: FaultSpec['action'] = {
  kind: 'attack',
  attack: { kind: 'replay', node: 'mix', everyNs: 1, afterNs: 1 },
};

type Fault = Pick<FaultSpec, 'schedule' | 'action'>;

function drive(faults: readonly Fault[], setup: Setup = {}): [FaultDriver, FakeWorld] {
  const fake = new FakeWorld();
  const events = faults.map((fault, index) => ({
    ...fault,
    id: `event-${index + 1}`,
    position: { file: 'a.yaml', line: 7, column: 5 },
  }));
  const scenario: Scenario = { ...base, events, durationNs: setup.durationNs ?? 60 * SECOND };
  const context: FaultContext = {
    world: fake.world(),
    scenario,
    seed: setup.seed ?? 1,
    activePath: () => ('path' in setup ? setup.path : PATH),
    hasAlternative: () => setup.hasAlternative ?? true,
    flood: ({ id, flood }) => fake.flood(id, flood),
    ask: (spec, taker) => fake.ask(spec, taker),
    isUp: (node) => !fake.down.has(node),
    crash: (node, store) => {
      fake.down.add(node);
      fake.log.push(`${fake.nowNs / SECOND} crash ${node} ${store}`);
    },
    restart: (node) => {
      fake.down.delete(node);
      fake.log.push(`${fake.nowNs / SECOND} restart ${node}`);
    },
    began: () => undefined,
    ...(setup.isBlind === true ? {} : { attack: ({ kind, node }) => fake.attack(kind, node) }),
  };
  const driver = new FaultDriver(context);
  driver.schedule();
  return [driver, fake];
}

const every = (phase: 'start' | 'random'): FaultSpec['schedule'] => ({
  kind: 'every',
  everyNs: 12 * SECOND,
  fromNs: 8 * SECOND,
  forNs: 6 * SECOND,
  phase,
});
const cut = (hop: 'random' | 'first' | 'last' | number): FaultSpec['action'] => ({
  kind: 'set-link',
  links: { kind: 'active-path', from: 'gateway-111', to: 'gateway-211', hop },
  direction: 'both',
  set: { up: false },
});
const at = (atNs: number, forNs?: number): FaultSpec['schedule'] => ({
  kind: 'at',
  atNs,
  ...(forNs === undefined ? {} : { forNs }),
});

describe('instants of faults', () => {
  it('are whole slots before the end only', () => {
    const instants = (durationNs: number): number[] =>
      drive([{ schedule: every('start'), action: cut('first') }], { durationNs })[1].instants;
    expect(instants(60 * SECOND)).toEqual([8, 20, 32, 44].map((s) => s * SECOND));
    expect(instants(56 * SECOND)).toHaveLength(4);
    expect(instants(56 * SECOND - 1)).toHaveLength(3);
    expect(instants(20 * SECOND - 1)).toHaveLength(0);
  });

  it('with a random phase are uniform in [0, every - for]', () => {
    const phases: number[] = [];
    for (let seed = 1; seed <= 500; seed += 1) {
      const [, fake] = drive([{ schedule: every('random'), action: cut('first') }], { seed });
      for (const [slot, instant] of fake.instants.entries()) {
        phases.push((instant - (8 + 12 * slot) * SECOND) / (6 * SECOND));
      }
    }
    expect(phases).toHaveLength(2_000);
    const sorted = phases.sort((a, b) => a - b);
    expect(sorted[0]).toBeGreaterThanOrEqual(0);
    expect(sorted.at(-1)).toBeLessThanOrEqual(1);
    // Kolmogorov-Smirnov limit at 1 %: 1.63 / sqrt(n).
    const distances = sorted.map((phase, i) =>
      Math.max(Math.abs(phase - i / 2_000), Math.abs(phase - (i + 1) / 2_000)),
    );
    expect(Math.max(...distances)).toBeLessThan(1.63 / Math.sqrt(2_000));
  });

  it('of one event do not move when another event is added', () => {
    const one = { schedule: every('random'), action: cut('random') };
    const [, alone] = drive([one]);
    const [, both] = drive([one, { schedule: at(5 * SECOND, SECOND), action: cut('random') }]);
    expect(both.instants.slice(0, 4)).toEqual(alone.instants);
  });

  it('drawn per link have exponential up and down times of the asked means', () => {
    const schedule: FaultSpec['schedule'] = {
      kind: 'random',
      meanUpNs: 10 * SECOND,
      meanDownNs: SECOND,
      fromNs: 0,
      toNs: 20_000 * SECOND,
    };
    const links = { kind: 'ids', ids: ['core-110--core-310'] } as const;
    const action = { kind: 'set-link', links, direction: 'both', set: { up: false } } as const;
    const [driver, fake] = drive([{ schedule, action }], { durationNs: 20_000 * SECOND });
    fake.run();
    const n = driver.records.length;
    // 20,000 s / 11 s = 1,818 faults; the tolerance is four standard errors of a sum of
    // exponentials.
    expect(Math.abs(n - 1_818)).toBeLessThan(4 * Math.sqrt(1_818));
    const down = driver.records.reduce((sum, r) => sum + (r.endNs ?? 0) - r.beginNs, 0);
    expect(Math.abs(down / n / SECOND - 1)).toBeLessThan(4 / Math.sqrt(n));
  });
});

describe('links that a fault hits', () => {
  it('with hop: random are inter-AS links of the active path, each as often as the others', () => {
    const hits = new Map<string, number>();
    for (let seed = 1; seed <= 300; seed += 1) {
      const [driver, fake] = drive([{ schedule: every('random'), action: cut('random') }], {
        seed,
      });
      fake.run();
      for (const { targets } of driver.records) {
        for (const target of targets) hits.set(target, (hits.get(target) ?? 0) + 1);
      }
    }
    expect([...hits.keys()].sort()).toEqual([...PATH.slice(1, 5)].sort());
    // Chi-square limit at 1 % for three degrees of freedom: 11.3.
    const expected = 300;
    const chi = [...hits.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    expect(chi).toBeLessThan(11.3);
  });

  it.each([
    ['first', 'core-110--br-111-1'],
    ['last', 'core-210--br-211-1'],
    [2, 'core-310--core-210'],
  ] as const)('with hop: %s are %s', (hop, id) => {
    const [driver, fake] = drive([{ schedule: at(SECOND), action: cut(hop) }]);
    fake.run();
    expect(driver.records[0]?.targets).toEqual([id]);
  });

  it('inside an AS are taken only where the path has no other', () => {
    const [driver, fake] = drive([{ schedule: at(SECOND), action: cut('first') }], {
      path: ['gateway-111--br-111-1'],
    });
    fake.run();
    expect(driver.records[0]?.targets).toEqual(['gateway-111--br-111-1']);
  });

  it.each([
    ['no active path', { path: undefined }, cut('first'), 'has no active path at this instant'],
    [
      'no such hop',
      {},
      cut(4),
      'the active path has no hop 4 (links between areas: 4, counted from 0)',
    ],
    ['no other way', { hasAlternative: false }, cut('first'), 'leaves no path from gateway-111'],
    [
      'nothing at all',
      {},
      { kind: 'partition', from: ['gateway-111'], to: ['gateway-211'], direction: 'both' },
      'event-1 touches nothing',
    ],
  ] as const)(
    'with %s are an error of the scenario with its place',
    (_name, setup, action, text) => {
      const [, fake] = drive([{ schedule: at(SECOND), action }], setup);
      const run = (): void => fake.run();
      expect(run).toThrow(FaultError);
      try {
        drive([{ schedule: at(SECOND), action }], setup)[1].run();
      } catch (error) {
        expect((error as FaultError).message).toContain(text);
        expect((error as FaultError).spec.position).toEqual({ file: 'a.yaml', line: 7, column: 5 });
      }
    },
  );
});

describe('what faults do', () => {
  it('begins and ends, overlapping ones each on their own', () => {
    const links = { kind: 'ids', ids: ['core-110--core-310'] } as const;
    const action = { kind: 'set-link', links, direction: 'both', set: { up: false } } as const;
    const [, fake] = drive([
      { schedule: at(SECOND, 4 * SECOND), action },
      { schedule: at(2 * SECOND, SECOND), action },
      { schedule: at(6 * SECOND), action: { kind: 'hold-link', links } },
    ]);
    fake.run();
    const down = '{"up":false} core-110--core-310 both';
    expect(fake.log).toEqual([
      `1 ${down}`,
      `2 ${down}`,
      `3 undo ${down}`,
      `5 undo ${down}`,
      '6 hold core-110--core-310 both',
    ]);
  });

  it('a partition closes all links between two sets, one-way in the direction of the file', () => {
    const sides = { from: ['core-110', 'core-310'], to: ['br-111-1', 'core-210'] };
    const [, both] = drive([
      { schedule: at(SECOND, SECOND), action: { kind: 'partition', ...sides, direction: 'both' } },
    ]);
    both.run();
    expect(both.log.slice(0, 2)).toEqual([
      '1 {"up":false} core-110--br-111-1 both',
      '1 {"up":false} core-310--core-210 both',
    ]);
    const swapped = { from: sides.to, to: sides.from };
    const oneWay = (action: typeof sides): string[] => {
      const [, fake] = drive([
        {
          schedule: at(SECOND, SECOND),
          action: { kind: 'partition', ...action, direction: 'one-way' },
        },
      ]);
      fake.run();
      return fake.log.slice(0, 2).map((line) => line.split(' ').at(-1) ?? '');
    };
    expect(oneWay(sides)).toEqual(['forward', 'forward']);
    expect(oneWay(swapped)).toEqual(['backward', 'backward']);
  });

  it.each(['synced', 'prefix', 'torn'] as const)(
    'a crash says what the store keeps: %s',
    (store) => {
      const [driver, fake] = drive([
        { schedule: at(SECOND, SECOND), action: { kind: 'crash', nodes: ['gateway-211'], store } },
      ]);
      fake.run();
      expect(fake.log).toEqual([`1 crash gateway-211 ${store}`, '2 restart gateway-211']);
      expect(driver.records[0]).toMatchObject({ targets: ['gateway-211'], endNs: 2 * SECOND });
    },
  );

  it('a clock steps and steps back', () => {
    const clock = { kind: 'clock', node: 'gateway-111', stepNs: 5 * SECOND, ppm: 10 } as const;
    const [, fake] = drive([{ schedule: at(SECOND, SECOND), action: clock }]);
    fake.run();
    expect(fake.log).toEqual([
      '1 gateway-111 {"kind":"clock","node":"gateway-111","stepNs":5000000000,"ppm":10}',
      '2 gateway-111 {"stepNs":-5000000000,"ppm":0}',
    ]);
  });

  it('an attack begins and ends with its event', () => {
    const [driver, fake] = drive([{ schedule: at(SECOND, SECOND), action: ATTACK }]);
    fake.run();
    expect(fake.log).toEqual(['1 replay attack on mix begins', '2 replay attack on mix ends']);
    expect(driver.records[0]).toMatchObject({ kind: 'attack', targets: ['mix'] });
  });

  it('an attack is refused before the run where nobody could say what came of it', () => {
    const attack = { schedule: at(SECOND), action: ATTACK };
    expect(() => drive([attack], { isBlind: true })).toThrow(/only in virtual time/);
  });

  it('a flood begins and ends, and each instant has a stream of its own', () => {
    const schedule = { kind: 'at', atNs: 2 * SECOND, forNs: SECOND } as const;
    const [driver, fake] = drive([{ schedule, action: FLOOD }]);
    fake.run();
    expect(fake.log).toEqual([
      `2 flood event-1/${2 * SECOND} to gateway begins`,
      '3 flood to gateway ends',
    ]);
    expect(driver.records[0]).toMatchObject({
      kind: 'flood',
      targets: ['gateway'],
      text: '50/s of opening to gateway in the name of peer',
    });
  });

  it('a flood from a node that is down touches nothing, which is an error', () => {
    const flood = { ...FLOOD.flood, by: 'dead-router' };
    const [, fake] = drive([{ schedule: at(SECOND), action: { kind: 'flood', flood } }]);
    expect(() => fake.run()).toThrow(/dead-router is down: the flood has no effect/);
  });

  it('a tap gets the whole of its action', () => {
    const links = { kind: 'ids', ids: ['core-110--core-310'] } as const;
    const action = {
      kind: 'tap',
      links,
      replay: 1,
      replayWithin: 1,
      reorder: 0,
      forge: 0,
    } as const;
    const [, fake] = drive([{ schedule: at(SECOND), action }]);
    fake.run();
    expect(fake.log).toEqual(['1 tap core-110--core-310 1']);
  });
});
