/** Something a person has to put right. Its message says where, what and what to do; it is printed without a stack. */
export class SetupProblem extends Error {
  /** @override */
  name = 'SetupProblem';
}

/** Something is missing that cannot be made here. Nothing was touched. */
export class ObstacleProblem extends SetupProblem {}
