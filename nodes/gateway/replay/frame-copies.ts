/**
 * Distinguishes copies of racing frames from replays (docs/spec/multipath.md, "Strategies"). The
 * replay window refuses both. Here the second copy of a data frame is a `duplicate` if it came on
 * another path than the first copy; any other copy is a `replay`.
 *
 * @module
 */
import { hashBytesTo53Bits } from '../../_kit/bytes-name.ts';
import { EPIC_META_LENGTH, PATH_TYPE_EPIC, type PacketView } from '../../scion/index.ts';
import { EPOCHS_PER_PEER_MAX, FRAME_TYPE } from '../geometry.ts';
import type { FrameHeader } from '../wire.ts';

/** State of a frame of which one copy has arrived. */
const ONE_COPY = 1;
/** State of a frame of which two copies have arrived. */
const TWO_COPIES = 2;
/** State of a frame of which two copies have arrived that both wait for the window. */
const TWO_COPIES_HELD = 3;

type FrameName = Pick<FrameHeader, 'type' | 'epoch' | 'sequence'>;
type ArrivedPath = Pick<
  PacketView,
  'buffer' | 'start' | 'headerLength' | 'pathOffset' | 'pathType'
>;

/** The latest frames of an epoch; each place of the arrays holds one frame. */
interface Places {
  readonly sequences: Float64Array;
  readonly paths: Uint32Array;
  readonly copies: Uint8Array;
}

/** Remembers on which paths the frames of one peer arrived. */
export class FrameCopies {
  readonly #size: number;
  readonly #epochs = new Map<number, Places>();

  /**
   * @param size Number of frames of an epoch that are remembered; the same number that the replay
   * window covers.
   */
  constructor(size: number) {
    this.#size = size;
  }

  /** Records a frame that the window accepted, or that waits for the window. */
  // hot: once per data frame in race mode.
  taken(frame: FrameName, path: ArrivedPath): void {
    if (frame.type !== FRAME_TYPE.data) return;
    const places = this.#placesOf(frame.epoch);
    const place = frame.sequence % this.#size;
    const hash = hashOfPath(path);
    if (places.sequences[place] !== frame.sequence) {
      places.sequences[place] = frame.sequence;
      places.paths[place] = hash;
      places.copies[place] = ONE_COPY;
    } else if (places.copies[place] === ONE_COPY && places.paths[place] !== hash) {
      places.copies[place] = TWO_COPIES_HELD;
    }
  }

  /** Classifies an authentic frame that the window refused as a replay. */
  // hot: once per data frame in race mode.
  nameRepeat(frame: FrameName, path: ArrivedPath): 'duplicate' | 'replay' {
    return this.#matchesOnce(ONE_COPY, frame, path) ? 'duplicate' : 'replay';
  }

  /** Classifies a frame that waited for the window and was then refused as a replay. */
  nameHeld(frame: FrameName): 'duplicate' | 'replay' {
    return this.#matchesOnce(TWO_COPIES_HELD, frame) ? 'duplicate' : 'replay';
  }

  /**
   * True if exactly `copies` copies of the frame have arrived, the first of them on another path.
   * True only once for each frame.
   */
  #matchesOnce(copies: number, { epoch, sequence, type }: FrameName, path?: ArrivedPath): boolean {
    const places = this.#epochs.get(epoch);
    const place = sequence % this.#size;
    if (type !== FRAME_TYPE.data || places?.sequences[place] !== sequence) return false;
    if (places.copies[place] !== copies) return false;
    if (path !== undefined && places.paths[place] === hashOfPath(path)) return false;
    places.copies[place] = TWO_COPIES;
    return true;
  }

  #placesOf(epoch: number): Places {
    const known = this.#epochs.get(epoch);
    if (known !== undefined) return known;
    // Epochs ascend, so the first one in the map is the oldest.
    const [oldest] = this.#epochs.keys();
    if (oldest !== undefined && this.#epochs.size >= EPOCHS_PER_PEER_MAX) {
      this.#epochs.delete(oldest);
    }
    const size = this.#size;
    const places = {
      sequences: new Float64Array(size).fill(-1),
      paths: new Uint32Array(size),
      copies: new Uint8Array(size),
    };
    this.#epochs.set(epoch, places);
    return places;
  }
}

/**
 * A hash of the path on which a frame arrived. For an EPIC-HP path it is the hash of the SCION path
 * inside, because only that is the same for many packets.
 */
function hashOfPath({ buffer, start, headerLength, pathOffset, pathType }: ArrivedPath): number {
  const from = pathOffset + (pathType === PATH_TYPE_EPIC ? EPIC_META_LENGTH : 0);
  const path = buffer.subarray(from, start + headerLength);
  return hashBytesTo53Bits(path, path.length) >>> 0;
}
