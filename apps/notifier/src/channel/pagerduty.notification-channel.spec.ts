import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { approvalId, runId } from '#libs/domain';
import { SystemClock } from '#libs/runtime';
import { FakePagerDuty } from '../../../../test/support/fake-pagerduty.js';
import { notification, notificationChannelConformance } from './notification-channel.conformance.js';
import { PagerDutyNotificationChannel } from './pagerduty.notification-channel.js';

const never = new AbortController().signal;
const channelTo = ({ url }: { readonly url: string }) =>
  new PagerDutyNotificationChannel(
    { url, routingKey: FakePagerDuty.KEY, source: 'signalbox', timeoutMs: 20_000 },
    new SystemClock(),
  );

notificationChannelConformance(PagerDutyNotificationChannel.name, async () => {
  const pagerDuty = await FakePagerDuty.start();
  return {
    channel: channelTo(pagerDuty),
    received: async () =>
      pagerDuty.events.map(({ payload }) => ({ id: payload.custom_details.notification, title: payload.summary })),
    break: async () => void (pagerDuty.answersWith = 503),
    mend: async () => void (pagerDuty.answersWith = 202),
    end: () => pagerDuty.end(),
  };
});

describe(PagerDutyNotificationChannel.name, () => {
  let pagerDuty: FakePagerDuty;
  beforeEach(async () => {
    pagerDuty = await FakePagerDuty.start();
  });
  afterEach(() => pagerDuty.end());

  const tell = (change: Parameters<typeof notification>[1]) =>
    channelTo(pagerDuty).deliver(notification(1, change), never);

  it('opens one alert of an approval and resolves it with the answer', async () => {
    const about = { approval: approvalId('approval-1') };
    await tell({ rule: 'ask-approval', severity: 'critical', about });
    await tell({ rule: 'ask-approval', severity: 'critical', about });
    expect([...pagerDuty.open]).toEqual(['signalbox/approval-1']);
    await tell({ rule: 'approval-granted', about });
    expect([...pagerDuty.open]).toEqual([]);
  });

  it('opens one alert of a run, which is not the one of its approval', async () => {
    const about = { approval: approvalId('approval-1'), run: runId('run-1') };
    await tell({ rule: 'start-approved-failover', severity: 'critical', about });
    await tell({ rule: 'run-needs-human', severity: 'critical', about: { run: runId('run-1') } });
    expect([...pagerDuty.open]).toEqual(['signalbox/run-1']);
    await tell({ rule: 'run-closed', about: { run: runId('run-1') } });
    expect([...pagerDuty.open]).toEqual([]);
  });

  it('shortens what is longer than PagerDuty takes', async () => {
    await tell({ title: 'x'.repeat(3_000) });
    expect(pagerDuty.events[0]?.payload.summary).toHaveLength(1_024);
  });

  it('waits when it is too much, and gives up an event that is refused', async () => {
    pagerDuty.answersWith = 429;
    await expect(tell({})).rejects.toMatchObject({ code: 'SB_CHANNEL_UNAVAILABLE' });
    pagerDuty.answersWith = 400;
    await expect(tell({})).rejects.toMatchObject({ code: 'SB_CHANNEL_REFUSED' });
  });
});
