/**
 * Puts adversaries on the links of the nodes that events name, and counts how often they are right. The
 * protocol tells which messages a datagram contains; the modules of the adversaries decide what is done
 * with them.
 *
 * The success of each attack is reported as `privacy.attack.<name>.success`
 * (docs/PRIVACY.md#attacks).
 *
 * @module
 */
import { assert } from '../../engine/core/assert.ts';
import type { RandomStream } from '../../engine/core/stream.ts';
import type { LocateMessage } from '../../engine/host/protocol.ts';
import type { ActiveAttackResults, SuccessCount } from '../../reports/privacy/attacks/index.ts';
import type { RunTruth } from '../../reports/privacy/truth/truth.ts';
import type { AttackSpec } from '../../scenarios/fault-parts.ts';
import type { Scenario } from '../../scenarios/model.ts';
import type { HostSpec, LinkSpec } from '../../topologies/model.ts';
import type { LocalWorld, Undo } from '../world.ts';
import type { Adversary, AttackContext, AttackScorer, CaughtMessage } from './adversary.ts';
import { AttackScore } from './attack-score.ts';
import { BlendingAdversary } from './blending.ts';
import type { MessageObservers } from './message-observer.ts';
import { ReplayAdversary } from './replay.ts';
import { TaggingAdversary } from './tagging.ts';

/** What {@link AttackDriver} needs: the run, and readers that find messages in datagrams. */
export interface AttackDriverParts {
  readonly scenario: Scenario;
  readonly world: LocalWorld;
  /** Finds messages in the datagrams of a host; undefined if its protocol offers no reader. */
  readonly readerOf: (host: HostSpec) => LocateMessage | undefined;
  readonly observers: Pick<MessageObservers, 'messageOf' | 'makerOf'>;
}

/** Carries out the attacks of one run. */
export class AttackDriver {
  readonly #parts: AttackDriverParts;
  readonly #scores = new Map<AttackSpec['kind'], AttackScore>();
  readonly #active = new Set<Adversary>();

  constructor(parts: AttackDriverParts) {
    this.#parts = parts;
    if (!parts.scenario.events.some(({ action }) => action.kind === 'attack')) return;
    parts.world.listen({
      nodeDropped: (node, reason): void => {
        for (const adversary of this.#active) adversary.dropped(node, reason);
      },
    });
  }

  /** Begins an attack. */
  begin(attack: AttackSpec, random: RandomStream): Undo {
    const { scenario, world, readerOf, observers } = this.#parts;
    const { hosts, links } = scenario.topology;
    const host = hosts.find(({ name }) => name === attack.node);
    const read = host && readerOf(host);
    assert(read !== undefined, `${attack.node} does not expose its messages`);
    const own = attack.kind === 'n_minus_one' ? attack.own : [];
    const context = new RunAttackContext({
      world,
      random,
      score: this.#scoreOf(attack.kind),
      isOwn: (key): boolean => own.length > 0 && own.includes(observers.makerOf(key) ?? ''),
    });
    const adversary = adversaryOf(attack, context);
    this.#active.add(adversary);
    const taps = links
      .filter(({ a, b }) => a.host === attack.node || b.host === attack.node)
      .flatMap((link) => this.#tap(link, attack.node, { read, adversary }));
    return (): void => {
      for (const undo of taps) undo();
      this.#active.delete(adversary);
      if (!context.isOver) adversary.stop();
      context.isOver = true;
      adversary.release?.();
    };
  }

  /**
   * Ends the attacks that last until the end of the run; returns the results of each kind of
   * attack.
   */
  carriedOut(truth: RunTruth): ActiveAttackResults {
    for (const adversary of this.#active) adversary.stop();
    this.#active.clear();
    const counted = (kind: AttackSpec['kind']): SuccessCount | undefined =>
      this.#scores.get(kind)?.counted(truth);
    return {
      isolations: counted('n_minus_one'),
      tags: counted('tagging'),
      replays: counted('replay'),
    };
  }

  #scoreOf(kind: AttackSpec['kind']): AttackScore {
    const { scenario, world, observers } = this.#parts;
    const score =
      this.#scores.get(kind) ??
      new AttackScore({
        now: (): number => world.now(),
        messageOf: (key): number => observers.messageOf(key),
        warmupNs: scenario.warmupNs,
      });
    this.#scores.set(kind, score);
    return score;
  }

  #tap(link: LinkSpec, node: string, { read, adversary }: Eavesdropper): readonly Undo[] {
    const [inward, outward] =
      link.b.host === node
        ? (['forward', 'backward'] as const)
        : (['backward', 'forward'] as const);
    const watch = (side: 'forward' | 'backward', see: (caught: CaughtMessage) => boolean): Undo =>
      this.#parts.world.link(link.id).tap(side, (packet, control) => {
        const { offset, length } = packet;
        const bytes = packet.bytes.subarray(offset, offset + length);
        const message = read(bytes);
        if (message === undefined) return true;
        const inject = (copy: Uint8Array): void => control.inject(copy);
        return see({ bytes, message, inject, transitNs: link[side].delayNs });
      });
    return [
      watch(inward, (caught) => adversary.entering(caught)),
      watch(outward, (caught) => {
        adversary.leaving(caught);
        return true;
      }),
    ];
  }
}

interface Eavesdropper {
  readonly read: LocateMessage;
  readonly adversary: Adversary;
}

interface AttackContextParts extends Pick<AttackContext, 'random' | 'score' | 'isOwn'> {
  readonly world: LocalWorld;
}

/** The context of one adversary, whose timers end with the attack. */
class RunAttackContext implements AttackContext {
  readonly random: RandomStream;
  readonly score: AttackScorer;
  readonly isOwn: AttackContext['isOwn'];
  isOver = false;
  readonly #world: LocalWorld;

  constructor({ world, random, score, isOwn }: AttackContextParts) {
    this.#world = world;
    this.random = random;
    this.score = score;
    this.isOwn = isOwn;
  }

  now(): number {
    return this.#world.now();
  }

  after(delayNs: number, fire: () => void): void {
    this.#world.at(this.#world.now() + delayNs, () => {
      if (!this.isOver) fire();
    });
  }
}

function adversaryOf(attack: AttackSpec, context: AttackContext): Adversary {
  switch (attack.kind) {
    case 'n_minus_one':
      return new BlendingAdversary(attack, context);
    case 'tagging':
      return new TaggingAdversary(attack, context);
    case 'replay':
      return new ReplayAdversary(attack, context);
  }
}
