/** Messages, requests and records of groups as bytes, and hostile ones. */
import { describe, expect, it } from 'vitest';
import { TIMER_DUE, type TimerDue } from '../../../../../nodes/_kit/machine.ts';
import { GROUP_DROP_REASONS } from '../../../../../nodes/fabric/groups/drops.ts';
import type { GroupsInput } from '../../../../../nodes/fabric/groups/effects.ts';
import { GroupsMachine } from '../../../../../nodes/fabric/groups/machine.ts';
import {
  decodeGroupMessage,
  encodeGroupMessage,
  type GroupMessage,
} from '../../../../../nodes/fabric/groups/messages.ts';
import {
  decodeGroupRequest,
  decodeNumberAnswer,
  decodeShowAnswer,
  encodeGroupRequest,
  encodeShowAnswer,
  type GroupRequest,
} from '../../../../../nodes/fabric/groups/requests.ts';
import { forMutants, truncations } from '../../dtn/layer/mutations.ts';
import { SECOND, World } from './world.ts';

const MUTANTS = 100_000;
type Hostile = GroupsInput<number> | TimerDue;
const proposal = {
  ...{ vote: 3, proposer: 'bob', proposal: 1_767_225_600_123, rule: 'two-thirds' as const },
  ...{ deadlineMs: 1_767_225_900_000, text: 'Tee? ☕' },
};
const result = { outcome: 'accepted' as const, yes: 4, no: 1, electors: 6 };
const MESSAGES: readonly GroupMessage[] = [
  { kind: 'list', number: 1_767_225_600_000, epoch: 4, members: ['ada', 'bob', 'zoë'] },
  { kind: 'gone', number: 7, epoch: 2 ** 53 - 1 },
  { kind: 'opened', number: 7, proposal, mayVote: true },
  { kind: 'result', number: 7, proposal, result },
  { kind: 'refused', number: 7, proposal: 5, reason: 'bad-deadline' },
  { kind: 'propose', number: 7, proposal: 5, rule: 'all', deadlineMs: 9, text: '' },
  { kind: 'cast', number: 7, vote: 300, isYes: false },
  { kind: 'leave', number: 7, epoch: 70_000 },
];
const group = { owner: 'ada', number: 1_767_225_600_000 };
const REQUESTS: readonly GroupRequest[] = [
  { kind: 'create', members: [] },
  { kind: 'create', members: ['bob', 'zoë'] },
  { kind: 'invite', group, member: 'cyd' },
  { kind: 'remove', group, member: 'cyd' },
  { kind: 'leave', group },
  { kind: 'propose', group, rule: 'majority', lifetimeMs: 0, text: 'x'.repeat(1_000) },
  { kind: 'cast', group, vote: 1, isYes: true },
  { kind: 'show', group },
];

describe('messages', () => {
  it.each(MESSAGES)('come back as they were: $kind', (message) => {
    expect(decodeGroupMessage(encodeGroupMessage(message))).toEqual(message);
  });

  it('have the bytes of deterministic CBOR', () => {
    const cast = encodeGroupMessage({ kind: 'cast', number: 7, vote: 300, isYes: true });
    expect(Buffer.from(cast).toString('hex')).toBe('8501060719012cf5');
    const list = encodeGroupMessage({ kind: 'list', number: 7, epoch: 1, members: ['ada', 'bob'] });
    expect(Buffer.from(list).toString('hex')).toBe(
      '850100070182636164616362 6f62'.replace(' ', ''),
    );
  });

  it.each([
    ['', 'bad-group-message'],
    ['850206071901 2cf5', 'unknown-group-version'],
    ['8501080719012cf5', 'unknown-group-kind'],
    // A longer head than necessary, a number for a truth, one item too many, and a byte behind.
    ['850106180719012cf5', 'bad-group-message'],
    ['85010607190 12c01', 'bad-group-message'],
    ['86010607 19012cf500', 'bad-group-message'],
    ['85010607 19012cf500', 'bad-group-message'],
    // Half a surrogate pair, an empty name, and more ballots than electors.
    ['850100070181 63eda080', 'bad-group-message'],
    ['8501000701 8160', 'bad-group-message'],
    ['8d0103070161 610100006001 020101'.replace('020101', '00020101'), 'bad-group-message'],
  ])('%s is %s', (hex, drop) => {
    expect(decodeGroupMessage(Buffer.from(hex.replaceAll(' ', ''), 'hex'))).toBe(drop);
  });

  it('cut off at every byte are none', () => {
    for (const message of MESSAGES) {
      for (const part of truncations(encodeGroupMessage(message)).slice(0, -1)) {
        expect(decodeGroupMessage(part)).toBe('bad-group-message');
      }
    }
  });

  it('with 101 members, or a text of 1,001 bytes, are none', () => {
    const members = Array.from({ length: 101 }, (_, index) => `n${index}`);
    const list = { kind: 'list', number: 1, epoch: 1, members } as const;
    expect(decodeGroupMessage(encodeGroupMessage(list))).toBe('bad-group-message');
    const short = { ...list, members: members.slice(1) };
    expect(decodeGroupMessage(encodeGroupMessage(short))).toEqual(short);
    for (const [length, isGood] of [
      [1_000, true],
      [1_001, false],
    ] as const) {
      const text = 'x'.repeat(length);
      const opened = { kind: 'opened', number: 1, proposal: { ...proposal, text }, mayVote: false };
      const decoded = decodeGroupMessage(encodeGroupMessage(opened as GroupMessage));
      expect(decoded).toEqual(isGood ? opened : 'bad-group-message');
    }
  });
});

describe('requests', () => {
  it.each(REQUESTS)('come back as they were: $kind', (request) => {
    const bytes = encodeGroupRequest(request);
    expect(decodeGroupRequest(bytes)).toEqual(request);
    for (const part of truncations(bytes).slice(0, -1))
      expect(decodeGroupRequest(part)).toBeUndefined();
  });

  it('are answered with what can be read', () => {
    const shown = {
      epoch: 2,
      members: ['ada', 'bob'],
      votes: [{ proposal, result }, { proposal }],
    };
    expect(decodeShowAnswer(encodeShowAnswer(shown))).toEqual(shown);
    expect(decodeNumberAnswer(Uint8Array.of(0x82, 1, 5, 0))).toBeUndefined();
  });
});

describe('hostile messages', () => {
  /** All that was sent while a group lived. */
  function samples(): { readonly world: World; readonly sent: readonly Uint8Array[] } {
    const world = new World(['ada', 'bob', 'cyd']);
    const made = world.found(['ada', 'bob', 'cyd']);
    const ask = { kind: 'propose', group: made, rule: 'all', lifetimeMs: 0, text: 'tea?' } as const;
    world.askNow('bob', ask);
    world.run(SECOND);
    world.askNow('bob', { kind: 'cast', group: made, vote: 1, isYes: false });
    world.askNow('ada', ask);
    world.run(SECOND);
    world.askNow('cyd', { kind: 'leave', group: made });
    world.run(SECOND);
    return {
      world,
      sent: [...world.sent.map(({ bytes }) => bytes), ...MESSAGES.map(encodeGroupMessage)],
    };
  }

  it(`are never an exception, and fill no table: ${MUTANTS} mutations`, () => {
    const { world, sent } = samples();
    const machines = ['ada', 'bob'].map((name) => world.machine(name));
    const counts = { put: 0, send: 0 };
    const drops: string[] = [];
    const take = (machine: GroupsMachine<number>, now: number, input: Hostile): void => {
      for (const effect of machine.step(now, input)) {
        if (effect.kind === 'drop') drops.push(effect.reason);
        if (effect.kind === 'put') counts.put += 1;
        if (effect.kind === 'send') {
          counts.send += 1;
          machine.step(now, { kind: 'sent', token: effect.token, isDelivered: true });
        }
      }
    };
    forMutants(sent, MUTANTS, (bytes, index) => {
      const machine = machines[index % 2] as GroupsMachine<number>;
      const from = ['bob', 'ada', 'mal'][index % 3] as string;
      const now = world.now + index * 1_000;
      take(machine, now, { kind: 'message', from, bytes, token: index });
      take(machine, now, { kind: 'synced', isDurable: true });
      take(machine, now, TIMER_DUE);
    });
    const named = new Set(drops);
    for (const name of named) expect(Object.keys(GROUP_DROP_REASONS)).toContain(name);
    expect(drops.filter((name) => name === 'bad-group-message').length).toBeGreaterThan(
      MUTANTS / 4,
    );
    expect(named.size).toBeGreaterThan(10);
    expect(counts.put).toBeGreaterThan(100);
    expect(counts.send).toBeLessThan(MUTANTS);
    for (const machine of machines) {
      expect(machine.sizes.owned).toBeLessThanOrEqual(100);
      expect(machine.sizes.joined).toBeLessThanOrEqual(100);
      expect(machine.sizes.left).toBeLessThanOrEqual(1_000);
      expect(machine.holding).toBeLessThan(500);
    }
  });

  it('records of a damaged disk are named and erased, and the rest goes on', () => {
    const { world } = samples();
    world.run(SECOND);
    const records = world.records('ada');
    forMutants(
      records.map(([, value]) => value),
      2_000,
      (mutant, index) => {
        const damaged = records.map(([key, value], place) =>
          place === index % records.length ? ([key, mutant] as const) : ([key, value] as const),
        );
        const facts = { own: 'ada', clock: (): typeof TIME => TIME, records: damaged };
        const machine = new GroupsMachine<number>(facts);
        const effects = machine.step(0, { kind: 'start' });
        const bad = effects.filter(({ kind }) => kind === 'drop').length;
        expect(effects.filter(({ kind }) => kind === 'erase').length).toBeGreaterThanOrEqual(bad);
        machine.nextAt();
      },
    );
  });
});

const TIME = { seconds: 1_767_225_660, nanos: 0 };
