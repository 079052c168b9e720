/**
 * Changes options of a gateway while it runs: limits, peers, the policy, thresholds. Sessions, windows and paths stay, so no
 * frame is lost; options by which work was begun or agreed wait for a restart.
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

/** What a change reaches. */
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

/** What changes each option; false if something in it needs a restart, and then nothing of it is changed. */
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
    // With classes, paths are judged in another way, from the start of a session on.
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

/** Changes what differs from the options in force. @returns the names of the options that are as wanted now. */
export function reconfigureGateway(
  parts: ReconfigurationParts,
  options: GatewayOptions,
): readonly string[] {
  const taken: string[] = [];
  for (const [name, change] of Object.entries<Change>(CHANGES)) {
    const key = name as keyof typeof CHANGES;
    const { live } = parts;
    const isSame = JSON.stringify(live.options[key]) === JSON.stringify(options[key]);
    // New sessions begin with what is in force.
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
