import { Injectable } from '@nestjs/common';
import {
  answerOfTest,
  ChannelTrialWire,
  decodeOrThrow,
  isWaiting,
  NotificationTestWire,
  type NotificationTest,
  type NotificationTestAnswer,
  type NotificationTestBody,
} from '#libs/contracts';
import { SignalboxError } from '#libs/domain';
import { Journal, keys, type Change, type Condition } from '#libs/journal';
import { Clock, Random } from '#libs/runtime';
import { ApiError } from '../api/api-error.js';
import { SiteAudit, type SiteNote } from '../audit/site-audit.js';
import { ThisProcess } from '../this-process.js';
import type { Asked } from './asked.js';
import { KeptAnswers } from './kept-answers.js';

/** As long as an idempotency key is remembered. */
const KEPT_MS = 24 * 3_600_000;
/** What nobody has tried by then stands in the audit as waiting. */
const TRIED_WITHIN_MS = 60_000;
const LOOK_MS = 1_000;

/** Has the notifier that delivers try its channels, before they are needed. Holds up nothing, and tells of no group. */
@Injectable()
export class NotificationTests {
  constructor(
    private readonly self: ThisProcess,
    private readonly journal: Journal,
    private readonly kept: KeptAnswers,
    private readonly audit: SiteAudit,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** @throws ApiError 409; UnavailableError and OutcomeUnknownError: with the same key it is done once */
  async ask({ channel }: NotificationTestBody, asked: Asked): Promise<NotificationTestAnswer> {
    const { name: by } = asked.caller;
    const channels = [...this.channelsNamed(channel)];
    const test: NotificationTest = { id: `test-${this.random.id()}`, by, at: this.clock.now(), channels };
    const answer = answerOfTest(test, []);
    if (!(await this.write(test, answer, asked))) {
      const kept = await this.kept.find(asked);
      if (kept) return kept.answer as unknown as NotificationTestAnswer;
      throw new ApiError(409, 'SB_CONTENTION', 'Something else was written in the meantime.', 'Try again.');
    }
    this.note(by, { asked: test.id, channels });
    void this.follow(test);
    return answer;
  }

  /** @throws ApiError 404; SignalboxError when the journal does not answer */
  async find(id: string): Promise<NotificationTestAnswer> {
    const key = keys.notificationTest(id);
    const { entries } = await this.journal.read(key, keys.channelTrials(id));
    const entry = entries.find((each) => each.key === key);
    if (!entry) {
      throw new ApiError(404, 'SB_UNKNOWN_CHANNEL', `There is no test ${id}.`, 'Begin one: signalbox notify test');
    }
    const trials = entries.filter((each) => each !== entry);
    return answerOfTest(
      decodeOrThrow(NotificationTestWire, entry.value, key),
      trials.map((each) => decodeOrThrow(ChannelTrialWire, each.value, each.key)),
    );
  }

  private channelsNamed(channel: string | undefined): readonly string[] {
    const all = this.self.topology.channels.map(({ id }) => id as string);
    const wanted = all.filter((id) => channel === undefined || id === channel);
    if (wanted.length > 0) return wanted;
    const message = channel === undefined ? 'signalbox.yaml has no channels.' : `There is no channel ${channel}.`;
    const remedy = all.length === 0 ? 'Add one: docs/notifications.md' : `The channels are: ${all.join(', ')}`;
    throw new ApiError(409, 'SB_UNKNOWN_CHANNEL', message, remedy);
  }

  private async write(test: NotificationTest, answer: NotificationTestAnswer, { caller, identity }: Asked) {
    const lease = await this.journal.grantLease(KEPT_MS);
    const put = (key: string, value: object): Change => ({ kind: 'put', key, value: JSON.stringify(value), lease });
    const conditions: Condition[] = [{ kind: 'absent', key: keys.notificationTest(test.id) }];
    const changes: Change[] = [put(keys.notificationTest(test.id), test)];
    if (identity) {
      const { key, ...rest } = identity;
      conditions.push({ kind: 'absent', key: keys.request(key) });
      changes.push(put(keys.request(key), { caller: caller.name, ...rest, answer }));
    }
    return (await this.journal.commit({ conditions, changes })).committed;
  }

  /** What came of it belongs into the audit, whether or not anybody asks. */
  private async follow({ id, by }: NotificationTest): Promise<void> {
    const untilMs = this.clock.monotonicMs() + TRIED_WITHIN_MS;
    for (;;) {
      await this.clock.sleep(LOOK_MS);
      const answer = await this.look(id);
      const isOver = this.clock.monotonicMs() >= untilMs;
      if (!isOver && (!answer || isWaiting(answer))) continue;
      return this.note(by, { tried: id, channels: [...(answer?.channels ?? [])] });
    }
  }

  private async look(id: string): Promise<NotificationTestAnswer | undefined> {
    try {
      return await this.find(id);
    } catch (error) {
      if (error instanceof SignalboxError || error instanceof ApiError) return undefined;
      throw error;
    }
  }

  private note(by: string, evidence: SiteNote['evidence']): void {
    this.audit.keep({ actor: { kind: 'person', id: by }, rule: 'notification-test', evidence });
  }
}
