import { describe, expect, it } from '@jest/globals';
import { epoch, instant, runId, siteId, type Run, type StepRecord, type StepStatus } from '#libs/domain';
import { failoverPlan } from './plan.js';
import { advance, MAX_ATTEMPTS, resume, type Move, type Surroundings } from './progress.js';

const a = siteId('a');
const b = siteId('b');
const plan = failoverPlan({
  from: a,
  to: b,
  fromIsLost: false,
  policy: { fenceMode: 'strict', sealTimeoutMs: 1_000, stepTimeoutMs: 5_000, drainTimeoutMs: 60_000 },
  shape: {
    group: 'orders',
    home: a,
    sites: [a, b],
    clusters: { a: 'kafka-a', b: 'kafka-b' },
    flows: [{ id: 'a-to-b', from: a, to: b }],
    names: [{ name: 'kafka.example', ttlSeconds: 1, targets: { b: { addresses: ['10.0.0.2'], ttlSeconds: 1 } } }],
    configs: [],
  },
});
const started: Run = {
  id: runId('run-1'),
  plan,
  planHash: 'p',
  evidenceHash: 'e',
  epoch: epoch(7),
  phase: 'sealing',
  stage: 0,
  startedAt: instant(0),
  exceptions: [],
};
const planned: StepRecord[] = plan.steps.map((step) => ({
  ...step,
  run: started.id,
  epoch: started.epoch,
  status: 'planned',
  attempt: 0,
}));

const around: Surroundings = {
  openForMs: () => 0,
  waitedOut: () => undefined,
  attested: () => undefined,
  frozen: false,
};
const withStatus = (records: StepRecord[], status: StepStatus, ...names: string[]): StepRecord[] =>
  records.map((record) => (names.includes(record.name) ? { ...record, status, attempt: 1 } : record));
const atStage = (stage: number): { run: Run; records: StepRecord[] } => ({
  run: { ...started, phase: 'stepping', stage },
  records: planned.map((record) => (record.stage < stage ? { ...record, status: 'done' } : record)),
});

/** Plays a run to its end, every step ending as `outcome` says, and lists what was opened in order. */
function play(outcome: (step: StepRecord) => StepStatus, surroundings = around): { opened: string[]; end: Move } {
  let run = started;
  let records = planned;
  const opened: string[] = [];
  for (let moves = 0; moves < 200; moves++) {
    const move = advance(run, records, surroundings);
    if (move.kind === 'open-steps') {
      opened.push(...move.steps.map(({ name }) => name));
      records = records.map((record) =>
        move.steps.some(({ name }) => name === record.name)
          ? { ...record, attempt: record.attempt + 1, status: outcome(record) }
          : record,
      );
    } else if (move.kind === 'settle-step') {
      const { name } = move.step;
      records = records.map((record) => (record.name === name ? { ...record, status: move.status } : record));
    } else if (move.kind === 'next-stage') {
      run = move.run;
    } else {
      return { opened, end: move };
    }
  }
  throw new Error('The run does not end');
}
const patient: Surroundings = { ...around, openForMs: () => 1_000 };

describe(advance.name, () => {
  it('seals everything first, and fences before it promotes, and promotes before it redirects', () => {
    const { opened, end } = play(() => 'done');
    expect(opened).toEqual([
      'seal-writes-a',
      'seal-writes-b',
      'seal-mirror-a-to-b',
      'seal-name-kafka.example',
      'fence-a',
      'stop-mirror-a-to-b',
      'deny-inbound-b',
      'record-positions-a-to-b',
      'promote-b',
      'redirect-kafka.example',
      'verify-writes-b',
    ]);
    expect(end).toMatchObject({ kind: 'close', run: { phase: 'completed', exceptions: [] } });
  });

  it('never opens a later step while the fence is not done', () => {
    const { opened } = play((step) => (step.name === 'fence-a' ? 'open' : 'done'));
    expect(opened).not.toContain('promote-b');
  });

  it('stands down for good when a resource carries a higher epoch', () => {
    expect(play((step) => (step.name === 'deny-inbound-b' ? 'refused' : 'done')).end.kind).toBe('hold');
  });

  it('takes a silent guard for fenced only once its self-fence has been waited out', () => {
    const { run, records } = atStage(1);
    const open = withStatus(records, 'open', 'fence-a');
    expect(advance(run, open, around).kind).toBe('wait');
    const proof = { silentMs: 40_000 };
    expect(advance(run, open, { ...around, waitedOut: () => proof })).toMatchObject({
      kind: 'settle-step',
      status: 'done',
      check: 'self-fence-waited-out',
      observed: proof,
    });
  });

  it('calls a step unreachable after its deadline, and a seal of that kind an exception', () => {
    const { opened, end } = play((step) => (step.name === 'seal-writes-a' ? 'open' : 'done'), patient);
    expect(opened).toContain('promote-b');
    expect(end).toMatchObject({
      kind: 'close',
      run: { phase: 'completed-with-exceptions', exceptions: [{ step: 'seal-writes-a' }] },
    });
  });

  it('promotes while the mirror is still stopping, and moves no client before it has stopped', () => {
    const { opened } = play((step) => (step.name === 'stop-mirror-a-to-b' ? 'open' : 'done'));
    expect(opened).toContain('promote-b');
    expect(opened).not.toContain('redirect-kafka.example');
  });

  it('asks a person when a required step keeps failing before the point of no return', () => {
    const { opened, end } = play((step) => (step.name === 'deny-inbound-b' ? 'failed' : 'done'), patient);
    expect(opened.filter((name) => name === 'deny-inbound-b')).toHaveLength(MAX_ATTEMPTS);
    expect(end).toMatchObject({ kind: 'needs-human', run: { phase: 'needs-human' } });
    expect(opened).not.toContain('promote-b');
  });

  it('only rolls forward after the point of no return', () => {
    let failures = 0;
    const { opened, end } = play(
      (step) => (step.name === 'redirect-kafka.example' && failures++ < 20 ? 'failed' : 'done'),
      patient,
    );
    expect(opened.filter((name) => name === 'redirect-kafka.example')).toHaveLength(21);
    expect(end.kind).toBe('close');
  });

  it('opens anew what another leader left open, because only this leader measures its own deadlines', () => {
    const { run, records } = atStage(2);
    const left = withStatus(records, 'open', 'stop-mirror-a-to-b', 'deny-inbound-b');
    expect(advance(run, left, { ...around, openForMs: () => undefined }).kind).toBe('open-steps');
  });

  it.each([
    ['failover', 'settle-step'],
    ['rescue', 'settle-step'],
    ['failback', 'open-steps'],
    ['switchover', 'open-steps'],
    ['quarantine', 'open-steps'],
  ] as const)('with a word that the old site is off, a %s goes on by %s', (kind, move) => {
    const stage = planned.find(({ fences }) => fences === a)?.stage ?? 0;
    const { run, records } = atStage(stage);
    const opened = { ...run, plan: { ...plan, kind } };
    expect(advance(opened, records, { ...around, attested: () => ({ by: 'ada' }) }).kind).toBe('open-steps');
    const fence = records.filter(({ fences }) => fences === a).map(({ name }) => name);
    const unreachable = withStatus(records, 'unreachable', ...fence);
    const late = { ...around, openForMs: () => 60_000, attested: () => ({ by: 'ada' }) };
    expect(advance(opened, unreachable, late).kind).toBe(move);
  });
});

describe(resume.name, () => {
  it.each(plan.steps.map((_, prefix) => prefix))(
    'from %i finished steps on, seals again under the new epoch and comes to the same end',
    (prefix) => {
      const interrupted = planned.map((record, index): StepRecord => ({
        ...record,
        status: index < prefix ? 'done' : index === prefix ? 'taken' : 'planned',
      }));
      const stage = interrupted[prefix]?.stage ?? 0;
      const resumed = resume({ ...started, stage }, interrupted, epoch(8));
      expect(resumed.run).toMatchObject({ epoch: 8, stage: 0, phase: 'sealing' });
      const again = resumed.records.filter(({ status }) => status === 'planned');
      expect(again.every((record) => record.epoch === 8)).toBe(true);
      expect(again.filter(({ action }) => action === 'seal')).toHaveLength(4);
      expect(resumed.records.filter(({ status }) => status === 'done').every(({ action }) => action !== 'seal')).toBe(
        true,
      );
    },
  );
});
