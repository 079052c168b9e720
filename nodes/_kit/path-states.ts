/**
 * What a node that chooses among paths to its peers tells about them: the path in use, and the
 * health, the quality and the links of each. Pages draw it, and runs measure by it how fast nodes
 * react to faults. No protocol is named here.
 *
 * @module
 */
import {
  countForm,
  countOf,
  decimalForm,
  form,
  listForm,
  oneOf,
  optional,
  wordForm,
} from './text-form.ts';
import { statePerPath, statePerPeer } from './trace-state.ts';

/** Healths of a path; `probation`: was dead and answers again. */
export const PATH_HEALTHS = ['unknown', 'alive', 'degraded', 'dead', 'probation'] as const;
/** Health of a path as its user measured it. */
export type PathHealth = (typeof PATH_HEALTHS)[number];

/** How a path is used. */
export const PATH_ROLES = ['active', 'standby', 'warm', 'cold'] as const;

/** Value of the state {@link PATH_IN_USE} while there is no path. */
export const NO_PATH = 'none';

/** The name of the path in use, or {@link NO_PATH}. */
export const PATH_IN_USE = statePerPeer('path to {peer}', form('{path}', { path: wordForm }));

/** The health of each path. */
export const HEALTH_OF_PATH = statePerPath(
  'path {path} to {peer}',
  form('{health}', { health: oneOf(PATH_HEALTHS) }),
);

/**
 * The quality of each path, such as `alive active rtt=20012us jitter=3us loss=0.010`: the smoothed
 * RTT, null if it was never measured, and the share of the last probes that were lost.
 */
export const QUALITY_OF_PATH = statePerPath(
  'quality {path} to {peer}',
  form('{health} {role} rtt={rttUs} jitter={jitterUs} loss={loss}', {
    health: oneOf(PATH_HEALTHS),
    role: oneOf(PATH_ROLES),
    rttUs: optional(countOf('us')),
    jitterUs: countOf('us'),
    loss: decimalForm(3),
  }),
);

/** The quality of a path as its user measured it. */
export type PathQuality = NonNullable<ReturnType<(typeof QUALITY_OF_PATH)['state']['read']>>;

/** Ids of the links of each path, in order. */
export const LINKS_OF_PATH = statePerPath('links of {path} to {peer}', listForm(wordForm, ' '));

/** How many packets wait for a path, and how many may. */
export const QUEUE_TO_PEER = statePerPeer(
  'queue to {peer}',
  form('{waiting} of {max} packets', { waiting: countForm, max: countForm }),
);

/** The mark that a node sets when it leaves a path because of a fault. */
export const FAULT_SWITCH_MARK = form('fault switch to {peer}', { peer: wordForm });
