/**
 * The parts from which an agent is made.
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

/** The parts from which a {@link BundleAgent} is made, and which its own parts share. */
export interface BundleAgentParts {
  /** Name of the node's host. */
  readonly own: string;
  readonly names: HostEids;
  readonly options: DtnOptions;
  readonly behaviour: DtnBehaviour;
  /** Ways to neighbours. */
  readonly outlets: readonly Outlet[];
  readonly router: Router;
  /**
   * A router that sends several copies of a bundle; if present, it decides instead of `router`.
   */
  readonly copies?: CopyRouter | undefined;
  /** Absent on a node without security blocks. */
  readonly security?: BundleSecurity | undefined;
  /** Measures the node's custody of bundles; absent in some tests. */
  readonly custody?: CustodyLedger | undefined;
  /** Draws a uniform integer from 0 to `bound` - 1. */
  readonly below: (bound: number) => number;
  /** Calendar time. */
  readonly clock: () => CalendarTime;
  /** Time of contact plans. */
  readonly planTime: () => Nanoseconds;
  /**
   * Computes the key by which observers know a bundle from its bytes; absent if nobody observes.
   */
  readonly keyOf?: (bundle: Uint8Array) => number;
}
