/** The machine of groups, step by step and in a small world without a network. */
import { describe, expect, it } from 'vitest';
import type { VoteResult } from '../../../../../nodes/fabric/groups/messages.ts';
import { encodeGroupMessage } from '../../../../../nodes/fabric/groups/messages.ts';
import type { GroupId } from '../../../../../nodes/fabric/groups/requests.ts';
import { SECOND, World } from './world.ts';

const NAMES = ['ada', 'bob', 'cyd', 'dan', 'eve'];
const proposal = { kind: 'propose', rule: 'majority', lifetimeMs: 0, text: 'tea?' } as const;

function made(): { readonly world: World; readonly group: GroupId } {
  const world = new World([...NAMES, 'mal']);
  return { world, group: world.found(NAMES) };
}

function resultAt(
  world: World,
  name: string,
  group: GroupId,
  vote: number,
): VoteResult | undefined {
  return world.shown(name, group)?.votes.find((each) => each.proposal.vote === vote)?.result;
}

describe('a group', () => {
  it('is known to all its members, with the owner first', () => {
    const { world, group } = made();
    for (const name of NAMES) expect(world.shown(name, group)?.members).toEqual(NAMES);
    expect(world.shown('mal', group)).toBeUndefined();
    const joined = world.told.filter(({ event }) => event.kind === 'joined');
    expect(joined.map(({ node }) => node).toSorted()).toEqual(NAMES);
  });

  it('R-149: has at most 100 members', () => {
    const members = Array.from({ length: 99 }, (_, index) => `n${index}`);
    const world = new World(['ada', ...members, 'more']);
    expect(world.askNow('ada', { kind: 'create', members: [...members, 'more'] }).outcome).toBe(
      'too-many-members',
    );
    const group = world.found(['ada', ...members]);
    expect(world.shown('n98', group)?.members).toHaveLength(100);
    const invite = { kind: 'invite', group, member: 'more' } as const;
    expect(world.askNow('ada', invite).outcome).toBe('too-many-members');
    expect(world.askNow('n5', { kind: 'leave', group }).outcome).toBe('ok');
    world.run(10 * SECOND);
    expect(world.askNow('ada', invite).outcome).toBe('ok');
  });

  it('is changed by its owner alone', () => {
    const { world, group } = made();
    expect(world.askNow('bob', { kind: 'invite', group, member: 'mal' }).outcome).toBe('not-owner');
    expect(world.askNow('bob', { kind: 'remove', group, member: 'cyd' }).outcome).toBe('not-owner');
    expect(world.askNow('mal', { kind: 'leave', group }).outcome).toBe('unknown-group');
    // Whose list it is says its sender: a list of bob is a group of bob.
    const { number } = group;
    const list = { kind: 'list', number, epoch: 9, members: ['ada', 'bob', 'cyd'] } as const;
    world.forge('bob', 'cyd', encodeGroupMessage(list));
    world.forge('bob', 'cyd', encodeGroupMessage({ kind: 'gone', number, epoch: 9 }));
    expect(world.drops).toEqual(['list-without-me']);
    expect(world.shown('cyd', group)).toMatchObject({ epoch: 1, members: NAMES });
  });

  it('tells of members who come, are removed and leave', () => {
    const { world, group } = made();
    expect(world.askNow('ada', { kind: 'invite', group, member: 'mal' }).outcome).toBe('ok');
    expect(world.askNow('ada', { kind: 'remove', group, member: 'bob' }).outcome).toBe('ok');
    expect(world.askNow('cyd', { kind: 'leave', group }).outcome).toBe('ok');
    world.run(10 * SECOND);
    const left = ['ada', 'dan', 'eve', 'mal'];
    for (const name of left) expect(world.shown(name, group)?.members).toEqual(left);
    for (const name of ['bob', 'cyd']) expect(world.shown(name, group)).toBeUndefined();
    const gone = world.told.flatMap(({ node, event }) => (event.kind === 'left' ? [node] : []));
    expect(gone.toSorted()).toEqual(['bob', 'cyd']);
  });

  it('ends when its owner leaves, and nothing of it stays on a disk but who was in it', () => {
    const { world, group } = made();
    world.askNow('ada', { ...proposal, group });
    world.run(SECOND);
    expect(world.askNow('ada', { kind: 'leave', group }).outcome).toBe('ok');
    world.run(10 * SECOND);
    for (const name of NAMES) expect(world.shown(name, group)).toBeUndefined();
    expect(world.keys('ada')).toEqual(['groups/last']);
    expect(world.keys('bob').every((key) => key.startsWith('groups/left/'))).toBe(true);
  });

  it('does not come back by a list that was under way while its member was removed', () => {
    const { world, group } = made();
    const old = world.sent.find(({ to }) => to === 'bob')?.bytes ?? new Uint8Array(0);
    world.askNow('ada', { kind: 'remove', group, member: 'bob' });
    world.run(10 * SECOND);
    world.forge('ada', 'bob', old);
    expect([world.shown('bob', group), world.drops]).toEqual([undefined, ['left-group']]);
  });

  it('has who leaves and is invited again before the farewell arrives', () => {
    const { world, group } = made();
    world.askNow('bob', { kind: 'leave', group });
    const { number } = group;
    world.forge(
      'ada',
      'bob',
      encodeGroupMessage({ kind: 'list', number, epoch: 7, members: NAMES }),
    );
    expect(world.shown('bob', group)).toBeUndefined();
    world.forge('ada', 'bob', encodeGroupMessage({ kind: 'gone', number, epoch: 6 }));
    expect(world.shown('bob', group)).toMatchObject({ epoch: 7, members: NAMES });
  });
});

describe('a vote', () => {
  it('R-149: ends as soon as no ballot can change it, the same for all members', () => {
    const { world, group } = made();
    const { outcome, number: vote = 0 } = world.askNow('bob', { ...proposal, group });
    expect([outcome, vote]).toEqual(['ok', 1]);
    world.run(SECOND);
    for (const name of ['ada', 'cyd']) world.ask(name, { kind: 'cast', group, vote, isYes: true });
    world.run(SECOND);
    expect(resultAt(world, 'ada', group, vote)).toBeUndefined();
    world.ask('eve', { kind: 'cast', group, vote, isYes: true });
    world.run(2 * SECOND);
    const result = { outcome: 'accepted', yes: 3, no: 0, electors: 5 };
    for (const name of NAMES) expect(resultAt(world, name, group, vote)).toEqual(result);
  });

  it('R-149: ends at its deadline, 300 s after it opened if nobody says otherwise', () => {
    const { world, group } = made();
    const openedMs = 1_767_225_600_000 + Math.floor(world.now / 1e6);
    const { number: vote = 0 } = world.askNow('ada', { ...proposal, group });
    const deadlineMs = world.shown('ada', group)?.votes[0]?.proposal.deadlineMs ?? 0;
    expect(deadlineMs).toBe(openedMs + 300_000);
    world.run(SECOND);
    for (const name of ['ada', 'bob']) world.ask(name, { kind: 'cast', group, vote, isYes: true });
    const endNs = (deadlineMs - 1_767_225_600_000) * 1e6;
    world.run(endNs - 1e6 - world.now);
    expect(resultAt(world, 'ada', group, vote)).toBeUndefined();
    world.run(1e6);
    const result = { outcome: 'rejected', yes: 2, no: 0, electors: 5 };
    expect(resultAt(world, 'ada', group, vote)).toEqual(result);
  });

  it('counts one ballot of each member, the first one', () => {
    const { world, group } = made();
    const { number } = group;
    const { number: vote = 0 } = world.askNow('ada', { ...proposal, group, rule: 'all' });
    const ballot = (isYes: boolean): Uint8Array =>
      encodeGroupMessage({ kind: 'cast', number, vote, isYes });
    world.forge('bob', 'ada', ballot(true));
    world.forge('bob', 'ada', ballot(true));
    world.forge('bob', 'ada', ballot(false));
    world.run(301 * SECOND);
    expect(resultAt(world, 'ada', group, vote)).toMatchObject({ yes: 1, no: 0 });
    expect(world.drops).toEqual(['repeated-ballot', 'second-ballot']);
    world.forge('cyd', 'ada', ballot(true));
    expect(world.drops.at(-1)).toBe('late-vote');
    expect(resultAt(world, 'bob', group, vote)).toMatchObject({ yes: 1, no: 0 });
  });

  it('has no ballot of strangers, nor of those who joined later', () => {
    const { world, group } = made();
    const { number } = group;
    const { number: vote = 0 } = world.askNow('ada', { ...proposal, group });
    const ballot = encodeGroupMessage({ kind: 'cast', number, vote, isYes: true });
    world.forge('mal', 'ada', ballot);
    expect(world.drops).toEqual(['not-a-member']);
    world.run(SECOND);
    world.askNow('ada', { kind: 'invite', group, member: 'mal' });
    world.run(10 * SECOND);
    expect(world.askNow('mal', { kind: 'cast', group, vote, isYes: true }).outcome).toBe(
      'not-an-elector',
    );
    world.forge('mal', 'ada', ballot);
    expect(world.drops).toEqual(['not-a-member', 'not-an-elector']);
    world.run(301 * SECOND);
    expect(resultAt(world, 'mal', group, vote)).toMatchObject({ yes: 0, no: 0, electors: 5 });
  });

  it('loses the ballot of a member who is removed, and may be decided by that', () => {
    const { world, group } = made();
    const { number: vote = 0 } = world.askNow('ada', { ...proposal, group });
    world.run(SECOND);
    world.askNow('bob', { kind: 'cast', group, vote, isYes: false });
    for (const name of ['ada', 'cyd'])
      world.askNow(name, { kind: 'cast', group, vote, isYes: true });
    world.run(SECOND);
    expect(resultAt(world, 'ada', group, vote)).toBeUndefined();
    world.askNow('ada', { kind: 'remove', group, member: 'bob' });
    expect(resultAt(world, 'ada', group, vote)).toBeUndefined();
    world.askNow('ada', { kind: 'remove', group, member: 'dan' });
    world.run(SECOND);
    const result = { outcome: 'accepted', yes: 2, no: 0, electors: 3 };
    expect(resultAt(world, 'eve', group, vote)).toEqual(result);
  });

  it('is one of 16 that are open; the next is refused', () => {
    const { world, group } = made();
    const ask = (name: string): string => world.askNow(name, { ...proposal, group }).outcome;
    for (let count = 0; count < 16; count += 1) expect(ask(NAMES[count % 5] ?? '')).toBe('ok');
    expect([ask('ada'), ask('bob')]).toEqual(['too-many-votes', 'too-many-votes']);
    world.run(301 * SECOND);
    expect(ask('bob')).toBe('ok');
  });

  it('is forgotten 64 votes later, by all', () => {
    const { world, group } = made();
    for (let count = 0; count < 70; count += 1) {
      const { number: vote = 0 } = world.askNow('ada', { ...proposal, group, rule: 'all' });
      world.askNow('ada', { kind: 'cast', group, vote, isYes: false });
      world.run(SECOND);
    }
    for (const name of NAMES) {
      const votes = world.shown(name, group)?.votes.map((each) => each.proposal.vote) ?? [];
      expect([votes.length, votes[0], votes.at(-1)]).toEqual([64, 7, 70]);
    }
    expect(world.keys('bob').filter((key) => key.startsWith('groups/in-vote/'))).toHaveLength(64);
    expect(world.keys('ada').filter((key) => key.startsWith('groups/own-vote/'))).toHaveLength(64);
  });

  it('reaches a member that was cut off for longer than any message lives', () => {
    const { world, group } = made();
    world.cut.add('ada>bob');
    const { number: vote = 0 } = world.askNow('ada', { ...proposal, group });
    world.askNow('ada', { kind: 'remove', group, member: 'eve' });
    world.run(2_000 * SECOND);
    expect(world.shown('bob', group)?.votes).toEqual([]);
    world.cut.clear();
    world.run(60 * SECOND);
    expect(resultAt(world, 'bob', group, vote)).toEqual(resultAt(world, 'ada', group, vote));
    expect(resultAt(world, 'bob', group, vote)?.outcome).toBe('rejected');
    expect(world.shown('bob', group)?.members).not.toContain('eve');
  });

  it('is not told to anybody before it is on the disk of the owner', () => {
    const world = new World(['ada', 'bob']);
    const group = world.found(['ada', 'bob']);
    const before = world.sent.length;
    world.ask('ada', { ...proposal, group });
    expect(world.sent).toHaveLength(before);
    world.crash('ada');
    world.start('ada');
    world.run(60 * SECOND);
    expect(world.shown('bob', group)).toEqual(world.shown('ada', group));
  });

  it('goes on when its owner returns before the deadline, and ends at once if it returns later', () => {
    for (const [awayS, outcome] of [
      [100, 'accepted'],
      [400, 'rejected'],
    ] as const) {
      const { world, group } = made();
      const { number: vote = 0 } = world.askNow('ada', { ...proposal, group });
      world.askNow('ada', { kind: 'cast', group, vote, isYes: true });
      world.run(SECOND);
      world.askNow('bob', { kind: 'cast', group, vote, isYes: true });
      world.run(SECOND);
      world.crash('ada');
      world.ask('cyd', { kind: 'cast', group, vote, isYes: true });
      world.run(awayS * SECOND);
      world.start('ada');
      world.run(10 * SECOND);
      for (const name of NAMES) expect(resultAt(world, name, group, vote)?.outcome).toBe(outcome);
    }
  });
});

describe('requests that cannot be met', () => {
  it.each([
    [{ kind: 'create', members: ['bob', 'bob'] }, 'already-member'],
    [{ kind: 'create', members: ['ada'] }, 'already-member'],
    [{ kind: 'create', members: ['b\uD800'] }, 'bad-name'],
    [{ kind: 'create', members: ['é'.repeat(128)] }, 'bad-name'],
  ] as const)('create: %j is %s', (request, outcome) => {
    expect(new World(['ada']).askNow('ada', request).outcome).toBe(outcome);
  });

  it('are answered with the reason', () => {
    const { world, group } = made();
    const ask = (request: Parameters<World['askNow']>[1], name = 'ada'): string =>
      world.askNow(name, request).outcome;
    expect(ask({ ...proposal, group, text: 'é'.repeat(501) })).toBe('text-too-long');
    expect(ask({ ...proposal, group, text: 'é'.repeat(500) })).toBe('ok');
    expect(ask({ ...proposal, group, lifetimeMs: 999 })).toBe('bad-deadline');
    expect(ask({ ...proposal, group, lifetimeMs: 604_800_000 })).toBe('ok');
    expect(ask({ ...proposal, group, lifetimeMs: 604_800_001 })).toBe('bad-deadline');
    expect(ask({ kind: 'invite', group, member: 'bob' })).toBe('already-member');
    expect(ask({ kind: 'remove', group, member: 'mal' })).toBe('no-such-member');
    expect(ask({ kind: 'remove', group, member: 'ada' })).toBe('no-such-member');
    for (const name of ['ada', 'bob']) {
      expect(ask({ kind: 'cast', group, vote: 9, isYes: true }, name)).toBe('unknown-vote');
      expect(ask({ kind: 'cast', group, vote: 1, isYes: true }, name)).toBe('ok');
      expect(ask({ kind: 'cast', group, vote: 1, isYes: true }, name)).toBe('already-voted');
    }
    world.run(301 * SECOND);
    for (const name of ['cyd', 'dan']) {
      expect(ask({ kind: 'cast', group, vote: 1, isYes: true }, name)).toBe('vote-over');
    }
    const stranger = { owner: 'ada', number: 5 };
    expect(ask({ kind: 'leave', group: stranger })).toBe('unknown-group');
  });

  it('are proposals to an owner that is away: nobody waits longer than the vote would have', () => {
    const { world, group } = made();
    world.cut.add('bob>ada');
    const answer = world.ask('bob', { ...proposal, group, lifetimeMs: 20_000 });
    world.run(19 * SECOND);
    expect(answer()).toBeUndefined();
    world.run(2 * SECOND);
    expect(['undelivered', 'no-answer']).toContain(answer()?.outcome);
  });

  it('are groups beyond 100, of the owner and of a member, who leaves', () => {
    const world = new World(['ada', 'bob', 'cyd']);
    for (let count = 0; count < 100; count += 1) {
      expect(world.askNow('ada', { kind: 'create', members: ['bob'] }).outcome).toBe('ok');
    }
    expect(world.askNow('ada', { kind: 'create', members: [] }).outcome).toBe('too-many-groups');
    const group = world.found(['cyd', 'bob']);
    world.run(10 * SECOND);
    expect(world.machine('bob').sizes.joined).toBe(100);
    expect(world.drops).toContain('too-many-groups');
    expect(world.shown('cyd', group)?.members).toEqual(['cyd']);
  });
});
