/**
 * An attack: a server that obtains shares of both secrets of one client, and opens that client's input
 * (Bonawitz et al., CCS 2017, section 6). Two lists reach both thresholds if n + c >= 2t, where c clients
 * collude.
 *
 * @module
 */
import { type MaskGraph, pairMaskSign } from './graph.ts';
import { applyKeyStream } from './mask.ts';
import type { ClientPublicKeys, ShareKind, SurvivorLists } from './messages.ts';
import { reduceRingElements } from './ring.ts';
import { agreePairMaskSeed, type MaskSeedContext, ownMaskSeed } from './seeds.ts';
import type { SecaggConfig } from './session-config.ts';
import { holderPoint, rebuildSecret } from './shamir.ts';
import type { ShareTable } from './unmask-plan.ts';

/**
 * How a server obtains shares of both secrets of one client.
 * - `two-survivor-lists`: tells half of the survivors that the victim is lost.
 * - `overlapping-lists`: tells everybody that the victim survived and is lost.
 */
export interface ServerAttack {
  readonly kind: 'two-survivor-lists' | 'overlapping-lists';
  readonly victim: number;
  /**
   * Indices of colluding clients, which do not check the lists: they are told that the victim is in both
   * lists.
   */
  readonly colluders?: readonly number[];
}

/** What an attacker needs in order to open masked inputs: public keys and shares, by index of the client. */
export interface UnmaskingKnowledge {
  readonly context: MaskSeedContext;
  readonly config: SecaggConfig;
  readonly keys: ReadonlyMap<number, ClientPublicKeys>;
  readonly shares: ShareTable;
}

/** A masked input, and the neighbours whose masks it carries. */
export interface MaskedInput {
  readonly index: number;
  readonly vector: Uint32Array;
  readonly masking: readonly number[];
}

/**
 * Opens an input from shares of both secrets of its client; undefined while one of the secrets has too few
 * shares.
 */
export function unmaskInput(
  { context, config, keys, shares }: UnmaskingKnowledge,
  { index, vector, masking }: MaskedInput,
): Uint32Array | undefined {
  const secretOf = (kind: ShareKind): Uint8Array | undefined => {
    const held = [...(shares[kind].get(index) ?? [])];
    return rebuildSecret(
      held.map(([holder, y]) => ({ x: holderPoint(holder), y })),
      config.t,
    );
  };
  const own = secretOf('own');
  const pair = secretOf('pair');
  if (own === undefined || pair === undefined) return undefined;
  const { crypto } = context;
  const opened = vector.slice();
  applyKeyStream(crypto, opened, { seed: ownMaskSeed(context, own, index), sign: -1 });
  const secret = crypto.x25519Key(pair);
  for (const other of masking) {
    const { maskKey } = keys.get(other) as ClientPublicKeys;
    const seed = agreePairMaskSeed(context, secret, { from: index, to: other, key: maskKey });
    if (seed !== undefined)
      applyKeyStream(crypto, opened, { seed, sign: pairMaskSign(other, index) });
  }
  secret.wipe();
  reduceRingElements(opened, config.bits);
  return opened;
}

/** The false messages that a malicious server sends. */
export class MaliciousServerLies {
  readonly #attack: ServerAttack | undefined;
  #vector: Uint32Array | undefined;
  #isTold = new Set<number>();

  constructor(attack: ServerAttack | undefined) {
    this.#attack = attack;
  }

  /** Keeps the victim's masked input. */
  note(from: number, vector: Uint32Array): void {
    if (from === this.#attack?.victim) this.#vector = vector.slice();
  }

  /** Splits the honest survivors: the second half is told that the victim is lost. */
  plan(survivors: readonly number[]): void {
    const { victim, colluders = [] } = this.#attack ?? {};
    const honest = survivors.filter((index) => index !== victim && !colluders.includes(index));
    const first = Math.floor((honest.length + 1) / 2) - 1;
    this.#isTold = new Set(honest.slice(Math.max(first, 0)));
  }

  /** The lists that a client is told: the true ones, or a lie. */
  listsFor(to: number, lists: SurvivorLists): SurvivorLists {
    const { kind, victim = -1, colluders = [] } = this.#attack ?? {};
    if (to === victim || !lists.survivors.includes(victim)) return lists;
    const lost = [...lists.lost, victim].sort((a, b) => a - b);
    if (kind === 'overlapping-lists' || colluders.includes(to)) {
      return { survivors: lists.survivors, lost };
    }
    if (!this.#isTold.has(to)) return lists;
    return { survivors: lists.survivors.filter((index) => index !== victim), lost };
  }

  /** The victim's input, if it can be opened. */
  open(
    knowledge: UnmaskingKnowledge,
    graph: MaskGraph,
    sharers: ReadonlySet<number>,
  ): Omit<MaskedInput, 'masking'> | undefined {
    if (this.#attack === undefined || this.#vector === undefined) return undefined;
    const { victim: index } = this.#attack;
    const masking = graph.neighboursOf(index).filter((other) => sharers.has(other));
    const vector = unmaskInput(knowledge, { index, vector: this.#vector, masking });
    return vector === undefined ? undefined : { index, vector };
  }
}
