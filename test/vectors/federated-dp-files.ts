/**
 * Forms of the vector files on differential privacy, and figures that two tests use.
 *
 * @module
 */

/** One step and its number. */
interface Setting {
  readonly q: number;
  readonly sigma: number;
  readonly steps: number;
  readonly delta: number;
}

/** Accounts by Renyi orders. */
export interface DpAccountingFile {
  readonly rdpOneStep: {
    readonly rows: readonly {
      readonly q: number;
      readonly sigma: number;
      readonly alpha: number;
      readonly rdpOneStep: number;
    }[];
  };
  readonly epsilon: readonly (Setting & {
    readonly name: string;
    readonly epsilonIntegerOrders: {
      readonly improved: number;
      readonly order: number;
      readonly classic: number;
      readonly orderClassic: number;
    };
    readonly epsilonSignedFractional: { readonly value: number; readonly order: number };
    readonly epsilonUnsignedFractional: { readonly value: number };
    readonly epsilonPld: number;
  })[];
  readonly gaussianExact: readonly {
    readonly sigma: number;
    readonly delta: number;
    readonly epsilon: number;
  }[];
  readonly treeAggregation: readonly {
    readonly sigma: number;
    readonly steps: number;
    readonly depth: number;
    readonly delta: number;
    readonly epsilon: number;
    readonly order: number;
  }[];
  readonly published: {
    readonly dp_accounting: {
      readonly poissonGaussian: {
        readonly q: number;
        readonly sigma: number;
        readonly steps: number;
        readonly orders: readonly number[];
        readonly rdp: readonly number[];
        readonly rtol: number;
      };
      readonly pureDpConversion: {
        readonly orders: readonly number[];
        readonly rdpEach: number;
        readonly delta: number;
        readonly epsilon: number;
        readonly order: number;
      };
      readonly gaussianConversion: {
        readonly sigma: number;
        readonly delta: number;
        readonly epsilon: number;
      };
      readonly pldGaussian: PublishedDelta;
      readonly pldSubsampled: PublishedDelta & { readonly q: number };
    };
    readonly opacus: readonly {
      readonly q?: number;
      readonly sigma?: number;
      readonly steps?: number;
      readonly delta?: number;
      readonly epsilonRdp?: number;
      readonly epsilonPrv?: number;
      readonly gdpBetween?: readonly [number, number];
      readonly calibrate?: {
        readonly epsilon: number;
        readonly delta: number;
        readonly q: number;
        readonly steps: number;
      };
      readonly sigmaRdp?: number;
    }[];
    readonly tensorflow_privacy: readonly {
      readonly examples: number;
      readonly batch: number;
      readonly sigma: number;
      readonly epochs: number;
      readonly delta: number;
      readonly epsilon: number;
      readonly order: number;
    }[];
  };
}

/** A delta that stands in a test of another accountant. */
interface PublishedDelta {
  readonly sigma: number;
  readonly steps: number;
  readonly epsilon: number;
  readonly delta: number;
  readonly tolerance: number;
}

/** The discrete Gaussian. */
export interface DiscreteGaussianFile {
  readonly table: readonly {
    readonly sigma2: number;
    readonly normaliser: number;
    readonly variance: number;
    readonly pmf: readonly number[];
  }[];
  readonly delta: readonly {
    readonly sigma2: number;
    readonly epsilon: number;
    readonly delta: number;
  }[];
  readonly replay: readonly {
    readonly sampler: 'discreteGaussian' | 'discreteLaplace' | 'bernoulliExp';
    readonly sigma2?: readonly [number, number];
    readonly scale?: readonly [number, number];
    readonly x?: readonly [number, number];
    readonly draws: readonly (readonly [number, number])[];
    readonly outputs: readonly number[];
  }[];
  readonly zcdpToEpsilon: readonly {
    readonly rho: number;
    readonly delta: number;
    readonly epsilon: number;
  }[];
}

/** Privacy loss distributions, by direction and interval. */
export interface PldFile {
  readonly rows: readonly (Setting & {
    readonly 'interval1e-3': { readonly remove: number; readonly add: number };
    readonly 'interval1e-4': { readonly remove: number; readonly add: number };
  })[];
}

/** Noise added by clients. */
export interface DistributedDpFile {
  readonly epsilon: readonly {
    readonly clients: number;
    readonly dim: number;
    readonly clip: number;
    readonly gamma: number;
    readonly localStddev: number;
    readonly beta: number;
    readonly steps: number;
    readonly delta: number;
    readonly roundedL2: number;
    readonly tau: number;
    readonly order: number;
    readonly epsilonDiscreteGaussian: number;
    readonly epsilonSkellam: number;
    readonly epsilonContinuousGaussian: number;
  }[];
  readonly scaleFromBits: readonly {
    readonly clip: number;
    readonly clients: number;
    readonly localStddev: number;
    readonly bits: number;
    readonly paddedDim: number;
    readonly k: number;
    readonly scale: number;
  }[];
}

/** Computed independently; the fine grid agrees with dp_accounting to six digits. */
export const PLD_FIGURES: PldFile = {
  rows: [
    {
      q: 0.0001,
      sigma: 1.0,
      steps: 2000,
      delta: 1e-7,
      'interval1e-3': { remove: 0.05049760650771128, add: 0.04984641962957111 },
      'interval1e-4': { remove: 0.02619923018377726, add: 0.021852262758442417 },
    },
  ],
};
