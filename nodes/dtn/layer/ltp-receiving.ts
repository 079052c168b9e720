/**
 * A block that is being received (RFC 5326 section 6): the bytes that have arrived, and the reports
 * about them that the sender has not acknowledged.
 *
 * @module
 */
import { RangeSet } from '../../../engine/pure/range-set.ts';
import { LTP_REPORTS_PER_BLOCK_MAX } from '../geometry.ts';
import { isEndOfBlock, isEndOfRedPart, isRed, type LtpData, type LtpReport } from './ltp-wire.ts';

/** A report that the sender has not acknowledged. */
export interface UnacknowledgedReport {
  readonly report: LtpReport;
  /** How often the report was sent again because its timer ran out. */
  repeats: number;
  /** How often the report was sent again because its checkpoint came again. */
  answers: number;
}

/** Why a data segment is rejected. */
export type LtpDataFault = 'miscoloured' | 'disagrees';

/** The state of one session at the receiver of its block. */
export class LtpReceiverSession {
  readonly number: number;
  /** When the last data segment came, ns on the contact clock. */
  heardAt = 0;
  /** When the session's alarm about silence is due, ns on the contact clock. */
  silentAt = 0;
  /** Total length of the pieces in memory, bytes. */
  bytes = 0;
  /**
   * `coming`: bytes are missing. `offered`: whole, and offered to the node. `kept`: the node has
   * stored it.
   */
  place: 'coming' | 'offered' | 'kept' = 'coming';
  readonly #arrived = new RangeSet();
  #pieces: { readonly offset: number; readonly data: Uint8Array }[] = [];
  #redEnd: number | undefined;
  #blockEnd: number | undefined;
  /**
   * `#redSeen`: offset after the last red byte that has come. `#greenSeen`: offset of the first green
   * byte that has come.
   */
  #redSeen = 0;
  #greenSeen = Number.POSITIVE_INFINITY;
  #highest = 0;
  readonly #open = new Map<number, UnacknowledgedReport>();
  /** For each report, by serial number, the offset of the first byte that it covers. */
  readonly #lowers = new Map<number, number>();
  /**
   * Serial numbers of answered checkpoints; at most as many as reports, whose number is limited.
   */
  readonly #answered = new Set<number>();
  #serial: number;

  /** @param serial Number of the first report, drawn from 1 to 2^14 - 1 (RFC 5326 section 3.2.2). */
  constructor(number: number, serial: number) {
    this.number = number;
    this.#serial = serial;
  }

  /** Number of pieces in memory. */
  get pieces(): number {
    return this.#pieces.length;
  }

  get isRedComplete(): boolean {
    return this.#redEnd !== undefined && this.#arrived.covers(0, this.#redEnd);
  }

  get isWhole(): boolean {
    return this.#blockEnd !== undefined && this.#arrived.covers(0, this.#blockEnd);
  }

  /** Number of remembered reports plus remembered checkpoints. */
  get remembered(): number {
    return this.#lowers.size + this.#answered.size;
  }

  /** True while the sender has not acknowledged a report. */
  get hasOpenReports(): boolean {
    return this.#open.size > 0;
  }

  /**
   * False if this end did not send the report in this session: it has then been restarted, and has
   * lost the bytes that the report claimed.
   * @param serial Serial number of the report; 0 for none.
   */
  knowsReport(serial: number): boolean {
    return serial === 0 || this.#lowers.has(serial);
  }

  /**
   * Adds the data of a segment; bytes that had not come before are copied. @returns why the segment is
   * rejected; undefined if it was added.
   */
  add(content: LtpData): LtpDataFault | undefined {
    const fault = this.#faultOf(content);
    if (fault !== undefined) return fault;
    const { offset, data } = content;
    const end = offset + data.length;
    if (isEndOfRedPart(content)) this.#redEnd = end;
    if (isEndOfBlock(content)) this.#blockEnd = end;
    if (isRed(content)) this.#redSeen = Math.max(this.#redSeen, end);
    else this.#greenSeen = Math.min(this.#greenSeen, offset);
    this.#highest = Math.max(this.#highest, end);
    for (const gap of this.#arrived.gaps(offset, end)) {
      const piece = data.slice(gap.start - offset, gap.end - offset);
      this.#pieces.push({ offset: gap.start, data: piece });
      this.bytes += piece.length;
    }
    this.#arrived.add(offset, end);
    return undefined;
  }

  /** Puts the whole block together. */
  block(): Uint8Array {
    const block = new Uint8Array(this.#blockEnd ?? 0);
    for (const { offset, data } of this.#pieces) block.set(data, offset);
    return block;
  }

  /** Called when the node has stored the block: frees its memory. */
  keep(): void {
    this.place = 'kept';
    this.#pieces = [];
    this.bytes = 0;
  }

  /**
   * Makes the reports that answer a checkpoint. If the checkpoint came before, returns its former
   * reports that the sender has not acknowledged.
   * @param claimsMax Largest number of claims that fit into a segment.
   * @param repeatsMax How often each report may be sent again for this reason.
   */
  reportsFor(content: LtpData, claimsMax: number, repeatsMax: number): readonly LtpReport[] {
    if (this.#answered.has(content.checkpoint)) return this.#again(content.checkpoint, repeatsMax);
    const upper = content.offset + content.data.length;
    const lower = this.#lowers.get(content.report) ?? 0;
    const claims = this.#arrived.within(lower, upper);
    const count = Math.ceil(claims.length / claimsMax);
    // Beyond the limit of reports, checkpoints are not answered. If nothing has arrived in the scope,
    // there is nothing to report (RFC 5326 section 3.2.2: claims are not empty), and the checkpoint is
    // not noted as answered: if it comes again, it is treated as new.
    if (count === 0 || this.#lowers.size + count > LTP_REPORTS_PER_BLOCK_MAX) return [];
    this.#answered.add(content.checkpoint);
    const reports: LtpReport[] = [];
    for (let index = 0, from = lower; index < count; index += 1) {
      const part = claims.slice(index * claimsMax, (index + 1) * claimsMax);
      const to = index === count - 1 ? upper : (part.at(-1)?.end ?? upper);
      reports.push(this.#report(content.checkpoint, { lower: from, upper: to, claims: part }));
      from = to;
    }
    return reports;
  }

  /** True while the sender has not acknowledged this report. */
  isOpen(serial: number): boolean {
    return this.#open.has(serial);
  }

  /**
   * Returns an unacknowledged report, which is to be sent again, and counts the repetition; undefined
   * if it was acknowledged.
   */
  repeat(serial: number): UnacknowledgedReport | undefined {
    const open = this.#open.get(serial);
    if (open !== undefined) open.repeats += 1;
    return open;
  }

  /** Called when the sender has acknowledged a report. */
  acknowledged(serial: number): void {
    this.#open.delete(serial);
  }

  #again(checkpoint: number, repeatsMax: number): readonly LtpReport[] {
    const same = [...this.#open.values()].filter(
      ({ report, answers }) => report.checkpoint === checkpoint && answers < repeatsMax,
    );
    for (const open of same) open.answers += 1;
    return same.map(({ report }) => report);
  }

  #report(checkpoint: number, scope: Pick<LtpReport, 'lower' | 'upper' | 'claims'>): LtpReport {
    const report: LtpReport = { kind: 'report', report: this.#serial, checkpoint, ...scope };
    this.#serial += 1;
    this.#lowers.set(report.report, scope.lower);
    this.#open.set(report.report, { report, repeats: 0, answers: 0 });
    return report;
  }

  /** RFC 5326 section 6.21: the red part comes first, and all segments agree where parts end. */
  #faultOf(content: LtpData): LtpDataFault | undefined {
    const start = content.offset;
    const end = start + content.data.length;
    const isRedHere = isRed(content);
    if (isRedHere && end > Math.min(this.#greenSeen, this.#redEnd ?? end)) return 'miscoloured';
    if (!isRedHere && start < Math.max(this.#redSeen, this.#redEnd ?? 0)) return 'miscoloured';
    if (end > (this.#blockEnd ?? end)) return 'disagrees';
    if (isEndOfBlock(content) && end < this.#highest) return 'disagrees';
    return isEndOfRedPart(content) && end < this.#redSeen ? 'disagrees' : undefined;
  }
}
