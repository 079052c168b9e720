/**
 * A block that is being sent (RFC 5326 section 6): which bytes the receiver has claimed, which have
 * to be sent again, and the checkpoints that the receiver has not answered.
 *
 * @module
 */
import { type Range, RangeSet } from '../../../engine/pure/range-set.ts';
import { LTP_REPAIR_ROUNDS_MAX } from '../geometry.ts';
import { LTP_BUNDLE_SERVICE, LTP_DATA_TYPE, type LtpData, type LtpReport } from './ltp-wire.ts';

/** A range of bytes of the block that is to be sent in consecutive segments. */
export interface LtpSendRange extends Range {
  /**
   * `checkpoint`: serial number of the checkpoint in the last segment of the range. `report`: serial number
   * of the report that this range repairs. 0 for none.
   */
  readonly checkpoint: number;
  readonly report: number;
}

interface Checkpoint {
  /** The segment that is the checkpoint; undefined until it has been sent. */
  segment: LtpData | undefined;
  isAnswered: boolean;
  /** How often the checkpoint's timer has run out. */
  repeats: number;
  /** The bytes about which reports have come and whose gaps were sent again. */
  readonly repaired: RangeSet;
}

/** The result of a report segment for the session that sent the block. */
export type ReportOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'repair'; readonly runs: readonly LtpSendRange[] }
  /** The report is about bytes, or answers a checkpoint, that were not sent. */
  | { readonly kind: 'bad' }
  /** The block has been repaired too often: the session fails. */
  | { readonly kind: 'exhausted' };

/** What an {@link LtpSenderSession} is made from. */
export interface LtpSenderSessionParts {
  readonly number: number;
  readonly block: Uint8Array;
  readonly redBytes: number;
  readonly dscp: number;
  /** Number of the first checkpoint, drawn from 1 to 2^14 - 1 (RFC 5326 section 3.2.1). */
  readonly serial: number;
}

/** The state of one session at the sender of its block. */
export class LtpSenderSession {
  readonly number: number;
  /** Bytes at the start of the block that the receiver has to acknowledge. */
  readonly redBytes: number;
  /** DSCP of the session's datagrams. */
  readonly dscp: number;
  readonly #block: Uint8Array;
  #claimed = new RangeSet();
  readonly #checkpoints = new Map<number, Checkpoint>();
  #serial: number;
  #rounds = 0;

  constructor({ number, block, redBytes, dscp, serial }: LtpSenderSessionParts) {
    this.number = number;
    this.#block = block;
    this.redBytes = redBytes;
    this.dscp = dscp;
    this.#serial = serial;
  }

  /** True if reports have claimed all red bytes as received. */
  get isClaimed(): boolean {
    return this.#claimed.covers(0, this.redBytes);
  }

  /** Number of repair rounds of the block so far. */
  get rounds(): number {
    return this.#rounds;
  }

  /** True while a checkpoint waits for its report, or has not left yet. */
  get isWaiting(): boolean {
    return [...this.#checkpoints.values()].some(({ isAnswered }) => !isAnswered);
  }

  /** The ranges to send at first: the red part, then the green part. */
  start(): readonly LtpSendRange[] {
    const end = this.#block.length;
    const green = { start: this.redBytes, end, checkpoint: 0, report: 0 };
    const runs = this.redBytes === 0 ? [] : [this.#checked({ start: 0, end: this.redBytes }, 0)];
    return this.redBytes === end ? runs : [...runs, green];
  }

  /** Makes the segment at the start of a range, with at most `dataMax` bytes of data. */
  segment(run: LtpSendRange, dataMax: number): LtpData {
    const end = Math.min(run.end, run.start + dataMax);
    const isLast = end === run.end && run.checkpoint !== 0;
    const data = this.#block.subarray(run.start, end);
    const type = this.#typeOf(run.start, end, isLast);
    const { checkpoint, report } = isLast ? run : { checkpoint: 0, report: 0 };
    const segment: LtpData = {
      kind: 'data',
      type,
      service: LTP_BUNDLE_SERVICE,
      offset: run.start,
      checkpoint,
      report,
      data,
    };
    const sent = this.#checkpoints.get(checkpoint);
    if (sent !== undefined) sent.segment = segment;
    return segment;
  }

  isAnswered(serial: number): boolean {
    return this.#checkpoints.get(serial)?.isAnswered === true;
  }

  /**
   * Returns an unanswered checkpoint segment, which is to be sent again, and counts the repetition;
   * undefined if it was answered.
   */
  repeat(serial: number): { readonly segment: LtpData; readonly repeats: number } | undefined {
    const checkpoint = this.#checkpoints.get(serial);
    if (checkpoint?.segment === undefined || checkpoint.isAnswered) return undefined;
    checkpoint.repeats += 1;
    return { segment: checkpoint.segment, repeats: checkpoint.repeats };
  }

  /** Handles a report. If the same report comes twice, its gaps are repaired only once. */
  take({ report, checkpoint: serial, lower, upper, claims }: LtpReport): ReportOutcome {
    const checkpoint = this.#checkpoints.get(serial);
    // RFC 5326 section 3.2.2: checkpoint 0 marks a report that no checkpoint requested.
    const isKnown = serial === 0 || checkpoint?.segment !== undefined;
    if (!isKnown || upper > this.redBytes) return { kind: 'bad' };
    for (const { start, end } of claims) this.#claimed.add(start, end);
    if (checkpoint !== undefined) checkpoint.isAnswered = true;
    if (this.isClaimed) return { kind: 'done' };
    if (checkpoint === undefined) return { kind: 'repair', runs: [] };
    const scopes = checkpoint.repaired.gaps(lower, upper);
    checkpoint.repaired.add(lower, upper);
    return this.#repair(scopes, report);
  }

  /**
   * Sends the whole red part again, after all reports came and bytes are still missing. Earlier claims
   * do not count: the new checkpoint answers no report, so a restarted receiver could not tell that it
   * has lost the bytes that it claimed.
   */
  restart(): ReportOutcome {
    this.#claimed = new RangeSet();
    return this.#repair([{ start: 0, end: this.redBytes }], 0);
  }

  #repair(scopes: readonly Range[], report: number): ReportOutcome {
    const missing = scopes.flatMap(({ start, end }) => this.#claimed.gaps(start, end));
    const last = missing.at(-1);
    if (last === undefined) return { kind: 'repair', runs: [] };
    this.#rounds += 1;
    if (this.#rounds > LTP_REPAIR_ROUNDS_MAX) return { kind: 'exhausted' };
    const others = missing.slice(0, -1).map((gap) => ({ ...gap, checkpoint: 0, report: 0 }));
    return { kind: 'repair', runs: [...others, this.#checked(last, report)] };
  }

  #checked(range: Range, report: number): LtpSendRange {
    const checkpoint = this.#serial;
    this.#serial += 1;
    this.#checkpoints.set(checkpoint, {
      segment: undefined,
      isAnswered: false,
      repeats: 0,
      repaired: new RangeSet(),
    });
    return { ...range, checkpoint, report };
  }

  #typeOf(start: number, end: number, isCheckpoint: boolean): number {
    const isEnd = end === this.#block.length;
    if (start >= this.redBytes) return isEnd ? LTP_DATA_TYPE.greenEndOfBlock : LTP_DATA_TYPE.green;
    if (!isCheckpoint) return LTP_DATA_TYPE.red;
    if (end < this.redBytes) return LTP_DATA_TYPE.redCheckpoint;
    return isEnd ? LTP_DATA_TYPE.redEndOfBlock : LTP_DATA_TYPE.redEnd;
  }
}
