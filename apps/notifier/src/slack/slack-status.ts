import { decode } from '#libs/contracts';
import type { GroupId } from '#libs/domain';
import { FreezeWire, GroupStateWire, keys, type Journal } from '#libs/journal';
import type { Clock } from '#libs/runtime';
import { code, literal, moment } from './mrkdwn.js';
import { isOpen, type QuestionBook } from '../notification/question.js';

/** How every group is, in a few lines: as the journal says, which every site reads alike. */
export class SlackStatus {
  constructor(
    private readonly journal: Journal,
    private readonly groups: readonly GroupId[],
    private readonly questions: QuestionBook,
    private readonly clock: Clock,
  ) {}

  /** @throws SignalboxError */
  async text(): Promise<string> {
    const lines = await Promise.all(this.groups.map((group) => this.lineOf(group)));
    const waiting = (await this.questions.all())
      .filter((question) => isOpen(question, this.clock.now()))
      .map(({ id, kind, group, target, expiresAt }) => {
        const what = `${literal(kind)} of ${literal(group)} to ${literal(target)}`;
        return `⚠ ${code(id)}: ${what} waits for people until ${moment(expiresAt)}`;
      });
    return [...lines, ...waiting].join('\n') || 'There is no group.';
  }

  private async lineOf(group: GroupId): Promise<string> {
    const [stateKey, freezeKey] = [keys.groupState(group), keys.freeze(group)];
    const { entries } = await this.journal.read(stateKey, freezeKey);
    const text = (key: string) => entries.find((entry) => entry.key === key)?.value;
    const [stateText, freezeText] = [text(stateKey), text(freezeKey)];
    const state = stateText === undefined ? undefined : decode(GroupStateWire, stateText, stateKey);
    const freeze = freezeText === undefined ? undefined : decode(FreezeWire, freezeText, freezeKey);
    const now = state?.ok
      ? `${state.value.phase}, active at *${literal(state.value.active)}*`
      : 'nothing was decided yet';
    const isFrozen = freeze?.ok && freeze.value.until > this.clock.now();
    return `*${literal(group)}*: ${now}${isFrozen ? `; frozen by ${literal(freeze.value.by)} until ${moment(freeze.value.until)}` : ''}`;
  }
}
