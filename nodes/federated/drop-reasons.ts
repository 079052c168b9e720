/**
 * Federated learning: why a message is not used.
 *
 * @module
 */
import { SECAGG_DROP_REASONS } from './secagg/drops.ts';

/** All reasons, each with its meaning. */
export const FEDERATED_DROP_REASONS: Readonly<Record<string, string>> = {
  ...SECAGG_DROP_REASONS,
  malformed: 'not a message of this protocol',
  'not-aggregator': 'a task or an answer from a node that is not the aggregator of this client',
  'not-client': 'a message for an aggregator from a node that is not in its round',
  'task-refused': 'a task whose agreement is not what the options of this client lead to',
  'no-session': 'a message of a round that is over, or that this client left',
};
