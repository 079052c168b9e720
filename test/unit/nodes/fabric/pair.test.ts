/**
 * Both machines of fabric over a wire that loses, doubles, reorders and is cut, while both nodes crash
 * with whatever their disks have made of the last write.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { StoreFault } from '../../../../engine/net/sim-store.ts';
import { type Behaviour, CORRECT_BEHAVIOUR } from '../../../../nodes/fabric/behaviour.ts';
import { behaviourOf } from '../../../../nodes/fabric/doubles/index.ts';
import { type End, FabricPair, payloadOf } from './fabric-pair.ts';

const MS = 1_000_000;
const SECOND = 1_000_000_000;
const LENGTHS = [20, 900, 5_000, 60_000];
const FAULTS: readonly StoreFault[] = ['synced', 'prefix', 'torn', 'flipped'];

interface Plan {
  readonly seed: number;
  readonly crashes: number;
  readonly loss: number;
  readonly failedSyncs: number;
  readonly behaviour?: Behaviour;
}

/** Sends messages and calls both ways for 60 s, and waits until all are over. */
function runPlan({
  seed,
  crashes,
  loss,
  failedSyncs,
  behaviour = CORRECT_BEHAVIOUR,
}: Plan): FabricPair {
  const pair = new FabricPair({ seed, loss, duplication: 0.1, failedSyncs, behaviour });
  const { clock, random } = pair;
  for (let number = 0; number < 120; number += 1) {
    const from = number % 2 === 0 ? pair.alice : pair.bob;
    const kind = number % 3 === 0 ? 'message' : 'call';
    const text = `${kind} ${number}`;
    const payload = payloadOf(text, LENGTHS[random.below(LENGTHS.length)] as number);
    const message = {
      kind,
      payload,
      priority: random.below(4),
      lifetimeNs: 600 * SECOND,
      request: text,
    } as const;
    clock.after(random.below(60) * SECOND + random.below(1_000) * MS, () =>
      from.take({ kind: 'submit', message }),
    );
  }
  for (let crash = 0; crash < crashes; crash += 1) {
    const end = random.chance(0.5) ? pair.alice : pair.bob;
    const fault = FAULTS[random.below(FAULTS.length)] as StoreFault;
    clock.after(random.below(60) * SECOND + random.below(1_000) * MS, () => {
      if (!end.isUp) return;
      end.crash(fault);
      clock.after(random.below(2_000) * MS, () => end.start());
    });
  }
  clock.after(20 * SECOND, () => {
    pair.isCut = true;
  });
  clock.after(30 * SECOND, () => {
    pair.isCut = false;
  });
  clock.runUntil(900 * SECOND);
  return pair;
}

/** What is wrong with the messages from one end to the other. */
function faultsBetween(from: End, to: End): readonly string[] {
  const found: string[] = [];
  if (from.open > 0) found.push(`${from.open} are still open`);
  const lost = [...from.kept].filter((number) => !from.settled.has(number));
  if (lost.length > 0) found.push(`${lost.join(', ')} had been kept, and never ended`);
  if (isRepeated(from.told)) found.push('a request was answered twice');
  if (isRepeated(to.effects)) found.push('a call took effect twice');
  for (const [text, outcomes] of from.outcomes) {
    if (new Set(outcomes).size !== 1) found.push(`${text} ended as ${outcomes.join(', ')}`);
    if (!to.handed.some((one) => one.text === text)) found.push(`${text} was never handed over`);
  }
  for (const [text, answer] of from.answers) if (text !== answer) found.push(`${text}: ${answer}`);
  const firsts = to.handed.filter(({ text, isAgain }) => text.startsWith('message') && !isAgain);
  if (isRepeated(firsts.map(({ text }) => text))) found.push('a message came twice without a word');
  return found;
}

/** What is wrong after a run. */
function faultsOf({ alice, bob }: FabricPair): readonly string[] {
  return [...faultsBetween(alice, bob), ...faultsBetween(bob, alice)];
}

function isRepeated(texts: readonly string[]): boolean {
  return new Set(texts).size !== texts.length;
}

describe('two nodes over a bad wire', () => {
  it('end each message once, without crashes, and hand it over once', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const pair = runPlan({ seed, crashes: 0, loss: 0.3, failedSyncs: 0.05 });
      expect([seed, faultsOf(pair)]).toEqual([seed, []]);
      const outcomes = [...pair.alice.outcomes.values(), ...pair.bob.outcomes.values()].flat();
      expect(outcomes).toHaveLength(120);
      expect(new Set(outcomes)).toEqual(new Set(['ok']));
      expect(pair.alice.handed.length + pair.bob.handed.length).toBe(120);
      expect(pair.wire.lost).toBeGreaterThan(100);
      expect(pair.wire.doubled).toBeGreaterThan(50);
    }
  });

  it('neither lose what was kept nor let a call take effect twice, with twelve crashes', () => {
    for (let seed = 1; seed <= 6; seed += 1) {
      const pair = runPlan({ seed, crashes: 12, loss: 0.2, failedSyncs: 0.05 });
      expect([seed, faultsOf(pair)]).toEqual([seed, []]);
      const ended = [...pair.alice.outcomes.values(), ...pair.bob.outcomes.values()].flat();
      // What a node had not kept when it crashed is gone; the rest is not.
      expect(ended.length).toBeGreaterThan(90);
      expect(new Set(ended)).toEqual(new Set(['ok']));
    }
  }, 60_000);

  it('tell of messages that may come again, and only after crashes', () => {
    const again = (crashes: number): number => {
      const { alice, bob } = runPlan({ seed: 3, crashes, loss: 0.2, failedSyncs: 0 });
      return [...alice.handed, ...bob.handed].filter(({ isAgain }) => isAgain).length;
    };
    expect(again(0)).toBe(0);
    expect(again(12)).toBeGreaterThan(0);
  });

  it('hand messages over in the order of sending if they are asked to', () => {
    const options = { order: 'sent' } as const;
    for (let seed = 1; seed <= 5; seed += 1) {
      const pair = new FabricPair({ seed, loss: 0.3, duplication: 0.1, failedSyncs: 0, options });
      const texts = Array.from({ length: 60 }, (_, number) => `message ${number}`);
      for (const [number, text] of texts.entries()) {
        const payload = payloadOf(text, number % 5 === 0 ? 9_000 : 50);
        const message = {
          kind: 'message',
          payload,
          priority: number % 4,
          lifetimeNs: 60 * SECOND,
        } as const;
        pair.clock.after((100 + number) * MS, () => pair.alice.take({ kind: 'submit', message }));
      }
      pair.clock.runUntil(50 * SECOND);
      expect(pair.bob.handed.map(({ text }) => text)).toEqual(texts);
    }
  });

  it('let a call take effect twice where the filter forgets: the check sees it', () => {
    const behaviour = behaviourOf({ double: 'forgetful' });
    const seeds = [1, 2, 3, 4, 5, 6];
    const twice = seeds.filter((seed) =>
      faultsOf(runPlan({ seed, crashes: 12, loss: 0.2, failedSyncs: 0.05, behaviour })).includes(
        'a call took effect twice',
      ),
    );
    expect(twice.length).toBeGreaterThan(0);
  });
});
