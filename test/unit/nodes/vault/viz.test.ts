/**
 * What replicas trace is what their page draws.
 *
 * @module
 */
import { describe, expect, it, vi } from 'vitest';
import { ReplicaTrace } from '../../../../nodes/vault/replica-trace.ts';
import { REPLICA_TRACE } from '../../../../nodes/vault/trace-states.ts';
import { viz } from '../../../../nodes/vault/viz.ts';
import type { Drawing, DrawingInput, NodeState, Shape } from '../../../../viz/format/drawing.ts';
import { crypto, MS, type NetworkPlan, S, VaultNetwork } from './sync/vault-network.ts';

const NAMES = ['anna', 'bert', 'carl', 'dora'];
const NO_CLOCK = 'clock -';
const nothing = (): void => undefined;

function draw(
  states: ReadonlyMap<string, ReadonlyMap<string, string>>,
  more: Partial<DrawingInput> = {},
): Drawing | undefined {
  const nodes = [...states].map(
    ([name, of], number): NodeState => ({ number, name, protocol: 'vault', states: of }),
  );
  const input = {
    ...{ timeNs: 0, fromNs: 0, toNs: S, nodes, spans: [], marks: [], width: 800, height: 600 },
    ...more,
  };
  const [view] = viz.views;
  return view?.applies(input) ? view.draw(input) : undefined;
}

/** States of replicas of one vault, or of the vaults named. */
function statesOf(
  texts: Readonly<Record<string, string>>,
  vaults: Readonly<Record<string, string>> = {},
): ReadonlyMap<string, ReadonlyMap<string, string>> {
  return new Map(
    Object.entries(texts).map(([name, text]) => {
      return [name, new Map([[`replica of ${vaults[name] ?? 'vault'}`, text]])];
    }),
  );
}

function traced(plan: Partial<NetworkPlan> = {}): VaultNetwork {
  return new VaultNetwork({ names: NAMES, isTraced: true, ...plan });
}

function recorded(): { readonly trace: ReplicaTrace; readonly shown: readonly string[] } {
  const shown: string[] = [];
  const trace = {
    isRecorded: true,
    state: (_: string, state: string): unknown => shown.push(state),
    span: (): (() => void) => nothing,
    mark: nothing,
  };
  return { trace: new ReplicaTrace({ trace }, 'vault'), shown };
}

function halves(network: VaultNetwork): void {
  network.cut((from, to) => NAMES.indexOf(from) < 2 !== NAMES.indexOf(to) < 2);
}

const textsOf = (drawing: Drawing | undefined): readonly string[] =>
  (drawing?.shapes ?? []).flatMap((one) => (one.kind === 'text' ? [one.text] : []));

/** Colours of the marks beside the states, by column. */
const fillsOf = (drawing: Drawing | undefined): readonly (string | undefined)[] =>
  (drawing?.shapes ?? []).flatMap((one) => (one.kind === 'rect' ? [one.fill] : []));

const pathsOf = (drawing: Drawing | undefined): readonly (Shape & { kind: 'path' })[] =>
  (drawing?.shapes ?? []).filter((one) => one.kind === 'path');

describe('the page of the vault', () => {
  it('draws nothing of nodes that have traced nothing, or something else', () => {
    expect(draw(new Map([['anna', new Map()]]))).toBeUndefined();
    expect(draw(statesOf({ anna: 'of 2031' }))).toBeUndefined();
  });

  it('shows states that part in a partition and meet after it, and who lacks what', () => {
    const network = traced();
    network.run(S);
    halves(network);
    for (const name of ['anna', 'anna', 'carl']) network.ask(name, 'put', `of ${name}`, 'x');
    network.run(S);
    const parted = draw(network.states);
    expect(parted?.title).toBe('4 replicas, 2 states, 4 lack operations, carl most: 2.');
    expect(fillsOf(parted)).toEqual(['c1', 'c1', 'c5', 'c5']);
    expect(parted?.table.rows.map((cells) => cells.slice(1, 6))).toEqual([
      ['anna', expect.any(String), 2, 1, 'carl 1'],
      ['bert', expect.any(String), 2, 1, 'carl 1'],
      ['carl', expect.any(String), 1, 2, 'anna 2'],
      ['dora', expect.any(String), 1, 2, 'anna 2'],
    ]);
    expect(pathsOf(parted)[0]?.title).toBe('anna: lacks 1 of carl');
    expect(textsOf(parted)).toContain('lacks 2');
    network.heal();
    network.run(12 * S);
    const met = draw(network.states);
    expect(met?.title).toBe('4 replicas, 1 state, none lacks an operation.');
    expect(new Set(fillsOf(met))).toEqual(new Set(['c1']));
    expect(textsOf(met)).toContain('has all');
  });

  it('names those that an erasure waits for, until they have confirmed it', () => {
    const network = traced();
    network.ask('anna', 'put', 'secret', 'x');
    network.run(S);
    halves(network);
    network.ask('anna', 'erase', 'secret');
    network.run(S);
    const open = draw(network.states);
    expect(open?.title).toContain(', 1 erasure waits for others.');
    expect(textsOf(open)).toContain('anna: 1 erasure waits for carl, dora');
    expect(open?.table.rows[0]?.slice(6, 8)).toEqual([1, 'carl, dora']);
    network.heal();
    network.run(12 * S);
    expect(textsOf(draw(network.states)).join()).not.toContain('erasure');
  });

  it('says whose stamps left a wrong clock', () => {
    const network = traced({ aheadOf: (name) => (name === 'bert' ? 3_600 : 0) });
    network.run(12 * S);
    const drawing = draw(network.states);
    expect(textsOf(drawing)).toContain('bert: clock 3600 s ahead, stamps follow others');
    expect(drawing?.table.rows[1]?.at(-1)).toMatch(/^3[56]\d{5} ms ahead$/);
    expect(drawing?.table.rows[0]?.at(-1)).toBeNull();
  });

  it('shows what the disk has, and no state while a write runs', () => {
    const network = traced();
    network.run(S);
    network.fail('bert', true);
    network.ask('anna', 'put', 'key', 'x');
    network.run(6 * S);
    const drawing = draw(network.states);
    expect(drawing?.table.rows[1]?.slice(1, 5)).toEqual(['bert', 'writing', 0, 1]);
    expect(fillsOf(drawing)[1]).toBe('muted');
    expect(textsOf(drawing)).toContain('writing');
  });

  it('counts replicas that have the same operations and different states', () => {
    const same = `has anna=2; 0 erasures wait for ; ${NO_CLOCK}`;
    const other = `state 00000003 has ; 0 erasures wait for ; ${NO_CLOCK}`;
    const states = statesOf({
      ...{ anna: `state 00000001 ${same}`, bert: `state 00000002 ${same}` },
      ...{ carl: `state - ${same}`, dora: other },
    });
    expect(draw(states)?.title).toBe(
      '4 replicas, 3 states, 2 differ with the same operations, 1 lack operations, dora most: 2.',
    );
  });

  it('compares no replicas of different vaults', () => {
    const text = (state: string, operations: string): string =>
      `state ${state} has ${operations}; 0 erasures wait for ; ${NO_CLOCK}`;
    const texts = { anna: text('00000001', 'x=2'), bert: text('00000002', 'y=3') };
    expect(draw(statesOf(texts, { bert: 'other' }))?.title).toContain('none lacks an operation');
    expect(draw(statesOf(texts))?.title).toContain('2 lack operations, anna most: 3');
  });

  it('draws only the selected replica, compared with all', () => {
    const network = traced();
    network.cut((from) => from === 'dora');
    network.ask('dora', 'put', 'key', 'x');
    network.run(S);
    const drawing = draw(network.states, { selected: 'bert' });
    expect(pathsOf(drawing).map(({ title }) => title)).toEqual(
      Array(2).fill('bert: lacks 1 of dora'),
    );
    expect(drawing?.table.rows).toHaveLength(4);
  });

  it.each([284, 1_100])('fits 64 replicas into %d px, drawn in less than 20 ms', (width) => {
    const names = Array.from({ length: 64 }, (_, at) => `replica-${at}`);
    const operations = names.map((name) => `${name}=1000`).join(' ');
    const texts = names.map((name, at): [string, string] => {
      const erasures = `1 erasures wait for ${names.join(' ')}`;
      return [name, `state ${1_000 + at} has ${operations}; ${erasures}; ${NO_CLOCK}`];
    });
    const states = statesOf(Object.fromEntries(texts));
    const timesMs = Array.from({ length: 9 }, () => {
      const start = process.cpuUsage();
      draw(states, { width });
      return process.cpuUsage(start).user / 1_000;
    });
    expect(Math.min(...timesMs)).toBeLessThan(20);
    const drawing = draw(states, { width });
    expect(textsOf(drawing).at(-1)).toBe('52 more in the table');
    for (const one of drawing?.shapes ?? []) {
      if (one.kind === 'rect') expect(one.x + one.w).toBeLessThanOrEqual(width);
      if (one.kind === 'line') expect(one.x2).toBeLessThanOrEqual(width);
      if (one.kind === 'text') expect(one.x + one.text.length * 6.6).toBeLessThanOrEqual(width + 8);
    }
  });
});

describe('the trace of a replica', () => {
  it('changes nothing that replicas send, and hashes nothing, which may be charged', () => {
    const sha256 = vi.spyOn(crypto, 'sha256');
    const hashed: number[] = [];
    const [plain, traces] = [false, true].map((isTraced) => {
      sha256.mockClear();
      const network = new VaultNetwork({ names: NAMES, isTraced, loss: 0.1 });
      for (const name of NAMES) network.ask(name, 'put', 'key', name);
      network.ask('anna', 'erase', 'key');
      network.run(20 * S);
      hashed.push(sha256.mock.calls.length);
      return network;
    });
    sha256.mockRestore();
    expect(hashed[0]).toBeGreaterThan(0);
    expect(hashed[1]).toBe(hashed[0]);
    expect(plain?.states.size).toBe(0);
    expect(traces?.states.size).toBe(NAMES.length);
    expect(traces?.sent).toEqual(plain?.sent);
  });

  it('has after a restart what the disk has', () => {
    const network = traced();
    network.ask('anna', 'put', 'key', 'x');
    network.run(S);
    const before = draw(network.states)?.table.rows[0];
    expect(before?.slice(3, 5)).toEqual([1, 0]);
    network.crash('anna');
    network.run(S);
    expect(draw(network.states)?.table.rows[0]).toEqual(before);
  });

  it.each([
    [-61_000, 'ahead'],
    [61_000, 'behind'],
  ])('says that the clock was wrong when stamps move by %d ms', (byMs, side) => {
    const { trace, shown } = recorded();
    trace.corrected(byMs);
    trace.show(0, () => ({
      ...{ clock: new Map(), changes: 0, unconfirmed: [] },
      stateBytes: undefined,
    }));
    expect(shown).toEqual([`state - has ; 0 erasures wait for ; clock 61000 ms ${side}`]);
  });

  it('encodes a state once, shows each change once, and many operations less often', () => {
    const { trace, shown } = recorded();
    let encoded = 0;
    const show = (now: number, last: number, changes: number): void =>
      trace.show(now, () => ({
        clock: new Map([['anna', last]]),
        changes,
        stateBytes: (): Uint8Array => {
          encoded += 1;
          return Uint8Array.of(changes);
        },
        unconfirmed: [],
      }));
    show(0, 500, 1);
    show(MS - 1, 501, 2);
    expect(shown).toHaveLength(1);
    show(MS, 501, 2);
    show(3 * MS, 501, 2);
    expect(shown).toHaveLength(2);
    expect(encoded).toBe(2);
    show(5 * MS, 900_000_000, 3);
    show(S, 900_000_001, 4);
    show(S + 5 * MS, 900_000_001, 4);
    expect(shown.map((text) => REPLICA_TRACE.state.read(text)?.operations[0]?.last)).toEqual([
      500, 501, 900_000_000, 900_000_001,
    ]);
  });
});
