/**
 * Importers of topologies: a protocol that knows the files of other programs about its networks
 * reads them. A file asks for one by `import: { ion: plan.ionrc }` (docs/spec/topology-files.md,
 * "Imported topologies").
 *
 * An importer reads a text, and nothing else: the loader finds the file, and shows mistakes at
 * their places in it.
 *
 * @module
 */
import type { GeneratedTopology } from './generator.ts';

/** A mistake in the text of a file. */
export interface ImportMistake {
  /** Offsets of the wrong part in the text; the end is exclusive. */
  readonly start: number;
  readonly end: number;
  /** What was found, and what was expected. */
  readonly message: string;
  /** How to fix the mistake. */
  readonly hint?: string;
}

/** The network that an importer reads from a text, or the mistakes in it. */
export type ImportResult =
  | {
      readonly kind: 'network';
      readonly topology: GeneratedTopology;
      /** What the file says that has no effect here, one sentence each. */
      readonly warnings: readonly string[];
    }
  | { readonly kind: 'mistakes'; readonly mistakes: readonly ImportMistake[] };

/** Reads topologies of one format. */
export interface TopologyImporter<Parameters = unknown> {
  /** The key by which files ask for it, different from that of every other importer. */
  readonly name: string;
  /** One sentence for editors. */
  readonly help: string;
  /** A zod schema of what an entry gives besides `file`: an object without unknown keys. */
  readonly parameters: { safeParse(input: unknown): unknown };
  /** Reads a text; a pure function of its arguments. */
  read(text: string, parameters: Parameters): ImportResult;
}
