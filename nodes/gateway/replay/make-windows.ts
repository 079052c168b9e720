/**
 * Creates the replay windows of a node; the witness (`witnessed.ts`) always observes them.
 *
 * @module
 */
import type { NodeSetup } from '../../../engine/host/protocol.ts';
import type { HostPart } from '../../_kit/host-part.ts';
import type { Behaviour } from '../behaviour.ts';
import type { GatewayOptions } from '../config.ts';
import { PEERS_MAX_DEFAULT } from '../geometry.ts';
import { WindowSet } from './window-set.ts';
import { WitnessedWindowFactory } from './witnessed.ts';

/** The maker of the windows of a node, and a callback. */
interface WindowParts extends Pick<Behaviour, 'windows'> {
  /** Called when the bound of a peer's windows has become durable, or with the store's error. */
  readonly onSync: (peer: string, error?: string) => void;
}

/** Creates the windows of a node as its options say; the witness sees all verdicts. */
export function makeWindows(
  host: HostPart<'meter' | 'name' | 'store'>,
  setup: NodeSetup<GatewayOptions>,
  { windows, onSync }: WindowParts,
): WindowSet {
  const { windowSize: size, reserve, cleanupTtl } = setup.options.antiReplay;
  const { meter } = host;
  const counters = {
    checks: meter.counter('antireplay.checks'),
    falseReject: meter.counter('antireplay.false_reject'),
    falseAccept: meter.counter('antireplay.false_accept'),
  };
  const inner = windows(host, { size, reserve, onSync });
  const factory = new WitnessedWindowFactory(inner, setup.witness, counters, host.name);
  return new WindowSet(factory, { cleanupTtlNs: cleanupTtl, peersMax: PEERS_MAX_DEFAULT });
}
