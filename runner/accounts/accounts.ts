/**
 * The accounts of a run, one for each protocol that has flows (ADR 0028). An account covers the
 * messages of its protocol's flows only; together they cover every message, so their sum is the account
 * of the run.
 *
 * @module
 */
import { assert } from '../../engine/core/assert.ts';
import type { MessageObserver } from '../../engine/host/protocol.ts';
import type { MessageTotals } from '../../reports/model.ts';
import type { Flow } from '../traffic/traffic-source.ts';
import { type MessageAccountant, type SentFate, sumMessageTotals } from './message-account.ts';

/** The account of the messages of one protocol in a run. */
export interface ProtocolAccount {
  readonly protocol: string;
  /** The protocol's name if it is a layer of its hosts; absent if it is their lowest protocol. */
  readonly layer?: string;
  readonly ledger: MessageAccountant;
}

/** The message accounts of a run, one for each protocol that has flows. */
export class MessageAccounts {
  readonly #accounts: readonly ProtocolAccount[];
  /** The name of the protocol of each flow, by the index of the flow. */
  readonly #owners: readonly string[];

  constructor(accounts: readonly ProtocolAccount[], owners: readonly string[]) {
    this.#accounts = accounts;
    this.#owners = owners;
  }

  /** The ledgers of all accounts, which listen to the world and observe its network. */
  get ledgers(): readonly MessageAccountant[] {
    return this.#accounts.map(({ ledger }) => ledger);
  }

  /** The observer of a node's lowest protocol, or of a layer, if that protocol reports. */
  of(node: string, layer: string | undefined): MessageObserver | undefined {
    return this.#accounts.find((account) => account.layer === layer)?.ledger.of(node);
  }

  refused(flow: number, sequence: number, reason: string): void {
    this.#ledgerOf(flow).refused(flow, sequence, reason);
  }

  crashed(node: string): void {
    for (const { ledger } of this.#accounts) ledger.crashed(node);
  }

  fateOf(flow: number, sequence: number): SentFate {
    return this.#ledgerOf(flow).fateOf(flow, sequence);
  }

  /**
   * The nodes that hold an open message or a copy of it; empty if the message is on a link or its
   * position is unknown.
   */
  positions(flow: number, sequence: number): readonly string[] {
    return this.#ledgerOf(flow).positions?.(flow, sequence) ?? [];
  }

  /**
   * Describes the first imbalance of an account, with the name of its protocol if there are several;
   * undefined if all accounts balance.
   * @param holding How many messages a protocol of a node says that it holds.
   */
  imbalance(
    holding: (node: string, layer: string | undefined) => number | undefined,
  ): string | undefined {
    for (const { protocol, layer, ledger } of this.#accounts) {
      const missing = ledger.imbalance((node) => holding(node, layer));
      if (missing !== undefined)
        return this.#accounts.length > 1 ? `${protocol}: ${missing}` : missing;
    }
    return undefined;
  }

  /** The sum over all protocols; to be read after {@link imbalance}. */
  totals(flows: readonly Flow[]): MessageTotals {
    return sumMessageTotals(flows, (flow, sequence) => this.fateOf(flow, sequence));
  }

  #ledgerOf(flow: number): MessageAccountant {
    const account = this.#accounts.find(({ protocol }) => protocol === this.#owners[flow]);
    assert(account !== undefined, `flow ${flow} belongs to no account`);
    return account.ledger;
  }
}
