/**
 * The attacks of spec/mixnet.md 4.4 by name, for the KPIs `privacy.attack.<name>.success`. Attack
 * code sees a `View` and public knowledge; answers only score it.
 *
 * @module
 */
import { blendingAttack } from './attack-blending.ts';
import { answersAttack, correlationAttack } from './attack-correlation.ts';
import { disclosureAttack } from './attack-disclosure.ts';
import { intersectionAttack } from './attack-intersection.ts';
import { ofHits } from './outcome.ts';
import type { Attack } from './setting.ts';

/** Corrupt mixes that pass a message among themselves from its first to its last. */
const predecessorAttack: Attack = {
  name: 'predecessor',
  adversary: 'corrupt mixes, no link view',
  estimator: 'share of delivered messages that met corrupt mixes only',
  evaluate: ({ answers: { compromisedPaths } }) =>
    compromisedPaths && ofHits({ attack: 'predecessor', ...compromisedPaths, chance: 0 }),
};

/** A bit flipped at a corrupt first mix, recognised by a corrupt last hop. */
const taggingAttack: Attack = {
  name: 'tagging',
  adversary: 'corrupt first mix and corrupt last hop',
  estimator: 'share of tagged messages that the last hop recognised; c_first c_last by chance',
  isActive: true,
  evaluate: ({ answers: { tags } }) => tags && ofHits({ attack: 'tagging', ...tags }),
};

/** A recorded packet is sent again. */
const replayAttack: Attack = {
  name: 'replay',
  adversary: 'active on one link, no keys',
  estimator: 'share of replayed packets that came out of the mix a second time',
  isActive: true,
  evaluate: ({ answers: { replays } }) =>
    replays && ofHits({ attack: 'replay', ...replays, chance: 0 }),
};

/** All attacks, in the order of the specification. */
export const ATTACKS: readonly Attack[] = [
  blendingAttack,
  disclosureAttack,
  intersectionAttack,
  predecessorAttack,
  correlationAttack,
  answersAttack,
  taggingAttack,
  replayAttack,
];

export { type AttackOutcome, successMetric } from './outcome.ts';
export type { Answers, Attack, AttackInput, AttackSetting } from './setting.ts';
