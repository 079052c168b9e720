/**
 * Creates the windows that a node's options ask for: persistent ones or a test double, always
 * observed by the witness.
 *
 * @module
 */
import type { NodeSetup } from '../../../engine/host/protocol.ts';
import type { HostPart } from '../../_kit/host-part.ts';
import type { GatewayOptions } from '../config.ts';
import { PEERS_MAX_DEFAULT } from '../geometry.ts';
import { GoDoubleWindow } from './double-go.ts';
import { RustDoubleWindow } from './double-rust.ts';
import { ReservedWindows } from './reserved-windows.ts';
import { type GuardFactory, WindowSet } from './window-set.ts';
import { WitnessedWindows } from './witnessed.ts';

/** @param onSync Called when the bound of this peer's windows has become durable. */
export function makeWindows(
  host: HostPart<'meter' | 'name' | 'store'>,
  setup: NodeSetup<GatewayOptions>,
  onSync: (peer: string) => void,
): WindowSet {
  const { antiReplay } = setup.options;
  const { meter } = host;
  const counters = {
    checks: meter.counter('antireplay.checks'),
    falseReject: meter.counter('antireplay.false_reject'),
    falseAccept: meter.counter('antireplay.false_accept'),
  };
  const inner = factoryOf(host, setup.options, onSync);
  const factory = new WitnessedWindows(inner, setup.witness, counters, host.name);
  return new WindowSet(factory, {
    cleanupTtlNs: antiReplay.cleanupTtl,
    peersMax: PEERS_MAX_DEFAULT,
  });
}

function factoryOf(
  host: HostPart<'meter' | 'name' | 'store'>,
  options: GatewayOptions,
  onSync: (peer: string) => void,
): GuardFactory {
  const { window, windowSize, reserve } = options.antiReplay;
  switch (window) {
    case 'correct':
      return new ReservedWindows({
        store: host.store('windows'),
        size: windowSize,
        reserve,
        onSync: (peer) => onSync(peer),
      });
    case 'go':
      return { create: () => new GoDoubleWindow(windowSize) };
    case 'rust':
      return { create: () => new RustDoubleWindow(windowSize) };
  }
}
