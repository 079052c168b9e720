/**
 * The time line that all pages share: the cursor, the visible range, whether playback runs, and its
 * speed. {@link TimeLine.advance} moves the cursor once per frame; this module reads no clock.
 *
 * @module
 */
import { Observable, type Watchable } from './observable.ts';

/** An interval of the time of a run: its start and its end, ns. */
export type TimeRange = readonly [number, number];

/** If the reader prefers reduced motion, the cursor moves in steps of this length, ns. */
export const REDUCED_MOTION_STEP_NS = 100_000_000;
/** Slowest playback, seconds of the run per second of real time. */
export const PLAYBACK_SPEED_MIN = 0.001;
/** Fastest playback, seconds of the run per second of real time. */
export const PLAYBACK_SPEED_MAX = 1e6;
const NARROWEST_NS = 1_000;

/** The cursor, the visible range and the playback. */
export class TimeLine {
  readonly #cursor = new Observable(0);
  readonly #range = new Observable<TimeRange>([0, 1]);
  readonly #extent = new Observable<TimeRange>([0, 1]);
  readonly #isPlaying = new Observable(false);
  readonly #speed = new Observable(1);

  /** The instant of the cursor, ns. */
  get cursor(): Watchable<number> {
    return this.#cursor;
  }

  /** The visible range, ns. */
  get range(): Watchable<TimeRange> {
    return this.#range;
  }

  /** The range of the whole run, ns. */
  get extent(): Watchable<TimeRange> {
    return this.#extent;
  }

  get isPlaying(): Watchable<boolean> {
    return this.#isPlaying;
  }

  /** Playback speed: seconds of the run per second of real time. */
  get speed(): Watchable<number> {
    return this.#speed;
  }

  /** Switches to another run: shows its whole time, with the cursor at its start. */
  open(extent: TimeRange): void {
    this.#isPlaying.value = false;
    this.#extent.value = extent;
    this.#range.value = extent;
    this.#cursor.value = extent[0];
  }

  /** Moves the cursor to an instant, ns, but not beyond the ends of the run. */
  moveTo(ns: number): void {
    const [from, to] = this.extent.value;
    this.#cursor.value = Math.round(Math.min(to, Math.max(from, ns)));
  }

  /** Shows a range inside the run, at least one microsecond wide. */
  show([from, to]: TimeRange): void {
    const [first, last] = this.extent.value;
    const width = Math.min(last - first, Math.max(NARROWEST_NS, to - from));
    const begin = Math.min(last - width, Math.max(first, from));
    this.#range.value = [begin, begin + width];
  }

  /**
   * Multiplies the width of the visible range by `factor`, around the cursor; a factor below 1
   * narrows the range.
   */
  zoom(factor: number): void {
    const [from, to] = this.range.value;
    const middle = Math.min(to, Math.max(from, this.cursor.value));
    this.show([middle - (middle - from) * factor, middle + (to - middle) * factor]);
  }

  /**
   * Moves the visible range by a share of its own width; a negative share moves it to earlier
   * times.
   */
  pan(share: number): void {
    const [from, to] = this.range.value;
    const by = (to - from) * share;
    this.show([from + by, to + by]);
  }

  /** Shows the whole run. */
  showAll(): void {
    this.#range.value = this.extent.value;
  }

  /** Starts playback, from the beginning of the run if the cursor is at its end. */
  play(): void {
    if (this.cursor.value >= this.extent.value[1]) this.moveTo(this.extent.value[0]);
    this.#isPlaying.value = true;
  }

  pause(): void {
    this.#isPlaying.value = false;
  }

  /** Sets the speed, limited to {@link PLAYBACK_SPEED_MIN} up to {@link PLAYBACK_SPEED_MAX}. */
  playAt(speed: number): void {
    this.#speed.value = Math.min(PLAYBACK_SPEED_MAX, Math.max(PLAYBACK_SPEED_MIN, speed));
  }

  /** Moves the cursor during playback; `elapsedMs` is the real time since the previous call. */
  advance(elapsedMs: number): void {
    if (!this.isPlaying.value) return;
    this.moveTo(this.cursor.value + elapsedMs * 1e6 * this.speed.value);
    this.#follow();
    if (this.cursor.value >= this.extent.value[1]) this.pause();
  }

  #follow(): void {
    const [from, to] = this.range.value;
    const at = this.cursor.value;
    if (at < from || at > to) this.show([at, at + (to - from)]);
  }
}
