/**
 * The intervals for which a trace of extent `windows` keeps packets: the first second, and from 1 s
 * before a fault begins to 2 s after it ends. If a fault lasts longer than 10 s, packets are kept from 1 s before its
 * beginning to 10 s after it and, if it ends, from 1 s before its end to 2 s after it.
 *
 * @module
 */

const SECOND = 1_000_000_000;
const BEFORE_NS = SECOND;
const AFTER_NS = 2 * SECOND;
const FAULT_MAX_NS = 10 * SECOND;

/** How long before its beginning a fault needs packets, ns: undecided packets must be kept that long. */
export const LOOK_BACK_NS = BEFORE_NS;

interface Window {
  beginNs: number;
  endNs: number;
}

/** The intervals for which packets are kept, so far. Faults must be reported in chronological order. */
export class PacketKeepWindows {
  readonly #windows: Window[] = [{ beginNs: 0, endNs: SECOND }];
  readonly #open = new Map<string, Window>();

  /** Called when a fault began. */
  began(id: string, atNs: number): void {
    const window = { beginNs: Math.max(0, atNs - BEFORE_NS), endNs: atNs + FAULT_MAX_NS };
    this.#windows.push(window);
    this.#open.set(id, window);
  }

  /** Called when a fault ended. */
  ended(id: string, atNs: number): void {
    const window = this.#open.get(id);
    this.#open.delete(id);
    if (window !== undefined && atNs <= window.endNs) window.endNs = atNs + AFTER_NS;
    else this.#windows.push({ beginNs: atNs - BEFORE_NS, endNs: atNs + AFTER_NS });
  }

  /** True if packets are kept for any time between the two instants. */
  overlaps(firstNs: number, lastNs: number): boolean {
    return this.#windows.some(({ beginNs, endNs }) => firstNs <= endNs && lastNs >= beginNs);
  }

  /** The windows up to an instant, merged where they overlap. */
  until(endNs: number): (readonly [number, number])[] {
    const sorted = [...this.#windows].sort((a, b) => a.beginNs - b.beginNs);
    const joined: [number, number][] = [];
    for (const window of sorted) {
      const end = Math.min(window.endNs, endNs);
      const last = joined.at(-1);
      if (window.beginNs > endNs) continue;
      if (last !== undefined && window.beginNs <= last[1]) last[1] = Math.max(last[1], end);
      else joined.push([window.beginNs, end]);
    }
    return joined;
  }
}
