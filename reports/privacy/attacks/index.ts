/**
 * The attacks by name, for the KPIs `privacy.attack.<name>.success` (docs/spec/privacy-metrics.md,
 * Attacks). Attack code sees a `View` and public knowledge; answers are only used for scoring.
 *
 * @module
 */
import { answerCorrelationAttack, correlationAttack } from './attack-correlation.ts';
import { disclosureAttack } from './attack-disclosure.ts';
import { intersectionAttack } from './attack-intersection.ts';
import { successOfHits } from './attack-success.ts';
import type { Attack } from './setting.ts';

/** Counts messages whose mixes were all corrupt, so that the adversary knows sender and receiver. */
const predecessorAttack: Attack = {
  name: 'predecessor',
  adversary: 'corrupt mixes, no link view',
  estimator: 'share of delivered messages that met corrupt mixes only',
  evaluate: ({ answers: { compromisedPaths } }) =>
    compromisedPaths && successOfHits({ attack: 'predecessor', ...compromisedPaths, chance: 0 }),
};

/** A target is admitted alone to an empty mix, and the next output is taken for it. */
const blendingAttack: Attack = {
  name: 'n_minus_one',
  adversary: 'active at the links of one mix, no keys',
  estimator: 'share of targets let in alone that were the next output of the mix',
  isActive: true,
  evaluate: ({ answers: { isolations } }) =>
    isolations && successOfHits({ attack: 'n_minus_one', ...isolations, chance: 0 }),
};

/** A bit is flipped at a corrupt mix and recognised by a corrupt last hop. */
const taggingAttack: Attack = {
  name: 'tagging',
  adversary: 'one corrupt mix and corrupt last hops',
  estimator: 'share of tagged messages whose wreck a corrupt last hop recognised; each is lost',
  isActive: true,
  evaluate: ({ answers: { tags } }) =>
    tags && successOfHits({ attack: 'tagging', ...tags, chance: 0 }),
};

/** A recorded packet is sent again, and its output is recognised because it appears twice. */
const replayAttack: Attack = {
  name: 'replay',
  adversary: 'active at the links of one mix, no keys',
  estimator: 'share of replayed packets whose output was found because it came twice',
  isActive: true,
  evaluate: ({ answers: { replays } }) =>
    replays && successOfHits({ attack: 'replay', ...replays, chance: 0 }),
};

/** All attacks, in the order of docs/spec/privacy-metrics.md. */
export const ATTACKS: readonly Attack[] = [
  blendingAttack,
  disclosureAttack,
  intersectionAttack,
  predecessorAttack,
  correlationAttack,
  answerCorrelationAttack,
  taggingAttack,
  replayAttack,
];

export { type AttackSuccess, attackSuccessMetricName } from './attack-success.ts';
export type {
  ActiveAttackResults,
  Attack,
  AttackInput,
  AttackSetting,
  AttackTruths,
  SuccessCount,
} from './setting.ts';
