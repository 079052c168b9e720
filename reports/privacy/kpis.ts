/**
 * The privacy metrics on which any scenario may set limits; measured after the run from the record
 * of its messages, per seed (docs/spec/privacy-metrics.md, "Metrics").
 *
 * @module
 */
import type { MetricDefinition } from '../../engine/host/measure.ts';
import { ATTACKS, attackSuccessMetricName } from './attacks/index.ts';

const OMNISCIENT = 'omniscient timing adversary, mass propagation';

const BY_BITS = 'where no node mixes, an observer of links who compares the bits of packets';

/** Metric definitions; each names adversary and estimator. */
export const PRIVACY_METRICS: readonly MetricDefinition[] = [
  {
    name: 'privacy.entropy.bits',
    kind: 'samples',
    unit: 'bits',
    help: `Shannon entropy over the messages that a target may have become, one sample a target; ${OMNISCIENT}; ${BY_BITS}`,
  },
  {
    name: 'privacy.min_entropy.bits',
    kind: 'samples',
    unit: 'bits',
    help: `-log2 of the best single guess at a target, one sample a target; ${OMNISCIENT}; ${BY_BITS}`,
  },
  {
    name: 'privacy.hartley.bits',
    kind: 'samples',
    unit: 'bits',
    help: `log2 of the candidates above 1e-12, one sample a target; ${OMNISCIENT}; ${BY_BITS}`,
  },
  {
    name: 'privacy.receiver.bits',
    kind: 'samples',
    unit: 'bits',
    help: `Shannon entropy over the recipients of a target, messages of a recipient put together, cover left out; ${OMNISCIENT}`,
  },
  {
    name: 'privacy.sender.bits',
    kind: 'samples',
    unit: 'bits',
    help: `Shannon entropy over the senders that a delivered target may have had; ${OMNISCIENT}`,
  },
  {
    name: 'privacy.guesses',
    kind: 'samples',
    unit: 'count',
    help: `expected guesses until a target is found, most likely first; ${OMNISCIENT}`,
  },
  {
    name: 'privacy.distance',
    kind: 'samples',
    unit: 'ratio',
    help: `total variation distance (delta at epsilon 0) between a target and the next message made; ${OMNISCIENT}`,
  },
  {
    name: 'privacy.epsilon',
    kind: 'samples',
    unit: 'count',
    help:
      'Loopix 4.3.1, |ln(p0 / p1)| of two senders: masses of what both wrote in the pool ' +
      'of ' +
      'a last mix, up to 20; a hundred samples per run, pairs of clients with similar ' +
      `rates; ${OMNISCIENT}`,
  },
  {
    name: 'privacy.linking',
    kind: 'ratio',
    unit: 'ratio',
    help: `targets whose most likely candidate is the right one, ties by their share; ${OMNISCIENT}`,
  },
  {
    name: 'privacy.cover_ratio',
    kind: 'ratio',
    unit: 'ratio',
    help: 'cover messages (loops and drops) of all that clients sent, by ground truth',
  },
  {
    name: 'privacy.delay.ks_p',
    kind: 'samples',
    unit: 'ratio',
    help: 'Kolmogorov-Smirnov p-value of the delays of a mix against Exp(mean), one sample a mix; ground truth, whole milliseconds dithered',
  },
  {
    name: 'privacy.client_rate.ks_p',
    kind: 'samples',
    unit: 'ratio',
    help:
      'Kolmogorov-Smirnov p-value between the send intervals of clients that wrote or ' +
      'answered and those of clients that did not, one sample a run; global passive ' +
      'adversary at the links of clients',
  },
  {
    name: 'privacy.compromised_paths',
    kind: 'ratio',
    unit: 'ratio',
    help: 'messages made after the warm-up and delivered that met corrupt mixes only; ground truth',
  },
  {
    name: 'privacy.mass_left',
    kind: 'samples',
    unit: 'ratio',
    help: 'mass of a target that had not arrived when the record ended, one sample a target',
  },
  ...ATTACKS.map(
    ({ name, adversary, estimator }): MetricDefinition => ({
      name: attackSuccessMetricName(name),
      kind: 'ratio',
      unit: 'ratio',
      help: `${estimator}; adversary: ${adversary}`,
    }),
  ),
];

/** Attacks that must be carried out by an event of the run, by the metric of their success. */
export const ACTIVE_ATTACK_OF_METRIC: ReadonlyMap<string, string> = new Map(
  ATTACKS.filter(({ isActive }) => isActive === true).map(({ name }) => [
    attackSuccessMetricName(name),
    name,
  ]),
);

/** True for metrics that this module defines. */
export function isPrivacyMetric(name: string): boolean {
  return name.startsWith('privacy.');
}
