/**
 * Interfaces that routers report down by SCMP: for a while paths over them are not used, and left out of answers
 * (reference private/revcache; SCMP types 5 and 6). Nobody signs such reports, so each is believed for 10 s.
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

/** An interface that is reported down, and the source of the report. */
export interface ReportedInterface extends PathInterface {
  /** The source of the report: `SCMP from 1-ff00:0:110`, `host 127.0.0.2`. */
  readonly by: string;
  /** Present if a router made the report and quoted a packet of an open call. */
  readonly isQuoted?: boolean;
}

/** An interface that is believed to be down, and whether a router said so. */
export interface RevokedInterface extends PathInterface {
  readonly isQuoted: boolean;
}

/** An interface that is believed to be down. */
export interface ActiveRevocation {
  /** The interface, such as `1-ff00:0:110#2`. */
  readonly of: string;
  /** The source of the last report, in the form of {@link ReportedInterface.by}. */
  readonly by: string;
  /** Time since that report, ns. */
  readonly ageNs: Nanoseconds;
}

/** The last report that an interface is down. */
interface Revocation {
  readonly by: string;
  /** When the report came, in ns of the run and in calendar seconds since 1970. */
  readonly atNs: Nanoseconds;
  readonly atSeconds: number;
  /** The instant of a router's latest report, ns of the run. Reports of hosts do not change it. */
  readonly quotedNs: Nanoseconds;
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

  /** The interfaces that are believed to be down, each with its last report. */
  list(): readonly ActiveRevocation[] {
    const now = this.#parts.now();
    return [...this.#revoked]
      .filter(([of]) => this.#isHeld(of))
      .map(([of, { by, atNs }]) => ({ of, by, ageNs: now - atNs }));
  }

  /** Records a report that an interface is down. @returns true if it was not believed to be down before. */
  note(item: ReportedInterface): boolean {
    this.removeExpired();
    const { now, clock } = this.#parts;
    const name = formatInterface(item);
    const before = this.#revoked.get(name)?.quotedNs ?? Number.NEGATIVE_INFINITY;
    const quotedNs = item.isQuoted === true ? now() : before;
    const isNew = !this.#revoked.delete(name);
    this.#revoked.set(name, { by: item.by, atNs: now(), atSeconds: clock().seconds, quotedNs });
    const [oldest] = this.#revoked.keys();
    if (this.#revoked.size > REVOCATIONS_MAX && oldest !== undefined) this.#revoked.delete(oldest);
    return isNew;
  }

  /** Removes the interfaces that are not believed to be down any more. */
  removeExpired(): void {
    // Reports are kept with the oldest first, so the search ends at the first one that is still
    // believed.
    for (const name of this.#revoked.keys()) {
      if (this.#isHeld(name)) return;
      this.#end(name);
    }
  }

  /** True if one of the interfaces is believed to be down. */
  has(interfaces: readonly PathInterface[]): boolean {
    return this.#revoked.size > 0 && interfaces.some((item) => this.#isHeld(formatInterface(item)));
  }

  /** True if a router has reported one of the interfaces down, and is believed. */
  hasQuoted(interfaces: readonly PathInterface[]): boolean {
    return this.#revoked.size > 0 && interfaces.some((one) => this.#isQuoted(formatInterface(one)));
  }

  /** Called when a beacon has just come over these interfaces, which shows that they are up. */
  lift(interfaces: readonly PathInterface[]): void {
    if (this.#revoked.size === 0) return;
    for (const item of interfaces) this.#end(formatInterface(item));
  }

  /**
   * Believes that interfaces of a verified segment are up if its beacon passed them after they were reported down.
   */
  liftPassedBy(segment: SignedSegment): void {
    if (this.#revoked.size === 0) return;
    for (const { item, passedSeconds } of interfacesOf(segment)) {
      const name = formatInterface(item);
      // Signatures are dated in whole seconds: one of the same second as the report may be older than the report.
      if (passedSeconds > (this.#revoked.get(name)?.atSeconds ?? passedSeconds)) {
        this.#end(name);
      }
    }
  }

  /** The interfaces of the given segments that are believed to be down. */
  among({ ups, cores, downs }: SegmentsByRole): readonly RevokedInterface[] {
    if (this.#revoked.size === 0) return [];
    const revoked = new Map<string, RevokedInterface>();
    for (const segment of [...ups, ...cores, ...downs]) {
      for (const { item } of interfacesOf(segment)) {
        const name = formatInterface(item);
        if (this.#isHeld(name)) revoked.set(name, { ...item, isQuoted: this.#isQuoted(name) });
      }
    }
    return [...revoked.values()];
  }

  #isHeld(name: string): boolean {
    return this.#isYoung(this.#revoked.get(name)?.atNs);
  }

  #isQuoted(name: string): boolean {
    return this.#isYoung(this.#revoked.get(name)?.quotedNs);
  }

  #isYoung(atNs: Nanoseconds | undefined): boolean {
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

/**
 * An interface of a segment, and the latest time, seconds since 1970, after which, as signatures prove, the beacon
 * passed the interface; 0 if they prove nothing.
 */
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
