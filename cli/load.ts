/**
 * Loads a scenario with the shipped protocols and users' own.
 *
 * @module
 */
export {
  type Loaded,
  openAnyScenario as loadAny,
  openScenario as load,
} from '../scenarios/open.ts';
