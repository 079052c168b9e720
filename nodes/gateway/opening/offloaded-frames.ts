/**
 * The data frames of one peer that worker threads open. A frame has to pass admission before a
 * thread opens it. Frames come back in their order, and the session judges them then, because only
 * the session owns the replay window.
 *
 * Frames of other types are few; this thread opens them itself.
 *
 * @module
 */
import { PacketView } from '../../scion/index.ts';
import type { PacketReceiver } from '../arrivals.ts';
import type { FrameDropReason } from '../drops.ts';
import type { FrameOpenResult, Session } from '../session.ts';
import type { ClockReadings } from '../session-parts.ts';
import { decodeFrame, FrameHeader } from '../wire.ts';
import { frameOffset, OPEN_PREFIX_BYTES, openPrefixKey, writeOpenPrefix } from './open-job.ts';
import type { OpenThreads } from './open-threads.ts';
import { OpeningQueue } from './opening-queue.ts';

/** A frame that has come back from a thread, with the session's judgement. */
export interface JudgedFrame {
  readonly at: ClockReadings;
  readonly header: FrameHeader;
  readonly opened: FrameOpenResult;
  /** The plaintext, if the frame could be opened. */
  readonly plaintext: Uint8Array;
  readonly view: PacketView;
}

/** What {@link OffloadedFrames} needs from its peer. */
export interface OffloadedFramesParts {
  readonly threads: Pick<OpenThreads, 'open'>;
  readonly session: Pick<Session, 'keyElsewhere' | 'openedElsewhere' | 'decrypt'>;
  readonly moment: () => ClockReadings;
  /**
   * Buffer for the plaintext of a frame that this thread opens because no worker thread answered.
   */
  readonly scratch: Uint8Array;
  /** Counts a dropped frame. */
  readonly refused: (reason: FrameDropReason) => void;
  /** Notified of the frames that are with the threads, for the account of messages. */
  readonly arrivals: Pick<PacketReceiver, 'held' | 'heldEnded'>;
  /** Called when a frame has come back; its buffers are reused afterwards. */
  readonly judged: (frame: JudgedFrame) => void;
}

/** The data frames of one peer that other threads open. */
export class OffloadedFrames {
  readonly #parts: OffloadedFramesParts;
  readonly #queue = new OpeningQueue((bytes, length) => this.#frameReturned(bytes, length));
  /**
   * The packets of which some frames are with the threads, by epoch and first sequence number. A
   * forger may have sent some of these frames.
   */
  readonly #packets = new Map<string, { frames: number; how: 'delivered' | 'dropped' }>();
  readonly #view = new PacketView();
  readonly #header = new FrameHeader();

  constructor(parts: OffloadedFramesParts) {
    this.#parts = parts;
  }

  /** Number of packets of which some frames are with the threads. */
  get size(): number {
    return this.#packets.size;
  }

  /** Sends a frame to the threads; drops it if there is no room or no key. */
  send(at: ClockReadings, header: FrameHeader, view: PacketView): void {
    const { session, refused, arrivals, threads } = this.#parts;
    const key = this.#queue.isFull ? 'opening-full' : session.keyElsewhere(header, at);
    if (typeof key === 'string') {
      refused(key);
      return;
    }
    const datagram = view.buffer.subarray(view.start, view.end);
    const bytes = new Uint8Array(OPEN_PREFIX_BYTES + datagram.length);
    writeOpenPrefix(bytes, key, header.start - view.start);
    bytes.set(datagram, OPEN_PREFIX_BYTES);
    const name = nameOf(header);
    const packet = this.#packets.get(name);
    if (packet === undefined) {
      this.#packets.set(name, { frames: 1, how: 'dropped' });
      arrivals.held(header);
    } else packet.frames += 1;
    threads.open(bytes, this.#queue.add(bytes));
  }

  /** Forgets the frames that are with the threads; calls `forget` with one frame of each packet. */
  discard(forget: (header: FrameHeader) => void): void {
    for (const bytes of this.#queue.clear()) {
      this.#decode(bytes);
      if (this.#packets.delete(nameOf(this.#header))) forget(this.#header);
      else this.#parts.refused('no-session');
    }
  }

  #frameReturned(bytes: Uint8Array, answer: number | undefined): void {
    const { session, moment, scratch, judged, arrivals } = this.#parts;
    const header = this.#header;
    this.#decode(bytes);
    this.#view.parse(bytes, OPEN_PREFIX_BYTES, bytes.length - OPEN_PREFIX_BYTES);
    const key = openPrefixKey(bytes);
    const length = answer ?? session.decrypt(key, header, bytes, scratch);
    const source = answer === undefined ? scratch : bytes.subarray(header.body);
    const plaintext = length < 0 ? undefined : source.subarray(0, length);
    const at = moment();
    const opened = session.openedElsewhere(key, header, plaintext, at);
    judged({ at, header, opened, plaintext: plaintext ?? scratch, view: this.#view });
    const name = nameOf(header);
    const packet = this.#packets.get(name);
    if (packet === undefined) return;
    if (typeof opened === 'number' || opened === 'held') packet.how = 'delivered';
    packet.frames -= 1;
    // A packet is lost for the reason for which its genuine frame was refused. A forged frame that
    // comes back later does not change this reason.
    const isLost = packet.how === 'dropped' && opened !== 'bad-auth';
    if (packet.frames > 0 && !isLost) return;
    this.#packets.delete(name);
    arrivals.heldEnded(header, packet.how);
  }

  #decode(bytes: Uint8Array): void {
    const at = frameOffset(bytes);
    // Decoding cannot fail, because the frame was decoded before it was sent to the threads.
    decodeFrame(bytes, at, bytes.length - at, this.#header);
  }
}

function nameOf({ epoch, sequence, fragment }: FrameHeader): string {
  return `${epoch} ${sequence - fragment}`;
}
