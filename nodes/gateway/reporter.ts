/**
 * Receiver reports to one peer: what arrived in its data frames, sent at a regular interval while
 * they arrive, on the reverse of the last frame's path (docs/spec/multipath.md, Receiver reports).
 *
 * It neither seals nor sends; the peer does.
 *
 * @module
 */
import type { Timer } from '../../engine/host/time.ts';
import type { PacketView } from '../scion/index.ts';
import { REPORT_BYTES, writeReport } from './bodies.ts';
import type { PeerContext } from './peer-context.ts';
import { ReceivedData } from './received-data.ts';
import type { FrameHeader } from './wire.ts';

/** Room for the longest path in a SCION header, bytes. */
const PATH_BYTES_MAX = 1024;

/** Sends a report's body on the reverse of a path; its bytes are read during the call only. */
export type SendReport = (body: Uint8Array, pathType: number, path: Uint8Array) => void;

/** Writes the reports to one peer. */
export class Reporter {
  readonly #context: PeerContext;
  readonly #send: SendReport;
  readonly #received = new ReceivedData();
  readonly #body = new Uint8Array(REPORT_BYTES);
  readonly #path = new Uint8Array(PATH_BYTES_MAX);
  #pathBytes = 0;
  #pathType = 0;
  #timer: Timer | undefined;

  constructor(context: PeerContext, send: SendReport) {
    this.#context = context;
    this.#send = send;
  }

  /** Data frames received since the start. */
  get frames(): number {
    return this.#received.frames;
  }

  /** Records an accepted data frame. `view` is the packet that carried it, if it still exists. */
  // hot: once per data frame.
  note(header: FrameHeader, view: PacketView | undefined): void {
    this.#received.note(header.epoch, header.sequence);
    if (view !== undefined) this.#rememberPath(view);
    const { options, host } = this.#context;
    const { reports, reportInterval } = options.multipath;
    if (!reports || this.#timer?.isPending === true) return;
    if (this.#timer === undefined) {
      this.#timer = host.after(reportInterval, () => this.#report());
    } else this.#timer.rearm(reportInterval);
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #rememberPath(view: PacketView): void {
    const end = view.start + view.headerLength;
    this.#pathBytes = end - view.pathOffset;
    this.#pathType = view.pathType;
    this.#path.set(view.buffer.subarray(view.pathOffset, end));
  }

  #report(): void {
    if (!this.#received.takeNews()) return;
    writeReport(this.#body, this.#received.highest, this.#received.frames);
    this.#send(this.#body, this.#pathType, this.#path.subarray(0, this.#pathBytes));
    this.#timer?.rearm(this.#context.options.multipath.reportInterval);
  }
}
