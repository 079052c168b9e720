/**
 * Receiver reports to one peer: which of its data frames arrived. They are sent at a regular interval
 * while data arrives, on the reverse of the last frame's path (docs/spec/multipath.md, Receiver reports).
 *
 * It neither seals nor sends; the peer does.
 *
 * @module
 */

import type { DeliveryFacts } from '../../engine/host/transport.ts';
import { equalBytes } from '../_kit/bytes.ts';
import type { PacketView } from '../scion/index.ts';
import { REPORT_BYTES, writeReport } from './bodies.ts';
import type { GatewayOptions } from './config.ts';
import type { PeerOutput } from './peer-output.ts';
import { ReceivedDataFrameCounter } from './received-data.ts';
import type { UnderlayPaths } from './underlay-paths.ts';
import type { FrameHeader } from './wire.ts';

/** Room for the longest path in a SCION header, bytes. */
const PATH_BYTES_MAX = 1024;

/** Sends a report's body on the reverse of a path; its bytes are read during the call only. */
export type SendReport = (body: Uint8Array, pathType: number, path: Uint8Array) => void;

/** Whether reports are sent, and how often, ns. */
export type ReceiverReporterOptions = Pick<
  GatewayOptions['multipath'],
  'reports' | 'reportInterval'
>;

/** Writes the reports to one peer. */
export class ReceiverReporter {
  readonly #output: PeerOutput;
  readonly #options: ReceiverReporterOptions;
  readonly #send: SendReport;
  readonly #received = new ReceivedDataFrameCounter();
  readonly #body = new Uint8Array(REPORT_BYTES);
  readonly #path = new Uint8Array(PATH_BYTES_MAX);
  #pathBytes = 0;
  #pathType = 0;
  #hasPath = false;
  /** Id of the path in `#path`; undefined if it is not determined yet. */
  #pathId: string | undefined;
  /** Sequence number of the frame that was recorded last; -1 before the first frame. */
  #sequence = -1;
  #isTimerSet = false;
  /** How the packet that is being delivered arrived, if it had to wait for its turn. */
  #released: DeliveryFacts | undefined;

  constructor(output: PeerOutput, options: ReceiverReporterOptions, send: SendReport) {
    this.#output = output;
    this.#options = options;
    this.#send = send;
  }

  /** Records an accepted data frame. `view` is the packet that carried it, if it still exists. */
  // hot: once per data frame.
  note(now: number, header: FrameHeader, view: PacketView | undefined): void {
    this.#received.note(header.epoch, header.sequence);
    this.#sequence = header.sequence;
    this.#released = undefined;
    this.#hasPath = view !== undefined;
    if (view !== undefined) this.#rememberPath(view);
    if (this.#options.reports && !this.#isTimerSet) this.#setTimer(now);
  }

  /**
   * How the frame that was recorded last arrived. If the frame had been held, its path is not
   * known.
   */
  arrived(paths: Pick<UnderlayPaths, 'idOf'>): DeliveryFacts {
    if (this.#released !== undefined) return this.#released;
    const sequence = this.#sequence;
    if (sequence < 0) return {};
    if (!this.#hasPath) return { sequence };
    const path = paths.idOf(this.#pathType, this.#path.subarray(0, this.#pathBytes));
    return { path, sequence };
  }

  /** Id of the path on which the frame that was recorded last came. */
  // hot: once per packet.
  pathId(paths: Pick<UnderlayPaths, 'idOf'>): string {
    if (this.#released !== undefined) return this.#released.path ?? 'unknown';
    if (!this.#hasPath) return 'unknown';
    this.#pathId ??= paths.idOf(this.#pathType, this.#path.subarray(0, this.#pathBytes));
    return this.#pathId;
  }

  /**
   * Called before a packet that had to wait for its turn is delivered; from now on, {@link arrived}
   * returns the facts of this packet.
   */
  released(arrived: DeliveryFacts): void {
    this.#released = arrived;
  }

  /** Called when the known paths, by which ids are found, have changed. */
  pathsChanged(): void {
    this.#pathId = undefined;
  }

  /** Called when the timer has fired: sends a report, if data frames have arrived since the last one. */
  report(now: number): void {
    this.#isTimerSet = false;
    if (!this.#received.takeNews()) return;
    writeReport(this.#body, this.#received.highest, this.#received.frames);
    this.#send(this.#body, this.#pathType, this.#path.subarray(0, this.#pathBytes));
    this.#setTimer(now);
  }

  #setTimer(now: number): void {
    this.#isTimerSet = true;
    const atNs = now + this.#options.reportInterval;
    this.#output.perform({ kind: 'timer', timer: 'report', atNs });
  }

  #rememberPath(view: PacketView): void {
    const end = view.start + view.headerLength;
    const bytes = view.buffer.subarray(view.pathOffset, end);
    if (!equalBytes(bytes, this.#path.subarray(0, this.#pathBytes))) this.#pathId = undefined;
    this.#pathBytes = bytes.length;
    this.#pathType = view.pathType;
    this.#path.set(bytes);
  }
}
