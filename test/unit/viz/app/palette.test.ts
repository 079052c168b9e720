/** The texts of the fault palette, and the effects of faults during a run. @module */
import { describe, expect, it } from 'vitest';
import type { FaultRow } from '../../../../viz/app/data/trace-answers.ts';
import { withInterimEffects } from '../../../../viz/app/pages/network/live-effects.ts';
import {
  FAULT_TOOLS,
  type FaultTool,
  faultToolTargets,
  fieldOptions,
  flowStyleYaml,
} from '../../../../viz/app/pages/network/palette/tools.ts';
import {
  controlClosedReason,
  exactInstantText,
  orderAnswerText,
  refusedMessagesText,
  toolUnusableReason,
} from '../../../../viz/app/pages/network/palette/words.ts';
import type { ControlState } from '../../../../viz/format/control-wire.ts';

const OPEN: ControlState = {
  ...{ phase: 'open', speed: null, faults: [], refused: {} },
  kinds: [{ kind: 'set' }, { kind: 'attack', bar: 'it is scored from the start' }],
};
const tool = (name: string): FaultTool => FAULT_TOOLS.find((one) => one.name === name) as FaultTool;

describe('the fault palette', () => {
  it('says the exact instant of a fault, or why there is none', () => {
    expect(exactInstantText(2_280_000_001)).toBe('2.280 000 001 s');
    const fault = { id: 'palette-1', text: 'a--b down', beginNs: 5 };
    expect(orderAnswerText({ kind: 'done', number: 1, fault })).toBe(
      'palette-1: a--b down, at 0.000 000 005 s of the run.',
    );
    const refused = { kind: 'refused', number: 1, name: 'event', message: 'no link' } as const;
    expect(orderAnswerText(refused)).toBe('Not injected: no link.');
  });

  it('says why a tool or the whole palette is not possible', () => {
    expect(toolUnusableReason(tool('cut'), OPEN)).toBeUndefined();
    expect(toolUnusableReason(tool('attack'), OPEN)).toBe('it is scored from the start');
    expect(toolUnusableReason(tool('crash'), OPEN)).toBe('this run does not support it');
    expect(controlClosedReason(OPEN)).toBe('');
    expect(controlClosedReason({ ...OPEN, phase: 'waiting' })).toBe('The run has not begun.');
    expect(controlClosedReason({ ...OPEN, phase: 'closed', reason: 'several seeds run' })).toBe(
      'Several seeds run.',
    );
    expect(refusedMessagesText({ ...OPEN, refused: { 'not-json': 2 } })).toMatch(/not-json 2\.$/);
  });

  it('offers of a flood what its target can be sent, in whose name, and by which neighbour', () => {
    const names = ['a', 'r', 'z'];
    const nodes = names.map((name) => ({ name, protocol: 'p', address: '' }));
    const links = [{ id: 'a--r', name: 'r->a', from: 1, to: 0 }];
    const offer = { kind: 'flood', forgeries: { a: ['opening', 'frame'] } };
    const known = { info: { nodes, links }, offer };
    const of = (key: string, target: string): readonly string[] | undefined => {
      const field = tool('flood').fields.find((one) => one.key === key);
      return field === undefined ? undefined : fieldOptions(field, target, known);
    };
    expect(of('kind', 'a')).toEqual(['opening', 'frame']);
    expect(of('as', 'a')).toEqual(['', 'r', 'z']);
    expect(of('by', 'a')).toEqual(['', 'r']);
    expect(of('by', 'z')).toEqual(['']);
    expect(of('rate', 'a')).toBeUndefined();
  });

  it('offers links, and a hop of those flows alone of which the run knows the path', () => {
    const nodes = ['a', 'b'].map((name) => ({ name, protocol: 'p', address: '' }));
    const links = [
      { id: 'a--b', name: 'a->b', from: 0, to: 1 },
      { id: 'a--b', name: 'b->a', from: 1, to: 0 },
    ];
    const known = { info: { nodes, links }, offer: { kind: 'set' } };
    const link = { value: 'a--b', text: 'a ↔ b' };
    expect(faultToolTargets(tool('cut'), { ...known, paths: [] })).toEqual([link]);
    expect(faultToolTargets(tool('cut'), { ...known, paths: ['a -> b'] })).toEqual([
      link,
      { value: 'path:a -> b', text: 'a hop of a → b' },
    ]);
    const offer = { kind: 'crash', targets: ['b'] };
    expect(faultToolTargets(tool('crash'), { ...known, offer, paths: ['a -> b'] })).toEqual([
      { value: 'b', text: 'b' },
    ]);
  });

  it('shows an event as a line of a file', () => {
    const event = { link: { activePath: 'a -> b' }, set: { up: false }, to: ['a', 'core-*'] };
    expect(flowStyleYaml(event)).toBe(
      '{ link: { activePath: "a -> b" }, set: { up: false }, to: [a, "core-*"] }',
    );
  });
});

describe('effects of faults while a run goes on', () => {
  const begin: FaultRow = { timeNs: 10, kind: 'begin', target: 'a--b', text: 'a--b down' };
  const later: FaultRow = { timeNs: 90, kind: 'begin', target: 'c--d', text: 'c--d down' };
  const fault = {
    ...{ seed: 1, id: 'x#1', kind: 'set-link', text: 'a--b down', targets: ['a--b'] },
    ...{ beginNs: 10, effects: { detected: 30, switched: 40 } },
  };

  it('come from the report so far, in the order of time, each once', () => {
    const rows = withInterimEffects([begin, later], { faults: [fault] });
    expect(rows.map(({ timeNs, text }) => `${timeNs} ${text}`)).toEqual([
      '10 a--b down',
      '30 detected: a--b down',
      '40 switched: a--b down',
      '90 c--d down',
    ]);
    expect(withInterimEffects(rows, { faults: [fault] })).toBe(rows);
    expect(withInterimEffects(rows, undefined)).toBe(rows);
  });
});
