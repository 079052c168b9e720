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
 * Makes the path controller that a node's options ask for.
 * @param peer Its name is part of the name of the random stream for phases and exploration.
 */
export function makePathController(
  host: HostPart<'now' | 'random'>,
  options: GatewayOptions,
  peer: string,
): PathController {
  const random = host.random(`multipath/${peer}`);
  const parameters = multipathOptions(options.multipath);
  const Controller = CONTROLLERS[options.multipath.mode];
  return new Controller(host.now(), parameters, random);
}

/** Converts the options of the file into those of the controllers. */
function multipathOptions(file: GatewayOptions['multipath']): MultipathOptions {
  return {
    probeIntervalNs: file.probeInterval,
    warmIntervalNs: file.warmInterval,
    coldIntervalNs: file.coldInterval,
    misses: file.misses,
    timeoutMarginNs: file.timeoutMargin,
    timeoutFloorNs: file.timeoutFloor,
    // A report does not say on which of several paths the data arrived.
    reports: file.reports && file.strategy === 'failover',
    reportIntervalNs: file.reportInterval,
    reportMisses: file.reportMisses,
    rttFactor: file.rttThreshold,
    lossThreshold: file.lossThreshold,
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
