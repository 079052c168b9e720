/**
 * The tasks that a page has for runs in the browser's tab, and their results: plain data, which is also sent to
 * workers.
 *
 * @module
 */

import type { SweepResult } from '../../reports/sweep.ts';
import type { FoundBreak } from '../../runner/hunt/hunt.ts';

/** Largest size of all files of a task together, bytes. */
export const FILES_BYTES_MAX = 10_000_000;
/** Name of the file that shrinking makes. */
export const SHRUNK_NAME = 'minimal.yaml';
/** Largest size of all traces of a run together, bytes. */
export const TRACES_BYTES_MAX = 128e6;
/** Folder of the shipped topologies, in which bare names are looked up first. */
export const TOPOLOGIES = 'topologies/';

/**
 * Files of a run by path, as in the folder that the command line takes: `failover.yaml`, `topologies/two-as.yaml` …
 * Shipped files need not be among them; a file of the same name takes the place of a shipped one.
 */
export type LabFiles = ReadonlyMap<string, Uint8Array>;

/** A scenario that is to be checked or run. */
export interface LabTask {
  readonly files: LabFiles;
  /** Path of the scenario in `files`, or name of a shipped one. */
  readonly scenario: string;
  /** Null: the seeds that the file names. */
  readonly seeds: readonly number[] | null;
  /** Changed values, `path=value`, as after `--set`. */
  readonly set: readonly string[];
  /** True if each seed records a trace, which the view can open. */
  readonly traced: boolean;
}

/** A mistake in a file, at a place that an editor can mark. */
export interface LabProblem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** The column after the last marked character. */
  readonly endColumn: number;
  /** The loader's own message. */
  readonly text: string;
  /** What may have been meant, or what is allowed. */
  readonly hint: string | null;
}

/** Progress of one seed: virtual time reached so far, and the duration of the run, both in ms. */
export interface LabProgress {
  readonly seed: number;
  readonly virtualMs: number;
  readonly ofMs: number;
}

/** A search: many runs of a scenario that answer one question together. */
export type LabSearch =
  /** One path, with values as they stand in a list of a scenario's `sweep`. */
  | { readonly kind: 'sweep'; readonly path: string; readonly values: string }
  /** Attempts with faults that are drawn from a seed, until one of them breaks a promise. */
  | { readonly kind: 'hunt'; readonly seed: number; readonly attempts: number }
  /** The smallest scenario with the same break as a run or a hunt. */
  | { readonly kind: 'shrink'; readonly of: { readonly seed: number } | FoundBreak };

/** How far a search has come. */
export interface LabStep {
  readonly done: number;
  /** The total; null if it is not known. */
  readonly of: number | null;
  /** Text of the smallest file so far, while a break is shrunk. */
  readonly smallest?: string;
}

/** What a search has found. */
export type LabFound = LabSwept | LabHunted | LabShrunk;

/** The result of a sweep. */
export interface LabSwept {
  readonly kind: 'swept';
  readonly sweep: SweepResult;
  readonly path: string;
  /** Place of each row on the axis of the values, 0 to 1. */
  readonly places: readonly number[];
}

/** What a hunt has found. */
export interface LabHunted {
  readonly kind: 'hunted';
  readonly tried: number;
  /** Number of different states and drops. */
  readonly reached: number;
  /** The latest attempt that reached something new, from 1; 0 if none has. */
  readonly lastNew: number;
  readonly breaks: readonly FoundBreak[];
  /** Names of what breaks even without any fault. */
  readonly known: readonly string[];
  /** The command that hunts for the same. */
  readonly command: string;
}

/** The smallest scenario. */
export interface LabShrunk {
  readonly kind: 'shrunk';
  /** Text of its file; null if nothing broke. */
  readonly text: string | null;
  /** A sentence about what is left, or why nothing is. */
  readonly left: string;
}

/** The results of one seed besides the report. */
export interface LabSeed {
  readonly seed: number;
  readonly fingerprint: string;
  readonly events: number;
  /** Bytes of trace.orr; null if none was asked for. */
  readonly trace: Uint8Array | null;
}

/** How a run ends. */
export type LabOutcome =
  | { readonly kind: 'problems'; readonly problems: readonly LabProblem[] }
  /** The run cannot be made: too much memory, a crash, an endless loop, no such file. */
  | { readonly kind: 'refused'; readonly text: string }
  | { readonly kind: 'stopped' }
  | LabVerdict;

/** The verdict on a scenario. */
export interface LabVerdict {
  readonly kind: 'done';
  readonly isGreen: boolean;
  /** Text of report.json. */
  readonly report: string;
  /** Text of report.html. */
  readonly html: string;
  /** Text of junit.xml. */
  readonly junit: string;
  readonly seeds: readonly LabSeed[];
}
