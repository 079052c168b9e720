/**
 * Finds the paths of a host, as its daemon does: from segments of the control service of its AS or,
 * in an AS without a control service, from segments that were computed before the run.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import type { NetworkView } from '../../../engine/host/network-view.ts';
import type { SegmentClient } from '../daemon/segment-client.ts';
import { listAutonomousSystems } from '../network.ts';
import { combineSegmentsIntoPaths } from '../paths/combinator.ts';
import { makePathInside } from '../paths/finder.ts';
import { type FoundPaths, leaveOutPaths } from '../paths/revoked.ts';
import { plainSegments } from '../paths/segment-messages.ts';
import { makePathFinder } from '../provisioning.ts';
import type { IsdAs } from '../wire/isd-as.ts';

/** The data and the collaborators of a search for paths. */
export interface HostPathsParts {
  readonly source: IsdAs;
  readonly network: NetworkView;
  readonly crypto: CryptoProvider;
  /** Client of the control service; undefined if the AS has no control service. */
  readonly client: Pick<SegmentClient, 'find'> | undefined;
  /** Returns the calendar time, seconds since 1970. */
  readonly seconds: () => number;
}

/**
 * Finds the paths to an AS, without those over interfaces that the control service believes to be
 * down. `done` is called once.
 */
export function findHostPaths(
  { source, network, crypto, client, seconds }: HostPathsParts,
  target: IsdAs,
  done: (found: FoundPaths) => void,
): void {
  const [own] = listAutonomousSystems(network).filter(({ isdAs }) => isdAs === source);
  if (target === source && own !== undefined) {
    done({ paths: [makePathInside(own, crypto, seconds())], isShort: false });
  } else if (client === undefined) {
    const paths = makePathFinder({ network, crypto, seconds: seconds() }).paths(source, target);
    done({ paths, isShort: false });
  } else {
    client.find({ source, target }, (answer) => {
      const { segments, revoked = [] } = answer ?? {};
      const request = segments && { ...plainSegments(segments), source, target, crypto };
      const all = request === undefined ? [] : combineSegmentsIntoPaths(request);
      done({ paths: leaveOutPaths(all, revoked), isShort: revoked.length > 0 });
    });
  }
}
