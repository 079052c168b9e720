/**
 * SCION control service: the public interface.
 *
 * @module
 */
import type { Protocol } from '../../engine/host/protocol.ts';
import {
  CONTROL_PORT,
  CONTROL_PROTOCOL,
  END_HOST_PORT,
  END_HOST_QUESTIONS,
} from '../scion/index.ts';
import { type ControlOptions, controlConfig } from './config.ts';
import { DAEMON_QUESTIONS } from './daemon-questions-node.ts';
import { behaviourOf } from './doubles/index.ts';
import { CONTROL_DROP_REASONS } from './drops.ts';
import { CONTROL_METRICS } from './metrics.ts';
import { CONTROL_MUST } from './must.ts';
import { createControlNode } from './node.ts';
import { controlProvisioning } from './provisioning.ts';

/** Discovers the paths of an AS by beacons, registers and finds segments. */
export const protocol: Protocol<ControlOptions> = {
  name: CONTROL_PROTOCOL,
  summary: 'SCION control service: discovers paths by beacons, registers and finds segments',
  config: controlConfig,
  addressRole: 'service',
  provisioning: controlProvisioning,
  needsRun: () => 'the keys of other ASes are published before a run',
  jobs: {},
  moduleUrl: import.meta.url,
  ports: () => ({ udp: [CONTROL_PORT, END_HOST_PORT], tcp: [CONTROL_PORT] }),
  drops: CONTROL_DROP_REASONS,
  metrics: CONTROL_METRICS,
  must: () => CONTROL_MUST,
  questions: {
    ...END_HOST_QUESTIONS,
    trcs: 'the TRCs that this AS knows, by ISD and the latest first, as JSON',
    ...DAEMON_QUESTIONS,
    beacons: 'the beacons that this AS knows and that are valid, by origin, as JSON',
  },
  double: ({ double }) => double && `double: ${double}`,
  create: (host, setup) => createControlNode(host, setup, behaviourOf(setup.options)),
};

export { Beaconing, type BeaconingParts } from './beacons/beaconing.ts';
export { reference } from './beacons/selections/reference.ts';
export { SegmentStore } from './beacons/store.ts';
export { TICK_NS } from './geometry.ts';
