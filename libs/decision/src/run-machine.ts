import { invariant, type Run, type RunPhase } from '#libs/domain';
import { rowsOf, type Machine } from './machine.js';

type Input = keyof typeof INPUTS;

const PHASES: Readonly<Record<RunPhase, string>> = {
  sealing: 'every resource is being stamped with the epoch',
  stepping: "the plan's stages run in order",
  compensating: 'what was done is undone in reverse, under an epoch of its own',
  'needs-human': 'a required step has no good outcome; nothing moves until a person says so',
  completed: 'closed, with every step done',
  'completed-with-exceptions': 'closed; the exceptions name what could not be sealed or reached',
  aborted: 'closed, and compensated; exceptions as above',
};

const INPUTS = {
  'stage-over': 'the steps of a stage are over, and another stage follows',
  'all-over': 'the steps of the last stage are over, and all are done',
  'all-over-with-exceptions': 'the steps of the last stage are over, and some are not done',
  'held-up': 'a required step has no good outcome after all its attempts, and the run does not take itself back',
  'taken-back': 'a person aborts it before its point of no return, or a planned run gives up',
  'taken-over': 'another leader takes over, under a new epoch',
  'undoing-taken-over': 'another leader takes over while it is taken back, under a new epoch',
  'goes-on': 'a person has the stage tried again, or took the step out that held it up',
  'sealing-goes-on': 'a person did so while the resources were being sealed',
  'undoing-goes-on': 'a person did so while it was being taken back',
  'step-skipped': 'a person takes a step out',
  abandoned: 'a rescue takes its place',
} as const;

const FORWARD = ['sealing', 'stepping'] as const;
const MOVING = [...FORWARD, 'compensating'] as const;
const OPEN = [...MOVING, 'needs-human'] as const;
const CLOSED = ['completed', 'completed-with-exceptions', 'aborted'] as const;
const OVER = ['all-over', 'all-over-with-exceptions'] as const;

export const RUN: Machine<RunPhase, Input> = {
  name: 'run',
  phases: PHASES,
  inputs: INPUTS,
  initial: 'sealing',
  settled: CLOSED,
  rows: [
    { id: 'stage-done', from: FORWARD, on: ['stage-over'], to: 'stepping' },
    { id: 'compensation-stage-done', from: ['compensating'], on: ['stage-over'], to: 'same' },
    { id: 'run-completed', from: FORWARD, on: ['all-over'], to: 'completed' },
    { id: 'run-excepted', from: FORWARD, on: ['all-over-with-exceptions'], to: 'completed-with-exceptions' },
    { id: 'run-compensated', from: ['compensating'], on: OVER, to: 'aborted' },
    { id: 'run-needs-human', from: MOVING, on: ['held-up'], to: 'needs-human' },
    { id: 'compensate-run', from: [...FORWARD, 'needs-human'], on: ['taken-back'], to: 'compensating' },
    { id: 'take-over-run', from: [...FORWARD, 'needs-human'], on: ['taken-over'], to: 'sealing' },
    {
      id: 'take-over-compensation',
      from: ['compensating', 'needs-human'],
      on: ['undoing-taken-over'],
      to: 'compensating',
    },
    { id: 'retry-run', from: ['needs-human'], on: ['goes-on'], to: 'stepping' },
    { id: 'retry-sealing', from: ['needs-human'], on: ['sealing-goes-on'], to: 'sealing' },
    { id: 'retry-compensation', from: ['needs-human'], on: ['undoing-goes-on'], to: 'compensating' },
    { id: 'skip-step', from: OPEN, on: ['step-skipped'], to: 'same' },
    { id: 'run-abandoned', from: OPEN, on: ['abandoned'], to: 'aborted' },
  ],
  ignored: [
    { in: CLOSED, on: Object.keys(INPUTS) as Input[], because: 'it is closed' },
    {
      in: ['needs-human'],
      on: ['stage-over', ...OVER, 'held-up'],
      because: 'nobody looks at its steps until a person says so',
    },
    { in: ['compensating'], on: ['taken-back', 'taken-over'], because: 'it is being taken back' },
    { in: FORWARD, on: ['undoing-taken-over'], because: 'it is not being taken back' },
    { in: MOVING, on: ['goes-on', 'sealing-goes-on', 'undoing-goes-on'], because: 'it tries by itself' },
  ],
};

const rowAt = rowsOf(RUN);

/** Where a run is after this, and by which row. Pure. @throws InvariantViolation where nothing follows from it */
export function runAfter(input: Input, { id, phase }: Pick<Run, 'id' | 'phase'>): RunStep {
  const row = rowAt(phase, input);
  invariant(row, `Nothing follows from ${input} for run ${id}, which is ${phase}.`);
  return { phase: row.to === 'same' ? phase : row.to, rule: row.id };
}

interface RunStep {
  readonly phase: RunPhase;
  readonly rule: string;
}
