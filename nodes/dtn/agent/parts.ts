/**
 * What an agent is made from.
 *
 * @module
 */
import type { CalendarTime, Nanoseconds } from '../../../engine/host/time.ts';
import type { DtnBehaviour } from '../behaviour.ts';
import type { DtnOptions } from '../config.ts';
import type { HostEids } from '../names.ts';
import type { CopyRouter, Router } from '../router/router.ts';
import type { CustodyLedger } from './custody-ledger.ts';
import type { Outlet } from './outlet.ts';
import type { BundleSecurity } from './security.ts';

/** Names, options and neighbours of a node, and its clocks. */
export interface BundleAgentParts {
  /** Name of its host. */
  readonly own: string;
  readonly names: HostEids;
  readonly options: DtnOptions;
  readonly behaviour: DtnBehaviour;
  /** Ways to neighbours. */
  readonly outlets: readonly Outlet[];
  readonly router: Router;
  /** If present, this router for copies decides instead of `router`. */
  readonly copies?: CopyRouter | undefined;
  /** Absent on a node without security blocks. */
  readonly security?: BundleSecurity | undefined;
  /** Measures from outside for which bundles the node has answered; absent in some tests. */
  readonly custody?: CustodyLedger | undefined;
  /** Draws a uniform integer from 0 to `bound` - 1. */
  readonly below: (bound: number) => number;
  /** Calendar time. */
  readonly clock: () => CalendarTime;
  /** Time of contact plans. */
  readonly planTime: () => Nanoseconds;
  /** The key of received bytes for observers; absent if nobody observes. */
  readonly keyOf?: (bundle: Uint8Array) => number;
}
