/**
 * Traces the knowledge of a control service, as far as it has changed since the previous tick
 * (`trace-states.ts`).
 *
 * It exists only while a trace is recorded; it sets no timer and draws no random numbers, so that a
 * run is the same with and without it.
 *
 * @module
 */
import type { HostPart } from '../_kit/host-part.ts';
import type { SingleTraceState } from '../_kit/trace-state.ts';
import { findFirstAs } from '../scion/index.ts';
import type { FoundAses } from './found-ases.ts';
import { REVOCATION_NS } from './geometry.ts';
import type { ControlService } from './service.ts';
import type { ControlSurroundings } from './surroundings.ts';
import {
  AS_TRACE,
  CERTIFICATE_TRACE,
  KNOWLEDGE_TRACE,
  ORIGINS_TRACE,
  PATHS_TRACE,
  REVOCATIONS_TRACE,
  TRACED_ENTRIES_MAX,
  type TracedOrigin,
} from './trace-states.ts';
import type { CertificateInUse } from './trust.ts';

const NS_PER_S = 1_000_000_000;

/** Writes the traces of one control service. */
export class ControlTraceWriter {
  readonly #host: HostPart<'now' | 'clock' | 'trace'>;
  readonly #surroundings: ControlSurroundings;
  readonly #watched: number;
  /** The text that was traced last, for each state machine. */
  readonly #tracedTexts = new Map<string, string>();
  readonly #origins = new Map<string, TracedOrigin>();
  readonly #changes: { readonly found: number; readonly sinceNs: number }[] = [];
  readonly #renewedNs: number[] = [];
  #beacons = 0;
  #renewals = 0;

  /**
   * @param watched Number of other ASes to which the service looks for paths.
   */
  constructor(
    host: HostPart<'now' | 'clock' | 'trace'>,
    surroundings: ControlSurroundings,
    watched: number,
  ) {
    this.#host = host;
    this.#surroundings = surroundings;
    this.#watched = watched;
  }

  /** Called at each tick of the service. */
  write(service: ControlService, found: FoundAses): void {
    const { sizes, revocations, trust } = service;
    const watched = this.#watched;
    this.#traceIfChanged(KNOWLEDGE_TRACE, { ...sizes, found: found.count, watched });
    if (!this.#tracedTexts.has(AS_TRACE.machine)) this.#writeAs();
    // If beacons arrive from a new origin or over a new interface, the number of beacons grows; if
    // it has not changed, there is no new origin.
    if (sizes.beacons !== this.#beacons) this.#writeOrigins(service);
    this.#beacons = sizes.beacons;
    if (watched > 0) this.#writePaths(found.watchedCount);
    if (trust !== undefined) this.#writeCertificate(trust.own);
    this.#writeRevocations(revocations.list());
  }

  #writeAs(): void {
    const { isdAs, isCore, interfaces } = this.#surroundings;
    const listed = [...interfaces.values()].slice(0, TRACED_ENTRIES_MAX);
    this.#traceIfChanged(AS_TRACE, { isdAs, kind: isCore ? 'core' : 'other', interfaces: listed });
  }

  #writeOrigins(service: ControlService): void {
    for (const { segment, ingress } of service.beacons()) {
      if (this.#origins.size >= TRACED_ENTRIES_MAX) break;
      const isdAs = findFirstAs(segment);
      const name = `${isdAs} ${ingress}`;
      if (this.#origins.has(name)) continue;
      this.#origins.set(name, { isdAs, ifId: ingress, sinceNs: this.#host.now() });
    }
    this.#traceIfChanged(ORIGINS_TRACE, [...this.#origins.values()]);
  }

  #writePaths(found: number): void {
    const changes = this.#changes;
    if (changes.at(-1)?.found === found) return;
    changes.push({ found, sinceNs: this.#host.now() });
    if (changes.length > TRACED_ENTRIES_MAX) changes.shift();
    this.#traceIfChanged(PATHS_TRACE, changes);
  }

  #writeCertificate({ validity, ca, renewals }: CertificateInUse): void {
    if (this.#tracedTexts.has(CERTIFICATE_TRACE.machine) && renewals === this.#renewals) return;
    const nowNs = this.#host.now();
    if (renewals > this.#renewals) this.#renewedNs.push(nowNs);
    if (this.#renewedNs.length > TRACED_ENTRIES_MAX) this.#renewedNs.shift();
    this.#renewals = renewals;
    const leftNs = (validity.notAfter - this.#host.clock().seconds) * NS_PER_S;
    const untilNs = Math.max(0, nowNs + leftNs);
    this.#traceIfChanged(CERTIFICATE_TRACE, {
      ca,
      sinceNs: nowNs,
      untilNs,
      renewedNs: this.#renewedNs,
    });
  }

  #writeRevocations(all: ReturnType<ControlService['revocations']['list']>): void {
    const nowNs = this.#host.now();
    if (all.length === 0 && !this.#tracedTexts.has(REVOCATIONS_TRACE.machine)) return;
    const listed = all.slice(-TRACED_ENTRIES_MAX).map(({ of, by, ageNs }) => {
      return { of, by, untilNs: nowNs - ageNs + REVOCATION_NS };
    });
    this.#traceIfChanged(REVOCATIONS_TRACE, listed);
  }

  #traceIfChanged<Value>({ machine, state }: SingleTraceState<Value>, value: Value): void {
    const text = state.write(value);
    if (this.#tracedTexts.get(machine) === text) return;
    this.#tracedTexts.set(machine, text);
    this.#host.trace.state(machine, text);
  }
}
