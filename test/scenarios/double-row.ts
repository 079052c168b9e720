/** What `doubles.test.ts` reads: for each shipped scenario, which defect turns which limit red. */

/** Values by their path in the scenario file. */
export type Overrides = Readonly<Record<string, string>>;

/** A defect, the base it is put into, and the limits that it turns red. */
export interface Double {
  readonly base: string;
  readonly set: Overrides;
  readonly red: readonly string[];
}

/** The doubles of one shipped scenario. */
export interface Row {
  readonly file: string;
  readonly seed?: number;
  readonly bases: Readonly<Record<string, Overrides>>;
  readonly doubles: Readonly<Record<string, Double>>;
}
