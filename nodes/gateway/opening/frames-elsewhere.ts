/**
 * The data frames of one peer on their way through worker threads: charged before, opened there, and judged by the
 * session, which alone owns the replay window, when they come back in their order.
 *
 * Other frames are few, and are opened by this thread at once.
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

/** A frame that has come back, with the session's judgement. */
export interface JudgedFrame {
  readonly at: ClockReadings;
  readonly header: FrameHeader;
  readonly opened: FrameOpenResult;
  /** The plaintext, if there is one. */
  readonly plaintext: Uint8Array;
  readonly view: PacketView;
}

/** What frames elsewhere need of their peer. */
export interface FramesElsewhereParts {
  readonly threads: Pick<OpenThreads, 'open'>;
  readonly session: Pick<Session, 'keyElsewhere' | 'openedElsewhere' | 'decrypt'>;
  readonly moment: () => ClockReadings;
  /** Room for the plaintext of a frame that no thread has opened. */
  readonly scratch: Uint8Array;
  /** Counts the drop of a frame. */
  readonly refused: (reason: FrameDropReason) => void;
  /** Hears of frames that are away, for the account of messages. */
  readonly arrivals: Pick<PacketReceiver, 'held' | 'heldEnded'>;
  /** Called when a frame has come back; nothing of it is kept afterwards. */
  readonly judged: (frame: JudgedFrame) => void;
}

/** The data frames of one peer that other threads open. */
export class FramesElsewhere {
  readonly #parts: FramesElsewhereParts;
  readonly #queue = new OpeningQueue((bytes, length) => this.#back(bytes, length));
  /** Packets of which frames are away, by their epoch and first number: a forger may have sent some of the frames. */
  readonly #packets = new Map<string, { frames: number; how: 'delivered' | 'dropped' }>();
  readonly #view = new PacketView();
  readonly #header = new FrameHeader();

  constructor(parts: FramesElsewhereParts) {
    this.#parts = parts;
  }

  /** Number of packets of which frames are away. */
  get size(): number {
    return this.#packets.size;
  }

  /** Sends a frame to the threads, or drops it. */
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

  /** Forgets the frames that are away, and calls `forget` with the first of each packet. */
  discard(forget: (header: FrameHeader) => void): void {
    for (const bytes of this.#queue.clear()) {
      this.#decode(bytes);
      if (this.#packets.delete(nameOf(this.#header))) forget(this.#header);
      else this.#parts.refused('no-session');
    }
  }

  #back(bytes: Uint8Array, answer: number | undefined): void {
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
    // A packet whose genuine frame is refused is lost for that reason, and not for that of a forgery that comes later.
    const isLost = packet.how === 'dropped' && opened !== 'bad-auth';
    if (packet.frames > 0 && !isLost) return;
    this.#packets.delete(name);
    arrivals.heldEnded(header, packet.how);
  }

  #decode(bytes: Uint8Array): void {
    const at = frameOffset(bytes);
    // It was right when it was sent.
    decodeFrame(bytes, at, bytes.length - at, this.#header);
  }
}

function nameOf({ epoch, sequence, fragment }: FrameHeader): string {
  return `${epoch} ${sequence - fragment}`;
}
