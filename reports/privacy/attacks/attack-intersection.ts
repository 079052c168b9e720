/**
 * Intersection on a run: after each packet sent by a user, the users whose links are active within the
 * path's delay form a batch. The guess is the only user in all batches, or the unique smallest set with
 * a member in each batch (docs/spec/privacy-metrics.md, Attacks). First the packets that users receive
 * are tried, then those that they send: without cover a receiver sends acknowledgements.
 *
 * @module
 */

import { successOfHits } from './attack-success.ts';
import { findHittingSets, membersOfAllSets } from './intersection.ts';
import { pathDelayQuantileNs } from './path-law.ts';
import type { Attack } from './setting.ts';
import { splitTrafficByUser, type UserTraffic } from './user-traffic.ts';

/** A batch ends at this quantile of the path's delay, so that it rarely misses a partner. */
const BATCH_QUANTILE = 0.9999;
/** Largest number of batches for each user: with more, the result does not change any more. */
const BATCHES_MAX = 500;
const STEPS_MAX = 20_000;
/** Largest number of partners of a user for which sets are searched. */
const PARTNERS_MAX = 3;

/** The intersection attack: the partners of a user are the smallest set with a member in every batch. */
export const intersectionAttack: Attack = {
  name: 'intersection',
  adversary: 'passive at first and last links',
  estimator: 'share of users whose partners are the only smallest set that meets every batch',
  evaluate: ({ view, setting, answers }) => {
    const { users, path } = setting;
    const { sent, received } = splitTrafficByUser(view, setting);
    const longestNs = pathDelayQuantileNs(path, BATCH_QUANTILE);
    let hits = 0;
    let trials = 0;
    for (const [user, partners] of answers.partners) {
      const sends = (sent.get(user) ?? []).slice(0, BATCHES_MAX);
      if (sends.length === 0 || partners.size === 0) continue;
      trials += 1;
      const span = { earliestNs: path.transitNs, longestNs };
      const guess =
        [received, sent]
          .map((lists) => guessOf(batchesAfter(sends, without(lists, user), span), partners.size))
          .find((names) => names.length > 0) ?? [];
      const isRight = guess.length === partners.size && guess.every((name) => partners.has(name));
      if (isRight) hits += 1;
    }
    return successOfHits({ attack: 'intersection', hits, trials, chance: 1 / users.length });
  },
};

/**
 * Removes the user from a batch, because activity on the user's own link is not evidence of a
 * partner.
 */
function without(lists: UserTraffic['sent'], user: string): UserTraffic['sent'] {
  return new Map([...lists].filter(([name]) => name !== user));
}

/** The only possible set of partners; empty if there is none or several. */
function guessOf(batches: readonly ReadonlySet<string>[], partners: number): readonly string[] {
  if (partners === 1) {
    const left = membersOfAllSets(batches);
    return left.length === 1 ? left : [];
  }
  if (partners > PARTNERS_MAX) return [];
  const { sets, isComplete } = findHittingSets(batches, { partners, stepsMax: STEPS_MAX });
  return isComplete && sets.length === 1 ? (sets[0] ?? []) : [];
}

/**
 * For each send, the users whose links were active within [send + earliest, send + longest]; batches
 * without users are left out.
 */
function batchesAfter(
  sends: readonly number[],
  received: ReadonlyMap<string, readonly number[]>,
  span: { readonly earliestNs: number; readonly longestNs: number },
): readonly ReadonlySet<string>[] {
  const batches = sends.map(() => new Set<string>());
  for (const [name, times] of received) {
    let next = 0;
    for (const [i, sentAt] of sends.entries()) {
      while (next < times.length && (times[next] as number) < sentAt + span.earliestNs) next += 1;
      const at = times[next];
      if (at === undefined) break;
      if (at <= sentAt + span.longestNs) batches[i]?.add(name);
    }
  }
  return batches.filter(({ size }) => size > 0);
}
