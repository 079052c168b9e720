/**
 * The flags with which a bundle asks for status reports (RFC 9171 section 4.2.3).
 *
 * @module
 */
import type { DtnOptions, REPORT_KINDS } from '../config.ts';
import { BUNDLE_FLAG } from '../geometry.ts';

/** Kind of a status report: the event of the bundle that it reports. */
export type ReportKind = (typeof REPORT_KINDS)[number];

/** For each kind of report, the flag of a bundle that asks for it. */
export const REPORT_FLAG_BY_KIND: Readonly<Record<ReportKind, number>> = {
  received: BUNDLE_FLAG.reportReception,
  forwarded: BUNDLE_FLAG.reportForwarding,
  delivered: BUNDLE_FLAG.reportDelivery,
  deleted: BUNDLE_FLAG.reportDeletion,
};

/** Computes the flags by which the bundles of a node with these options ask for reports. */
export function reportRequestFlags({ ask, time }: DtnOptions['reports']): number {
  const flags = new Set(ask.map((kind) => REPORT_FLAG_BY_KIND[kind]));
  let sum = time && flags.size > 0 ? BUNDLE_FLAG.wantsStatusTime : 0;
  for (const flag of flags) sum += flag;
  return sum;
}
