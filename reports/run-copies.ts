/**
 * Names of files in the folder of a run that its page asks for.
 *
 * @module
 */

/** Copies of what the run was made of, as they were when it began. */
export const RUN_COPIES = { scenario: 'scenario.yaml', topology: 'topology.yaml' } as const;
