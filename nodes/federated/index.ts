/**
 * Federated learning: the public face: the protocol, and the machines of secure aggregation.
 *
 * @module
 */
import type { Protocol } from '../../engine/host/protocol.ts';
import { noiseJob } from './aggregator/noise-job.ts';
import { removeNoiseJob } from './aggregator/remove-noise-job.ts';
import { tightJob } from './aggregator/tight-job.ts';
import { membershipJob, trainShadowJob } from './attack/membership-job.ts';
import { combineJob } from './combine-job.ts';
import { compressJob, expandJob } from './compression/compress-job.ts';
import { type FederatedOptions, federatedConfig } from './config.ts';
import { disagreements } from './disagreements.ts';
import { behaviourOf, DOUBLE_JOBS } from './doubles/index.ts';
import { FEDERATED_DROPS } from './drops.ts';
import { FEDERATED_CHANNEL } from './geometry.ts';
import { drawJob } from './learn/draw-job.ts';
import { evaluateJob } from './learn/evaluate-job.ts';
import { filesOf } from './learn/named-sets.ts';
import { trainJob } from './learn/train-job.ts';
import { FEDERATED_METRICS } from './metrics.ts';
import { FEDERATED_MUST } from './must.ts';
import { createFederated } from './node.ts';
import { privateUpdateJob } from './private-update-job.ts';
import { federatedProvisioning } from './provisioning.ts';
import { quantiseJob } from './quantise-job.ts';
import { SECAGG_JOBS } from './secagg/jobs.ts';

/** Learns one model from the data of many, and sees no update alone. */
export const protocol: Protocol<FederatedOptions> = {
  name: 'federated',
  summary: 'learns one model from the data of many clients, whose updates only their sum shows',
  config: federatedConfig,
  disagreements,
  files: ({ data }) => filesOf(data),
  provisioning: federatedProvisioning,
  needsRun: () => 'its data are made from a seed that is published before a run',
  jobs: {
    ...SECAGG_JOBS,
    ...DOUBLE_JOBS,
    train: trainJob,
    evaluate: evaluateJob,
    draw: drawJob,
    combine: combineJob,
    compress: compressJob,
    expand: expandJob,
    quantise: quantiseJob,
    privateUpdate: privateUpdateJob,
    noise: noiseJob,
    removeNoise: removeNoiseJob,
    tight: tightJob,
    shadow: trainShadowJob,
    membership: membershipJob,
  },
  moduleUrl: import.meta.url,
  drops: FEDERATED_DROPS,
  metrics: FEDERATED_METRICS,
  channel: FEDERATED_CHANNEL,
  // Each node says when it has finished: the aggregator after its rounds, a client at once.
  finishes: () => true,
  double: ({ double }) => double && `double: ${double}`,
  must: () => FEDERATED_MUST,
  create: (host, setup) =>
    createFederated(host, { ...setup, behaviour: behaviourOf(setup.options) }),
};

export { ClientMachine } from './secagg/client-machine.ts';
export type { ComputeEffect } from './secagg/job-stage.ts';
export { COST_NS, SECAGG_JOBS } from './secagg/jobs.ts';
export { ServerMachine } from './secagg/server-machine.ts';
export type { SecaggConfig } from './secagg/session-config.ts';
