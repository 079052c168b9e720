/**
 * Creates the controller that a node's options ask for.
 *
 * @module
 */
import type { HostPart } from '../../_kit/host-part.ts';
import type { GatewayOptions } from '../config.ts';
import { MultipathController } from './controller.ts';
import { ReferenceController } from './reference.ts';
import type { MultipathOptions, PathController, PathPreferences } from './types.ts';

const CONTROLLERS: Readonly<
  Record<
    GatewayOptions['multipath']['mode'],
    typeof MultipathController | typeof ReferenceController
  >
> = { orrery: MultipathController, reference: ReferenceController };

/**
 * Options that can change while paths are in use, because a controller reads them at each decision.
 */
const THRESHOLDS = [
  ...['rttThreshold', 'lossThreshold', 'minPaths', 'maxPaths', 'exploration'],
] as const satisfies readonly (keyof GatewayOptions['multipath'])[];

/** Makes the path controllers of a gateway that its options ask for. */
export class PathControllers {
  #file: GatewayOptions['multipath'];
  readonly #hasClasses: boolean;
  /** The parts that all controllers share. */
  readonly #parameters: MultipathOptions;

  constructor({ multipath, classes = [] }: GatewayOptions) {
    this.#file = multipath;
    this.#hasClasses = classes.length > 0;
    this.#parameters = multipathOptions(multipath, this.#hasClasses);
  }

  /**
   * @param peer The peer; its name is part of the name of the random stream for phases and
   * exploration.
   */
  make(host: HostPart<'now' | 'random'>, peer: string): PathController {
    const random = host.random(`multipath/${peer}`);
    const Controller = CONTROLLERS[this.#file.mode];
    return new Controller(host.now(), this.#parameters, random);
  }

  /** Changes the thresholds of all controllers. @returns false, and changes nothing, if another option differs. */
  change(file: GatewayOptions['multipath']): boolean {
    const kept = Object.fromEntries(THRESHOLDS.map((name) => [name, this.#file[name]]));
    if (JSON.stringify({ ...file, ...kept }) !== JSON.stringify(this.#file)) return false;
    this.#file = file;
    Object.assign(this.#parameters, multipathOptions(file, this.#hasClasses));
    return true;
  }
}

/**
 * Converts the options of the file into those of the controllers.
 * @param hasClasses True if there are traffic classes, which use further paths.
 */
function multipathOptions(
  file: GatewayOptions['multipath'],
  hasClasses: boolean,
): MultipathOptions {
  return {
    probeIntervalNs: file.probeInterval,
    warmIntervalNs: hasClasses
      ? Math.min(file.warmInterval, file.probeInterval)
      : file.warmInterval,
    coldIntervalNs: file.coldInterval,
    misses: file.misses,
    timeoutMarginNs: file.timeoutMargin,
    timeoutFloorNs: file.timeoutFloor,
    // A report does not say on which of several paths the data arrived, so reports judge a path
    // only if all packets take this path.
    reports: file.reports && file.strategy === 'failover' && !hasClasses,
    reportIntervalNs: file.reportInterval,
    reportMisses: file.reportMisses,
    rttFactor: file.rttThreshold,
    lossThreshold: file.lossThreshold,
    queueDelayNs: file.queueDelay ?? Number.POSITIVE_INFINITY,
    queueWaitNs: file.queueWait,
    minPaths: file.minPaths,
    maxPaths: file.maxPaths,
    exploration: file.exploration,
    smoothing: file.smoothing,
    refreshIntervalNs: file.refreshInterval,
    holdNs: file.hold,
    preferences: preferencesOf(file.preferences),
  };
}

/** Converts the preferences of the file. */
export function preferencesOf(file: GatewayOptions['multipath']['preferences']): PathPreferences {
  const { maxRtt, minBandwidth, maxHops, avoidAs, preferAs, favour } = file;
  return {
    ...(maxRtt === undefined ? {} : { maxRttNs: maxRtt }),
    ...(minBandwidth === undefined ? {} : { minBandwidthBps: minBandwidth }),
    ...(maxHops === undefined ? {} : { maxHops }),
    ...(avoidAs === undefined ? {} : { avoidAs }),
    ...(preferAs === undefined ? {} : { preferAs }),
    ...(favour === undefined ? {} : { favour }),
  };
}
