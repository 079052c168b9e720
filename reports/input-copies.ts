/**
 * Names of the copies of input files in a run's folder, which the page of the run in the browser
 * view requests.
 *
 * @module
 */

/** Copies of the run's input files, as they were when it began. */
export const INPUT_COPY_FILE_NAMES = {
  scenario: 'scenario.yaml',
  topology: 'topology.yaml',
} as const;
