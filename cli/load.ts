/**
 * Loads a scenario with the shipped protocols and users' own.
 *
 * @module
 */
export {
  blameSweep,
  type OpenedScenario,
  openAnyScenario as loadAny,
  openScenario as load,
} from '../scenarios/open/open.ts';
