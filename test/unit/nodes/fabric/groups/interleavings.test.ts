/**
 * Random interleavings: messages in any order, disks that fail, owner and members that crash and
 * return. In the end, all members know the same.
 */
import { describe, expect, it } from 'vitest';
import type {
  GroupId,
  GroupStatus,
  VoteStatus,
} from '../../../../../nodes/fabric/groups/requests.ts';
import { hasEnoughYesVotes, VOTE_RULES } from '../../../../../nodes/fabric/groups/tally.ts';
import { SECOND, World } from './world.ts';

const NAMES = ['ada', 'bob', 'cyd', 'dan', 'eve', 'fay'];
const SEEDS = 60;
const STEPS = 250;
const NOTHING: GroupStatus = { epoch: 0, members: [], votes: [] };

function act(world: World, group: GroupId): void {
  const name = NAMES[world.draw(NAMES.length)] ?? '';
  const member = NAMES[1 + world.draw(NAMES.length - 1)] ?? '';
  const what = world.draw(20);
  if (what < 2) world.crash(name);
  else if (what < 6) world.start(name);
  else if (!world.isUp(name)) return;
  else if (what < 8) world.ask('ada', { kind: 'invite', group, member });
  else if (what < 9) world.ask('ada', { kind: 'remove', group, member });
  else if (what < 10) world.ask(member, { kind: 'leave', group });
  else if (what < 12) {
    const rule = VOTE_RULES[world.draw(VOTE_RULES.length)] ?? 'all';
    const lifetimeMs = 5_000 + world.draw(295_000);
    world.ask(name, { kind: 'propose', group, rule, lifetimeMs, text: `${world.now}` });
  } else {
    const open = world.shown(name, group)?.votes.filter(({ result }) => result === undefined) ?? [];
    const { vote = 0 } = open[world.draw(open.length || 1)]?.proposal ?? {};
    world.ask(name, { kind: 'cast', group, vote, isYes: world.draw(3) > 0 });
  }
}

function troubled(seed: number): { readonly world: World; readonly group: GroupId } {
  const world = new World(NAMES, seed);
  world.everyFailed = 10;
  world.everySlow = 4;
  const group = world.found(NAMES.slice(0, 5));
  for (let step = 0; step < STEPS; step += 1) {
    act(world, group);
    // Half of the steps are shorter than a write of the disk may take.
    world.run(world.draw(world.draw(2) === 0 ? 300 : 10_000) * 1e6);
  }
  for (const name of NAMES) world.start(name);
  world.everySlow = 0;
  world.run(2_000 * SECOND);
  return { world, group };
}

/** What was ever told of a vote's end, wherever. */
function resultsTold(world: World): ReadonlyMap<number, Set<string>> {
  const told = new Map<number, Set<string>>();
  for (const { event } of world.told) {
    if (event.kind !== 'result') continue;
    const { proposal, result } = event;
    const words = JSON.stringify([proposal, result]);
    told.set(proposal.vote, (told.get(proposal.vote) ?? new Set()).add(words));
  }
  return told;
}

describe(`a group after ${SEEDS} troubled runs`, () => {
  const ends = { votes: 0, accepted: 0, counted: 0, away: 0, drops: new Set<string>() };

  function expectOver({ proposal: { vote, rule }, result }: VoteStatus): void {
    if (result === undefined) throw new Error(`vote ${vote} is open for ever`);
    const isAccepted = hasEnoughYesVotes(rule, result.yes, result.electors);
    expect(result.outcome).toBe(isAccepted ? 'accepted' : 'rejected');
    ends.accepted += isAccepted ? 1 : 0;
    ends.counted += result.yes + result.no;
  }

  it.each(Array.from({ length: SEEDS }, (_, index) => index + 1))(
    'has members that know the same members and the same results: seed %i',
    (seed) => {
      const { world, group } = troubled(seed);
      const truth = world.shown('ada', group) ?? NOTHING;
      expect(truth.members[0]).toBe('ada');
      for (const name of truth.members) expect(world.shown(name, group)).toEqual(truth);
      for (const vote of truth.votes) expectOver(vote);
      for (const words of resultsTold(world).values()) expect(words.size).toBe(1);
      // Who is none and was not told so hears it as soon as it speaks.
      const others = NAMES.filter((name) => !truth.members.includes(name));
      for (const name of others) world.ask(name, { kind: 'leave', group });
      world.run(60 * SECOND);
      for (const name of others) {
        expect(world.shown(name, group)).toBeUndefined();
        expect(world.keys(name).some((key) => key.startsWith('groups/in'))).toBe(false);
      }
      ends.votes += truth.votes.length;
      ends.away += others.length;
      for (const drop of world.drops) ends.drops.add(drop);
    },
  );

  it('has met what it is about', () => {
    expect(ends.votes).toBeGreaterThan(200);
    expect(ends.accepted).toBeGreaterThan(20);
    expect(ends.votes - ends.accepted).toBeGreaterThan(20);
    expect(ends.counted).toBeGreaterThan(200);
    expect(ends.away).toBeGreaterThan(20);
    for (const drop of ['known-list', 'known-vote', 'repeated-ballot', 'not-a-member']) {
      expect(ends.drops).toContain(drop);
    }
    expect(ends.drops).not.toContain('bad-group-record');
  });
});

describe('ballots that all arrive', () => {
  it.each([1, 2, 3, 4, 5])('are counted exactly, in any order: seed %i', (seed) => {
    const world = new World(NAMES, seed);
    world.everySlow = 2;
    const group = world.found(NAMES);
    world.run(200 * SECOND);
    const votes = [0, 1, 2, 3].map((of) => {
      const rule = 'all' as const;
      const name = NAMES[of] ?? '';
      const lifetimeMs = 1_000_000;
      const request = { kind: 'propose', group, rule, lifetimeMs, text: `${of}` } as const;
      return world.askNow(name, request).number ?? 0;
    });
    world.run(100 * SECOND);
    // A no would end a vote that needs all.
    for (const vote of votes) {
      for (const name of NAMES.slice(0, 1 + vote)) {
        expect(world.askNow(name, { kind: 'cast', group, vote, isYes: true }).outcome).toBe('ok');
      }
    }
    world.run(1_200 * SECOND);
    for (const name of NAMES) {
      const results = world
        .shown(name, group)
        ?.votes.map(({ proposal, result }) => [
          ...[proposal.vote, result?.yes, result?.no, result?.electors],
        ]);
      expect(results).toEqual(votes.map((vote) => [vote, 1 + vote, 0, 6]));
    }
  });
});
