/**
 * Loads a scenario with the shipped protocols and users' own.
 *
 * @module
 */
export {
  makeSweepIssueCollector,
  type OpenedScenario,
  openScenario as load,
  openScenarioAllowingPrograms as loadAny,
} from '../scenarios/open/open.ts';
