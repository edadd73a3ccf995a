import type { Notification, NotificationSeverity } from '#libs/contracts';
import type { Hours } from '#libs/topology';

/** What a channel is told of: what fits all of it. */
export interface Route {
  readonly minSeverity: NotificationSeverity;
  readonly groups?: readonly string[] | undefined;
  readonly sites?: readonly string[] | undefined;
  readonly hours?: Hours | undefined;
  /** Told only of approvals that nobody has decided this long after they were asked for. */
  readonly afterMs?: number | undefined;
}

const SEVERITIES: readonly NotificationSeverity[] = ['info', 'warning', 'critical'];

/** Pure. */
export function isFor({ minSeverity, groups, sites, hours, afterMs }: Route, notification: Notification): boolean {
  const { severity, group, at, about, rule } = notification;
  if (SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(minSeverity)) return false;
  if (groups && !groups.includes(group)) return false;
  if (sites && about.sites && !about.sites.some((site) => sites.includes(site))) return false;
  if (afterMs !== undefined && !(about.approval && rule.startsWith('ask-approval'))) return false;
  return hours === undefined || isWithin(hours, at);
}

/** Until `to` and not with it; over midnight where `to` is before `from`, and then the day is the one it began on. */
export function isWithin({ from, to, days, timeZone }: Hours, atMs: number): boolean {
  const now = clockIn(timeZone, atMs);
  if (from < to) return days.includes(now.day) && now.time >= from && now.time < to;
  if (now.time >= from) return days.includes(now.day);
  return now.time < to && days.includes(clockIn(timeZone, atMs - DAY_MS).day);
}
const DAY_MS = 24 * 3_600_000;

function clockIn(timeZone: string, atMs: number) {
  const form = { timeZone, weekday: 'long', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const parts = new Intl.DateTimeFormat('en-GB', form).formatToParts(atMs);
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? '';
  return { day: part('weekday').toLowerCase() as Hours['days'][number], time: `${part('hour')}:${part('minute')}` };
}
