/** Groups whose messages or records are late: what is confirmed when, and what is told again. */
import { describe, expect, it } from 'vitest';
import { GroupsMachine } from '../../../../../nodes/fabric/groups/machine.ts';
import {
  decodeGroupMessage,
  encodeGroupMessage,
  type GroupMessage,
} from '../../../../../nodes/fabric/groups/messages.ts';
import { SECOND, World } from './world.ts';

const NAMES = ['ada', 'bob', 'cyd'];
const TIME = { seconds: 1_767_225_660, nanos: 0 };
const proposal = { kind: 'propose', rule: 'majority', lifetimeMs: 0, text: 'tea?' } as const;

function leavesOf(world: World): readonly GroupMessage[] {
  return world.sent
    .map(({ bytes }) => decodeGroupMessage(bytes))
    .filter((message): message is GroupMessage => typeof message !== 'string')
    .filter(({ kind }) => kind === 'leave');
}

describe('a message', () => {
  it('is handled when its effect is on the disk, not before', () => {
    const facts = { own: 'bob', clock: (): typeof TIME => TIME, records: [] };
    const machine = new GroupsMachine<number>(facts);
    const bytes = encodeGroupMessage({
      kind: 'list',
      number: 7,
      epoch: 1,
      members: ['ada', 'bob'],
    });
    const kinds = (...given: Parameters<typeof machine.step>): readonly string[] =>
      machine.step(...given).map(({ kind }) => kind);
    expect(kinds(0, { kind: 'message', from: 'ada', bytes, token: 1 })).toEqual(['put', 'sync']);
    expect(kinds(1, { kind: 'synced', isDurable: false })).toEqual([]);
    expect(kinds(machine.nextAt(), { kind: 'timer' })).toEqual(['sync']);
    expect(kinds(SECOND, { kind: 'synced', isDurable: true })).toEqual(['tell', 'handled']);
    // What changes nothing needs no disk.
    const again = { kind: 'message', from: 'ada', bytes, token: 2 } as const;
    expect(kinds(SECOND, again)).toEqual(['drop', 'handled']);
  });

  it('that proposes opens one vote, though it comes twice', () => {
    const world = new World(NAMES);
    const group = world.found(NAMES);
    const message = { number: group.number, proposal: 5, rule: 'all', text: '' } as const;
    const deadlineMs = TIME.seconds * 1_000 + 100_000;
    const bytes = encodeGroupMessage({ kind: 'propose', ...message, deadlineMs });
    world.forge('bob', 'ada', bytes);
    world.forge('bob', 'ada', bytes);
    expect(world.drops).toEqual(['known-proposal']);
    expect(world.shown('ada', group)?.votes).toHaveLength(1);
  });
});

describe('a member that leaves', () => {
  it('says so again until its owner has heard it', () => {
    const world = new World(NAMES);
    const group = world.found(NAMES);
    world.cut.add('bob>ada');
    world.askNow('bob', { kind: 'leave', group });
    world.run(1_000 * SECOND);
    expect(world.shown('ada', group)?.members).toEqual(NAMES);
    world.cut.clear();
    world.run(60 * SECOND);
    expect(world.shown('ada', group)?.members).toEqual(['ada', 'cyd']);
    expect(world.keys('bob').some((key) => key.startsWith('groups/in/'))).toBe(false);
  });

  it('stays if it was removed and invited again before its message came', () => {
    const world = new World(NAMES);
    const group = world.found(NAMES);
    world.cut.add('bob>ada');
    world.askNow('bob', { kind: 'leave', group });
    world.askNow('ada', { kind: 'remove', group, member: 'bob' });
    world.askNow('ada', { kind: 'invite', group, member: 'bob' });
    world.run(10 * SECOND);
    world.cut.clear();
    world.run(10 * SECOND);
    expect(world.drops).toContain('old-leave');
    expect(world.shown('bob', group)).toEqual(world.shown('ada', group));
    expect(world.shown('bob', group)?.members).toContain('bob');
  });

  it('leaves in the epoch in which it said so, whatever lists have come since', () => {
    const world = new World(NAMES);
    const group = world.found(NAMES);
    world.cut.add('bob>ada');
    world.askNow('bob', { kind: 'leave', group });
    const list = { kind: 'list', number: group.number, epoch: 7, members: NAMES } as const;
    world.forge('ada', 'bob', encodeGroupMessage(list));
    world.run(SECOND);
    world.crash('bob');
    world.start('bob');
    world.run(SECOND);
    const leaves = leavesOf(world).map((message) => 'epoch' in message && message.epoch);
    expect(leaves).toEqual([1, 1]);
  });
});

describe('the record of a vote', () => {
  it('that outlived the record of its group keeps its number from being used again', () => {
    const world = new World(NAMES);
    const group = world.found(NAMES);
    world.run(SECOND);
    const before = world.records('ada').filter(([key]) => key.startsWith('groups/own/'));
    world.askNow('ada', { ...proposal, group });
    world.run(SECOND);
    const after = world.records('ada').filter(([key]) => !key.startsWith('groups/own/'));
    const records = [...before, ...after];
    const machine = new GroupsMachine<number>({
      own: 'ada',
      clock: (): typeof TIME => TIME,
      records,
    });
    machine.step(0, { kind: 'start' });
    machine.step(0, { kind: 'request', request: { ...proposal, group }, token: 1 });
    const votes = machine.shown(group)?.votes.map((each) => each.proposal.vote);
    expect(votes).toEqual([1, 2]);
  });
});
