/**
 * The states by which a node that chooses among paths to its peers reports them in a trace: the path in use, and the
 * health, the quality and the links of each path. Pages draw these states, and runs measure by them how fast nodes
 * react to faults. No protocol is named here.
 *
 * @module
 */
import {
  countFormat,
  countWithUnitFormat,
  decimalFormat,
  listFormat,
  oneOfFormat,
  optionalFormat,
  textFormatFromTemplate,
  wordFormat,
} from './text-form.ts';
import { declareStatePerPath, declareStatePerPeer } from './trace-state.ts';

/** Healths of a path; with `probation`, the path was dead and answers again. */
export const PATH_HEALTHS = ['unknown', 'alive', 'degraded', 'dead', 'probation'] as const;
/** Health of a path as the node that uses it has measured it. */
export type PathHealth = (typeof PATH_HEALTHS)[number];

/** The roles of a path, from the path in use to the paths that are probed least often. */
export const PATH_ROLES = ['active', 'standby', 'warm', 'cold'] as const;

/** Value of the state {@link PATH_IN_USE_TRACE} while the node has no path to the peer. */
export const NO_PATH = 'none';

/** The state of each peer with the name of the path in use, or {@link NO_PATH}. */
export const PATH_IN_USE_TRACE = declareStatePerPeer(
  'path to {peer}',
  textFormatFromTemplate('{path}', { path: wordFormat }),
);

/** The state with the health of each path. */
export const PATH_HEALTH_TRACE = declareStatePerPath(
  'path {path} to {peer}',
  textFormatFromTemplate('{health}', { health: oneOfFormat(PATH_HEALTHS) }),
);

/**
 * The state with the quality of each path, such as `alive active rtt=20012us jitter=3us loss=0.010`: its health and
 * role, the smoothed RTT (null if it was never measured), its jitter, and the share of the last probes that were lost.
 */
export const PATH_QUALITY_TRACE = declareStatePerPath(
  'quality {path} to {peer}',
  textFormatFromTemplate('{health} {role} rtt={rttUs} jitter={jitterUs} loss={loss}', {
    health: oneOfFormat(PATH_HEALTHS),
    role: oneOfFormat(PATH_ROLES),
    rttUs: optionalFormat(countWithUnitFormat('us')),
    jitterUs: countWithUnitFormat('us'),
    loss: decimalFormat(3),
  }),
);

/** The quality of a path as the node that uses it has measured it. */
export type TracedPathQuality = NonNullable<
  ReturnType<(typeof PATH_QUALITY_TRACE)['state']['read']>
>;

/** The state with the ids of the links of each path, in order. */
export const PATH_LINKS_TRACE = declareStatePerPath(
  'links of {path} to {peer}',
  listFormat(wordFormat, ' '),
);

/** The state with the number of packets to a peer that wait for keys or a path, and the largest number that may. */
export const PEER_QUEUE_TRACE = declareStatePerPeer(
  'queue to {peer}',
  textFormatFromTemplate('{waiting} of {max} packets', { waiting: countFormat, max: countFormat }),
);

/** The mark that a node sets when it leaves a path because of a fault. */
export const FAULT_SWITCH_MARK = textFormatFromTemplate('fault switch to {peer}', {
  peer: wordFormat,
});
