/**
 * Messages of groups of a genuine peer, in genuine envelopes: what it says of its groups and those of
 * others is mutated. Its packets are lies in `test/property/fabric-fuzz.test.ts`.
 *
 * @module
 */
import type { RandomStream } from '../../../engine/core/stream.ts';
import { FABRIC_DROP_REASONS } from '../../../nodes/fabric/drop-reasons.ts';
import {
  decodeGroupMessage,
  encodeGroupMessage,
  type GroupMessage,
} from '../../../nodes/fabric/groups/messages.ts';
import { SECOND, World } from '../../unit/nodes/fabric/groups/world.ts';
import { mutate } from '../mutate.ts';
import type { SealedCase, Victim } from './victim.ts';

const NAMES = ['ada', 'bob', 'cyd'] as const;
const NEW_AFTER = 500;
const SENT_KEPT = 60;
const MESSAGE_HEADER = 8;

class Groups implements Victim {
  readonly #random: RandomStream;
  #world = new World(NAMES);
  #given = 0;

  constructor(random: RandomStream) {
    this.#random = random;
  }

  give(): readonly string[] {
    const random = this.#random;
    if (this.#given % NEW_AFTER === 0) this.#begin();
    this.#given += 1;
    const world = this.#world;
    const [from, to] = random.chance(0.5) ? (['bob', 'ada'] as const) : (['ada', 'bob'] as const);
    const genuine = this.#sent(from, to);
    const message = random.chance(0.5) ? this.#lie(genuine) : genuine;
    const isMutated = random.chance(0.6);
    world.forge(
      from,
      to,
      isMutated ? mutate(message, random, { header: MESSAGE_HEADER }) : message,
    );
    if (random.chance(0.02)) this.#goOn();
    const drops = world.drops.splice(0);
    return drops.length === 0 ? ['taken'] : drops;
  }

  delivers(): boolean {
    const group = this.#world.found(NAMES);
    return this.#world.shown('bob', group)?.members.length === NAMES.length;
  }

  /** A world with a group of each, and a vote in each. */
  #begin(): void {
    this.#world = new World(NAMES, 1 + this.#random.below(1_000));
    for (const owner of ['ada', 'bob']) {
      const group = this.#world.found([owner, ...NAMES.filter((name) => name !== owner)]);
      const ask = {
        kind: 'propose',
        group,
        rule: 'majority',
        lifetimeMs: 0,
        text: 'tea?',
      } as const;
      for (const name of NAMES) this.#world.askNow(name, ask);
      for (const name of NAMES.slice(1))
        this.#world.askNow(name, { kind: 'cast', group, vote: 1, isYes: true });
    }
    this.#world.run(10 * SECOND);
  }

  /** One of the last messages from one to the other. */
  #sent(from: string, to: string): Uint8Array {
    const all = this.#world.sent.slice(-SENT_KEPT);
    const fit = all.filter((each) => each.from === from && each.to === to);
    const any = fit.length === 0 ? this.#world.sent : fit;
    return any[this.#random.below(any.length)]!.bytes;
  }

  /** Another content for some fields, in its deterministic form. */
  #lie(genuine: Uint8Array): Uint8Array {
    const random = this.#random;
    const message = decodeGroupMessage(genuine);
    if (typeof message === 'string') return genuine;
    const small = (): number => random.below(random.chance(0.1) ? 1e9 : 6);
    const lies: readonly Partial<Record<string, unknown>>[] = [
      { number: small() },
      { epoch: small() },
      { vote: small(), isYes: random.chance(0.5) },
      { members: NAMES.filter(() => random.chance(0.7)) },
      { proposal: typeof Reflect.get(message, 'proposal') === 'number' ? small() : undefined },
    ];
    const lie = lies[random.below(lies.length)]!;
    const known = Object.entries(lie).filter(
      ([field, value]) => Object.hasOwn(message, field) && value !== undefined,
    );
    return encodeGroupMessage({ ...message, ...Object.fromEntries(known) } as GroupMessage);
  }

  #goOn(): void {
    const [name] = this.#world.machine('ada').names;
    if (name !== undefined && this.#random.chance(0.1)) {
      this.#world.ask('bob', { kind: 'leave', group: name });
    }
    this.#world.run(this.#random.below(3) * SECOND);
  }
}

export const fabric: SealedCase = {
  protocol: 'fabric',
  what: 'messages of groups in genuine envelopes',
  drops: FABRIC_DROP_REASONS,
  ends: ['taken'],
  reaches: [
    ...['taken', 'bad-group-message', 'unknown-group', 'list-without-me', 'known-list'],
    ...['known-vote', 'unknown-vote', 'not-a-member', 'repeated-ballot'],
  ],
  begin: (random) => new Groups(random),
};
