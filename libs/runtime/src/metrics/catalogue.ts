import type { MetricDefinition } from './definition.js';

const ORCHESTRATOR = ['orchestrator'] as const;
const MONITOR = ['health-monitor'] as const;
const WORKERS = ['site-guard', 'mirror-switcher', 'dns-switcher', 'config-switcher'] as const;

/** Every metric there is. Code counts nothing else, and docs/metrics.md, the alerts and the dashboards are held to it. */
export const METRICS = {
  'signalbox.watchdog.time': {
    kind: 'gauge',
    unit: 's',
    labels: [],
    help: 'Unix time of the last turn of this process: it ages when the process hangs while its port still answers.',
  },
  'signalbox.ready': {
    kind: 'gauge',
    unit: '1',
    labels: [],
    help: '1 while /readyz answers 200: the process does its work, perhaps with something missing.',
  },
  'signalbox.component.up': {
    kind: 'gauge',
    unit: '1',
    labels: ['component'],
    help: '1 while the process has it, 0 while it is missing; the reason is in /readyz.',
  },
  'signalbox.clock.jump': {
    kind: 'gauge',
    unit: 's',
    labels: [],
    help: 'The furthest that the wall clock moved beside the monotonic one in the last minute: it was set, or the machine slept.',
  },
  'nodejs.eventloop.delay.max': {
    kind: 'gauge',
    unit: 's',
    labels: [],
    help: 'The longest that the event loop was late in the last minute; an observer abstains from 0.2 s, a leader resigns from 0.5 s.',
  },
  'signalbox.spans': {
    kind: 'counter',
    unit: '{event}',
    labels: ['outcome'],
    help: 'Spans of traces, sent to the collector or dropped because it took none; nothing else hangs on it.',
  },
  'process.cpu.time': { kind: 'counter', unit: 's', labels: [], help: 'Processor time, user and system.' },
  'process.memory.usage': { kind: 'gauge', unit: 'By', labels: [], help: 'Resident memory.' },
  'process.uptime': { kind: 'gauge', unit: 's', labels: [], help: 'Since the process started.' },

  'signalbox.probe.rounds': {
    kind: 'counter',
    unit: '{round}',
    labels: ['cluster', 'opinion'],
    help: 'Rounds of probes, by what this vantage made of them.',
    of: MONITOR,
  },
  'signalbox.probe.duration': {
    kind: 'histogram',
    unit: 's',
    labels: ['cluster', 'probe', 'outcome'],
    help: 'How long one check took; outcome is ok or failed.',
    of: MONITOR,
  },
  'signalbox.vantage.failing.time': {
    kind: 'gauge',
    unit: 's',
    labels: ['cluster'],
    help: 'Since the first failed round, seen from this vantage; 0 while the last one was good.',
    of: MONITOR,
  },
  'signalbox.flow.lag.time': {
    kind: 'gauge',
    unit: 's',
    labels: ['flow'],
    help: 'How far replication is behind its source, in time; without a sample there is no series.',
    of: MONITOR,
  },
  'signalbox.flow.lag.records': {
    kind: 'gauge',
    unit: '{record}',
    labels: ['flow'],
    help: 'How far replication is behind its source, in records.',
    of: MONITOR,
  },
  'signalbox.flow.probe.time': {
    kind: 'gauge',
    unit: 's',
    labels: ['flow'],
    help: 'From the write of a record of our own at the source until its copy was seen, the latest one; only of flows with a probeTopic, and up to one look too much.',
    of: MONITOR,
  },
  'signalbox.flow.probe.age': {
    kind: 'gauge',
    unit: 's',
    labels: ['flow'],
    help: 'Since a copy of a record of our own was seen last; without one there is no series.',
    of: MONITOR,
  },
  'signalbox.flow.probe.missing.time': {
    kind: 'gauge',
    unit: 's',
    labels: ['flow'],
    help: 'How long the oldest record of our own that the source has taken has no copy; 0 when all have one. It grows while a flow is stopped, too.',
    of: MONITOR,
  },
  'signalbox.flow.probe.records': {
    kind: 'counter',
    unit: '{record}',
    labels: ['flow', 'outcome'],
    help: 'Records of our own: written, unwritten (the source did not take it, or did not say so), arrived, lost (left out between two that arrived), or repeated.',
    of: MONITOR,
  },

  'signalbox.events.dropped': {
    kind: 'counter',
    unit: '{event}',
    labels: ['reason'],
    help: 'Events from Kafka that do not count. `forged`: no site signed it; somebody else writes to the topic.',
    of: ORCHESTRATOR,
  },
  'signalbox.votes.dropped': {
    kind: 'counter',
    unit: '{vote}',
    labels: [],
    help: 'Votes in the journal that do not count: malformed, replayed, or not signed by their own site.',
    of: ORCHESTRATOR,
  },
  'signalbox.cluster.verdict': {
    kind: 'gauge',
    unit: '1',
    labels: ['cluster', 'verdict'],
    help: '1 for what the quorum says of a cluster now.',
    of: ORCHESTRATOR,
  },
  'signalbox.group.decided.time': {
    kind: 'gauge',
    unit: 's',
    labels: ['group'],
    help: 'Unix time when this process last led the group and could have decided; only who has led it has a series.',
    of: ORCHESTRATOR,
  },
  'signalbox.group.epoch': {
    kind: 'gauge',
    unit: '1',
    labels: ['group'],
    help: 'The epoch in force.',
    of: ORCHESTRATOR,
  },
  'signalbox.group.phase': {
    kind: 'gauge',
    unit: '1',
    labels: ['group', 'phase'],
    help: '1 for the phase that the group is in.',
    of: ORCHESTRATOR,
  },
  'signalbox.group.active': {
    kind: 'gauge',
    unit: '1',
    labels: ['group', 'subject'],
    help: '1 for the site that is active, 0 for the others of the group.',
    of: ORCHESTRATOR,
  },
  'signalbox.group.quarantine': {
    kind: 'gauge',
    unit: '1',
    labels: ['group', 'subject'],
    help: '1 for each site of the group that may not become active.',
    of: ORCHESTRATOR,
  },
  'signalbox.group.held': {
    kind: 'gauge',
    unit: '1',
    labels: ['group'],
    help: '1 while nothing may be decided before a rescue.',
    of: ORCHESTRATOR,
  },
  'signalbox.group.frozen': {
    kind: 'gauge',
    unit: '1',
    labels: ['group'],
    help: "1 while an operator's freeze is in force.",
    of: ORCHESTRATOR,
  },
  'signalbox.group.veto': {
    kind: 'gauge',
    unit: '1',
    labels: ['group', 'veto'],
    help: '1 for each veto of the last recorded decision.',
    of: ORCHESTRATOR,
  },
  'signalbox.group.rpo': {
    kind: 'gauge',
    unit: 's',
    labels: ['group'],
    help: 'The data-loss ceiling of the group, as its policy says.',
    of: ORCHESTRATOR,
  },
  'signalbox.group.lag.time': {
    kind: 'gauge',
    unit: 's',
    labels: ['group', 'flow'],
    help: 'The least lag that a fresh vote tells of each flow that leaves the active site: what a failover would lose.',
    of: ORCHESTRATOR,
  },
  'signalbox.forecast.loss.records': {
    kind: 'gauge',
    unit: '{record}',
    labels: ['group', 'flow'],
    help: 'Records that a failover over this flow would lose now, as signalbox forecast says; no series while nobody knows.',
    of: ORCHESTRATOR,
  },
  'signalbox.forecast.loss.time': {
    kind: 'gauge',
    unit: 's',
    labels: ['group', 'flow'],
    help: 'The same in time, with the age of the sample: what was written since is lost as well.',
    of: ORCHESTRATOR,
  },
  'signalbox.approval.waiting.time': {
    kind: 'gauge',
    unit: 's',
    labels: ['group'],
    help: 'How long people have been asked; no series while nobody is.',
    of: ORCHESTRATOR,
  },
  'signalbox.run.open': {
    kind: 'gauge',
    unit: '1',
    labels: ['group', 'kind', 'phase'],
    help: '1 for the run that is open, with its phase.',
    of: ORCHESTRATOR,
  },
  'signalbox.decisions': {
    kind: 'counter',
    unit: '{decision}',
    labels: ['group', 'rule'],
    help: 'Decisions that this process recorded, by rule.',
    of: ORCHESTRATOR,
  },
  'signalbox.runs': {
    kind: 'counter',
    unit: '{run}',
    labels: ['group', 'kind', 'outcome'],
    help: 'Runs that this process closed, by how they ended.',
    of: ORCHESTRATOR,
  },
  'signalbox.run.duration': {
    kind: 'histogram',
    unit: 's',
    labels: ['kind', 'outcome'],
    help: 'From the start of a run to its close, waits for people included.',
    of: ORCHESTRATOR,
  },
  'signalbox.fence.standing': {
    kind: 'gauge',
    unit: '1',
    labels: ['group', 'subject'],
    help: '1 while the guard of a site that is not active says that its write fence stands, read back; 0 while it is missing or the guard is silent.',
    of: ORCHESTRATOR,
  },
  'signalbox.guard.armed': {
    kind: 'gauge',
    unit: '1',
    labels: ['group', 'subject'],
    help: "1 while a site's guard lives and has proved that it can fence and lift.",
    of: ORCHESTRATOR,
  },
  'signalbox.heartbeats': {
    kind: 'counter',
    unit: '{request}',
    labels: ['outcome'],
    help: "Heartbeats to the site's dead-man service: `taken`, `failed`, or `withheld` because this process could not decide.",
    of: ORCHESTRATOR,
  },

  'signalbox.steps': {
    kind: 'counter',
    unit: '{step}',
    labels: ['action', 'outcome'],
    help: 'Steps that this worker performed, by how they ended.',
    of: WORKERS,
  },
  'signalbox.step.duration': {
    kind: 'histogram',
    unit: 's',
    labels: ['action', 'outcome'],
    help: 'From taking a step to its result, the read-back included.',
    of: WORKERS,
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

type Catalogue = typeof METRICS;
export type MetricName = keyof Catalogue;
export type NameOf<Kind extends MetricDefinition['kind']> = {
  [Name in MetricName]: Catalogue[Name]['kind'] extends Kind ? Name : never;
}[MetricName];
/** Exactly the labels of one metric. */
export type LabelsOf<Name extends MetricName> = Readonly<Record<Catalogue[Name]['labels'][number], string>>;
