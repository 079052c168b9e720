/**
 * Plaintext of probe, probe reply and report frames; big-endian. Only probes may be longer: padded probes
 * measure which sizes a path carries (RFC 8899).
 *
 * ```
 * probe, reply  | probe number (4) | path (2) | zero (2) | padding of a probe (0 or more) |
 * report        | highest data sequence (6) | data frames (6) |
 * ```
 * Frames are sealed, so these bytes come from the peer; lengths are checked anyway.
 *
 * @module
 */
import {
  readUint16,
  readUint32,
  readUint48,
  writeUint16,
  writeUint32,
  writeUint48,
} from '../_kit/bytes.ts';

/** Bytes of a probe without padding and of its reply. */
export const PROBE_BYTES = 8;
/** Length of a report, bytes. */
export const REPORT_BYTES = 12;
const REPORT_COUNT_AT = 6;
const PROBE_PATH_AT = 4;

/** The content of a probe. */
export interface ProbeBody {
  readonly probe: number;
  /** Index of the path at the sender. */
  readonly path: number;
}

/** Writes a probe to the start of `target`. */
export function writeProbe(target: Uint8Array, probe: ProbeBody): void {
  writeUint32(target, 0, probe.probe);
  writeUint16(target, PROBE_PATH_AT, probe.path);
  writeUint16(target, PROBE_PATH_AT + 2, 0);
}

/** Reads a probe or its reply, or returns undefined when it is too short. */
export function readProbe(bytes: Uint8Array): ProbeBody | undefined {
  if (bytes.length < PROBE_BYTES) return undefined;
  return { probe: readUint32(bytes, 0), path: readUint16(bytes, PROBE_PATH_AT) };
}

/** Writes a report to the start of `target`. */
export function writeReport(target: Uint8Array, highest: number, count: number): void {
  writeUint48(target, 0, highest);
  writeUint48(target, REPORT_COUNT_AT, count);
}

/** Reads a report, or returns undefined when the length is wrong. */
export function readReport(bytes: Uint8Array): { highest: number; count: number } | undefined {
  if (bytes.length !== REPORT_BYTES) return undefined;
  return { highest: readUint48(bytes, 0), count: readUint48(bytes, REPORT_COUNT_AT) };
}
