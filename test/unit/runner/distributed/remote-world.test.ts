import { describe, expect, it } from 'vitest';
import { RemoteWorld } from '../../../../runner/distributed/coordinator/remote-world.ts';
import { readCommand } from '../../../../runner/distributed/messages/message-shapes.ts';
import { load } from '../fixture.ts';
import { tallyOf, WritingFleet } from './fixture.ts';

const failing = (error: unknown): never => {
  throw error;
};

function worldOf(file = 'hello.yaml'): { world: RemoteWorld; fleet: WritingFleet; link: string } {
  const scenario = load(file);
  const fleet = new WritingFleet();
  const world = new RemoteWorld(scenario, fleet, failing);
  return { world, fleet, link: scenario.topology.links[0]!.id };
}

const counter = (value: number): { kind: 'counter'; value: number } => ({ kind: 'counter', value });
const gauge = (value: number): { kind: 'gauge'; value: number } => ({ kind: 'gauge', value });
const CUT = { up: false } as const;

describe('RemoteWorld', () => {
  it('tells both senders of a link what acts on it, and once that it is over', () => {
    const { world, fleet, link } = worldOf();
    const undo = world.link(link).change(CUT, 'both');
    expect(fleet.told).toEqual([
      [{ type: 'change', effect: 1, link, side: 'both', change: CUT }, ['alice', 'bob']],
    ]);
    undo();
    undo();
    expect(fleet.told.slice(1)).toEqual([[{ type: 'undo', effect: 1 }, ['alice', 'bob']]]);
  });

  it('knows by itself which directions are up, with every holder counted', () => {
    const { world, link } = worldOf();
    const remote = world.link(link);
    const both = remote.change(CUT, 'both');
    const forward = remote.change(CUT, 'forward');
    expect([remote.isUp('forward'), remote.isUp('backward')]).toEqual([false, false]);
    both();
    both();
    expect([remote.isUp('forward'), remote.isUp('backward')]).toEqual([false, true]);
    forward();
    expect([remote.isUp('forward'), remote.isUp('backward')]).toEqual([true, true]);
  });

  it('counts a change of the rate as no cut', () => {
    const { world, link } = worldOf();
    world.link(link).change({ rate: 1 } as never, 'both');
    expect(world.link(link).isUp('forward')).toBe(true);
  });

  it('says again to a process that comes back what holds on its links, oldest first', () => {
    const { world, link } = worldOf();
    const ended = world.link(link).change(CUT, 'forward');
    world.link(link).hold('backward');
    world.link(link).change(CUT, 'both');
    ended();
    expect(world.effectsOn(['bob'])).toMatchObject([
      { type: 'hold', effect: 2, side: 'backward' },
      { type: 'change', effect: 3, side: 'both' },
    ]);
    expect(world.effectsOn(['elsewhere'])).toEqual([]);
  });

  it('asks no node itself, and waits for none', () => {
    const { world } = worldOf();
    expect(() => world.request('bob')).toThrow(/another process/);
    expect(() => world.later()).toThrow(/in its process/);
  });

  it('kills the process of a node that crashes and starts another one', () => {
    const { world, fleet } = worldOf();
    world.crash('bob', 'synced');
    world.restart('bob');
    expect([fleet.killed, fleet.revived]).toEqual([['bob'], ['bob']]);
  });

  it('adds counts up over the lives of a node; a gauge is that of the last', () => {
    const { world } = worldOf();
    world.tallies.note(
      0,
      tallyOf({ metrics: { bob: { sent: counter(3), peers: gauge(5), old: counter(1) } } }),
    );
    world.tallies.note(2, tallyOf({ metrics: { bob: { sent: counter(4), peers: gauge(2) } } }));
    expect(world.metrics('bob')).toEqual({ old: counter(1), peers: gauge(2), sent: counter(7) });
    expect(world.metrics('alice')).toEqual({});
  });

  it('forgets the warm-up of all lives', () => {
    const { world } = worldOf();
    world.tallies.note(0, tallyOf({ metrics: { bob: { sent: counter(3) } } }));
    world.resetMetrics();
    world.tallies.note(1, tallyOf({ metrics: { bob: { sent: counter(4) } } }));
    expect(world.metrics('bob')).toEqual({ sent: counter(4) });
  });

  it('sets the clock of the process that has the node', () => {
    const { world, fleet } = worldOf();
    const action = { kind: 'clock', node: 'bob', stepNs: 5, ppm: 1 } as const;
    world.setClock('bob', action);
    const told = { type: 'clock', node: 'bob', stepNs: 5, ppm: 1 } as const;
    // No word more: agents leave a coordinator that says words which they do not know.
    expect(fleet.told).toEqual([[told, ['bob']]]);
    expect(readCommand(fleet.told[0]?.[0])).toEqual({ message: told });
  });

  it('says again to a process that comes back how wrong its clock is', () => {
    const { world } = worldOf();
    let now = 0;
    world.agenda.now = (): number => now;
    world.setClock('bob', { stepNs: -3_000, ppm: 100 });
    now = 1_000_000_000;
    const told = { type: 'clock', node: 'bob', stepNs: 97_000, ppm: 100 };
    expect(world.effectsOn(['bob'])).toEqual([told]);
    expect(world.effectsOn(['alice'])).toEqual([]);
    world.setClock('bob', { stepNs: 3_000, ppm: 0 });
    now = 2_000_000_000;
    expect(world.effectsOn(['bob'])).toEqual([{ ...told, stepNs: 100_000, ppm: 0 }]);
  });

  it('shows the instant of what is being settled, and holds faults back until then', () => {
    const { world } = worldOf();
    const seen: number[] = [];
    world.measured.push(7, () => seen.push(world.now()));
    world.whenMeasured(() => seen.push(-1));
    expect(seen).toEqual([]);
    world.measured.settle(10);
    // The fault was scheduled for instant 0, before the scenario started.
    expect(seen).toEqual([-1, 7]);
  });

  it('has no hosts of its own, and no links that the topology has not', () => {
    const { world } = worldOf();
    expect(() => world.host('bob')).toThrow('bob is in another process');
    expect(() => world.request('bob')).toThrow('bob is in another process');
    expect(() => world.link('nowhere')).toThrow('there is no link nowhere');
  });
});
