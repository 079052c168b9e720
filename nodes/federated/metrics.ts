/**
 * Federated learning: metrics.
 *
 * @module
 */
import type { MetricDefinition } from '../../engine/host/measure.ts';
import { DEVICE_LIMIT_NAMES } from './device/limits.ts';

function counter(name: string, help: string): MetricDefinition {
  return { name: `federated.${name}`, kind: 'counter', unit: 'count', help };
}

/** A counter of losses: rounds without a sum, or inputs that are in none. */
function loss(name: string, help: string): MetricDefinition {
  return { ...counter(name, help), isLoss: true };
}

/** A counter of an optional feature; the report of a federation without that feature omits it. */
function use(name: string, help: string): MetricDefinition {
  return { ...counter(name, help), needs: 'use' };
}

/** A measure of how well membership inference works, one sample after the last round. */
function advantage(name: string, help: string): MetricDefinition {
  return {
    ...{ name: `federated.attack.membership.${name}`, kind: 'samples', unit: 'ratio' },
    ...{ isUnbounded: true, help },
  };
}

/** Metrics of a `federated` node. */
export const FEDERATED_METRICS: readonly MetricDefinition[] = [
  {
    name: 'federated.exact',
    kind: 'ratio',
    unit: 'ratio',
    help: 'sums that the aggregator learned which equal, in every element, what their survivors put in; compared outside the nodes',
  },
  counter('openings', 'inputs of single clients that an attacking aggregator claims to know'),
  {
    name: 'federated.opened',
    kind: 'ratio',
    unit: 'ratio',
    help: 'of these, inputs that it really knows; compared outside the nodes',
  },
  counter('rounds', 'rounds that ended with a sum'),
  counter('sums', 'sums that the aggregator learned: one a round, or one for each of its groups'),
  loss('aborts', 'rounds that ended without one'),
  {
    name: 'federated.round',
    kind: 'histogram',
    unit: 'ns',
    help: 'time from the first invitation of a round to its sum, at the aggregator',
  },
  {
    name: 'federated.bytes.up',
    kind: 'samples',
    unit: 'bytes',
    help: 'bytes that a client gave to its carrier in a round that it finished, one sample each',
  },
  {
    name: 'federated.bytes.down',
    kind: 'samples',
    unit: 'bytes',
    help: 'bytes that a client received in a round that it finished, without the model, one sample each',
  },
  {
    name: 'federated.bytes.model',
    kind: 'samples',
    unit: 'bytes',
    help: 'bytes of the invitation with the model, one sample for each client and round',
  },
  {
    name: 'federated.expansion',
    kind: 'samples',
    unit: 'count',
    help: 'bytes of a client in both directions, without the model, for each byte of its bare update (16 bits an element)',
  },
  counter('lossy', 'rounds in which at least one client was lost after it had shared its keys'),
  counter('lossy_sums', 'of these, rounds that ended with a sum'),
  {
    name: 'federated.survived',
    kind: 'ratio',
    unit: 'ratio',
    help: 'rounds with at least one lost client that ended with a sum',
    of: ['federated.lossy_sums', 'federated.lossy'],
  },
  counter('inputs', 'masked inputs that are in a sum'),
  counter('lost', 'clients whose masks the aggregator had to rebuild'),
  {
    ...use('unreached', 'invitations that a client did not get, by what its carrier says'),
    isLoss: true,
  },
  loss('late', 'inputs that came after their round had closed, and are in no sum'),
  loss('left', 'rounds that a client left by its option `drop`'),
  {
    ...use(
      'declined',
      'times that a client ended taking part because a round would break a limit of it',
    ),
    isLoss: true,
  },
  ...DEVICE_LIMIT_NAMES.map((name) =>
    use(`declined.${name}`, `of these, because of its limit \`${name}\``),
  ),
  {
    name: 'federated.device.energy',
    kind: 'samples',
    unit: 'uJ',
    help: 'energy that a device used for a round, learning and messages; one sample for each client and round',
    needs: 'use',
  },
  { ...use('away', 'rounds that a client left because its device went away'), isLoss: true },
  {
    ...use('device.spent', 'energy that devices used in all, learning and messages'),
    unit: 'uJ',
  },
  counter('coordinates', 'coordinates of updates'),
  counter('clipped', 'of these, coordinates that were cut'),
  {
    name: 'federated.clip.fraction',
    kind: 'ratio',
    unit: 'ratio',
    help: 'share of the coordinates of updates that were cut',
    of: ['federated.clipped', 'federated.coordinates'],
  },
  {
    name: 'federated.clip.norm',
    kind: 'samples',
    unit: 'count',
    help: 'norm that updates were clipped to, if it follows the clients, one sample a round',
  },
  {
    name: 'federated.headroom',
    kind: 'samples',
    unit: 'ratio',
    help: 'room that the largest element of a sum leaves below the end of the ring, one sample a sum',
  },
  counter('gossip.exchanges', 'exchanges in which two nodes took the mean of their models'),
  counter('gossip.refused', 'offers that a node did not take, because it learned or had offered'),
  counter('gossip.lost', 'offers without an answer: the partner may have averaged alone'),
  {
    name: 'federated.gossip.distance',
    kind: 'samples',
    unit: 'count',
    help: 'Euclidean distance between two models before they became one, one sample an exchange; its square is 2/(n - 1) of the sum of the squared distances from the mean',
  },
  {
    name: 'federated.rounds_to',
    kind: 'samples',
    unit: 'count',
    help: 'rounds until the model first classified the share `target` of the test set rightly',
  },
  {
    name: 'federated.noise.realised',
    kind: 'samples',
    unit: 'ratio',
    isUnbounded: true,
    help: 'variance of the noise in a sum in multiples of what the account assumes, one sample a sum',
  },
  {
    name: 'dp.epsilon',
    kind: 'samples',
    unit: 'count',
    help: 'epsilon that all models sent so far have spent, by Renyi differential privacy; neighbours differ in one client, added or removed',
  },
  {
    name: 'federated.epsilon.tight',
    kind: 'samples',
    unit: 'count',
    help: 'the same at the end of all rounds, by privacy loss distributions; for discrete noise, by Renyi differential privacy',
  },
  {
    name: 'dp.delta',
    kind: 'samples',
    unit: 'ratio',
    help: 'chance at which epsilon need not hold, fixed',
  },
  {
    name: 'dp.accuracy',
    kind: 'samples',
    unit: 'ratio',
    help: 'share of the test set, which only the aggregator has, that the model of a round classifies rightly',
  },
  advantage(
    'advantage',
    'the largest of the advantages below: a share of members found, less that of others',
  ),
  advantage('mean', 'guessing membership by losses below the mean loss of members'),
  advantage('threshold', 'by the best threshold of the loss'),
  advantage('likelihood', 'by the best threshold of the likelihood among models of the attacker'),
  advantage('bound', 'what the account of privacy leaves to any attack; 1 without noise'),
  {
    name: 'federated.attack.inversion.found',
    kind: 'ratio',
    unit: 'ratio',
    help: 'clients of a round whose first example an aggregator rebuilt from what it saw, of all that it looked at',
    of: ['federated.attack.rebuilt', 'federated.attack.looked'],
  },
  use('attack.rebuilt', 'first examples of clients that an attacking aggregator rebuilt'),
  use('attack.looked', 'clients whose first example it looked for'),
];
