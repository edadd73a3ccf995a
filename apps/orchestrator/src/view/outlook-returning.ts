import type { FlowLag, ReturningSite } from '#libs/domain';
import { commands } from '../operation/commands.js';
import { secondsText, whenText, type Outlook, type Prospect } from './prospect.js';

/** How far each site is on its way back, and what takes it further. */
export function returningOutlook(prospect: Prospect): Outlook {
  const outlooks = Object.entries(prospect.state.returning).map(([id, site]) => outlookOn(id, site, prospect));
  return { waitsFor: outlooks.flatMap(({ waitsFor }) => waitsFor), next: outlooks.flatMap(({ next }) => next) };
}

function outlookOn(id: string, site: ReturningSite, prospect: Prospect): Outlook {
  const { group } = prospect.state;
  switch (site.phase) {
    case 'lost': {
      const text = `${id} has not come back since ${whenText(site.since)}: it is taken into quarantine when its cluster and its site-guard answer`;
      return { waitsFor: [text], next: [] };
    }
    case 'quarantined': {
      if (site.rebornAs !== undefined)
        return { waitsFor: [rebornText(id, site.rebornAs)], next: [commands.release(group, id)] };
      const undecided = (site.stranded?.records ?? 0) > 0 && !site.salvaged;
      const onward = site.watermark ? commands.ask('reprotect', group, id) : commands.release(group, id);
      const rebuilt = site.watermark ? '' : '; nobody knows from where to replicate, so it has to be rebuilt by hand';
      return {
        waitsFor: [`${id} is in quarantine, ${strandedText(site)}${rebuilt}`],
        next: [...(undecided ? [commands.ask('salvage', group, id)] : []), onward],
      };
    }
    case 'catching-up':
      return { waitsFor: [catchingUpText(id, site, prospect)], next: [] };
  }
}

const rebornText = (id: string, rebornAs: string): string =>
  `${id} is in quarantine: its Kafka is another cluster than it was and calls itself ${rebornAs}; nothing of the group is in it, so it has to be rebuilt by hand`;

function strandedText({ stranded, salvaged }: ReturningSite): string {
  if (!stranded) return 'and nobody could count its stranded records yet';
  if (stranded.records === 0) return 'without stranded records';
  const where = stranded.ranges.map(({ topic, partition, from, to }) => `${topic}-${partition} ${from}–${to - 1}`);
  const done = salvaged ? `, ${salvaged.as} by ${salvaged.run} (${salvaged.copied} copied)` : '';
  return `with ${stranded.records} stranded records (${where.join(', ')})${done}`;
}

function catchingUpText(id: string, { keepsUpSince }: ReturningSite, prospect: Prospect): string {
  const { settings, at } = prospect;
  const { rpoMs, protectedAfterMs } = settings.policy;
  const behind = lagText(lagToward(id, prospect));
  if (keepsUpSince === undefined) return `${id} is catching up, ${behind}: above the RPO of ${rpoMs} ms`;
  const left = secondsText(keepsUpSince + protectedAfterMs - at);
  return `${id} is catching up, ${behind}: under the RPO since ${whenText(keepsUpSince)}, protected in ${left} if it stays so`;
}

function lagToward(id: string, { state, settings, evidence }: Prospect): FlowLag | undefined {
  const { flows, clusters } = settings.shape;
  const flow = flows.find(({ from, to }) => from === state.active && to === id);
  const lag = evidence.lag[clusters[state.active] ?? ''];
  return lag?.flow === flow?.id ? lag : undefined;
}

const lagText = (lag: FlowLag | undefined): string =>
  lag ? `${lag.lagMs} ms (${lag.lagRecords} records) behind` : 'nobody measures its lag';
