/**
 * Changes options of a gateway while it runs: limits, peers, the policy, thresholds. Sessions,
 * windows and paths stay, so no frame is lost. Options on which present sessions depend take effect
 * only after a restart.
 *
 * @module
 */
import { readFrameRateLimit } from './admission/make-admission.ts';
import type { GatewayOptions } from './config.ts';
import type { PathControllers } from './multipath/make-controller.ts';
import type { PeerSet } from './peer-set.ts';
import type { IpRouter } from './routing/ip-router.ts';
import type { ClockReadings } from './session-parts.ts';
import type { PathDirectory } from './underlay/path-directory.ts';

/** The parts of a gateway that a change of options affects. */
export interface ReconfigurationParts {
  /** The options in force, which a change replaces. */
  readonly live: { options: GatewayOptions };
  readonly peers: PeerSet;
  readonly controllers: PathControllers;
  readonly directory: PathDirectory;
  readonly moment: () => ClockReadings;
  /** Begins a session with a peer, or ends it. */
  readonly open: (name: string) => void;
  readonly close: (name: string) => void;
  readonly router: IpRouter;
}

type Change = (parts: ReconfigurationParts, options: GatewayOptions) => boolean;

/**
 * For each option that can change, the function that applies it. It returns false, and changes
 * nothing, if the change needs a restart.
 */
const CHANGES = {
  overload: ({ peers }, { overload }) => {
    const limits = { isEnabled: overload.shed, delayNs: overload.delay };
    for (const peer of peers.all) peer.load.change(limits);
    return true;
  },
  rateLimit: ({ peers }, options) => {
    const rate = readFrameRateLimit(options);
    for (const peer of peers.all) peer.session.admission.changeFrameRate(rate);
    return true;
  },
  multipath: ({ controllers }, { multipath }) => controllers.change(multipath),
  policy: ({ directory, peers, moment }, { policy }) => {
    directory.changePolicy(policy);
    for (const peer of peers.all) peer.lookAgain(moment());
    return true;
  },
  routing: ({ router }, { routing }) => {
    router.changePolicy(routing);
    return true;
  },
  classes: ({ router, peers, moment }, { classes = [] }) => {
    // With classes, paths are judged differently from the start of a session on, so the first or
    // last class cannot be added or removed while sessions run.
    if (router.classes.length > 0 !== classes.length > 0) return false;
    router.changeClasses(classes);
    for (const peer of peers.all) peer.lookAgain(moment());
    return true;
  },
  peers: ({ peers, open, close }, options) => {
    const before = peers.names;
    peers.change(options.peers);
    const { names } = peers;
    for (const name of before) if (!names.includes(name)) close(name);
    for (const name of names) if (!before.includes(name)) open(name);
    return true;
  },
} as const satisfies Partial<Readonly<Record<keyof GatewayOptions, Change>>>;

/**
 * Applies the options that differ from those in force.
 * @returns the names of the options that now have the wanted values.
 */
export function reconfigureGateway(
  parts: ReconfigurationParts,
  options: GatewayOptions,
): readonly string[] {
  const taken: string[] = [];
  for (const [name, change] of Object.entries<Change>(CHANGES)) {
    const key = name as keyof typeof CHANGES;
    const { live } = parts;
    const isSame = JSON.stringify(live.options[key]) === JSON.stringify(options[key]);
    // The new value is set before the change is applied, because new sessions begin with the
    // options in force.
    if (!isSame) {
      const before = live.options;
      live.options = { ...before, [key]: options[key] };
      if (!change(parts, options)) {
        live.options = before;
        continue;
      }
    }
    taken.push(name);
  }
  return taken;
}
