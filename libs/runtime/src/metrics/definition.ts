/** UCUM, as OpenTelemetry writes units; what stands in braces is only said, and has no suffix in Prometheus. */
export type Unit =
  's' | 'By' | '1' | '{event}' | '{decision}' | '{record}' | '{round}' | '{run}' | '{step}' | '{vote}' | '{request}';

/** Labels by their short names in the code, with the attribute that each is elsewhere and what it says. */
export const LABELS = {
  action: { attribute: 'signalbox.step.action', means: 'what a step does: seal, apply, inspect or read' },
  cluster: { attribute: 'signalbox.cluster', means: 'a Kafka cluster, by its id in signalbox.yaml' },
  component: { attribute: 'signalbox.component', means: 'something that a process works with, as /readyz names it' },
  flow: { attribute: 'signalbox.flow', means: 'a direction of replication' },
  group: { attribute: 'signalbox.group', means: 'a failover group' },
  kind: { attribute: 'signalbox.run.kind', means: 'what a run is: failover, switchover, failback …' },
  opinion: { attribute: 'signalbox.opinion', means: 'of one vantage: up, degraded, suspect, down or abstain' },
  outcome: { attribute: 'signalbox.outcome', means: 'how it ended' },
  phase: { attribute: 'signalbox.phase', means: 'of a group or of a run' },
  probe: { attribute: 'signalbox.probe', means: 'one check of a cluster' },
  reason: { attribute: 'signalbox.reason', means: 'why something does not count' },
  rule: { attribute: 'signalbox.rule', means: 'the rule that decided' },
  subject: { attribute: 'signalbox.subject.site', means: 'the site that is spoken of, wherever the process runs' },
  verdict: { attribute: 'signalbox.verdict', means: 'what the quorum says of a cluster' },
  veto: { attribute: 'signalbox.veto', means: 'what stands in the way, by its name' },
} as const;
export type Label = keyof typeof LABELS;

export interface MetricDefinition {
  /** `counter` only rises; `gauge` is how things are; `histogram` is how long things took. */
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly unit: Unit;
  readonly labels: readonly Label[];
  /** One sentence for the person who builds an alert on it. */
  readonly help: string;
  /** Which processes have it; all of them when absent. */
  readonly of?: readonly string[];
}
