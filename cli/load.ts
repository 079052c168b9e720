/**
 * Loads a scenario with the shipped protocols and those of the user's modules.
 *
 * @module
 */
export {
  makeSweepIssueCollector,
  type OpenedScenario,
  openScenario as load,
  openScenarioAllowingPrograms as loadAny,
} from '../scenarios/open/open.ts';
