/**
 * Status reports about bundles (RFC 9171 section 6.1): only those that the options allow, at a limited
 * rate, and never about reports, which may not ask for any (section 4.2.3).
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { TokenBucket } from '../../_kit/token-bucket.ts';
import type { DtnDropReason } from '../drops.ts';
import { BUNDLE_FLAG } from '../geometry.ts';
import { EID_FORM } from '../wire/eid-wire.ts';
import { encodeStatusReport, STATUS_REASON, type StatusAssertion } from '../wire/status-report.ts';
import type { BundleView } from '../wire/view.ts';
import type { HeldBundle } from './held-bundle.ts';
import type { BundleCreator } from './origin.ts';
import type { BundleAgentParts } from './parts.ts';
import { REPORT_FLAG_BY_KIND, type ReportKind } from './report-flags.ts';

/**
 * Reason codes (section 9.5) of the drops that are reported: those after which the primary block is known.
 */
const REASONS: Readonly<Partial<Record<DtnDropReason, number>>> = {
  expired: STATUS_REASON.lifetimeExpired,
  'no-storage': STATUS_REASON.depletedStorage,
  'source-share': STATUS_REASON.depletedStorage,
  displaced: STATUS_REASON.depletedStorage,
  'fragments-missing': STATUS_REASON.depletedStorage,
  'hop-limit': STATUS_REASON.hopLimitExceeded,
  'block-unsupported': STATUS_REASON.blockUnsupported,
};

/** The event of a bundle that a report is about. */
interface About {
  readonly kind: ReportKind;
  readonly reason?: number;
  /** True if the bundle was reassembled, and the view shows one of its fragments. */
  readonly isWhole?: boolean;
}

const NOT: StatusAssertion = { isAsserted: false };

/** Makes the status reports of one node. */
export class StatusReporter {
  readonly #parts: BundleAgentParts;
  readonly #origin: BundleCreator;
  readonly #bucket: TokenBucket;

  constructor(parts: BundleAgentParts, origin: BundleCreator) {
    const { rate } = parts.options.reports;
    this.#parts = parts;
    this.#origin = origin;
    this.#bucket = TokenBucket.of({ perSecond: rate, burst: rate });
  }

  /** True if the options allow this kind of report. */
  allows(kind: ReportKind): boolean {
    return this.#parts.options.reports[kind];
  }

  /** Makes the report that a bundle was deleted. @returns undefined if none is to be sent. */
  ofDeletion(now: Nanoseconds, view: BundleView, drop: DtnDropReason): HeldBundle | undefined {
    const reason = REASONS[drop];
    return reason === undefined ? undefined : this.of(now, view, { kind: 'deleted', reason });
  }

  /**
   * Makes a report about a bundle, if the bundle asks for it.
   * @param view The bundle that the report is about, opened.
   * @returns the bundle with the report; undefined if none is to be sent.
   */
  of(now: Nanoseconds, view: BundleView, about: About): HeldBundle | undefined {
    const isAsked = (view.flags & REPORT_FLAG_BY_KIND[about.kind]) !== 0;
    return isAsked ? this.#made(now, view, about) : undefined;
  }

  /**
   * Makes the report that a block of unknown type asks for (RFC 9171 section 5.6). @returns undefined if none
   * is to be sent.
   */
  ofBlock(now: Nanoseconds, view: BundleView): HeldBundle | undefined {
    return this.#made(now, view, { kind: 'received', reason: STATUS_REASON.blockUnsupported });
  }

  #made(
    now: Nanoseconds,
    view: BundleView,
    { kind, reason = STATUS_REASON.none, isWhole = false }: About,
  ): HeldBundle | undefined {
    if (!this.allows(kind) || view.isAdministrative) return undefined;
    // No report about a bundle whose identity the report could not state exactly.
    if (view.sourceForm === EID_FORM.none || !view.isExact) return undefined;
    const to = this.#parts.names.hostOf(view.reportTo);
    if (to === undefined || !this.#bucket.take(now)) return undefined;
    const wantsTime = (view.flags & BUNDLE_FLAG.wantsStatusTime) !== 0;
    const dtnMs = this.#origin.dtnMs();
    const told: StatusAssertion = wantsTime
      ? { isAsserted: true, timeMs: dtnMs }
      : { isAsserted: true };
    const body = encodeStatusReport({
      received: NOT,
      forwarded: NOT,
      delivered: NOT,
      deleted: NOT,
      [kind]: told,
      reason,
      source: view.source,
      createdMs: view.createdMs,
      sequence: view.sequence,
      ...(view.isFragment &&
        !isWhole && {
          fragment: { offset: view.fragmentOffset, length: view.payloadLength },
        }),
    });
    return this.#origin.createReport(now, { to, reportTo: view.reportTo, body });
  }
}
