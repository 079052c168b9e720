/**
 * Importers of topologies: a protocol can read files in which other programs describe its networks.
 * A topology file asks for an importer by `import: { ion: plan.ionrc }` (docs/spec/topology-files.md,
 * "Imported topologies").
 *
 * An importer gets a text and reads nothing else: the loader finds the file, and shows mistakes with their position in
 * it.
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
      /** One sentence for each statement of the file that has no effect here. */
      readonly warnings: readonly string[];
    }
  | { readonly kind: 'mistakes'; readonly mistakes: readonly ImportMistake[] };

/** Reads topologies of one format. */
export interface TopologyImporter<Parameters = unknown> {
  /** The key by which files ask for it; no other importer has the same. */
  readonly name: string;
  /** One sentence that editors show for the key. */
  readonly help: string;
  /** A zod schema of the parameters that a file gives besides `file`: an object without unknown keys. */
  readonly parameters: { safeParse(input: unknown): unknown };
  /** Reads a text; a pure function of its arguments. */
  read(text: string, parameters: Parameters): ImportResult;
}
