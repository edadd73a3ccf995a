import { readFileSync } from 'node:fs';
import { chain, exportChain, GENESIS } from '#libs/audit';
import { decide, initialGroupState, settingsOf, type Evidence, type GroupEvent, type Settings } from '#libs/decision';
import { approvalId, epoch, flowId, type Instant, type Json } from '#libs/domain';
import { decidedFrom } from '#libs/journal';
import { parseTopology } from '#libs/topology';
import { EXIT } from '../exit-code.js';
import { example, type Examples } from './example.js';
import { A, ago, B, DOWN, guard, ORDERS, RUN, UP_B } from './world.js';

const IN_FORCE = 'docs/examples/two-sites-and-witness.yaml';

/** The night on which people were asked, though the signalbox.yaml of today would not have. */
function recorded(): string {
  const today = settingsOf(parseTopology(readFileSync(IN_FORCE, 'utf8'), IN_FORCE), ORDERS);
  const settings: Settings = { ...today, policy: { ...today.policy, mode: 'approve' } };
  const home = initialGroupState(ORDERS, A);
  const first = decided(home, settings, ago(48_700), 41_300);
  const dwelling = chain(GENESIS, first.draft);
  const second = chain(dwelling, decided(first.state, settings, ago(0), 90_000).draft);
  return exportChain(ORDERS, [dwelling, second], { exportedAt: ago(0), exportedBy: B, topologyHash: 'f00' });
}

function decided(state: ReturnType<typeof initialGroupState>, settings: Settings, at: Instant, failedForMs: number) {
  const fresh = { run: RUN, approval: approvalId('ap-31') };
  const event: GroupEvent = { kind: 'evaluated', at, evidence: evidence(failedForMs), fresh };
  const decision = decide(state, event, settings);
  const said = { ...event.evidence, ...decidedFrom({ state, event, settings }, decision) };
  const actor = { kind: 'process', id: 'orchestrator@b' } as const;
  const { rule } = decision;
  const entry = { group: ORDERS, at, actor, rule, before: state.phase, after: decision.state.phase, epoch: epoch(4) };
  return { state: decision.state, draft: { ...entry, evidence: said as unknown as Json } };
}

const evidence = (failedForMs: number): Evidence => ({
  verdicts: [
    { ...DOWN, failedForMs, voices: DOWN.voices.map((voice) => ({ ...voice, failedForMs })) },
    { ...UP_B, voices: UP_B.voices.map((voice) => ({ ...voice, healthyForMs: 86_400_000 })) },
  ],
  lag: { 'kafka-a': { flow: flowId('a-to-b'), lagRecords: 3, lagMs: 210, sampleAgeMs: 900 } },
  guards: {
    a: { record: guard(A, 'clients', 4), leaseHeld: false },
    b: { record: guard(B, 'inbound', 4), leaseHeld: true },
  },
  overrides: [],
  attestations: [],
});

const night = recorded();

export const REPLAY_EXAMPLES: Examples = {
  replay: [
    example('signalbox replay night.ndjson', {}, { files: { 'night.ndjson': night } }),
    example(
      `signalbox replay night.ndjson --with ${IN_FORCE}`,
      {},
      { files: { 'night.ndjson': night }, exitCode: EXIT.otherwise },
    ),
  ],
};
