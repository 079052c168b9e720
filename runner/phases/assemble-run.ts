/**
 * Puts the parts of a run together, in any world: connects the experiment, the accounts and the
 * recorders to what they observe.
 *
 * @module
 */
import type { NetworkView } from '../../engine/host/network-view.ts';
import type { MessageObserver } from '../../engine/host/protocol.ts';
import type { LogSink } from '../../engine/net/sim-observers.ts';
import { makeProtocolStackFinder } from '../../scenarios/open/nodes.ts';
import { makeAccountingObserver } from '../accounts/account.ts';
import { runFinishersPart } from '../experiment/done-watch.ts';
import { Experiment, type ExperimentParts } from '../experiment/experiment.ts';
import type { SecretProvisioner } from '../nodes/provision.ts';
import { joinMessageObservers } from '../privacy/message-observer.ts';
import type { PrivacyMeter } from '../privacy/privacy.ts';
import { joinNetworkObservers } from '../recording/join-network-observers.ts';
import type { Recorders } from '../recording/recorders.ts';
import type { RunFlows } from '../traffic/run-flows.ts';
import type { World } from '../world.ts';
import type { AssembledRun } from './run-phases.ts';

/** What a run is assembled from. */
export interface RunParts
  extends Pick<AssembledRun, 'scenario' | 'registry' | 'seed' | 'account' | 'injection'>,
    Pick<ExperimentParts, 'standIns' | 'memory'>,
    Partial<Pick<ExperimentParts, 'stackOf'>> {
  readonly provision: Pick<SecretProvisioner, 'viewOf'>;
  readonly deliveries: RunFlows;
  readonly recorders: Recorders;
  readonly privacy?: PrivacyMeter | undefined;
  /** Receives what nodes log. */
  readonly logged?: LogSink;
}

/** Assembles a run before it begins: its world contains only hosts and links. */
export function assembleRun<W extends World>(
  world: W,
  parts: RunParts,
): AssembledRun & { readonly world: W } {
  const { scenario, registry, seed, provision, account, recorders, privacy, logged } = parts;
  const accounts = account.kind === 'kept' ? account.accounts : undefined;
  const ledgers = accounts?.ledgers ?? [];
  const experiment = new Experiment({
    stackOf: makeProtocolStackFinder(scenario, registry),
    ...parts,
    machine: registry.machine,
    world,
    viewOf: (host, layer): NetworkView => provision.viewOf(host, layer),
    observerOf: (node, layer): MessageObserver | undefined => {
      const kept = [makeAccountingObserver(account, node, layer)];
      const all =
        layer === undefined
          ? [privacy?.messagesOf?.(node), ...kept, ...recorders.messagesOf(node)]
          : kept;
      return joinMessageObservers(all.filter((one) => one !== undefined));
    },
    attack: privacy?.attack?.bind(privacy),
    crashed: (node): void => accounts?.crashed(node),
    ...runFinishersPart(scenario, registry),
  });
  const log = logged === undefined ? [] : [{ logged }];
  for (const listener of [...ledgers, experiment, ...log, ...recorders.all]) world.listen(listener);
  const observers = [...recorders.observers, privacy?.observer, ...ledgers];
  const observer = joinNetworkObservers(observers.filter((one) => one !== undefined));
  if (observer !== undefined) world.observe?.(observer);
  const { injection } = parts;
  return {
    ...{ scenario, registry, seed, world, experiment, account, injection },
    recording: recorders,
    ...(privacy === undefined ? {} : { privacy }),
  };
}
