/**
 * Interfaces that routers report down by SCMP: paths over them are not used for a while (reference private/revcache;
 * SCMP types 5 and 6). Such reports are only hints: nobody signs them, so each is believed for 10 s.
 *
 * A beacon that has passed an interface after the report shows that the interface is up. At the start of a network,
 * links come up after the first packets have failed on them, and paths over them must then not be avoided.
 *
 * @module
 */
import type { CalendarTime, Nanoseconds } from '../../../engine/host/time.ts';
import {
  formatInterface,
  type PathInterface,
  type SegmentsByRole,
  type SignedSegment,
} from '../../scion/index.ts';
import { REVOCATIONS_MAX } from '../geometry.ts';

/** An interface that somebody says is down. */
export interface ToldInterface extends PathInterface {
  /** Who says it: `SCMP from 1-ff00:0:110`, `host 127.0.0.2`. */
  readonly by: string;
}

/** An interface that is believed to be down. */
export interface HeldRevocation {
  readonly of: string;
  /** Who said it last. */
  readonly by: string;
  /** Time since then, ns. */
  readonly ageNs: Nanoseconds;
}

/** An interface that was said to be down. */
interface Revocation {
  readonly by: string;
  /** When it was said last, in time of the run and in seconds since 1970. */
  readonly atNs: Nanoseconds;
  readonly atSeconds: number;
}

/** The clocks and the output of {@link Revocations}. */
export interface RevocationsParts {
  readonly now: () => Nanoseconds;
  readonly clock: () => CalendarTime;
  /** How long an interface is believed to be down, ns. */
  readonly lifetimeNs: Nanoseconds;
  /** Called when an interface is not believed to be down any more. @param afterNs Time since the last report, ns. */
  readonly restored: (afterNs: Nanoseconds) => void;
}

/** The interfaces that are believed to be down. */
export class Revocations {
  readonly #parts: RevocationsParts;
  /** Reports by interface, the oldest first. */
  readonly #revoked = new Map<string, Revocation>();

  constructor(parts: RevocationsParts) {
    this.#parts = parts;
  }

  /** The interfaces that are believed to be down, with the time since it was said last. */
  list(): readonly HeldRevocation[] {
    const now = this.#parts.now();
    return [...this.#revoked]
      .filter(([of]) => this.#isHeld(of))
      .map(([of, { by, atNs }]) => ({ of, by, ageNs: now - atNs }));
  }

  /** An interface is said to be down. @returns whether that is new. */
  note(item: ToldInterface): boolean {
    this.removeExpired();
    const { now, clock } = this.#parts;
    const name = formatInterface(item);
    const isNew = !this.#revoked.delete(name);
    this.#revoked.set(name, { by: item.by, atNs: now(), atSeconds: clock().seconds });
    const [oldest] = this.#revoked.keys();
    if (this.#revoked.size > REVOCATIONS_MAX && oldest !== undefined) this.#revoked.delete(oldest);
    return isNew;
  }

  /** Removes the interfaces that are not believed to be down any more. */
  removeExpired(): void {
    // The oldest reports come first.
    for (const name of this.#revoked.keys()) {
      if (this.#isHeld(name)) return;
      this.#end(name);
    }
  }

  /** True if one of the interfaces is believed to be down. */
  has(interfaces: readonly PathInterface[]): boolean {
    return this.#revoked.size > 0 && interfaces.some((item) => this.#isHeld(formatInterface(item)));
  }

  /** Called when a beacon has just come over these interfaces, which shows that they are up. */
  lift(interfaces: readonly PathInterface[]): void {
    if (this.#revoked.size === 0) return;
    for (const item of interfaces) this.#end(formatInterface(item));
  }

  /** Removes the revocations of a verified segment's interfaces that are older than its signatures. */
  liftPassedBy(segment: SignedSegment): void {
    if (this.#revoked.size === 0) return;
    for (const { item, passedSeconds } of interfacesOf(segment)) {
      const name = formatInterface(item);
      // Signatures have whole seconds: one from the second of the revocation may be older than the revocation.
      if (passedSeconds > (this.#revoked.get(name)?.atSeconds ?? passedSeconds)) {
        this.#end(name);
      }
    }
  }

  /** The interfaces of the given segments that are believed to be down. */
  among({ ups, cores, downs }: SegmentsByRole): readonly PathInterface[] {
    if (this.#revoked.size === 0) return [];
    const revoked = new Map<string, PathInterface>();
    for (const segment of [...ups, ...cores, ...downs]) {
      for (const { item } of interfacesOf(segment)) {
        const name = formatInterface(item);
        if (this.#isHeld(name)) revoked.set(name, item);
      }
    }
    return [...revoked.values()];
  }

  #isHeld(name: string): boolean {
    const atNs = this.#revoked.get(name)?.atNs;
    return atNs !== undefined && this.#parts.now() - atNs < this.#parts.lifetimeNs;
  }

  #end(name: string): void {
    const { now, lifetimeNs, restored } = this.#parts;
    const atNs = this.#revoked.get(name)?.atNs;
    if (atNs === undefined) return;
    this.#revoked.delete(name);
    // An expired report counts only until it expired, even if it is removed later.
    restored(Math.min(now() - atNs, lifetimeNs));
  }
}

/** An interface of a segment, and a time after which the segment's beacon must have passed it, seconds since 1970. */
interface PassedInterface {
  readonly item: PathInterface;
  readonly passedSeconds: number;
}

/**
 * An AS signs its entry before the beacon leaves it, so later interfaces were passed later. No beacon passes peering
 * links.
 */
function interfacesOf({ segment, signed }: SignedSegment): readonly PassedInterface[] {
  const passed: PassedInterface[] = [];
  for (const [index, { isdAs, hop, peers }] of segment.entries.entries()) {
    const leftSeconds = signed[index]?.signedSeconds ?? 0;
    const cameSeconds = signed[index - 1]?.signedSeconds ?? 0;
    passed.push({ item: { isdAs, ifId: hop.consEgress }, passedSeconds: leftSeconds });
    passed.push({ item: { isdAs, ifId: hop.consIngress }, passedSeconds: cameSeconds });
    for (const one of peers) {
      passed.push({ item: { isdAs, ifId: one.hop.consIngress }, passedSeconds: 0 });
      passed.push({ item: { isdAs: one.peer, ifId: one.peerIfId }, passedSeconds: 0 });
    }
  }
  return passed;
}
