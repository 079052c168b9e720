/**
 * The tables for `doubles.slow.test.ts`: for each shipped scenario, which defect makes which limit fail.
 */

/** Values by their path in the scenario file. */
export type Overrides = Readonly<Record<string, string>>;

/** A defect, the settings that it is combined with, and the limits that it makes fail. */
export interface Double {
  readonly base: string;
  readonly set: Overrides;
  readonly red: readonly string[];
}

/** The defects for one shipped scenario: `doubles/NAME.ts` exports it as `row`. */
export interface Row {
  readonly seed?: number;
  /** Its runs take more than nine seconds in all: a commit tries a sixth of such rows, of the others a third. */
  readonly isLong?: true;
  /** docs/requirements.yaml names it: every commit tries it. */
  readonly isRequired?: true;
  readonly bases: Readonly<Record<string, Overrides>>;
  readonly doubles: Readonly<Record<string, Double>>;
}
