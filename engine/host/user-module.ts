/**
 * Modules of the user that options name, such as `selection: ./my-selection.ts` (docs/spec/topology-files.md,
 * "Modules in options").
 *
 * @module
 */

/**
 * What an option needs of the module that it names. The schema of the option has it as `meta({ userModule })`, and
 * accepts a path. The loader makes the path absolute, loads the module before a run, and gives the node its export.
 */
export interface UserModuleOption {
  /** Name of the export that the module must have. */
  readonly exported: string;
  /** Describes what is wrong with the export; undefined if nothing is. */
  mistakeIn(exported: unknown): string | undefined;
}
