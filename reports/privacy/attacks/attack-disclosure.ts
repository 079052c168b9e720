/**
 * Statistical disclosure on a run: for each user who writes payloads, compares the receivers of highest
 * delay-weighted score with its partners (Danezis 2003; docs/spec/privacy-metrics.md, Attacks). Packets
 * that a receiver sends count as well as those that it receives, because without cover it sends
 * acknowledgements.
 *
 * @module
 */

import { successOfHits } from './attack-success.ts';
import { continuousScores, topReceivers } from './disclosure.ts';
import { pathDelayDensity, pathDelayQuantileNs } from './path-law.ts';
import type { Attack } from './setting.ts';
import { splitTrafficByUser } from './user-traffic.ts';

/** Beyond this quantile of the path's delay the density counts as 0. */
const LONGEST = 0.9999;

/**
 * The disclosure attack. It knows the number of partners, so that its list has the right length.
 */
export const disclosureAttack: Attack = {
  name: 'disclosure',
  adversary: 'passive at first and last links',
  estimator: 'share of partners among the m receivers of highest delay-weighted score',
  evaluate: ({ view, setting, answers }) => {
    const { users, path } = setting;
    const { sent, received } = splitTrafficByUser(view, setting);
    const law = { density: pathDelayDensity(path), longestNs: pathDelayQuantileNs(path, LONGEST) };
    const directions = [received, sent].map((lists) => users.map((user) => lists.get(user) ?? []));
    let hits = 0;
    let trials = 0;
    for (const [user, partners] of answers.partners) {
      const sends = sent.get(user) ?? [];
      if (sends.length === 0 || partners.size === 0) continue;
      const scores = new Float64Array(users.length);
      for (const receipts of directions) {
        for (const [i, score] of continuousScores({ ...law, receipts, sends }).entries()) {
          scores[i] = (scores[i] ?? 0) + score;
        }
      }
      // The activity on the user's own link is not evidence of a partner.
      scores[users.indexOf(user)] = Number.NEGATIVE_INFINITY;
      const named = topReceivers(scores, partners.size).map((i) => users[i] ?? '');
      hits += named.filter((name) => partners.has(name)).length;
      trials += partners.size;
    }
    const targets = [...answers.partners.values()].filter(({ size }) => size > 0).length;
    const chance = targets === 0 ? 0 : trials / targets / users.length;
    return successOfHits({ attack: 'disclosure', hits, trials, chance });
  },
};
