/** Active adversaries tested in isolation: what they do with messages, and how they are scored. */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../engine/core/stream.ts';
import type { Adversary, AttackContext, CaughtMessage } from '../../../runner/privacy/adversary.ts';
import { AttackScore } from '../../../runner/privacy/attack-score.ts';
import { BlendingAdversary } from '../../../runner/privacy/blending.ts';
import { MessageObservers } from '../../../runner/privacy/message-observer.ts';
import { ReplayAdversary } from '../../../runner/privacy/replay.ts';
import { TaggingAdversary } from '../../../runner/privacy/tagging.ts';

const HEADER = 2;
const PAYLOAD = 6;
const LENGTH = 16;
const TRANSIT = 5;

const NODES = ['alice', 'mallory', 'mix', 'bob'];
const POST = { name: 'post', messageKinds: { payload: 'content' } } as const;

/** A mix between a sender and a recipient; the test plays the links. Times are in ns. */
class Experiment {
  readonly injected: Uint8Array[] = [];
  readonly #observers = new MessageObservers({
    nodes: NODES,
    protocols: new Map(NODES.map((name) => [name, POST])),
    now: (): number => this.#nowNs,
  });
  readonly #score = new AttackScore({
    now: (): number => this.#nowNs,
    messageOf: (key): number => this.#observers.messageOf(key),
    warmupNs: 10,
  });
  #nowNs = 10;
  #agenda: { readonly atNs: number; readonly fire: () => void }[] = [];
  #adversary: Adversary | undefined;

  attack(make: (context: AttackContext) => Adversary): void {
    this.#adversary = make({
      now: (): number => this.#nowNs,
      after: (delayNs, fire) => this.#agenda.push({ atNs: this.#nowNs + delayNs, fire }),
      isOwn: (key) => this.#observers.makerOf(key) === 'mallory',
      random: openRandomStream(1, 'test', 'adversary'),
      score: this.#score,
    });
  }

  until(atNs: number): void {
    this.#nowNs = atNs;
    const due = this.#agenda.filter((one) => one.atNs <= atNs);
    this.#agenda = this.#agenda.filter((one) => one.atNs > atNs);
    for (const { fire } of due) fire();
  }

  /** Sends a message into the mix; true if the adversary lets it pass. */
  enter(key: number, maker = 'alice'): boolean {
    this.#observers.of(maker).created(key, 'payload', 'bob');
    const isLet = this.#adversary!.entering(this.#caught(key));
    if (isLet) this.#observers.of('mix').arrived(key);
    return isLet;
  }

  /**
   * Sends a copy of the first message into a mix without replay protection; the copy belongs to
   * nobody.
   */
  enterAgain(key: number): void {
    this.#observers.of('mix').arrived(key);
  }

  /** The message leaves the mix under another key; returns the bits that were changed. */
  leave(inKey: number, outKey: number): readonly number[] {
    this.#observers.of('mix').departed(inKey, outKey);
    const caught = this.#caught(outKey);
    this.#adversary!.leaving(caught);
    return [...caught.bytes].flatMap((byte, index) => (byte === 0 ? [] : [index]));
  }

  /** The message ends at bob, who drops it. */
  wreck(key: number, reason: string): void {
    this.#adversary!.dropped('bob', reason);
    this.#observers.of('bob').ended(key, 'dropped');
  }

  stop(): void {
    this.#adversary!.stop();
    this.#adversary!.release?.();
  }

  get counted(): object {
    return this.#score.counted(this.#observers.truth());
  }

  #caught(key: number): CaughtMessage {
    return {
      bytes: new Uint8Array(LENGTH),
      message: { key, headerOffset: HEADER, payloadOffset: PAYLOAD },
      transitNs: TRANSIT,
      inject: (bytes): void => void this.injected.push(bytes),
    };
  }
}

function attacked(make: (context: AttackContext) => Adversary): Experiment {
  const experiment = new Experiment();
  experiment.attack(make);
  return experiment;
}

describe('the adversary of a replay', () => {
  const spec = { kind: 'replay', node: 'mix', everyNs: 100, afterNs: 50 } as const;
  const experiment = (): Experiment => attacked((context) => new ReplayAdversary(spec, context));

  it('sends a message again and finds its output by the double', () => {
    const one = experiment();
    expect(one.enter(1)).toBe(true);
    expect(one.enter(2)).toBe(true);
    one.leave(2, 22);
    one.leave(1, 11);
    expect(one.injected).toHaveLength(0);
    one.until(60);
    expect(one.injected).toHaveLength(1);
    one.enterAgain(1);
    one.leave(1, 11);
    expect(one.counted).toEqual({ hits: 1, trials: 1 });
  });

  it('is wrong when something else comes twice, and finds nothing when nothing does', () => {
    const wrong = experiment();
    wrong.enter(1);
    wrong.enter(2);
    wrong.leave(1, 11);
    wrong.leave(2, 22);
    wrong.until(60);
    wrong.leave(9, 22);
    expect(wrong.counted).toEqual({ hits: 0, trials: 1 });
    const nothing = experiment();
    nothing.enter(1);
    nothing.leave(1, 11);
    nothing.until(60);
    nothing.leave(7, 77);
    expect(nothing.counted).toEqual({ hits: 0, trials: 1 });
  });

  it('replays one message in its time, and takes back what it did not see to the end', () => {
    const one = experiment();
    one.enter(1);
    one.until(109);
    one.enter(2);
    one.until(110);
    one.enter(3);
    one.until(200);
    expect(one.injected).toHaveLength(2);
    one.stop();
    expect(one.counted).toEqual({ hits: 0, trials: 1 });
  });
});

describe('the adversary of a tag', () => {
  const spec = {
    kind: 'tagging',
    node: 'mix',
    part: 'payload',
    everyNs: 100,
    last: ['bob'],
    sign: 'wreck',
  } as const;
  const experiment = (part: 'header' | 'payload' = 'payload', last = ['bob']): Experiment =>
    attacked((context) => new TaggingAdversary({ ...spec, part, last }, context));

  it('flips one bit of the part it was told', () => {
    const places = (part: 'header' | 'payload'): readonly number[] => {
      const one = experiment(part);
      return Array.from({ length: 200 }, (_, i) => {
        one.until(1_000 * (i + 1));
        one.enter(i);
        return one.leave(i, 1_000 + i);
      }).flat();
    };
    expect([...new Set(places('header'))].sort((a, b) => a - b)).toEqual([2, 3, 4, 5]);
    const inPayload = new Set(places('payload'));
    expect(inPayload.size).toBe(LENGTH - PAYLOAD);
    expect(Math.min(...inPayload)).toBe(PAYLOAD);
  });

  it('takes the first wreck at a corrupt last hop for what it tagged', () => {
    const one = experiment();
    one.enter(1);
    one.enter(2);
    expect(one.leave(1, 11)).toHaveLength(1);
    expect(one.leave(2, 22)).toHaveLength(0);
    one.until(20);
    one.wreck(22, 'something else');
    one.until(30);
    one.wreck(11, 'wreck');
    expect(one.counted).toEqual({ hits: 1, trials: 1 });
  });

  it('is wrong when the wreck is of another message', () => {
    const one = experiment();
    one.enter(1);
    one.enter(2);
    one.leave(1, 11);
    one.leave(2, 22);
    one.wreck(22, 'wreck');
    one.until(40);
    one.wreck(11, 'wreck');
    expect(one.counted).toEqual({ hits: 0, trials: 1 });
  });

  it('sees nothing at last hops that are not corrupt', () => {
    const one = experiment('payload', ['alice']);
    one.enter(1);
    one.leave(1, 11);
    one.wreck(11, 'wreck');
    expect(one.counted).toEqual({ hits: 0, trials: 1 });
  });
});

describe('the adversary of n-1', () => {
  const spec = {
    kind: 'n_minus_one',
    node: 'mix',
    drainNs: 50,
    watchNs: 100,
    others: 'drop',
    own: [],
  } as const;
  const experiment = (): Experiment => attacked((context) => new BlendingAdversary(spec, context));

  it('takes everything out, lets one message in, and takes the next output for it', () => {
    const one = experiment();
    expect(one.enter(1)).toBe(false);
    one.until(60);
    expect(one.enter(2)).toBe(true);
    expect(one.enter(3)).toBe(false);
    one.until(70);
    one.leave(2, 22);
    expect(one.counted).toEqual({ hits: 1, trials: 1 });
    one.until(160);
    expect(one.enter(4)).toBe(true);
  });

  it('waits until the target can have arrived, and is wrong when another leaves first', () => {
    const one = experiment();
    one.until(60);
    one.enter(2);
    one.until(60 + TRANSIT - 1);
    one.leave(90, 99);
    one.until(60 + TRANSIT);
    one.leave(2, 22);
    expect(one.counted).toEqual({ hits: 1, trials: 1 });
    const wrong = experiment();
    wrong.until(60);
    wrong.enter(2);
    wrong.until(70);
    wrong.leave(90, 99);
    wrong.leave(2, 22);
    expect(wrong.counted).toEqual({ hits: 0, trials: 1 });
  });

  it('lets its own messages pass, and is not misled by them', () => {
    const one = experiment();
    expect(one.enter(5, 'mallory')).toBe(true);
    one.until(60);
    expect(one.enter(2)).toBe(true);
    one.until(70);
    one.leave(5, 55);
    one.leave(2, 22);
    expect(one.counted).toEqual({ hits: 1, trials: 1 });
  });

  it('loses nothing when it holds back: lets all go when the target has left, and drains anew', () => {
    const one = attacked((context) => new BlendingAdversary({ ...spec, others: 'hold' }, context));
    expect([one.enter(1), one.enter(2)]).toEqual([false, false]);
    one.until(60);
    expect([one.enter(3), one.enter(4)]).toEqual([true, false]);
    expect(one.injected).toHaveLength(0);
    one.until(70);
    one.leave(3, 33);
    expect(one.injected).toHaveLength(3);
    expect(one.counted).toEqual({ hits: 1, trials: 1 });
    // All released messages are inside the mix; the next target waits for another complete drain.
    one.until(119);
    expect(one.enter(5)).toBe(false);
    one.until(120);
    expect(one.enter(6)).toBe(true);
    // The time of the first target ends at 160, independent of the second, whose time ends at 220.
    one.until(160);
    expect(one.injected).toHaveLength(3);
    one.until(220);
    expect(one.injected).toHaveLength(4);
    expect(one.enter(7)).toBe(false);
    one.stop();
    expect(one.injected).toHaveLength(5);
    expect(one.counted).toEqual({ hits: 1, trials: 2 });
  });

  it('has lost what it takes out when it drops', () => {
    const one = experiment();
    one.enter(1);
    one.until(60);
    one.enter(2);
    one.until(70);
    one.leave(2, 22);
    one.stop();
    expect(one.injected).toHaveLength(0);
  });

  it('counts nothing that began before the end of the warm-up', () => {
    const early = new Experiment();
    early.until(0);
    early.attack((context) => new BlendingAdversary({ ...spec, drainNs: 0 }, context));
    early.until(1);
    early.enter(2);
    early.until(20);
    early.leave(2, 22);
    expect(early.counted).toEqual({ hits: 0, trials: 0 });
  });
});
