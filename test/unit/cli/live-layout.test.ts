import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import {
  chooseLoops,
  type LayoutFlags,
  type LoopChoice,
  refuseTwoLayouts,
} from '../../../cli/live-layout.ts';
import { load } from '../runner/fixture.ts';

const failover = load('failover.yaml');
const chosen = (flags: LayoutFlags, isPrecisionGiven = false): LoopChoice =>
  chooseLoops(flags, failover, isPrecisionGiven);
const unasked = Math.min(2, availableParallelism());

describe('the layout of a live run', () => {
  it('is as many loops as were asked for, and the command that repeats it says so', () => {
    expect(chosen({ loops: 3 }, true)).toEqual({ loops: 3, repeat: 3 });
    expect(chosen({ loops: 1 })).toEqual({ loops: 1, repeat: 1 });
  });

  it('is two loops unasked where much traffic is offered, one for small networks', () => {
    expect(chosen({})).toEqual({ loops: unasked, repeat: unasked });
    expect(chooseLoops({}, load('hello.yaml'), false)).toEqual({ loops: 1 });
  });

  it('is one loop for who chooses the precision', () => {
    expect(chosen({}, true)).toEqual({ loops: 1, repeat: 1 });
  });

  it('has no loops where nodes have processes', () => {
    expect(chosen({ processes: 'node' })).toEqual({ loops: 1 });
    expect(chosen({ deployment: 'some.yaml' })).toEqual({ loops: 1 });
  });

  it('refuses more loops than nodes, and two layouts at once', () => {
    expect(() => chooseLoops({ loops: 3 }, load('hello.yaml'), false)).toThrow(
      '--loops: the topology has only 2 nodes, for 3 loops',
    );
    expect(() => refuseTwoLayouts({ loops: 2, processes: 'node' })).toThrow(
      '--loops and --processes exclude each other',
    );
    expect(() => refuseTwoLayouts({ processes: 'node', deployment: 'x' })).toThrow(
      '--processes and --deployment exclude each other',
    );
    expect(() => refuseTwoLayouts({ loops: 2 })).not.toThrow();
  });
});
