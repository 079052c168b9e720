/**
 * Hands bundles to the application at their destination (RFC 9171 section 5.7).
 *
 * @module
 */
import type { HostEids } from '../names.ts';
import { decodeStatusReport } from '../wire/status-report.ts';
import type { BundleView } from '../wire/view.ts';
import type { EffectSink } from './effects.ts';
import type { HeldBundle } from './held-bundle.ts';
import type { ReassembledBundle } from './reassembly.ts';

/** Delivers the bundles of one node. */
export class BundleDeliverer {
  readonly #names: HostEids;
  readonly #effects: EffectSink;

  constructor(names: HostEids, effects: EffectSink) {
    this.#names = names;
    this.#effects = effects;
  }

  /**
   * Delivers a bundle put together from fragments. @param view One of the fragments, opened: it
   * names the source.
   */
  deliverWhole({ payload, fragments }: ReassembledBundle, view: BundleView): void {
    const effects = this.#effects;
    const from = this.#names.hostOf(view.source);
    if (from === undefined || view.isAdministrative) {
      const drop = from === undefined ? 'unknown-source' : 'unknown-record';
      for (const fragment of fragments) effects.lose(fragment, drop);
      return;
    }
    effects.count('dtn.arrived');
    effects.push({ kind: 'deliver', from, body: payload });
    for (const { observerNumber } of fragments)
      effects.report({ kind: 'ended', key: observerNumber, how: 'delivered' });
  }

  /** Delivers a bundle that came whole. @param view The bundle, opened. */
  deliver(bundle: HeldBundle, view: BundleView): void {
    const effects = this.#effects;
    const from = this.#names.hostOf(view.source);
    const body = bundle.bytes.subarray(view.payloadStart, view.payloadEnd);
    const { observerNumber } = bundle;
    const report = view.isAdministrative ? decodeStatusReport(body) : undefined;
    if (from !== undefined && report !== undefined) {
      effects.count('dtn.reported');
      if (report.delivered.isAsserted) effects.count('dtn.confirmed');
      effects.report({ kind: 'ended', key: observerNumber, how: 'delivered' });
      return;
    }
    if (from === undefined || view.isAdministrative) {
      effects.lose(bundle, from === undefined ? 'unknown-source' : 'unknown-record');
      return;
    }
    effects.count('dtn.arrived');
    if (view.hopCount >= 0) effects.push({ kind: 'hops', hops: view.hops });
    effects.push({ kind: 'deliver', from, body });
    if (bundle.from === undefined)
      effects.report({ kind: 'settled', observerNumber, how: 'acknowledged' });
    else effects.report({ kind: 'ended', key: observerNumber, how: 'delivered' });
  }
}
