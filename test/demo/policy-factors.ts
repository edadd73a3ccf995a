import { DEFAULT_POLICY, type Policy } from '#libs/topology';

export interface Setting {
  readonly value: number;
  readonly default: number;
  /** How many times smaller (or larger) than a product would run with. */
  readonly factor: number;
}

export type PolicyFactors = Readonly<Record<string, Setting>>;

/** Every number of the lab's policy beside the default it scales. */
export const policyFactors = (policy: Policy): PolicyFactors =>
  Object.fromEntries(
    Object.entries(DEFAULT_POLICY).map(([name, standard]) => {
      const value = policy[name as keyof Policy];
      return [name, { value, default: standard, factor: round(value / standard) }];
    }),
  );

const round = (factor: number): number => Number(factor.toPrecision(3));

/** Only what differs, one line each. */
export const describeFactors = (factors: PolicyFactors): string[] =>
  Object.entries(factors)
    .filter(([, { factor }]) => factor !== 1)
    .map(([name, { value, default: standard, factor }]) => `${name} ${value} (default ${standard}, × ${factor})`);
