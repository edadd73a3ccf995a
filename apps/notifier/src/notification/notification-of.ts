import type { Notification } from '#libs/contracts';
import { approvalId, runId, siteId, type AuditEntry, type GroupId, type Instant } from '#libs/domain';
import { factsOf, type Facts } from './facts.js';
import { tellingOf } from './rules.js';

const SPLIT_BRAIN = 'Fence mode advisory: both sites may take writes at once, since nothing makes sure of the old one.';

/**
 * What people are told of an audit entry. Pure and total: the same entry is told in the same words by every notifier.
 * Where a group accepts a split brain, every message says so.
 */
export function notificationOf(entry: AuditEntry, acceptsSplitBrain = false): Notification {
  const facts = factsOf(entry);
  const { severity, says, next } = tellingOf(entry.rule);
  const sites = sitesOf(facts);
  return {
    id: notificationId(entry.group, entry.sequence),
    group: entry.group,
    at: entry.at,
    rule: entry.rule,
    severity: typeof severity === 'function' ? severity(facts) : severity,
    title: oneLine(`${entry.group}: ${typeof says === 'function' ? says(facts) : says}`),
    body: [...bodyOf(facts).map(oneLine), ...(acceptsSplitBrain ? [SPLIT_BRAIN] : [])],
    next: [...(next?.(facts) ?? [`signalbox explain ${entry.group}`])],
    about: {
      ...(facts.run && { run: runId(facts.run) }),
      ...(facts.approval && { approval: approvalId(facts.approval) }),
      ...(sites.length > 0 && { sites }),
    },
  };
}

/** An entry that this version cannot read, or that is gone, is told as well: silence would hide it. */
export const unreadableNotification = (
  group: GroupId,
  sequence: number,
  at: Instant,
  problem: string,
): Notification => ({
  id: notificationId(group, sequence),
  group,
  at,
  rule: 'unreadable',
  severity: 'warning',
  title: `${group}: something was decided that this notifier cannot read`,
  body: [problem, 'Run the same version at every site.'],
  next: [`signalbox explain ${group}`, `signalbox audit verify`],
  about: {},
});

const sitesOf = ({ site, from, to }: Facts) =>
  [...new Set([site, from, to])].filter((each) => each !== undefined).map((each) => siteId(each));

const notificationId = (group: GroupId, sequence: number): string => `${group}/${sequence}`;

function bodyOf({ entry, verdicts, vetoes, steps, exceptions, problem, reason }: Facts): string[] {
  return [
    ...verdicts.map(
      ({ cluster, kind, failedForMs, voices }) =>
        `${cluster} is ${kind}${failedForMs > 0 ? `, failing for ${seconds(failedForMs)}` : ''}` +
        `: ${voices.map(({ site, opinion }) => `${site} says ${opinion}`).join(', ') || 'no site says anything'}`,
    ),
    ...vetoes.map(({ name, message }) => `In the way: ${name}: ${message}`),
    ...steps.filter(({ status }) => status !== 'done').map((step) => `Step ${step.name} is ${withReason(step)}`),
    ...exceptions.map((exception) => `Exception: ${exception.step}: ${exception.reason}`),
    ...(problem ? [`Problem: ${problem}`] : []),
    ...(reason ? [`Reason: ${reason}`] : []),
    `Audit entry ${entry.sequence}: ${entry.rule}, ${transition(entry)}, epoch ${entry.epoch}, by ${entry.actor.id}`,
  ];
}

/** Reasons are typed by people, and messages come from other systems. */
const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();
const withReason = ({ status, problem }: Facts['steps'][number]) => (problem ? `${status}: ${problem}` : status);
const transition = ({ before, after }: AuditEntry) => (before === after ? before : `${before} → ${after}`);
const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
