import type { Decision, Settings } from '#libs/decision';
import { beginSpan, type BegunSpan } from '#libs/runtime';
import type { GroupView } from './group-view.js';

/**
 * The decision to start a run, in the trace of the vote that has been failing longest; other vantages' traces are linked.
 * What nobody's vote led to goes on from the request in progress. To be ended once it is committed.
 */
export function traceDecision(
  { votes, state, group }: GroupView,
  { rule, effects }: Decision,
  { shape }: Settings,
): BegunSpan | undefined {
  const start = effects.find(({ kind }) => kind === 'start-run');
  if (start?.kind !== 'start-run') return undefined;
  const cluster = shape.clusters[state.active];
  const [after, ...besides] = votes
    .map(({ value }) => value)
    .filter((vote) => vote.cluster === cluster && vote.failedForMs > 0)
    .toSorted((one, other) => other.failedForMs - one.failedForMs)
    .flatMap(({ traceparent }) => traceparent ?? []);
  const of = { 'signalbox.group': group, 'signalbox.cluster': cluster ?? '' };
  const verdict = beginSpan('verdict', { after, besides }, { ...of, 'signalbox.votes': votes.length });
  const decided = { ...of, 'signalbox.rule': rule, 'signalbox.run': start.run, 'signalbox.run.kind': start.plan.kind };
  const decision = beginSpan('decision', { after: verdict.traceparent }, decided);
  return {
    ...(decision.traceparent && { traceparent: decision.traceparent }),
    end: () => {
      decision.end();
      verdict.end();
    },
  };
}
