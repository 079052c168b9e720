/**
 * The assignment of a node that runs alone: its own part of the network, without end, faults and limits.
 *
 * @module
 */
import type { Scenario } from '../../../scenarios/model.ts';
import type { Topology } from '../../../topologies/model.ts';
import { agentScenario } from '../messages/assignment-shape.ts';
import type { AgentAssignment } from '../messages/messages.ts';
import type { StandaloneDeployment } from './alone-deployment.ts';

/**
 * The run identifier in the names of stores. It is the same at every start of a node, so that stores
 * persist.
 */
const RUN = '0'.repeat(16);
/** The seed of random streams for link impairments and sending times only: nothing secret depends on it. */
const SEED = 1;
/**
 * The longest duration that an assignment may state, ns; it stands for a node that never ends by
 * itself.
 */
const DURATION_NS = 2 ** 50;

/** Makes the assignment of the node `name`, which runs alone. */
export function standaloneAssignment(
  name: string,
  topology: Topology,
  { deployment, bundle, traffic }: StandaloneDeployment,
): AgentAssignment {
  return {
    hosts: [name],
    scenario: agentScenario(scenarioOf(topology, traffic), 'own-topology'),
    seed: SEED,
    run: RUN,
    bundle,
    shape: deployment.shape,
    precision: 'low',
    nextSequence: traffic.map(() => 0),
  };
}

function scenarioOf(topology: Topology, traffic: Scenario['traffic']): Scenario {
  return {
    name: topology.name,
    file: topology.file,
    sha256: topology.sha256,
    question: '',
    topology,
    durationNs: DURATION_NS,
    warmupNs: 0,
    drainNs: 0,
    epochSeconds: 0,
    crypto: 'node',
    options: {},
    traffic,
    events: [],
    kpis: [],
    seeds: [],
    overrides: {},
    warnings: [],
  };
}
