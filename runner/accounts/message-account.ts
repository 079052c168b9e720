/**
 * The common part of all accounts of messages: the possible fates of a message, and the sums over fates
 * (ADR 0028). What nodes report decides how fates are found: `message-ledger.ts` follows messages that
 * nodes hold, `transit-ledger.ts` messages that nodes pass on at once.
 *
 * @module
 */
import type { MessageObserver } from '../../engine/host/protocol.ts';
import type { NetworkObserver } from '../../engine/net/direction-context.ts';
import type { MessageTotals } from '../../reports/model.ts';
import type { Flow } from '../traffic/traffic-source.ts';
import type { WorldListener } from '../world.ts';

/** Why and where a message was lost. */
export interface MessageLoss {
  readonly reason: string;
  readonly node: string;
  readonly atNs: number;
}

/** The fate of a message at the end of the run. */
export type SentFate =
  | { readonly kind: 'delivered' | 'open' | 'unaccounted' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'given-up' | 'lost'; readonly loss: MessageLoss };

/** Keeps account of every application message of one run: what became of it. */
export interface MessageAccountant extends NetworkObserver, WorldListener {
  /** The observer passed to the node with this name. */
  of(node: string): MessageObserver;
  /** Records that a node did not accept a message. */
  refused(flow: number, sequence: number, reason: string): void;
  /** Called when a node has crashed: all messages that it held are lost. */
  crashed(node: string): void;
  /**
   * Describes the imbalance of the account; undefined if it balances.
   * @param holding How many messages the node with this name says that it holds; undefined if it is
   * down or does not say.
   */
  imbalance(holding: (node: string) => number | undefined): string | undefined;
  fateOf(flow: number, sequence: number): SentFate;
  /**
   * The names of the nodes that hold an open message; empty if it is on a link. Absent if the account
   * cannot tell.
   */
  positions?(flow: number, sequence: number): readonly string[];
  /**
   * The totals of all flows; to be read after {@link imbalance}, which decides the fates of open
   * messages.
   */
  totals(): MessageTotals;
}

/**
 * Counts messages by what became of them. Delivered messages are known from their payloads; the fates of all other
 * messages come from the account.
 */
export function sumMessageTotals(
  flows: readonly Flow[],
  fateOf: (flow: number, sequence: number) => SentFate,
): MessageTotals {
  const refused = new Map<string, number>();
  const lost = new Map<string, number>();
  const counts = { delivered: 0, open: 0, unaccounted: 0, 'given-up': 0 };
  let submitted = 0;
  for (const { index, nextSequence, meter } of flows) {
    submitted += nextSequence;
    for (let sequence = 0; sequence < nextSequence; sequence += 1) {
      if (meter.hasDelivered(sequence)) {
        counts.delivered += 1;
        continue;
      }
      const fate = fateOf(index, sequence);
      if (fate.kind === 'refused') bump(refused, fate.reason);
      else if (fate.kind === 'lost') bump(lost, fate.loss.reason);
      else counts[fate.kind] += 1;
    }
  }
  return {
    submitted,
    delivered: counts.delivered,
    refused: sorted(refused),
    givenUp: counts['given-up'],
    lost: sorted(lost),
    open: counts.open,
  };
}

function bump(counts: Map<string, number>, reason: string): void {
  counts.set(reason, (counts.get(reason) ?? 0) + 1);
}

function sorted(counts: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
