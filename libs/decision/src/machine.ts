/**
 * A state machine as data: what may happen in each phase, and where it leads. Every phase × input has exactly one answer,
 * a row or a reason why nothing follows from it; `problemsOf` finds what is missing.
 */
export interface Machine<P extends string, I extends string, R extends Row<P, I> = Row<P, I>> {
  readonly name: string;
  /** In words, each of them. */
  readonly phases: Readonly<Record<P, string>>;
  readonly inputs: Readonly<Record<I, string>>;
  readonly initial: P;
  /** It may stay there for ever: nothing is owed. */
  readonly settled: readonly P[];
  readonly rows: readonly R[];
  readonly ignored: readonly Ignored<P, I>[];
}

export interface Row<P extends string = string, I extends string = string> {
  /** Stands in the audit as the rule; a final `*` is what the input adds, such as a verdict or the kind of a run. */
  readonly id: string;
  readonly from: readonly P[];
  readonly on: readonly I[];
  /** `same`: it stays in the phase it is in. */
  readonly to: P | 'same';
}

/** Nothing follows from these inputs in these phases. */
export interface Ignored<P extends string = string, I extends string = string> {
  readonly in: readonly P[];
  readonly on: readonly I[];
  readonly because: string;
}

/** Of any phases and inputs: what can be said of a machine without running it. */
export type AnyMachine = Machine<string, string>;

/** Finds the row for a phase and an input; undefined where the input is ignored. */
export function rowsOf<P extends string, I extends string, R extends Row<P, I>>({
  rows,
}: Machine<P, I, R>): (phase: P, input: I) => R | undefined {
  const byPlace = new Map<string, R>();
  for (const row of rows)
    for (const phase of row.from) for (const input of row.on) byPlace.set(`${phase} ${input}`, row);
  return (phase, input) => byPlace.get(`${phase} ${input}`);
}

/** All but some, of a machine's phases or inputs. */
export const except = <T extends string>(all: Readonly<Record<T, string>>, ...some: readonly T[]): readonly T[] =>
  (Object.keys(all) as T[]).filter((each) => !some.includes(each));

/** What is wrong with a machine, in words: an empty list says that it is total and that nothing in it is a trap. */
export function problemsOf(machine: AnyMachine): readonly string[] {
  const { name, rows, phases, settled } = machine;
  const ids = rows.map(({ id }) => id);
  const reachable = reachableIn(machine);
  return [
    ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `two rows are called ${id}`),
    ...cellsOf(machine)
      .filter(({ answers }) => answers !== 1)
      .map(({ phase, input, answers }) => `${phase} has ${answers} answers to ${input}`),
    ...Object.keys(phases)
      .filter((phase) => !reachable.has(phase))
      .map((phase) => `${phase} is never reached`),
    ...Object.keys(phases)
      .filter((phase) => !settled.includes(phase) && !waysOutOf(machine, phase).length)
      .map((phase) => `there is no way out of ${phase}`),
  ].map((problem) => `${name}: ${problem}`);
}

function cellsOf({ phases, inputs, rows, ignored }: AnyMachine) {
  const answers = [...rows.map(({ from, on }) => ({ in: from, on })), ...ignored];
  return Object.keys(phases).flatMap((phase) =>
    Object.keys(inputs).map((input) => ({
      phase,
      input,
      answers: answers.filter((each) => each.in.includes(phase) && each.on.includes(input)).length,
    })),
  );
}

const waysOutOf = ({ rows }: AnyMachine, phase: string): readonly string[] =>
  rows.filter(({ from, to }) => from.includes(phase) && to !== 'same' && to !== phase).map(({ to }) => to);

function reachableIn(machine: AnyMachine): ReadonlySet<string> {
  const reached = new Set([machine.initial]);
  for (const phase of reached) for (const next of waysOutOf(machine, phase)) reached.add(next);
  return reached;
}
