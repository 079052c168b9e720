/**
 * Federated learning: the public interface: the protocol, and the state machines of secure
 * aggregation.
 *
 * @module
 */
import type { Protocol } from '../../engine/host/protocol.ts';
import { addNoiseJob } from './aggregator/noise-job.ts';
import { removeNoiseJob } from './aggregator/remove-noise-job.ts';
import { tightEpsilonJob } from './aggregator/tight-job.ts';
import { membershipAttackJob, trainShadowModelJob } from './attack/membership-job.ts';
import { combineUpdatesJob } from './combine-job.ts';
import { compressUpdateJob, expandUpdateJob } from './compression/compress-job.ts';
import { type FederatedOptions, federatedConfig } from './config.ts';
import { behaviourOf, DOUBLE_JOBS } from './doubles/index.ts';
import { FEDERATED_DROP_REASONS } from './drop-reasons.ts';
import { FEDERATED_CHANNEL } from './geometry.ts';
import { drawRandomUpdateJob } from './learn/draw-job.ts';
import { evaluateModelJob } from './learn/evaluate-job.ts';
import { listDatasetFiles } from './learn/named-sets.ts';
import { trainSliceJob } from './learn/train-job.ts';
import { FEDERATED_METRICS } from './metrics.ts';
import { FEDERATED_MUST } from './must.ts';
import { createFederatedNode } from './node.ts';
import { federationOptionConflicts } from './option-conflicts.ts';
import { privateUpdateJob } from './private-update-job.ts';
import { federatedProvisioning } from './provisioning.ts';
import { quantiseJob } from './quantise-job.ts';
import { SECAGG_JOBS } from './secagg/jobs.ts';

/**
 * The `federated` protocol: learns one model from the data of many clients, and hides each single
 * update from the aggregator.
 */
export const protocol: Protocol<FederatedOptions> = {
  name: 'federated',
  summary: 'learns one model from the data of many clients, whose updates only their sum shows',
  config: federatedConfig,
  disagreements: federationOptionConflicts,
  files: ({ data }) => listDatasetFiles(data),
  provisioning: federatedProvisioning,
  needsRun: () => 'its data are made from a seed that is published before a run',
  jobs: {
    ...SECAGG_JOBS,
    ...DOUBLE_JOBS,
    train: trainSliceJob,
    evaluate: evaluateModelJob,
    draw: drawRandomUpdateJob,
    combine: combineUpdatesJob,
    compress: compressUpdateJob,
    expand: expandUpdateJob,
    quantise: quantiseJob,
    privateUpdate: privateUpdateJob,
    noise: addNoiseJob,
    removeNoise: removeNoiseJob,
    tight: tightEpsilonJob,
    shadow: trainShadowModelJob,
    membership: membershipAttackJob,
  },
  moduleUrl: import.meta.url,
  drops: FEDERATED_DROP_REASONS,
  metrics: FEDERATED_METRICS,
  channel: FEDERATED_CHANNEL,
  // Each node says when it has finished: the aggregator after its rounds, a client at once.
  finishes: () => true,
  double: ({ double }) => double && `double: ${double}`,
  must: () => FEDERATED_MUST,
  create: (host, setup) =>
    createFederatedNode(host, { ...setup, behaviour: behaviourOf(setup.options) }),
};

export { ClientMachine } from './secagg/client-machine.ts';
export type { ComputeJobEffect } from './secagg/job-stage.ts';
export { OPERATION_COST_NS, SECAGG_JOBS } from './secagg/jobs.ts';
export { ServerMachine } from './secagg/server-machine.ts';
export type { SecaggConfig } from './secagg/session-config.ts';
